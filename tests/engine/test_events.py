"""Recorded streams fold into what people need to know; a stream never breaks the reader and never grows it."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.conftest import STREAMS, stream
from wizard.engine import events
from wizard.engine.events import Counts, Lines, parse
from wizard.engine.reducer import KEPT, Reducer
from wizard.engine.reducer import reduce as fold
from wizard.errors import EngineError

# name: (done, total, failed, drift, errors, phase)
EXPECTED: dict[str, tuple[int, int, int, int, int, str]] = {
    "apply-fail-midway": (86, 108, 3, 0, 3, "applying"),
    "apply-fail-midway-small": (3, 4, 1, 1, 1, "applying"),
    "apply-private": (108, 108, 0, 0, 0, "finished"),
    "apply-repair-drift": (6, 6, 0, 0, 0, "finished"),
    "apply-sigint": (3, 4, 1, 3, 3, "applying"),
    "apply-sigint-awswait": (2, 4, 1, 0, 3, "applying"),
    "apply-sigint-twice": (1, 3, 1, 1, 3, "applying"),
    "apply-sigkill": (3, 4, 0, 2, 0, "applying"),
    "apply-sigterm": (1, 3, 1, 3, 3, "applying"),
    "apply-sigterm-plugin-died": (87, 108, 3, 0, 7, "applying"),
    "destroy-private": (108, 108, 0, 0, 0, "finished"),
    "err-access-denied": (0, 2, 2, 0, 2, "applying"),
    "err-endpoint-unreachable": (0, 0, 0, 0, 1, "planning"),
    "err-invalid-token": (0, 0, 0, 0, 1, "planning"),
    "err-no-credentials": (0, 0, 0, 0, 1, "planning"),
    "err-stale-plan": (0, 0, 0, 0, 1, "starting"),
    "err-undeclared-var": (0, 0, 0, 0, 1, "starting"),
    "err-unimplemented-maxretries2": (0, 1, 1, 0, 1, "applying"),
    "lock-conflict-apply_auto_approve_json_lock_timeout_3s": (0, 0, 0, 0, 1, "waiting for the lock"),
    "lock-conflict-dynamodb-plan": (0, 0, 0, 0, 1, "starting"),
    "lock-conflict-plan_json": (0, 0, 0, 0, 1, "starting"),
    "lock-stale-plan": (0, 0, 0, 0, 1, "starting"),
    "plan-after-partial": (0, 19, 0, 47, 0, "planning"),
    "plan-after-sigint": (0, 2, 0, 2, 0, "planning"),
    "plan-after-sigkill": (0, 4, 0, 2, 0, "planning"),
    "plan-drift": (0, 6, 0, 9, 0, "planning"),
    "plan-failed-datasource": (0, 107, 0, 0, 1, "planning"),
    "plan-noop": (0, 0, 0, 52, 0, "planning"),
    "plan-private": (0, 108, 0, 0, 0, "planning"),
    "plan-public": (0, 65, 0, 0, 0, "planning"),
    "plan-refresh-only-drift": (0, 0, 0, 9, 0, "planning"),
}


def test_every_recorded_stream_is_expected() -> None:
    assert {path.stem for path in STREAMS.glob("*.jsonl")} - {
        "validate-config-error",
        "validate-provider-error",
    } == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recorded_stream_folds_into_its_figures(name: str) -> None:
    state = fold(stream(name))
    figures = (state.done, state.total, state.failed_count, state.drift_count, state.error_count, state.phase)
    assert figures == EXPECTED[name]


def test_what_was_in_flight_when_the_engine_was_killed_stays_in_flight_with_its_start() -> None:
    (flight,) = fold(stream("apply-sigkill")).in_flight
    assert (flight.address, flight.action) == ("terraform_data.slow", "create")
    now = datetime(2026, 11, 21, 2, 14, 25, tzinfo=UTC)
    assert timedelta(seconds=20) < flight.elapsed(now) < timedelta(seconds=60)
    assert flight.elapsed(datetime(2000, 1, 1, tzinfo=UTC)) == timedelta()


def test_a_diagnostic_that_comes_long_after_its_failure_is_joined_to_it() -> None:
    state = fold(stream("apply-fail-midway"))
    reasons = {failure.address: failure.diagnostic.summary for failure in state.failed if failure.diagnostic}
    assert "InvalidVpcID.NotFound" in reasons["module.transit.aws_vpc_peering_connection.db"]
    assert len(reasons) == 3
    assert state.summary is None


def test_the_summary_of_an_apply_and_the_names_of_its_outputs_are_known_but_no_value() -> None:
    state = fold(stream("apply-private"))
    assert state.summary == Counts(add=108)
    assert len(state.outputs) == 17
    assert "secret" in state.outputs
    assert "amazonaws" not in repr(state.outputs)


def test_an_interrupt_is_seen() -> None:
    assert [fold(stream(name)).interrupted for name in ("apply-sigint", "apply-sigterm", "apply-private")] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("name", "lock", "who"),
    [
        ("lock-conflict-plan_json", "bfa3cf1d-2c71-806c-573d-ed87d07f4f1c", "root@vm"),
        ("lock-conflict-dynamodb-plan", "21f4919b-415d-487e-0d73-2101cdb8d44f", "root@vm"),
        ("lock-stale-plan", "11111111-2222-3333-4444-555555555555", "ci@dead"),
    ],
)
def test_a_lock_is_read_from_its_block_and_not_from_the_request_id_before_it(name: str, lock: str, who: str) -> None:
    held = fold(stream(name)).lock
    assert held is not None
    assert (held.id, held.who) == (lock, who)
    assert held.created is not None
    assert held.created.tzinfo is UTC


def test_waiting_for_a_lock_is_a_phase_of_its_own() -> None:
    first_two = b"\n".join(stream("lock-conflict-apply_auto_approve_json_lock_timeout_3s").split(b"\n")[:2]) + b"\n"
    assert fold(first_two).phase == "waiting for the lock"
    assert fold(first_two + b'{"type":"state_lock_release"}\n').phase == "starting"


def test_the_total_of_a_stream_that_does_not_repeat_its_plan_comes_from_the_request() -> None:
    data = b"\n".join(line for line in stream("apply-private").split(b"\n") if b"planned_change" not in line)
    assert fold(data).total == 0
    assert fold(data, expected=108).total == 108


def test_a_stream_of_another_major_version_is_refused_and_a_later_minor_is_not() -> None:
    fold(b'{"type":"version","ui":"1.9","@message":"OpenTofu 1.19.0"}\n')
    with pytest.raises(EngineError, match="version 2"):
        fold(b'{"type":"version","ui":"2.0","@message":"OpenTofu 2.0.0"}\n')


def test_a_type_nobody_knows_leaves_its_message_and_a_line_that_is_no_json_is_kept_as_text() -> None:
    state = fold(b'{"type":"ephemeral_action_start","@message":"opening","new":{"x":1}}\n')
    assert (state.last_message, state.events) == ("opening", 1)
    panic = parse(b"panic: runtime error\n")
    assert panic is not None
    assert (panic.type, panic.message) == ("text", "panic: runtime error")
    assert parse(b"  \n") is None


def test_the_message_of_a_silent_type_is_shown_while_it_is_the_last_one() -> None:
    progress = b'{"@message":"Still creating... [10s]","@timestamp":"2026-11-21T02:13:15Z","type":"apply_progress"}'
    reducer = Reducer()
    reducer.feed([b'{"@message":"first","type":"log"}', progress])
    state = reducer.snapshot()
    assert (state.last_message, state.events) == ("Still creating... [10s]", 2)
    assert state.last_event_at == datetime(2026, 11, 21, 2, 13, 15, tzinfo=UTC)
    reducer.feed([progress, b'{"@message":"later","type":"log"}'])
    assert reducer.snapshot().last_message == "later"


def test_a_line_that_only_ends_like_a_silent_type_is_read() -> None:
    reducer = Reducer()
    reducer.feed([b'{"@message":"m","type":"log","state":{"type":"apply_progress"}}'])
    assert reducer.snapshot().state_dumped


def test_a_dump_of_the_state_is_noticed_and_its_values_are_dropped() -> None:
    state = fold(b'{"type":"log","@message":"dump","state":{"resources":[{"password":"hunter2"}]}}\n')
    assert state.state_dumped
    assert "hunter2" not in repr(state)


@given(st.lists(st.integers(1, 400), max_size=60))
def test_pieces_of_any_size_give_the_same_lines(cuts: list[int]) -> None:
    data = stream("apply-sigint")
    lines, got, at = Lines(), [], 0
    for cut in cuts:
        got += lines.feed(data[at : at + cut])
        at += cut
    got += lines.feed(data[at:])
    assert [*got, lines.rest()] == data.split(b"\n")


def test_half_a_last_line_waits_for_its_rest() -> None:
    lines = Lines()
    assert lines.feed(b'{"a":1}\n{"b"') == [b'{"a":1}']
    assert lines.feed(b":2}\n") == [b'{"b":2}']


ODD = st.sampled_from([None, True, -1, 1e400, "", "text", [], [{}], {}, {"addr": 5}, {"start": 3}, {"line": []}])
PARTS = ODD | st.dictionaries(
    st.sampled_from(
        ["resource", "action", "elapsed_seconds", "id_value", "severity", "detail", "range", "add", "operation"]
    ),
    ODD,
    max_size=4,
)
BODY = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(Reducer()._fold))},
    optional=dict.fromkeys(("hook", "change", "changes", "outputs", "diagnostic", "@message", "@timestamp"), PARTS),
)


@given(st.lists(BODY, max_size=5))
def test_known_types_of_unknown_shape_never_break_the_reader(bodies: list[dict[str, Any]]) -> None:
    fold(b"".join(json.dumps(body).encode() + b"\n" for body in bodies))


def test_histories_are_bounded_and_counters_are_not() -> None:
    reducer = Reducer()
    for index in range(3 * KEPT):
        hook = {"resource": {"addr": f"a.b[{index}]"}, "action": "create", "elapsed_seconds": 0.5}
        reducer.apply(events.Event("apply_start", "", "2026-11-21T02:13:15Z", {"hook": hook}))
        reducer.apply(events.Event("apply_complete", "", "", {"hook": hook}))
        reducer.apply(
            events.Event("diagnostic", "", "", {"diagnostic": {"severity": "warning", "summary": str(index)}})
        )
    state = reducer.snapshot()
    assert (len(state.finished), len(state.warnings)) == (KEPT, KEPT)
    assert (state.done, state.warning_count) == (3 * KEPT, 3 * KEPT)
    assert state.finished[-1].took == timedelta(seconds=0.5)


def test_memory_stays_flat_however_long_a_stream_is() -> None:
    lines = stream("apply-private").split(b"\n")
    reducer = Reducer()
    reducer.feed(lines)
    tracemalloc.start()
    try:
        for _ in range(20):
            reducer.feed(lines)
        first, _ = tracemalloc.get_traced_memory()
        for _ in range(60):
            reducer.feed(lines)
        second, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert second - first < 100_000
