"""Walking: each hop as soon as what it stands on is known, one broken link as one failure."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from wizard.errors import AccountError, AwsError
from wizard.verify.hops import Hop, HopState
from wizard.verify.outcome import Known, Outcome, failed, passed, unprovable, unseen, waiting
from wizard.verify.path import PlannedHop
from wizard.verify.walk import walk

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def plan(key: str, *, needs: tuple[str, ...] = (), on: tuple[str, ...] = (), seconds: float = 5.0) -> PlannedHop:
    return PlannedHop(key, f"title of {key}", key, "any", needs=needs, stands_on=on, seconds=seconds)


def walked(hops: list[PlannedHop], outcomes: dict[str, Outcome | Exception]) -> dict[str, Hop]:
    looked: list[str] = []

    def probe(planned: PlannedHop, _known: Known) -> Outcome:
        looked.append(planned.key)
        outcome = outcomes.get(planned.key, passed("seen"))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    result = walk(hops, probe, on_hop=lambda _hop: None, clock=lambda: NOW)
    assert [hop.key for hop in result] == [hop.key for hop in hops], "in the path's order"
    return {hop.key: hop for hop in result}


def test_hops_that_stand_on_nothing_are_looked_at_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=120)

    def probe(planned: PlannedHop, _known: Known) -> Outcome:
        together.wait()
        return passed()

    hops = walk([plan("a"), plan("b"), plan("c")], probe, on_hop=lambda _hop: None, clock=lambda: NOW)

    assert {hop.state for hop in hops} == {HopState.PASSED}


def test_no_more_than_so_many_are_looked_at_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    started = 0
    in_flight: list[int] = []

    class Counted(threading.Thread):
        def start(self) -> None:
            nonlocal started
            started += 1
            super().start()

    monkeypatch.setattr(threading, "Thread", Counted)

    hops = walk(
        [plan(str(n)) for n in range(6)],
        lambda _planned, _known: passed(),
        on_hop=lambda _hop: in_flight.append(started - len(in_flight)),
        clock=lambda: NOW,
        at_once=2,
    )

    assert len(hops) == 6
    assert max(in_flight) == 2


def test_a_hop_is_looked_at_after_all_that_it_stands_on_and_is_told_what_they_came_to() -> None:
    told: dict[str, set[str]] = {}

    def probe(planned: PlannedHop, known: Known) -> Outcome:
        told[planned.key] = set(known)
        return passed(seen=planned.key)

    walk([plan("c", needs=("b",)), plan("b", on=("a",)), plan("a")], probe, on_hop=lambda _h: None, clock=lambda: NOW)

    assert told["b"] >= {"a"}
    assert told["c"] >= {"a", "b"}


def test_every_hop_is_announced_from_the_calling_thread() -> None:
    heard: list[tuple[str, int]] = []

    walk(
        [plan("a"), plan("b", on=("a",))],
        lambda _planned, _known: passed(),
        on_hop=lambda hop: heard.append((hop.key, threading.get_ident())),
        clock=lambda: NOW,
    )

    assert heard == [("a", threading.get_ident()), ("b", threading.get_ident())]


@pytest.mark.parametrize("bad", [failed("broken", "mend it"), waiting("the customer", "not yet", "ask them")])
def test_what_needs_a_bad_hop_is_not_looked_at_and_names_it(bad: Outcome) -> None:
    hops = walked([plan("a"), plan("b", needs=("a",)), plan("c", needs=("b",))], {"a": bad})

    assert [hops[key].state for key in "abc"] == [bad.state, HopState.NOT_OBSERVABLE, HopState.NOT_OBSERVABLE]
    for key in "bc":
        assert hops[key].reason == f"stands on “title of a”, which is {bad.state.word}"
        assert hops[key].evidence == ()


def test_what_stands_on_a_bad_hop_is_still_looked_at_and_its_failure_is_put_down_to_that_hop() -> None:
    hops = walked(
        [plan("a"), plan("b", on=("a",)), plan("c", on=("b",))],
        {
            "a": failed("broken", "mend it"),
            "b": failed("timed out", "open the port", "10.0.0.1"),
            "c": failed("x", "y"),
        },
    )

    assert [hop.state for hop in hops.values()] == [HopState.FAILED, HopState.NOT_OBSERVABLE, HopState.NOT_OBSERVABLE]
    assert hops["b"].evidence == ("10.0.0.1", "as it looks now: timed out")
    assert hops["c"].reason == "stands on “title of a”, which is failed", "the first cause, not the nearest"


def test_what_stands_on_a_bad_hop_and_is_seen_to_work_has_passed() -> None:
    hops = walked([plan("a"), plan("b", on=("a",))], {"a": failed("broken", "mend it")})

    assert hops["b"].state is HopState.PASSED


def test_a_failure_whose_ground_is_good_is_a_failure() -> None:
    hops = walked([plan("a"), plan("b", on=("a",))], {"b": failed("broken", "mend it")})

    assert (hops["b"].state, hops["b"].remedy) == (HopState.FAILED, "mend it")


def test_what_could_not_be_seen_excuses_nothing_that_can() -> None:
    hops = walked([plan("a"), plan("b", on=("a",))], {"a": unseen("hidden", ""), "b": failed("broken", "mend it")})

    assert hops["b"].state is HopState.FAILED


def test_what_needs_a_hop_that_could_not_be_seen_cannot_be_seen() -> None:
    hops = walked([plan("a"), plan("b", needs=("a",))], {"a": unseen("hidden", "")})

    assert hops["b"].state is HopState.NOT_OBSERVABLE
    assert "title of a" in hops["b"].reason


def test_what_needs_a_hop_that_is_not_provable_in_rehearsal_is_looked_at() -> None:
    hops = walked([plan("a"), plan("b", needs=("a",))], {"a": unprovable("simulated", "")})

    assert hops["b"].state is HopState.PASSED


def test_a_read_that_aws_refuses_is_not_observable_and_names_the_permission() -> None:
    denied = AwsError(
        "could not read x", cause="access denied: needs ec2:DescribeX", action="have ec2:DescribeX allowed"
    )
    hops = walked([plan("a"), plan("b")], {"a": denied})

    assert hops["a"].state is HopState.NOT_OBSERVABLE
    assert "ec2:DescribeX" in hops["a"].reason
    assert hops["a"].remedy == "have ec2:DescribeX allowed"
    assert hops["b"].state is HopState.PASSED


def test_credentials_that_will_not_do_end_the_walk() -> None:
    with pytest.raises(AccountError):
        walked([plan("a")], {"a": AccountError("expired")})


def test_a_defect_of_a_probe_is_raised_and_not_shown_as_a_hop() -> None:
    with pytest.raises(KeyError):
        walked([plan("a")], {"a": KeyError("oops")})


def test_a_probe_that_does_not_answer_in_time_has_failed_and_holds_nobody_up() -> None:
    never = threading.Event()

    def probe(planned: PlannedHop, _known: Known) -> Outcome:
        if planned.key == "a":
            never.wait(30)
        return passed()

    hops = walk([plan("a", seconds=0.05), plan("b")], probe, on_hop=lambda _hop: None, clock=lambda: NOW)
    never.set()

    assert [hop.state for hop in hops] == [HopState.FAILED, HopState.PASSED]
    assert "no answer" in hops[0].reason


def test_a_path_that_stands_on_something_unknown_is_refused_rather_than_waited_for() -> None:
    with pytest.raises(ValueError, match="stand on nothing known"):
        walked([plan("a", needs=("nowhere",))], {})


def test_an_answer_that_comes_after_its_hop_was_given_up_changes_nothing() -> None:
    given_up = threading.Event()
    heard: list[tuple[str, HopState]] = []

    def probe(planned: PlannedHop, _known: Known) -> Outcome:
        if planned.key == "late":
            given_up.wait(30)
        else:
            given_up.wait(30)
            for thread in threading.enumerate():
                if thread.name == "hop late":
                    thread.join(120)
        return passed()

    def hear(hop: Hop) -> None:
        heard.append((hop.key, hop.state))
        given_up.set()

    walk([plan("late", seconds=0.05), plan("other", seconds=30)], probe, on_hop=hear, clock=lambda: NOW)

    assert heard == [("late", HopState.FAILED), ("other", HopState.PASSED)]
