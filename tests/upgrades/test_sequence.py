"""The vendor's rules for 1.1.32 -> WAL v1 -> 2.0 + WAL v3 -> no-PG, each held by the ladder alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.upgrades.seed import ALL_ON_2, FRESH, LADDER, WHOLE, WRITES
from wizard.errors import BlockedError
from wizard.upgrades.ladder import Aspect, Forbidden, Ladder, Move, Needs, Together, flaws
from wizard.upgrades.sequence import Explained, Leg, jump, sequence, steps


def state(version: str, wal: str, no_pg: str) -> dict[str, str]:
    return {"version": version, "wal": wal, "no_pg": no_pg}


def keys(legs: tuple[Leg, ...] | Explained) -> list[str]:
    assert not isinstance(legs, Explained), legs
    return ["+".join(move.key for move in leg.moves) for leg in legs]


def refused(found: tuple[Leg, ...] | Explained | None) -> Explained:
    assert isinstance(found, Explained)
    return found


def test_the_whole_way_is_the_vendors_sequence() -> None:
    assert keys(sequence(LADDER, FRESH, WHOLE)) == ["wal-v1", "image-2.0+wal-v3", "no-pg"]


def test_what_is_true_already_needs_no_apply() -> None:
    assert sequence(LADDER, WHOLE, WHOLE) == ()


def test_no_pg_waits_for_2_0_and_wal_v3_also_where_nobody_asked_for_them() -> None:
    assert keys(sequence(LADDER, FRESH, {"no_pg": "on"})) == ["wal-v1", "image-2.0+wal-v3", "no-pg"]
    assert keys(sequence(LADDER, state("2.0", "v1", "off"), {"no_pg": "on"})) == ["wal-v3", "no-pg"]


def test_no_pg_before_2_0_is_refused_with_the_bug_as_the_reason() -> None:
    found = refused(sequence(LADDER, FRESH, {"version": "1.1.32", "no_pg": "on"}))

    assert found.legs == ()
    assert found.rules[0] == "no-PG is never on before 2.0: a known bug on 1.1.32"
    assert "no upgrade of acme leads there" in str(found.error("acme"))


def test_no_pg_at_once_is_explained_with_the_rule_and_the_way_that_works() -> None:
    found = refused(jump(LADDER, state("1.1.32", "v1", "off"), {"no_pg": "on"}))

    assert "no-PG is never on before 2.0: a known bug on 1.1.32" in found.rules
    assert "no-PG: 1.1.32 has a bug with it that 2.0 has fixed" in found.rules
    assert keys(found.legs) == ["image-2.0+wal-v3", "no-pg"]
    error = found.error("acme")
    assert isinstance(error, BlockedError)
    assert error.action == "each in an apply of its own: 2.0 together with WAL v3, then no-PG"


def test_no_pg_is_one_way_and_the_way_back_is_refused_with_why() -> None:
    found = refused(sequence(LADDER, WHOLE, {"no_pg": "off"}))

    assert found.rules == (
        "no-PG on cannot become off: once enabled for an object type it cannot be rolled back without downtime",
    )


def test_the_wal_has_an_apply_of_its_own() -> None:
    found = refused(jump(LADDER, FRESH, {"version": "2.0", "wal": "v1"}))

    assert any("in a separate apply, after all nodes run the target version" in rule for rule in found.rules)
    assert keys(found.legs) == ["wal-v1", "image-2.0"]


def test_v3_may_share_the_apply_of_2_0_and_the_leg_says_why() -> None:
    assert jump(LADDER, state("1.1.32", "v1", "off"), {"version": "2.0", "wal": "v3"}) is None
    [leg] = sequence(LADDER, state("1.1.32", "v1", "off"), {"version": "2.0", "wal": "v3"})  # type: ignore[misc]
    assert leg.why == "all 2.0 nodes understand v3"


def test_without_the_exception_the_wal_waits_until_all_nodes_run_2_0() -> None:
    strict = replace(LADDER, together=())
    assert keys(sequence(strict, FRESH, {"wal": "v3"})) == ["wal-v1", "image-2.0", "wal-v3"]
    image = steps(strict, sequence(strict, FRESH, {"wal": "v3"}), stack="nodes", now=FRESH)[1]  # type: ignore[arg-type]
    assert image.gates == (ALL_ON_2,)


def test_none_to_v3_never_shares_the_apply_of_2_0() -> None:
    found = refused(jump(LADDER, FRESH, {"version": "2.0", "wal": "v3"}))
    assert keys(found.legs) == ["wal-v1", "image-2.0+wal-v3"]
    assert "nothing leads from the WAL footer none to v3 at once" in found.rules


def test_what_nobody_asked_for_stays_as_it_is_where_it_can() -> None:
    assert keys(sequence(LADDER, FRESH, {"version": "2.0"})) == ["wal-v1", "image-2.0"]


@pytest.mark.parametrize(
    ("now", "efficient"),
    [
        (FRESH, "off"),
        (state("1.1.32", "v1", "off"), "on"),
        (state("2.0", "v3", "off"), "on"),
        (state("2.0", "none", "on"), "on"),
    ],
)
def test_the_efficient_format_follows_from_either(now: dict[str, str], efficient: str) -> None:
    assert dict(LADDER.facts(now))["efficient_format"] == efficient


def test_the_efficient_format_is_set_by_the_first_step_that_makes_it_true() -> None:
    found = steps(LADDER, sequence(LADDER, FRESH, WHOLE), stack="nodes", now=FRESH)  # type: ignore[arg-type]
    assert [step.sets for step in found] == [
        (("wal", "v1"), ("efficient_format", "on")),
        (("version", "2.0"), ("wal", "v3")),
        (("no_pg", "on"),),
    ]


def test_a_step_has_the_gates_of_all_its_moves_and_says_whether_there_is_a_way_back() -> None:
    first, both, last = steps(LADDER, sequence(LADDER, FRESH, WHOLE), stack="nodes", now=FRESH)  # type: ignore[arg-type]
    assert (first.gates, both.gates) == ((WRITES,), (ALL_ON_2, WRITES))
    assert both.key == "image-2.0+wal-v3"
    assert both.why.endswith("; all 2.0 nodes understand v3")
    assert both.back == "the image as it was, as long as the WAL is v1; set WAL v1"
    assert (last.back, last.one_way[:12]) == ("", "once enabled")


@pytest.mark.parametrize(
    ("cut_off", "rest"),
    [
        (state("2.0", "v1", "off"), ["wal-v3", "no-pg"]),
        (state("1.1.32", "v3", "off"), ["image-2.0", "no-pg"]),
    ],
)
def test_an_apply_of_both_that_was_cut_off_goes_on_with_the_other(cut_off: dict[str, str], rest: list[str]) -> None:
    assert keys(sequence(LADDER, cut_off, WHOLE)) == rest


@pytest.mark.parametrize(
    ("now", "wanted", "why"),
    [
        (FRESH, {"version": "3.0"}, "the version is to be 3.0, which is not known: known are 1.1.32, 2.0"),
        (FRESH, {"colour": "red"}, "no upgrade is about colour: known are version, wal, no_pg"),
        (
            {**FRESH, "wal": "v9"},
            {"version": "2.0"},
            "the WAL footer is v9, which is not known: known are none, v1, v3",
        ),
        ({"version": "2.0", "wal": "v1"}, {"wal": "v3"}, "what no-PG is now is not known"),
        (state("2.0", "v3", "off"), {"wal": "v1"}, "the WAL footer v3 cannot become v1: nothing leads there"),
    ],
)
def test_a_wish_without_a_way_says_why(now: dict[str, str], wanted: dict[str, str], why: str) -> None:
    assert any(rule.startswith(why) for rule in refused(sequence(LADDER, now, wanted)).rules)


def test_wishes_that_exclude_each_other_are_said_to() -> None:
    rule = Forbidden("never-both", (Needs("wal", ("v3",)), Needs("no_pg", ("on",))), "never both")
    found = refused(sequence(replace(LADDER, forbidden=(rule,)), FRESH, {"wal": "v3", "no_pg": "on"}))
    assert found.rules[0] == "never both"


def a_move(key: str, aspect: str, before: str, after: str, *needs: Needs, one_way: str = "") -> Move:
    return Move(key, aspect, before, after, key, "why", needs=needs, one_way=one_way, back="" if one_way else "back")


def test_of_two_ways_of_as_many_applies_the_one_that_moves_less_is_taken() -> None:
    moves = (
        a_move("m1", "x", "0", "1"),
        a_move("m2", "x", "0", "2"),
        a_move("m3", "x", "2", "3"),
        a_move("m4", "x", "1", "3", Needs("y", ("1",))),
        a_move("my", "y", "0", "1"),
    )
    ladder = Ladder(
        (Aspect("x", "x", ("0", "1", "2", "3")), Aspect("y", "y", ("0", "1"))),
        moves,
        "apart",
        (Together(("m4", "my"), "why"),),
    )
    assert keys(sequence(ladder, {"x": "0", "y": "0"}, {"x": "3"})) == ["m2", "m3"]


def test_a_longer_way_with_a_way_back_is_taken_before_a_short_one_without() -> None:
    moves = (
        a_move("short", "x", "0", "2", one_way="burnt"),
        a_move("m1", "x", "0", "1"),
        a_move("m2", "x", "1", "2"),
    )
    ladder = Ladder((Aspect("x", "x", ("0", "1", "2")),), moves, "apart")
    assert keys(sequence(ladder, {"x": "0"}, {"x": "2"})) == ["m1", "m2"]
    assert keys(sequence(replace(ladder, moves=moves[:2]), {"x": "0"}, {"x": "2"})) == ["short"]


def test_no_way_leads_through_what_is_forbidden_also_where_every_move_could_be_made() -> None:
    moves = (a_move("mx", "x", "0", "1"), a_move("my", "y", "0", "1"))
    never = Forbidden("x-first", (Needs("x", ("1",)), Needs("y", ("0",))), "x never before y")
    ladder = Ladder((Aspect("x", "x", ("0", "1")), Aspect("y", "y", ("0", "1"))), moves, "apart", forbidden=(never,))
    assert keys(sequence(ladder, {"x": "0", "y": "0"}, {"x": "1", "y": "1"})) == ["my", "mx"]


def test_a_sound_ladder_has_no_flaws_and_an_unsound_one_is_told_of_each() -> None:
    assert flaws(LADDER) == ()
    lost = Move("lost", "wal", "v1", "v7", "WAL v7", "why", needs=(Needs("colour", ("red",)),))
    broken = replace(
        LADDER,
        moves=(*LADDER.moves, lost, lost),
        together=(Together(("wal-v1", "wal-v3"), "why"), Together(("wal-v1", "gone"), "why")),
    )
    assert set(flaws(broken)) == {
        "two moves have the same key",
        "move lost: colour has no such value as red",
        "move lost: wal has no such value as v1, v7",
        "move lost: either there is a way back or it is said why there is none",
        "together: wal-v1, wal-v3 are not of several aspects, one each",
        "together: there is no move gone",
    }
