"""An upgrade is carried through step by step, and from wherever it was left: killed anywhere it ends as if it never was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deploy.objects import a_run, going
from tests.deploy.upgrading.world import AFTER, FORMAT, AtWork, Killed, Reloading, Serving, World, a_node, world
from wizard.deploy import acts
from wizard.deploy.exclusive import exclusive
from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.carrying import APART_S
from wizard.deploy.upgrading.course import Seen
from wizard.errors import AccountError, BlockedError, EngineError, InputError, StateLockedError
from wizard.upgrades.steps import Act

ONE_NODE = [
    "write {0}", "plan", "ask {0}", "stop {0}", "apply", "attend", "conclude", "prepare {0}", "start {0}", "look runs", "look path",
]  # fmt: skip
LAST = ["write format", "plan", "ask format", "apply", "attend", "conclude"]
WHOLE = [*(line.format("fdw-0") for line in ONE_NODE), *(line.format("fdw-1") for line in ONE_NODE), *LAST]
#: One node and the format: every kind of deed, and one of another step behind it.
SHORT = [*(line.format("fdw-0") for line in ONE_NODE), *LAST]


@pytest.fixture
def made(tmp_path: Path) -> World:
    return world(tmp_path)


def test_each_step_is_planned_confirmed_applied_and_seen_before_the_next(made: World) -> None:
    made.go()

    assert made.did == WHOLE
    assert made.true == AFTER
    upgrade = record.load(made.target.place)
    assert upgrade is not None
    assert (upgrade.outcome, upgrade.done, upgrade.reason) == ("ended", 3, "the new image is out")
    first = upgrade.steps[0]
    assert first.run
    assert first.digest == f"sha256:{first.plan}"
    assert dict(first.seen) == {"runs": "fdw-0 runs ami-2", "path": "a read came back"}


@pytest.mark.parametrize("after_it", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "kill_at", range(len(SHORT)), ids=[f"{i}-{it.replace(' ', '-')}" for i, it in enumerate(SHORT)]
)
def test_killed_anywhere_it_goes_on_and_ends_as_if_it_never_was(made: World, kill_at: int, after_it: bool) -> None:
    made.wanted = (made.wanted[0], FORMAT)
    made.kill_at, made.after_it = kill_at, after_it
    with pytest.raises(Killed):
        made.go()
    assert record.going(made.target.place) is not None

    made.go()

    assert made.true == {**AFTER, "image.fdw-1": "ami-1"}
    assert set(made.running.values()) == {"on"}
    upgrade = record.load(made.target.place)
    assert upgrade is not None
    assert (upgrade.outcome, upgrade.done) == ("ended", 2)
    # Nothing is applied twice, and nobody is asked again about what is true already.
    assert made.did.count("apply") == 2
    assert all(walked.run for walked in upgrade.steps)
    started = [index for index, deed in enumerate(made.did) if deed == "apply"]
    assert all(made.did[index - 1].split()[0] in {"stop", "ask"} for index in started)
    first_seen, next_written = made.did.index("look path"), made.did.index("write format")
    assert first_seen < next_written


def test_an_apply_that_ended_while_nobody_looked_is_taken_over_without_a_word(made: World) -> None:
    made.kill_at, made.after_it = ONE_NODE.index("apply"), True
    with pytest.raises(Killed):
        made.go()
    half = record.require_going(made.target.place).current
    assert half is not None
    assert (half.run, half.applied) == ("", False)
    made.did.clear()

    carrier = made.carrier()
    carrier.step()

    # What it set is true: it is not written again, and no node is stopped for it.
    assert made.did == ["plan", "conclude", "prepare fdw-0", "start fdw-0", "look runs", "look path"]
    done = record.require_going(made.target.place).steps[0]
    assert done.done
    assert done.run


def test_what_was_applied_and_not_seen_is_looked_at_and_not_planned_again(made: World) -> None:
    made.kill_at = ONE_NODE.index("look path")
    with pytest.raises(Killed):
        made.go()
    made.did.clear()

    made.carrier().step()

    assert made.did == ["prepare fdw-0", "start fdw-0", "look runs", "look path"]


def test_an_apply_that_failed_is_planned_and_asked_for_again_and_its_nodes_are_not_stopped_twice(made: World) -> None:
    made.fails = True
    with pytest.raises(EngineError):
        made.go()
    half = record.require_going(made.target.place).current
    assert half is not None
    assert half.run
    made.fails = False
    made.did.clear()

    made.carrier().step()

    assert made.did[:5] == ["write fdw-0", "plan", "ask fdw-0", "apply", "attend"]


ALL_DOWN = replace(
    a_node("fdw-0", "ami-2"),
    before=(Act("stop", "fdw-0"), Act("stop", "fdw-1")),
    after=(Act("prepare", "fdw-0"), Act("start", "fdw-0"), Act("start", "fdw-1")),
)
DOWN = ["write fdw-0", "plan", "ask fdw-0", "stop fdw-0", "stop fdw-1", "apply", "attend", "conclude", "prepare fdw-0", "start fdw-0", "start fdw-1", "look runs", "look path"]  # fmt: skip


@pytest.fixture
def down(made: World) -> World:
    """Its one step stops everything that serves."""
    made.wanted, made.course = (ALL_DOWN,), Serving
    return made


@pytest.mark.parametrize("after_it", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kill_at", range(len(DOWN)), ids=[f"{i}-{it.replace(' ', '-')}" for i, it in enumerate(DOWN)])
def test_a_step_that_has_stopped_everything_starts_it_again_however_it_was_left(
    down: World, kill_at: int, after_it: bool
) -> None:
    down.kill_at, down.after_it = kill_at, after_it
    with pytest.raises(Killed):
        down.go()

    down.go()

    assert down.running == {"fdw-0": "on", "fdw-1": "on"}
    assert down.true["image.fdw-0"] == "ami-2"
    assert down.did.count("apply") == 1
    assert down.did[-1] == "look path", "that reads are served again is seen"


def test_an_apply_that_failed_with_everything_down_is_done_again_and_everything_started(down: World) -> None:
    down.fails = True
    with pytest.raises(EngineError):
        down.go()
    assert set(down.running.values()) == {"off"}
    down.fails = False

    down.go()

    assert set(down.running.values()) == {"on"}


def test_another_image_is_answered_while_everything_is_down_and_that_one_is_seen(down: World) -> None:
    down.kill_at = DOWN.index("apply")
    with pytest.raises(Killed):
        down.go()
    other = a_node("fdw-0", "ami-3")
    down.wanted = (replace(ALL_DOWN, title=other.title, sets=other.sets, gates=other.gates),)

    down.go(patience=0)

    assert down.true["image.fdw-0"] == "ami-3"
    assert set(down.running.values()) == {"on"}


@pytest.mark.parametrize(
    ("account", "left"), [("", timedelta(minutes=31)), ("999999999999", timedelta(hours=9))], ids=["its end", "another"]
)
def test_a_session_that_would_not_do_for_the_apply_refuses_before_anything_is_stopped(
    down: World, account: str, left: timedelta
) -> None:
    down.account, down.ends = account, datetime.now(UTC) + left
    with pytest.raises(AccountError):
        down.go()
    assert down.did == ["write fdw-0", "plan", "ask fdw-0"]
    half = record.require_going(down.target.place).current
    assert half is not None
    assert not half.stopped

    down.account, down.ends = "", datetime.now(UTC) + timedelta(minutes=40)
    down.go()
    assert down.true["image.fdw-0"] == "ami-2"


@pytest.fixture
def reloaded(made: World) -> World:
    """Its one step applies nothing, and has its acts and its gate all the same."""
    made.course = Reloading
    made.put("running.json", {"fdw-0": "old", "fdw-1": "old"})
    return made


def test_a_red_gate_of_a_step_that_applied_nothing_is_not_passed_by_going_on(reloaded: World) -> None:
    reloaded.hidden = True
    for _again in range(2):
        with pytest.raises(BlockedError, match="a read is served: that was not seen"):
            reloaded.go(patience=0)
    assert [deed for deed in reloaded.did if deed.startswith("stop")] == ["stop fdw-0", "stop fdw-1"], "once each"
    reloaded.hidden = False

    reloaded.go()

    upgrade = record.load(reloaded.target.place)
    assert upgrade is not None
    assert (upgrade.outcome, upgrade.done) == ("ended", 1)


def test_what_stops_services_is_asked_for_though_its_plan_changes_nothing(
    reloaded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: object) -> str:
        raise BlockedError("nobody said yes")

    with monkeypatch.context() as said_no:
        said_no.setattr(AtWork, "confirm", no)
        with pytest.raises(BlockedError):
            reloaded.go()
    assert reloaded.did == ["write package", "plan", "conclude"]
    half = record.require_going(reloaded.target.place).current
    assert half is not None
    assert not half.touched
    reloaded.did.clear()

    reloaded.account = "999999999999"
    with pytest.raises(AccountError):
        reloaded.go()
    assert "stop fdw-0" not in reloaded.did
    reloaded.account = ""
    reloaded.did.clear()

    reloaded.go()

    assert reloaded.did[:5] == ["write package", "plan", "conclude", "ask package", "stop fdw-0"]
    [yes] = acts.acts(reloaded.target.place)
    assert isinstance(yes.did, acts.Confirmed)
    assert (yes.did.how, yes.did.reason) == ("asked", "the new image is out")


@pytest.mark.parametrize("kill_at", range(3, 11))
def test_killed_while_nodes_are_reloaded_each_is_started_and_none_twice(reloaded: World, kill_at: int) -> None:
    reloaded.kill_at, reloaded.after_it = kill_at, True
    with pytest.raises(Killed):
        reloaded.go()

    reloaded.go()

    assert set(reloaded.running.values()) == {"on"}
    upgrade = record.load(reloaded.target.place)
    assert upgrade is not None
    assert (upgrade.outcome, upgrade.done) == ("ended", 1)
    for key in ("fdw-0", "fdw-1"):
        started = reloaded.did.index(f"start {key}")
        assert f"stop {key}" not in reloaded.did[started:], "what was started again is not stopped twice"


def test_while_a_run_is_alive_no_step_is_begun_nor_gone_on_with(made: World) -> None:
    going(a_run(made.target.place, outcome=None))
    with pytest.raises(BlockedError, match="has a run that is alive"):
        made.go()
    assert made.did == []


def test_a_state_that_somebody_holds_ends_the_step_before_anything_was_touched(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise StateLockedError("the state is locked", cause="olga@desk plans")

    with monkeypatch.context() as while_held:
        while_held.setattr(AtWork, "plan", held)
        with pytest.raises(StateLockedError):
            made.go()
    assert made.did == ["write fdw-0"]

    made.go()
    assert made.true == AFTER


def test_a_gate_that_is_not_seen_in_time_says_what_was_seen_and_the_upgrade_can_be_gone_on_with(made: World) -> None:
    made.hidden = True
    with pytest.raises(BlockedError, match="fdw-0 runs ami-2: that was not seen within 60 s") as caught:
        made.go(patience=60)
    assert "last seen: nobody answers" in caught.value.cause
    assert made.slept == [APART_S] * 6
    assert made.said.count("… fdw-0 runs ami-2: nobody answers; looked at again for 60 s") == 1
    assert "write fdw-1" not in made.did

    made.hidden = False
    made.go()
    assert made.true == AFTER


def test_what_somebody_else_made_true_meanwhile_is_no_step_any_more(made: World) -> None:
    record.begin(made.target.place, made.wanted)
    for name in ("true.json", "written.json"):
        made.put(name, {**AFTER, "format": "v1"})

    made.go()

    assert [deed for deed in made.did if deed.startswith("write")] == ["write format"]


def test_other_answers_in_the_middle_change_the_steps_that_are_left(made: World) -> None:
    record.begin(made.target.place, made.wanted)
    made.carrier().step()
    made.wanted = (a_node("fdw-0", "ami-2"), a_node("fdw-1", "ami-3"))

    made.go()

    assert made.true == {"image.fdw-0": "ami-2", "image.fdw-1": "ami-3", "format": "v1"}
    upgrade = record.load(made.target.place)
    assert upgrade is not None
    assert [walked.step.title for walked in upgrade.steps] == ["fdw-0 to ami-2", "fdw-1 to ami-3"]


def test_a_step_that_nobody_said_yes_to_and_that_is_wanted_no_more_leaves_nothing(made: World) -> None:
    made.kill_at = ONE_NODE.index("ask {0}")
    with pytest.raises(Killed):
        made.go()
    made.wanted = ()
    made.did.clear()

    made.go()

    assert made.did == []
    upgrade = record.load(made.target.place)
    assert upgrade is not None
    assert (upgrade.outcome, upgrade.steps) == ("ended", ())


def test_a_step_whose_nodes_were_stopped_is_gone_on_with_though_it_is_wanted_no_more(made: World) -> None:
    made.kill_at = ONE_NODE.index("apply")
    with pytest.raises(Killed):
        made.go()
    made.wanted = ()
    made.put("written.json", made.true)
    made.hidden = True

    with pytest.raises(BlockedError, match="that was not seen"):
        made.go(patience=0)

    assert made.running == {"fdw-0": "on", "fdw-1": "on"}


def test_a_step_that_is_undone_as_soon_as_it_is_done_ends_the_command_and_not_the_night(made: World) -> None:
    made.wanted = (FORMAT,)
    record.begin(made.target.place, made.wanted)
    carrier = made.carrier()
    assert carrier.step() is not None
    made.put("true.json", {**made.true, "format": "v1"})

    with pytest.raises(BlockedError, match="what is observed says that it is still to be done"):
        carrier.step()
    made.carrier().step()  # another command may do it again
    assert made.true["format"] == "v3"


def test_only_one_is_at_work_and_the_object_is_free_while_nodes_have_their_turn(made: World) -> None:
    record.begin(made.target.place, made.wanted)
    carrier = made.carrier()
    held = []

    def act(*_: object) -> None:
        with exclusive(made.target.place), pytest.raises(BlockedError, match="another planewright upgrade"):
            made.carrier().step()
        held.append("free")

    carrier._hands.act = act  # type: ignore[method-assign]
    made.put("running.json", {"fdw-0": "on", "fdw-1": "on"})
    carrier._course.observe = lambda *_: Seen(ok=True, says="ok")  # type: ignore[method-assign]
    carrier.step()
    assert held == ["free"] * 3

    with exclusive(made.target.place), pytest.raises(BlockedError, match="another planewright command"):
        made.carrier().step()


def test_without_an_upgrade_there_is_nothing_to_go_on_with(made: World) -> None:
    with pytest.raises(InputError, match="no upgrade of acme-prod is half-way"):
        made.carrier().step()
