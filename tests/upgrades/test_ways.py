"""Whatever the sequencer gives, from wherever somebody can be, it breaks no rule and can be cut off anywhere.

The rules stand here a second time, in plain code: what holds the ways to them is not what made the ways.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.upgrades.seed import FRESH, LADDER
from wizard.upgrades.sequence import Explained, Leg, sequence

State = dict[str, str]

ASPECTS = {aspect.key: aspect.values for aspect in LADDER.aspects}


def wishes() -> st.SearchStrategy[State]:
    """Some values of some aspects."""
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in ASPECTS.items()})


@st.composite
def places(draw: st.DrawFn) -> State:
    """Where somebody can be: on ways from the beginning, each cut off anywhere, between two moves of an apply as well."""
    state = dict(FRESH)
    for wanted in draw(st.lists(wishes(), max_size=3)):
        legs = sequence(LADDER, state, wanted)
        if not isinstance(legs, Explained):
            state = cut_off(draw, state, legs)
    return state


def cut_off(draw: st.DrawFn, state: State, legs: tuple[Leg, ...]) -> State:
    """Walk some of the legs whole, and of the next one only some of its moves."""
    whole = draw(st.integers(0, len(legs)))
    for leg in legs[:whole]:
        state = leg.state
    if whole < len(legs):
        moves = draw(st.sets(st.sampled_from(legs[whole].moves)))
        state = {**state, **{move.aspect: move.after for move in moves}}
    return state


def lawful(state: State) -> bool:
    """No-PG and WAL v3 are never there before 2.0."""
    return state["version"] == "2.0" or (state["no_pg"] == "off" and state["wal"] != "v3")


def lawful_apply(before: State, after: State) -> bool:
    changed = {key for key in ASPECTS if before[key] != after[key]}
    if not changed or (before["no_pg"], after["no_pg"]) == ("on", "off"):
        return False
    exception = changed == {"version", "wal"} and (before["wal"], after["wal"], after["version"]) == ("v1", "v3", "2.0")
    if len(changed) > 1 and not exception:
        return False
    if "no_pg" in changed and (before["version"], before["wal"]) != ("2.0", "v3"):
        return False
    if after["wal"] == "v3" and before["wal"] != "v3" and not exception and before["version"] != "2.0":
        return False
    return not (before["version"] != after["version"] and before["wal"] == "none")


def efficient(state: State) -> str:
    return "on" if state["wal"] in {"v1", "v3"} or state["no_pg"] == "on" else "off"


@given(places(), wishes())
def test_no_way_breaks_a_rule(now: State, wanted: State) -> None:
    legs = sequence(LADDER, now, wanted)
    if isinstance(legs, Explained):
        assert legs.rules
        return
    before = now
    for leg in legs:
        assert lawful(leg.state), leg
        assert lawful_apply(before, leg.state), (before, leg.state)
        assert dict(LADDER.facts(leg.state))["efficient_format"] == efficient(leg.state)
        before = leg.state
    assert all(before[key] == value for key, value in wanted.items())
    assert lawful(before)


@given(places(), wishes(), st.data())
def test_a_way_that_is_cut_off_anywhere_and_taken_up_again_ends_in_the_same_state(
    now: State, wanted: State, data: st.DataObject
) -> None:
    legs = sequence(LADDER, now, wanted)
    if isinstance(legs, Explained) or not legs:
        return
    end, state = legs[-1].state, cut_off(data.draw, now, legs)
    # Taken up with what was asked for at its beginning: whole, as a half-way upgrade knows its end.
    rest = sequence(LADDER, state, end)
    assert not isinstance(rest, Explained), rest
    assert len(rest) <= len(legs)
    assert (rest[-1].state if rest else state) == end


@given(places(), wishes())
def test_the_rest_of_a_way_is_what_is_left_of_it(now: State, wanted: State) -> None:
    legs = sequence(LADDER, now, wanted)
    if isinstance(legs, Explained):
        return
    for walked, leg in enumerate(legs, 1):
        assert sequence(LADDER, leg.state, wanted) == legs[walked:]


@given(places())
def test_from_everywhere_there_is_a_way_to_the_end(now: State) -> None:
    assert not isinstance(sequence(LADDER, now, {"version": "2.0", "wal": "v3", "no_pg": "on"}), Explained)
