"""The record of an upgrade: one at a time, private, strict; abandoned with a reason, and what is half-way is told."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.deploy.upgrading.world import WANTED, Killed, World, world
from wizard.deploy import overview
from wizard.deploy.bundle.choosing import Taken, choose
from wizard.deploy.record.model import Event
from wizard.deploy.record.traces import events
from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.standing import halfway, standing
from wizard.engine.processes import me
from wizard.errors import InputError


@pytest.fixture
def made(tmp_path: Path) -> World:
    return world(tmp_path)


def of_upgrades(made: World) -> list[Event]:
    return [event for event in events(made.target.place) if event.kind == "upgrade"]


def test_only_one_is_half_way_at_a_time_and_the_other_is_named(made: World) -> None:
    place = made.target.place
    record.begin(place, WANTED, reason="the new image is out")
    with pytest.raises(InputError, match="is half-way: 0 of 3 steps are done") as caught:
        record.begin(place, WANTED)
    assert f"{me()} began it" in caught.value.cause
    assert caught.value.cause.endswith(": the new image is out")
    record.abandon(place, reason="not tonight")
    record.begin(place, WANTED)


def test_there_is_nothing_to_begin_without_a_step(made: World) -> None:
    with pytest.raises(InputError, match="nothing to upgrade"):
        record.begin(made.target.place, ())
    assert record.load(made.target.place) is None


def test_it_is_for_its_owner_alone_and_read_as_it_was_written(made: World) -> None:
    place = made.target.place
    upgrade = record.begin(place, WANTED)
    path = place.hidden / record.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert record.load(place) == upgrade


def test_a_file_that_was_altered_is_refused_with_where_and_what_to_do(made: World) -> None:
    place = made.target.place
    record.begin(place, WANTED)
    path = place.hidden / record.FILE
    kept = json.loads(path.read_text())
    for wrong in ({**kept, "colour": "red"}, {**kept, "steps": "none"}, {**kept, "format": 2}):
        path.write_text(json.dumps(wrong))
        with pytest.raises(InputError, match=r"upgrade\.json cannot be used") as caught:
            record.load(place)
        assert caught.value.problems[0].path in {"colour", "steps", "format"}


def test_looking_makes_no_folder(made: World) -> None:
    assert record.load(made.target.place) is None
    assert not (made.target.place.path / ".planewright").exists()


def test_it_is_abandoned_with_a_reason_and_what_is_done_stays(made: World) -> None:
    record.begin(made.target.place, WANTED)
    made.carrier().step()
    with pytest.raises(InputError, match="with a reason"):
        record.abandon(made.target.place, reason=" ")
    ended = record.abandon(made.target.place, reason="not tonight")
    assert (ended.outcome, ended.done, ended.reason) == ("abandoned", 1, "not tonight")
    assert made.true["image.fdw-0"] == "ami-2"
    with pytest.raises(InputError, match="no upgrade of acme-prod is half-way"):
        record.abandon(made.target.place, reason="again")


@pytest.mark.parametrize(
    ("kill_at", "told"),
    [
        (2, ("begun and not applied: fdw-0 to ami-2", "  not seen: fdw-0 runs ami-2", "  not seen: a read is served")),
        (
            3,
            (
                "begun and not applied: fdw-0 to ami-2",
                "  was given before the apply: stop fdw-0, perhaps not to its end",
                "  not known to be given after it: prepare fdw-0",
            ),
        ),
        (
            5,
            (
                "an apply was started and is not known to have succeeded (run {run}): fdw-0 to ami-2",
                "  was given before the apply: stop fdw-0",
            ),
        ),
        (
            10,
            (
                "applied, and not seen to its end: fdw-0 to ami-2",
                "  not seen: fdw-0 runs ami-2 (last: fdw-0 runs ami-2)",
            ),
        ),
    ],
    ids=["asked", "stopping", "applying", "looking"],
)
def test_what_is_half_way_is_told_as_far_as_it_is_known(made: World, kill_at: int, told: tuple[str, ...]) -> None:
    made.kill_at = kill_at
    with pytest.raises(Killed):
        made.go()
    upgrade = record.require_going(made.target.place)
    assert upgrade.current is not None
    lines = halfway(upgrade)
    assert lines[0] == "0 of 3 steps done"
    assert {line.format(run=upgrade.current.run) for line in told} <= set(lines)
    assert lines[-2:] == ("not begun: fdw-1 to ami-2", "not begun: the new format")


def test_a_step_that_is_true_already_is_not_written_again(made: World) -> None:
    made.kill_at, made.after_it = 4, True
    with pytest.raises(Killed):
        made.go()
    upgrade = record.require_going(made.target.place)
    assert standing(upgrade, WANTED).write
    found = standing(upgrade, WANTED[1:])
    assert found.next is not None
    assert (found.next.step.key, found.write) == ("fdw-0", False)
    assert [walked.step.key for walked in found.upgrade.steps] == ["fdw-0", "fdw-1", "format"]


def test_the_history_tells_when_it_was_begun_what_was_done_and_how_it_ended(made: World) -> None:
    made.go()
    assert [(event.what, event.reason) for event in of_upgrades(made)] == [
        ("an upgrade of 3 steps was begun", "the new image is out"),
        ("upgrade step begun: fdw-0 to ami-2", ""),
        ("upgrade step done: fdw-0 to ami-2 (1 of 3)", ""),
        ("upgrade step begun: fdw-1 to ami-2", ""),
        ("upgrade step done: fdw-1 to ami-2 (2 of 3)", ""),
        ("upgrade step begun: the new format", ""),
        ("upgrade step done: the new format (3 of 3)", ""),
        ("the upgrade came to its end: 3 of 3 steps done", ""),
    ]
    done = of_upgrades(made)[2]
    walked = record.load(made.target.place).steps[0]  # type: ignore[union-attr]
    assert (done.stack, done.run, done.digest) == ("instance", walked.run, walked.digest)
    assert done.who == me()


def test_the_history_tells_why_one_was_abandoned(made: World) -> None:
    record.begin(made.target.place, WANTED)
    record.abandon(made.target.place, reason="not tonight")
    last = of_upgrades(made)[-1]
    assert (last.what, last.reason) == ("the upgrade was abandoned: 0 of 3 steps done", "not tonight")


def test_a_list_tells_of_an_upgrade_that_is_half_way_and_of_none_that_has_ended(made: World) -> None:
    place = made.target.place
    assert overview.row(place).upgrade == ""
    record.begin(place, WANTED)
    made.carrier().step()
    row = overview.row(place)
    assert (row.upgrade, row.as_dict()["upgrade"]) == ("1 of 3", "1 of 3")
    assert row.words.endswith(" · upgrade half-way, 1 of 3")
    made.go()
    assert overview.row(place).upgrade == ""


@pytest.mark.parametrize("steps", ["3", "[3]"])
def test_a_list_hides_nothing_because_of_a_record_that_cannot_be_read(made: World, steps: str) -> None:
    (made.target.place.hidden / record.FILE).write_text(f'{{"outcome": "", "steps": {steps}}}')
    assert overview.row(made.target.place).upgrade == "?"


def test_the_bundle_for_support_takes_the_record_along(made: World) -> None:
    record.begin(made.target.place, WANTED)
    made.carrier().step()
    chosen = list(choose(made.target.place, newest_runs=9))
    of_this = {item.name: type(item) for item in chosen if "upgrade" in item.name}
    assert of_this == {".planewright/upgrade.json": Taken, ".planewright/upgrades.jsonl": Taken}
