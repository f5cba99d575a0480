"""Apply and after in plain lines: started after a yes, followed, left and taken up again, stopped, handed over, proven."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.guiding import CTRL_C, Guided
from tests.cli.test_guide_plan import Engine, engine
from tests.screens.runs import ends, going, launched, recorded
from tests.verify import world
from wizard.aws.secrets import SeedEvent, SeedResult
from wizard.cli import common
from wizard.deploy import customer_side, flow, reporting, seeding, store
from wizard.deploy.customer_side import Seen
from wizard.engine import follow
from wizard.engine.events import RunState
from wizard.engine.plans import PlanView
from wizard.engine.runs import Run
from wizard.errors import AccountError
from wizard.verify.hops import Hop, HopState, Identity, Verification
from wizard.walk import applying
from wizard.workspace import Workspace

__all__ = ["engine"]
TO_APPLY = ("plan", "apply")
DONE = """
echo '{"@level":"info","@message":"Apply complete!","type":"change_summary","changes":{"add":1,"change":0,"remove":0,"operation":"apply"}}'
"""
#: Says that it was asked to stop, and stops: what the engine does, in three lines.
STOPS = """
trap 'echo "{\\"@level\\":\\"info\\",\\"@message\\":\\"Interrupt received.\\",\\"type\\":\\"log\\"}"; exit 1' INT
echo '{"@level":"info","@message":"tofu","type":"version","ui":"1.2"}'
while :; do sleep 0.05; done
"""


class Starting:
    """What an apply does in place of the engine: its run is a shell script's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.script = DONE
        self.started: list[Run] = []
        self.concluded: list[str] = []
        self.error: AccountError | None = None
        monkeypatch.setattr(applying, "start", self._start)
        monkeypatch.setattr(applying, "conclude", self._conclude)

    def _start(self, planned: flow.Planned, site: Any) -> Run:
        del site
        if self.error is not None:
            raise self.error
        run = launched(planned.target.place.runs, self.script, expected=1, plan_run=planned.plan.run.id)
        self.started.append(run)
        return run

    def _conclude(self, planned: flow.Planned) -> flow.Concluded:
        if self.error is not None:
            raise self.error
        self.concluded.append(planned.stack)
        store.save_contract(planned.target.place, planned.stack, world.outputs("private"))
        return flow.Concluded(world.outputs("private"), 2, ("aws_instance.x",), "")


@pytest.fixture
def starting(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Starting:
    del engine
    return Starting(monkeypatch)


def place_of(guided: Guided) -> Any:
    return Workspace(guided.root).place("deployment", "acme-prod")


def test_it_is_applied_after_a_yes_and_hands_over(guided: Guided, starting: Starting) -> None:
    said = guided.go(*TO_APPLY, "yes", name="acme-prod")

    assert "apply succeeded: 1 added" in said or "apply succeeded: " in said
    assert starting.concluded == ["instance"]
    assert "instance is handed over\nsettled: 2 resources" in said
    assert "drift, not taken in: aws_instance.x" in said
    assert "next: `secrets` puts the passwords" in said
    assert "next: `plan` plans link" in said


def test_a_no_starts_nothing_and_the_plan_stays(guided: Guided, starting: Starting) -> None:
    said = guided.go(*TO_APPLY, "", "apply", "no", name="acme-prod")

    assert said.count("not applied. The plan is kept.") == 2
    assert starting.started == []


def test_a_plan_without_changes_hands_over_without_a_run(
    guided: Guided,
    starting: Starting,
    engine: Engine,
) -> None:
    engine.view = PlanView(())
    said = guided.go("plan", "", name="acme-prod")

    assert starting.started == []
    assert "instance is handed over" in said


def test_after_a_stack_the_next_ones_plan_is_made(guided: Guided, starting: Starting) -> None:
    said = guided.go(*TO_APPLY, "yes", "plan", name="acme-prod")

    assert "stacks in their order: instance, link. Now: link." in said


def test_what_keeps_it_from_starting_is_told_and_the_plan_stays(guided: Guided, starting: Starting) -> None:
    starting.error = AccountError(
        "the session lasts no longer than 3 minutes", cause="an apply takes 20", action="log in"
    )
    said = guided.go(*TO_APPLY, "yes", name="acme-prod")

    assert "error: the session lasts no longer than 3 minutes\n  why:  an apply takes 20" in said
    assert "nothing was applied" in said
    assert "apply: apply the plan of instance" in said


def test_ctrl_c_stops_it_once_in_good_order_and_it_is_followed_to_its_end(
    guided: Guided, starting: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    starting.script = STOPS
    follow_it = follow.follow
    pressed: list[int] = []

    def interrupted(run: Run, **how: Any) -> Iterator[RunState]:
        for state in follow_it(run, **how):
            yield state
            if not pressed:
                pressed.append(1)
                raise KeyboardInterrupt

    monkeypatch.setattr(follow, "follow", interrupted)
    said = guided.go(*TO_APPLY, "yes", name="acme-prod")

    assert "stopping gracefully. The engine finishes or aborts the calls in flight" in said
    assert "error: " in said.partition("stopping gracefully")[2], "an apply that was stopped did not succeed"
    assert starting.concluded == []
    result = follow.result_of(starting.started[0])
    assert result is not None
    assert result.outcome != "succeeded"


def test_a_run_is_left_goes_on_and_is_taken_up_again(guided: Guided, starting: Starting) -> None:
    starting.script = f"while [ ! -e {guided.root}/go ]; do sleep 0.02; done\n{DONE}"
    said = guided.go(
        *TO_APPLY, "yes", "follow", name="acme-prod", meantime=("", "leave", "", (guided.root / "go").touch)
    )

    assert "left: the run goes on. `follow` takes it up again" in said
    assert said.count("following run ") == 2
    assert "instance is handed over" in said.partition("left: the run goes on")[2]


def test_a_guide_that_ended_leaves_the_run_and_the_next_one_follows_it(guided: Guided, starting: Starting) -> None:
    starting.script = f"while [ ! -e {guided.root}/go ]; do sleep 0.02; done\n{DONE}"
    guided.go(*TO_APPLY, "yes", ":quit", name="acme-prod", meantime=("leave",))
    assert starting.started[0].alive()

    said = guided.go(":go apply", name="acme-prod", meantime=("", (guided.root / "go").touch))

    assert "a run goes on: apply of instance, by operator@laptop" in said
    assert "apply succeeded: " in said


def test_ctrl_c_leaves_a_run_that_somebody_else_started(
    guided: Guided, starting: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = recorded(place_of(guided).runs, "apply-private", outcome=None, lines=4)
    going(run)

    def interrupted(*_: Any, **__: Any) -> Iterator[RunState]:
        raise KeyboardInterrupt
        yield RunState()

    monkeypatch.setattr(follow, "follow", interrupted)
    monkeypatch.setattr("wizard.engine.cancel.interrupt", lambda _: pytest.fail("it is not ours to stop"))
    said = guided.go(":go apply", ":quit", name="acme-prod")

    assert "left: the run goes on" in said
    ends(run)


def test_what_an_apply_left_without_its_starter_is_taken_over(
    guided: Guided, starting: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(place_of(guided).runs, "apply-private")
    monkeypatch.setattr(applying, "handed_over", lambda *_: False)
    monkeypatch.setattr(
        applying, "take_over", lambda *_: flow.Concluded(world.outputs("private"), 0, (), applying.UNSETTLED)
    )
    said = guided.go(":go apply", "outputs", name="acme-prod")

    assert "instance is applied, and its outputs are not taken over: `outputs` does that" in said
    assert f"note: {applying.UNSETTLED}" in said


class TestSecrets:
    @pytest.fixture
    def applied(self, guided: Guided, monkeypatch: pytest.MonkeyPatch) -> Guided:
        store.save_contract(place_of(guided), "instance", world.outputs("private"))
        monkeypatch.setattr(common, "session_of", lambda _: None)
        monkeypatch.setattr(seeding, "seed_target", self._seed)
        self.given: list[Any] = []
        return guided

    def _seed(self, target: Any, session: Any, *, inputs: Any, rotate: Any) -> SeedResult:
        del target, session, rotate
        self.given += [inputs.database_password(), inputs.proxy_tls()]
        return SeedResult(
            (SeedEvent("database", "put", "acme/db"), SeedEvent("proxy_tls", "missing", "acme/tls")), ("x",)
        )  # type: ignore[arg-type]

    def test_what_is_typed_is_asked_without_an_echo_and_said_nowhere(self, applied: Guided) -> None:
        said = applied.go(":go apply", "secrets", "hunter22:", "", name="acme-prod")

        assert self.given == ["hunter22:", None]
        assert applied.script.hidden == [
            "password of springtail on db.acme.example.com, not shown and not stored here: "
        ]
        assert "hunter22" not in said
        assert "  database: put: acme/db\n  proxy_tls: missing: acme/tls\n  not proven: x\n" in said
        assert "something is still missing" in said

    def test_no_password_is_an_error_with_the_way_on(self, applied: Guided) -> None:
        said = applied.go(":go apply", "secrets", "", name="acme-prod")

        assert "error: no password was given" in said

    def test_half_of_a_certificate_is_refused(self, applied: Guided) -> None:
        said = applied.go(":go apply", "secrets", "pw", "cert.pem", "", name="acme-prod")

        assert "error: the proxy's certificate and key go together" in said


class TestVerify:
    def hop(self, key: str, state: HopState, reason: str = "") -> Hop:
        at = datetime(2026, 11, 21, tzinfo=UTC)
        waiting = "the customer" if state is HopState.WAITING else ""
        return Hop(
            key, f"title of {key}", "subject", state, at, ("seen it",), reason, "do it" if reason else "", waiting
        )

    def test_hops_come_as_they_are_seen_and_the_worst_first_at_the_end(
        self, guided: Guided, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hops = (
            self.hop("a", HopState.PASSED),
            self.hop("b", HopState.WAITING, "not accepted"),
            self.hop("c", HopState.FAILED, "refused"),
        )
        report = place_of(guided).reports / "verification-20261121T000000Z.md"

        def verify(target: Any, session: Any, *, on_hop: Any) -> Any:
            for hop in hops:
                on_hop(hop)
            at = hops[0].observed_at
            seen = Verification("acme-prod", "use1-a", "private", hops, at, at, Identity("1", "arn"))
            report.parent.mkdir(parents=True)
            report.write_text("# What is proven\n\n- one hop\n")
            return SimpleNamespace(verification=seen, markdown=report)

        monkeypatch.setattr(reporting, "verify_target", verify)
        monkeypatch.setattr(common, "session_of", lambda _: None)
        said = guided.go(":go verify", "verify", "on", "read", name="acme-prod")

        seen, _, end = said.partition("2 hops are not proven, worst first:")
        assert seen.index("passed: title of a") < seen.index(
            "waiting on the customer: title of b, subject: not accepted"
        )
        assert end.index("failed: title of c, subject: refused") < end.index("waiting on the customer")
        assert "remedy: do it" in end
        assert "1 of 3 hops proven" in end
        assert f"report: {report}" in end
        assert "# What is proven\n\n- one hop\n" in said

    def test_without_a_report_the_last_step_says_who_writes_one(self, guided: Guided) -> None:
        said = guided.go(":go report", "done", ":quit", name="acme-prod")

        assert "there is no report yet: the step Verify writes one" in said
        assert "This was the last step." in said


class TestHandoff:
    def test_before_anything_is_applied_nothing_is_asked_of_the_customer(self, guided: Guided) -> None:
        said = guided.go(":go handoff", name="acme-prod")

        assert "nothing is asked of the customer yet" in said

    def test_who_does_what_with_which_values_is_said_and_looked_at_again(
        self, guided: Guided, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.save_contract(place_of(guided), "instance", world.outputs("private"))
        store.save_contract(Workspace(guided.root).place("shard", "use1-a"), "shard", world.shard_outputs())
        at = datetime(2026, 11, 21, tzinfo=UTC)

        def seen(state: HopState) -> Seen:
            return Seen(at, (Hop("peering.database", "", "", state, at, ("status pending",), "not accepted"),))

        looks = [seen(HopState.WAITING), seen(HopState.PASSED)]
        monkeypatch.setattr(customer_side, "look", lambda *_: looks.pop(0))
        monkeypatch.setattr(common, "session_of", lambda _: None)
        said = guided.go(":go handoff", "again", name="acme-prod")

        _, first, second = said.split("looking at what the customer has done: please wait\n")
        assert "what the customer does:\n  1. waiting: Accept the peering to the database's VPC\n" in first
        assert "command: aws ec2 accept-vpc-peering-connection" in first
        assert "seen: status pending\n     why: not accepted\n" in first
        assert "what is ours:\n  1. " in first
        assert "it is the customer's turn" in first
        assert "1. done: Accept the peering" in second
        assert "every peering is accepted: stack link can be planned" in second


def test_what_is_applied_can_be_looked_at_while_other_answers_are_typed(guided: Guided) -> None:
    store.save_contract(place_of(guided), "instance", world.outputs("private"))
    said = guided.go(":go database", "", "54x", ":go verify", ":go plan", name="acme-prod")

    assert "not saved: 1 answer is missing or refused. This step is of the answers that were saved before." in said
    assert "Step 9 of 10: Verify" in said
    assert "not yet: 1 answer is missing or refused" in said
    assert guided.walk("acme-prod").draft.text("database.port") == "54x"


def test_ctrl_c_at_what_comes_next_ends_in_good_order(guided: Guided, starting: Starting) -> None:
    said = guided.go(*TO_APPLY, "yes", CTRL_C, name="acme-prod")

    assert "interrupted. What was typed is saved, and runs go on by themselves." in said
    assert guided.code == 128 + signal.SIGINT
