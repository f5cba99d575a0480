"""The workspace at a glance: each object's state from what lies on disk, read again only where something changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy import objects
from tests.deploy.objects import APPLIED, a_run, an_object, going, handed_over, looked_at
from wizard.blueprints.springtail import stacks
from wizard.deploy import last_runs
from wizard.deploy import overview as module
from wizard.deploy.object_state import CUSTOMER, State
from wizard.deploy.overview import Overview, Row, overview, row
from wizard.engine import saved
from wizard.files import write_atomic
from wizard.verify import probes
from wizard.workspace import Place, Workspace

LATER = APPLIED.replace(hour=9)


def of(place: Place) -> Row:
    return row(place)


def test_every_state_has_a_word_and_a_symbol_of_its_own(tmp_path: Path) -> None:
    rows = {row.name: f"{row.symbol} {row.words}" for row in overview(Workspace(objects.in_every_state(tmp_path)))}
    assert rows == {
        "use1-a": "✓ applied",
        "acme-next": "· draft",
        "acme-prod": "✓ applied",
        "acme-test": "✓ applied · draft",
        "globex-prod": "! drifted",
        "hooli-prod": "● run in progress",
        "initech-prod": "✗ last run failed",
        "stark-prod": "… waiting for the customer",
        "umbrella-old": "◐ destroy unfinished",
        "umbrella-test": "- destroyed",
        "wayne-prod": "? cannot be read",
    }
    assert len({state.symbol for state in State}) == len(State)


def test_the_names_by_which_stacks_and_the_customer_are_known_are_the_blueprints_and_the_probes() -> None:
    assert (module._INSTANCE, module._LINK) == (stacks.INSTANCE, stacks.LINK)
    said = "".join(path.read_text() for path in Path(probes.__file__).parent.glob("*.py"))
    assert f'"{CUSTOMER}"' in said


def test_a_plan_that_has_ended_well_is_passed_over_by_what_it_leaves(tmp_path: Path) -> None:
    assert last_runs._PLAN == saved._NAME
    place = objects.failed(tmp_path, "acme-prod")
    plan = a_run(place, LATER, action="plan")
    (plan.path / "plan.json").write_text("{}")
    (plan.path / "request.json").unlink()
    assert of(place).state is State.FAILED


def everything_at_once(root: Path) -> tuple[Place, list[Callable[[], None]]]:
    """An object of which every state is true, and what takes the first, then the next of them away."""
    place = objects.drifted(root, "acme-prod")
    looked_at(place, LATER, waiting_on=(CUSTOMER,))
    failed = a_run(place, APPLIED.replace(hour=5), outcome="failed")
    run = a_run(place, APPLIED.replace(hour=6), action="plan", outcome=None)
    going(run)

    def away(path: Path) -> Callable[[], None]:
        def remove() -> None:
            for file in sorted(path.glob("*")) if path.is_dir() else [path]:
                file.unlink()

        return remove

    reports = place.reports
    drift = place.path / ".planewright" / "drift-instance.json"
    return place, [away(run.path), away(failed.path), away(reports), away(drift)]


def test_where_several_are_true_what_needs_somebody_first_is_told(tmp_path: Path) -> None:
    place, ways = everything_at_once(tmp_path)
    told = [of(place).state]
    for take_away in ways:
        take_away()
        told.append(of(place).state)
    assert told == [State.RUNNING, State.FAILED, State.WAITING, State.DRIFTED, State.APPLIED]
    assert [state.rank for state in told] == sorted(state.rank for state in told)


def test_a_draft_that_was_never_applied_is_a_draft_and_not_one_over_itself(tmp_path: Path) -> None:
    assert of(an_object(tmp_path, "typed", saved=False, draft=True)).words == "draft"
    assert of(an_object(tmp_path, "saved", draft=True)).words == "draft"


def test_a_failed_apply_stays_told_after_a_plan(tmp_path: Path) -> None:
    place = objects.failed(tmp_path, "acme-prod")
    a_run(place, LATER, action="plan")
    assert of(place).state is State.FAILED


def test_an_apply_whose_runner_was_killed_has_failed(tmp_path: Path) -> None:
    place = an_object(tmp_path, "acme-prod")
    a_run(place, outcome=None)
    assert of(place).state is State.FAILED


def test_an_apply_that_goes_on_is_told_though_another_plan_was_made_since(tmp_path: Path) -> None:
    place = an_object(tmp_path, "acme-prod")
    going(a_run(place, outcome=None))
    a_run(place, LATER, action="plan")
    assert of(place).state is State.RUNNING


def test_a_private_one_waits_for_the_customer_until_its_link_is_there(tmp_path: Path) -> None:
    place = objects.without_link(tmp_path, "acme-prod")
    assert (of(place).state, of(place).waiting_on) == (State.WAITING, (CUSTOMER,))
    handed_over(place, "link")
    assert (of(place).state, of(place).waiting_on) == (State.APPLIED, ())


def test_a_public_one_has_no_link_to_wait_for(tmp_path: Path) -> None:
    assert of(objects.applied(tmp_path, "acme-prod")).state is State.APPLIED


def test_what_the_newest_verification_waits_for_decides(tmp_path: Path) -> None:
    place = objects.without_link(tmp_path, "acme-prod")
    looked_at(place, LATER, waiting_on=("the operator", "AWS"))
    assert (of(place).state, of(place).waiting_on) == (State.APPLIED, ("the operator", "AWS"))
    looked_at(place, LATER.replace(hour=10), waiting_on=("AWS", CUSTOMER))
    assert of(place).state is State.WAITING


def test_a_verification_from_before_the_last_apply_says_nothing_more(tmp_path: Path) -> None:
    place = objects.applied(tmp_path, "acme-prod")
    looked_at(place, LATER)
    assert of(place).verified
    a_run(place, LATER.replace(hour=11))
    assert (of(place).verified, of(place).when) == (False, "applied 2026-11-21")


@pytest.mark.parametrize(
    ("made", "when"),
    [
        (objects.applied, "applied 2026-11-21"),
        (objects.failed, "failed 2026-11-21"),
        (objects.running, "began 2026-11-21"),
        (objects.destroyed, "destroyed 2026-11-21"),
        (an_object, ""),
    ],
)
def test_what_was_done_last_is_told_with_its_day(tmp_path: Path, made: Callable[[Path, str], Place], when: str) -> None:
    assert of(made(tmp_path, "acme-prod")).when == when


def test_a_look_that_has_not_verified_is_told_as_a_look(tmp_path: Path) -> None:
    place = objects.applied(tmp_path, "acme-prod")
    looked_at(place, LATER, verified=False)
    assert (of(place).when, of(place).verified) == ("looked at 2026-11-21", False)


def test_an_object_that_was_destroyed_by_halves_says_so_even_once_the_next_protection_is_lifted(tmp_path: Path) -> None:
    place = objects.half_destroyed(tmp_path, "acme-prod")
    assert of(place).state is State.UNFINISHED
    a_run(place, LATER)
    assert of(place).state is State.UNFINISHED
    a_run(place, LATER.replace(hour=10), stack="link")
    assert of(place).state is State.APPLIED, "the link was made again, though its outputs are yet to be taken over"


def test_drift_of_a_stack_that_is_gone_is_none(tmp_path: Path) -> None:
    place = objects.drifted(tmp_path, "acme-prod")
    place.contract("instance").rename(place.contract("other"))
    assert of(place).drifted == ()


def test_drift_is_as_old_as_the_look_that_saw_it_until_the_next_apply(tmp_path: Path) -> None:
    place = objects.drifted(tmp_path, "acme-prod")
    write_atomic(place.hidden / "drift-look-instance.json", json.dumps({"at": LATER.isoformat(), "drifted": []}))
    assert of(place).drift_at == LATER

    a_run(place, LATER.replace(hour=10))
    assert of(place).drift_at is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"action": "apply"}'])
def test_a_run_whose_request_cannot_be_read_hides_nothing(tmp_path: Path, text: str) -> None:
    place = objects.applied(tmp_path, "acme-prod")
    (a_run(place, LATER, outcome=None).path / "request.json").write_text(text)
    assert of(place).state is State.APPLIED


@pytest.mark.parametrize("text", ["", "[]", "null", '{"private": 3, "x"'])
def test_a_contract_that_cannot_be_read_is_still_one(tmp_path: Path, text: str) -> None:
    place = objects.applied(tmp_path, "acme-prod")
    place.contract("instance").write_text(text)
    assert of(place).state is State.APPLIED


def test_a_result_that_makes_no_sense_hides_no_other_object(tmp_path: Path) -> None:
    objects.applied(tmp_path, "acme-prod")
    broken = objects.applied(tmp_path, "globex-prod")
    next(broken.runs.glob("*/result.json")).write_text('{"outcome": "succeeded", "ended_at": "noon"}')
    assert [row.state for row in overview(Workspace(tmp_path))] == [State.APPLIED, State.UNREADABLE]


def test_it_is_the_same_for_programs(tmp_path: Path) -> None:
    place = objects.drifted(tmp_path, "acme-prod")
    place.draft.write_text("{}")
    looked_at(place, LATER, waiting_on=("AWS",))
    assert of(place).as_dict() == {
        "name": "acme-prod",
        "kind": "deployment",
        "state": "drifted",
        "draft": True,
        "verified": False,
        "last": "looked at",
        "last_at": "2026-11-21T09:59:00+00:00",
        "waiting_on": ["AWS"],
        "drifted": ["aws_security_group.proxy"],
        "drift_at": None,
        "by_itself": False,
        "upgrade": "",
    }


# -- read again and again


def aged(root: Path) -> None:
    """Let everything have been written a minute ago."""
    for folder, _, _ in os.walk(root):
        was = Path(folder).stat()
        os.utime(folder, (was.st_atime - 60, was.st_mtime - 60))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the objects that were really read."""
    read, really = [], module._read

    def counted(place: Place) -> object:
        read.append(place.name)
        return really(place)

    monkeypatch.setattr(module, "_read", counted)
    return read


def test_what_has_not_changed_is_not_read_again(tmp_path: Path, reads: list[str]) -> None:
    objects.applied(tmp_path, "acme-prod")
    objects.applied(tmp_path, "globex-prod")
    aged(tmp_path)
    looking = Overview()
    first = looking.rows(Workspace(tmp_path))
    reads.clear()
    assert looking.rows(Workspace(tmp_path)) == first
    assert reads == []


def test_what_runs_and_what_has_only_just_changed_is_read_each_time(tmp_path: Path, reads: list[str]) -> None:
    objects.running(tmp_path, "acme-prod")
    aged(tmp_path)
    objects.applied(tmp_path, "globex-prod")
    looking = Overview()
    looking.rows(Workspace(tmp_path))
    reads.clear()
    looking.rows(Workspace(tmp_path))
    assert reads == ["acme-prod", "globex-prod"]


@pytest.mark.parametrize(
    "change",
    [
        lambda place: place.draft.write_text("{}"),
        lambda place: place.contract("instance").unlink(),
        lambda place: looked_at(place, LATER),
        lambda place: a_run(place, LATER),
        lambda place: (place.path / ".planewright" / "drift-instance.json").write_text('["x.y"]'),
        lambda place: next(place.runs.glob("*/result.json")).unlink(),
        lambda place: place.answers.unlink(),
    ],
    ids=["draft", "contract", "report", "run", "drift", "result", "gone"],
)
def test_whatever_changes_on_disk_is_seen(tmp_path: Path, change: Callable[[Place], object]) -> None:
    place = objects.applied(tmp_path, "acme-prod")
    aged(tmp_path)
    looking = Overview()
    before = looking.rows(Workspace(tmp_path))
    change(place)
    assert looking.rows(Workspace(tmp_path)) != before
    assert looking.rows(Workspace(tmp_path)) == overview(Workspace(tmp_path))
