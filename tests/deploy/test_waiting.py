"""Waiting for the customer: exactly what was confirmed is applied when they have accepted, or it is said why not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.deploy.objects import built_private
from tests.verify import world
from tests.workspaces import run_in
from wizard.checks.codes import Code
from wizard.checks.live.unread import CREDENTIALS, DENIED, UNREAD
from wizard.deploy import overview
from wizard.deploy.customer_side import Seen, look_with
from wizard.deploy.exclusive import exclusive
from wizard.deploy.object_state import State
from wizard.deploy.target import Target
from wizard.deploy.waiting import carrying, records, starting
from wizard.deploy.waiting.records import End, Look, Process, Request, Wait
from wizard.deploy.waiting.watching import APART_S, Turn, judge, watch
from wizard.engine.processes import host, started
from wizard.errors import AccountError, BlockedError, EngineError, InputError, PlanewrightError
from wizard.findings import Finding, Severity

NOW = world.NOW


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return built_private(tmp_path)


def seen(target: Target, *statuses: str, expires: timedelta = timedelta(days=6)) -> Seen:
    """A look at which the peerings of the database and of the application had these statuses."""
    reads = world.FakeReads()
    for name, status in zip(("pcx-db", "pcx-web"), statuses, strict=True):
        if status == "gone":
            reads.peerings.pop(name, None)
            continue
        reads.peerings[name] = replace(world.a_peering(name, status), expires_at=NOW + expires)
    return look_with(target, reads, clock=lambda: NOW)


def request(target: Target, **other: str) -> Request:
    values = {
        "id": "20260301T120000.000000Z-aaaa",
        "workspace": str(target.workspace.root),
        "object_name": "acme-prod",
        "stack": "link",
        "plan_run": "P1",
        "plan_digest": "sha256:1",
        "answers_digest": carrying.answers_digest(target),
        "who": "olga@desk",
        "created_at": NOW.isoformat(),
        "until": (NOW + timedelta(days=8)).isoformat(),
    }
    return Request(**{**values, **other})


@pytest.mark.parametrize(
    ("statuses", "turn"),
    [
        (("pending-acceptance", "pending-acceptance"), Turn.STILL),
        (("active", "pending-acceptance"), Turn.STILL),
        (("active", "provisioning"), Turn.STILL),
        (("active", "active"), Turn.TURNED),
        (("active", "rejected"), Turn.OVER),
        (("expired", "active"), Turn.OVER),
        (("failed", "pending-acceptance"), Turn.OVER),
        (("active", "gone"), Turn.OVER),
    ],
)
def test_it_turns_when_every_acceptance_was_seen_and_is_over_with_the_first_that_is_dead(
    target: Target, statuses: tuple[str, str], turn: Turn
) -> None:
    assert judge(seen(target, *statuses)).turn is turn


def test_of_a_dead_request_it_says_which_and_what_to_do(target: Target) -> None:
    judged = judge(seen(target, "active", "rejected"))

    assert "has rejected the peering" in judged.why
    assert "planewright apply acme-prod requests it anew" in judged.action


@dataclass
class Desk:
    """Somebody who waits, by a clock that only they move. A look is a value, or what it raises."""

    looks: Iterator[Seen | PlanewrightError]
    runs: list[str | PlanewrightError | None] = field(default_factory=lambda: ["R1"])
    now: datetime = NOW
    noted: list[Look] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    cancel_after: int = 10_000

    def wait(self, request: Request) -> End:
        return watch(
            request,
            look=self._look,
            carry_out=self._carry_out,
            note=self.noted.append,
            sleep=self._sleep,
            cancelled=lambda: len(self.slept) >= self.cancel_after,
            clock=lambda: self.now,
        )

    def _look(self) -> Seen:
        found = next(self.looks)
        if isinstance(found, PlanewrightError):
            raise found
        return found

    def _carry_out(self) -> str | None:
        found = self.runs.pop(0)
        if isinstance(found, PlanewrightError):
            raise found
        return found

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def test_it_waits_as_long_as_it_is_their_turn_and_then_applies_once(target: Target) -> None:
    pending, active = seen(target, "active", "pending-acceptance"), seen(target, "active", "active")
    desk = Desk(iter([pending, pending, active]))

    end = desk.wait(request(target))

    assert (end.outcome, end.run) == ("applied", "R1")
    assert desk.slept == [APART_S, APART_S]
    assert "pcx-web: pending-acceptance" in " ".join(desk.noted[0].seen)


def test_a_look_that_fails_ends_nothing_and_is_told(target: Target) -> None:
    desk = Desk(iter([AccountError("the login has ended"), seen(target, "active", "active")]))

    assert desk.wait(request(target)).outcome == "applied"
    assert desk.noted[0].trouble == "cannot look: the login has ended"


def test_while_another_command_works_on_the_object_it_tries_again(target: Target) -> None:
    active = seen(target, "active", "active")
    desk = Desk(iter([active, active]), runs=[None, "R2"])

    assert desk.wait(request(target)).run == "R2"


def test_an_apply_that_fails_ends_it_with_why_and_what_to_do(target: Target) -> None:
    desk = Desk(
        iter([seen(target, "active", "active")]), runs=[EngineError("stale plan", cause="c", action="plan again")]
    )

    end = desk.wait(request(target))

    assert (end.outcome, end.why, end.action) == ("failed", "stale plan: c", "plan again")


def test_a_dead_request_ends_it_without_an_apply(target: Target) -> None:
    desk = Desk(iter([seen(target, "active", "expired")]), runs=[])

    end = desk.wait(request(target))

    assert end.outcome == "given up"
    assert "expired" in end.why
    assert "requests it anew" in end.action


def test_it_gives_up_at_its_time_even_if_nobody_could_ever_look(target: Target) -> None:
    desk = Desk(iter(lambda: AccountError("the login has ended"), None), runs=[])

    end = desk.wait(request(target, until=(NOW + timedelta(minutes=2)).isoformat()))

    assert end.outcome == "given up"
    assert desk.now - NOW == timedelta(minutes=2)


def test_cancelled_it_applies_nothing(target: Target) -> None:
    desk = Desk(iter(lambda: seen(target, "active", "pending-acceptance"), None), runs=[], cancel_after=2)

    assert desk.wait(request(target)).outcome == "cancelled"


# -- what is applied


def test_other_answers_than_those_that_were_confirmed_are_not_applied(target: Target) -> None:
    confirmed = request(target)
    answers = target.place.answers
    answers.write_text(f"{answers.read_text()}\n# somebody has looked at this again\n")

    with pytest.raises(InputError, match="the answers have changed since the plan was confirmed"):
        carrying.carry_out(confirmed, {})


def test_another_command_that_works_on_the_object_is_let_go_first(target: Target) -> None:
    with exclusive(target.place):
        assert carrying.carry_out(request(target), {}) is None


def test_another_plan_than_the_one_that_was_confirmed_is_not_applied(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_in(target.place.runs)
    applied = an_apply_of(monkeypatch, SimpleNamespace(digest="sha256:2"))

    with pytest.raises(EngineError, match="not the one that was confirmed"):
        carrying.carry_out(request(target, plan_run=run.id), {})
    assert applied == []


@pytest.mark.parametrize("unanswered", [UNREAD, CREDENTIALS])
def test_where_aws_gives_a_check_no_answer_it_is_tried_again_and_a_finding_that_holds_ends_it(
    target: Target, monkeypatch: pytest.MonkeyPatch, unanswered: Code
) -> None:
    run = run_in(target.place.runs)
    found = [unanswered.at("facts.quota", "no answer in time", severity=unanswered.severities[0])]
    applied = an_apply_of(monkeypatch, SimpleNamespace(digest="sha256:1"), findings=found)
    assert carrying.carry_out(request(target, plan_run=run.id), {}) is None

    found[:] = [DENIED.at("facts.ec2:DescribeVpcs", "not allowed", severity=Severity.HIGH)]
    with pytest.raises(BlockedError, match="1 finding hold"):
        carrying.carry_out(request(target, plan_run=run.id), {})
    assert applied == []


def an_apply_of(monkeypatch: pytest.MonkeyPatch, plan: Any, *, findings: Sequence[Finding] = ()) -> list[Any]:
    """Let this be the plan that is kept, and these what a check says; gives what is applied."""
    applied: list[Any] = []
    site = SimpleNamespace(session=None, engine=None)
    for name, value in (
        ("find_engine", lambda *_, **__: None),
        ("open_site", lambda *_, **__: site),
        ("checked", lambda *_: SimpleNamespace(findings=tuple(findings))),
    ):
        monkeypatch.setattr(carrying, name, value)
    monkeypatch.setattr(carrying.flow, "reopen", lambda *_: SimpleNamespace(plan=plan))
    monkeypatch.setattr(carrying.flow, "start", lambda *_: applied.append("started"))
    return applied


def eventually(true: Callable[[], object]) -> None:
    """Wait for a condition, and not for a time: the limit is there only so that a failure ends."""
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# -- the process, how it is listed and cancelled


def waiter(target: Target, *, alive: bool) -> Wait:
    """A wait whose process is this one, or one that is gone."""
    wait = Wait(target.place.hidden / records.FOLDER / "20260301T120000.000000Z-aaaa", request(target))
    wait.path.mkdir(parents=True)
    wait.request.write(wait.path / "request.json")
    mark = started(os.getpid()) or ""
    Process(host(), os.getpid(), mark if alive else f"{mark}0").write(wait.path / "process.json")
    return wait


def test_the_list_says_that_it_goes_on_by_itself_and_no_longer_once_nobody_waits(target: Target) -> None:
    before = overview.row(target.place)
    wait = waiter(target, alive=True)

    row = overview.row(target.place)
    assert (before.state, before.by_itself) == (State.WAITING, False)
    assert row.words == "waiting for the customer · goes on by itself"
    assert "confirmed it" in next(records.said(wait))

    End("cancelled", NOW.isoformat(), "somebody said so: nothing was applied").write(wait.path / "result.json")
    assert not overview.row(target.place).by_itself
    assert next(records.said(wait)) == "link: the wait has ended: cancelled"


def test_one_that_was_killed_is_told_with_the_way_on(target: Target) -> None:
    wait = waiter(target, alive=False)

    assert records.waiting(target.place) is None
    assert "nothing is applied by itself any more" in next(records.said(wait))
    assert "planewright apply acme-prod --wait" in " ".join(records.said(wait))


def test_one_at_a_time_and_none_where_a_code_would_be_asked_for(target: Target) -> None:
    site: Any = SimpleNamespace(session=SimpleNamespace(method="env"))
    asks: Any = SimpleNamespace(session=SimpleNamespace(method="assume-role-mfa"))
    wait = waiter(target, alive=True)

    starting.require_possible("acme-prod", None, site)
    with pytest.raises(BlockedError, match="somebody waits for the customer of acme-prod already"):
        starting.require_possible("acme-prod", wait, site)
    with pytest.raises(AccountError, match="nobody could be asked for an MFA code"):
        starting.require_possible("acme-prod", None, asks)


def test_the_process_outlives_who_started_it_tells_its_troubles_and_ends_when_it_is_told_to(target: Target) -> None:
    """A real process: it has no credentials here, so that it says why it cannot look, and waits on."""
    path = target.place.hidden / records.FOLDER / "20260301T120000.000000Z-bbbb"
    path.mkdir(parents=True)
    until = (datetime.now(UTC) + timedelta(days=8)).isoformat()
    wait = Wait(path, request(target, id=path.name, until=until))
    wait.request.write(path / "request.json")
    environ = {"PATH": os.environ["PATH"], "HOME": str(target.workspace.root), "AWS_EC2_METADATA_DISABLED": "true"}

    starting.launch(wait, environ)
    try:
        eventually(lambda: wait.look() is not None or wait.end() is not None)
        look = wait.look()
        assert look is not None, wait.end()
        assert look.trouble.startswith("cannot look: ")
        assert records.waiting(target.place) == wait
    finally:
        assert wait.cancel()
    eventually(lambda: wait.end() is not None)
    end = wait.end()
    assert end is not None
    assert end.outcome == "cancelled"
    assert not wait.alive()
