"""What the watcher decides, as rules over any lookup and any target group."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.watcher.handler import DRAINING, HEALTHY, Decision, Target, decide

PORT = 5432
ADDRESSES = [f"10.20.0.{last}" for last in range(1, 6)]
STATES = ["initial", HEALTHY, "unhealthy", "unused", DRAINING, "unavailable"]

addresses = st.sampled_from(ADDRESSES)
lookups = st.frozensets(addresses, max_size=4)
#: AWS knows a target by address and port, so a group holds each pair once.
groups = st.lists(
    st.builds(Target, address=addresses, port=st.sampled_from([PORT, 6432]), state=st.sampled_from(STATES)),
    max_size=6,
    unique_by=lambda target: (target.address, target.port),
)


def apply(decision: Decision, group: list[Target], state: str) -> list[Target]:
    """The group once AWS has done what was decided; what is new comes up in `state`."""
    gone = {(target.address, target.port) for target in decision.deregister}
    new = {(address, PORT) for address in decision.register}
    kept = [target for target in group if (target.address, target.port) not in gone | new]
    return [*kept, *(Target(address, PORT, state) for address in decision.register)]


@given(lookups, groups)
def test_a_group_is_never_emptied(resolved: frozenset[str], group: list[Target]) -> None:
    decision = decide(resolved, group, PORT)
    live = [target for target in group if target.state != DRAINING]
    if live:
        assert set(live) - set(decision.deregister)


@given(lookups, groups)
def test_nothing_goes_unless_another_address_of_the_name_is_healthy(
    resolved: frozenset[str], group: list[Target]
) -> None:
    decision = decide(resolved, group, PORT)
    if decision.deregister:
        stay = set(group) - set(decision.deregister)
        assert any(t.address in resolved and t.port == PORT and t.state == HEALTHY for t in stay)


@given(lookups, groups)
def test_what_the_name_resolves_to_is_never_taken_away(resolved: frozenset[str], group: list[Target]) -> None:
    assert not [t for t in decide(resolved, group, PORT).deregister if t.address in resolved and t.port == PORT]


@given(lookups, groups)
def test_a_draining_target_is_neither_counted_nor_deregistered(resolved: frozenset[str], group: list[Target]) -> None:
    decision = decide(resolved, group, PORT)
    assert all(target.state != DRAINING for target in decision.deregister)
    draining = {t.address for t in group if t.state == DRAINING and t.port == PORT}
    assert draining & resolved <= set(decision.register)


@given(lookups.filter(bool), groups)
def test_once_the_new_targets_are_healthy_two_calls_reach_the_end_and_a_third_does_nothing(
    resolved: frozenset[str], group: list[Target]
) -> None:
    settled = apply(decide(resolved, group, PORT), group, HEALTHY)
    if not any(t.state == HEALTHY and t.port == PORT and t.address in resolved for t in settled):
        return  # what was there before stays unhealthy: the stale ones wait, as they should
    settled = apply(decide(resolved, settled, PORT), settled, HEALTHY)
    assert {(t.address, t.port) for t in settled if t.state != DRAINING} == {(a, PORT) for a in resolved}
    assert decide(resolved, settled, PORT) == Decision()


@given(lookups.filter(bool), groups)
def test_while_the_new_targets_come_up_asking_again_changes_nothing(
    resolved: frozenset[str], group: list[Target]
) -> None:
    once = apply(decide(resolved, group, PORT), group, "initial")
    twice = decide(resolved, once, PORT)
    assert not twice.register


@given(groups)
def test_an_empty_answer_is_a_problem_and_touches_nothing(group: list[Target]) -> None:
    decision = decide([], group, PORT)
    assert decision.problem
    assert not decision.changes


@given(
    st.sampled_from(
        ["52.1.2.3", "127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.128.0.1", "fd00::1", "x"]
    ),
    lookups,
    groups,
)
def test_one_implausible_address_is_named_and_nothing_at_all_is_registered(
    wrong: str, resolved: frozenset[str], group: list[Target]
) -> None:
    decision = decide([wrong, *resolved], group, PORT)
    assert wrong in decision.problem
    assert not decision.changes


def test_addresses_of_every_private_range_are_plausible() -> None:
    private = ["10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1", "100.127.255.254"]
    assert decide(private, [], PORT) == Decision(register=tuple(sorted(private)))


def test_the_first_lookup_registers_and_waits_for_nothing() -> None:
    assert decide(["10.20.0.1"], [], PORT) == Decision(register=("10.20.0.1",))


def test_a_failover_first_adds_then_takes_away() -> None:
    old, new = Target("10.20.0.1", PORT, "unhealthy"), "10.20.0.2"
    first = decide([new], [old], PORT)
    assert first.register == (new,)
    assert first.deregister == ()
    assert first.wait
    coming_up = decide([new], [old, Target(new, PORT, "initial")], PORT)
    assert not coming_up.changes
    assert coming_up.wait
    assert decide([new], [old, Target(new, PORT, HEALTHY)], PORT) == Decision(deregister=(old,))


def test_a_target_at_the_port_of_before_is_stale() -> None:
    before = Target("10.20.0.1", 6432, HEALTHY)
    assert decide(["10.20.0.1"], [before], PORT).register == ("10.20.0.1",)
    assert decide(["10.20.0.1"], [before, Target("10.20.0.1", PORT, HEALTHY)], PORT).deregister == (before,)
