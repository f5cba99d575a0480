"""How a stack's state stands, in the list that both front ends show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.deploy.state.test_document import resource, state
from wizard.deploy.state.document import StateDocument, Unreadable, read_state
from wizard.deploy.state.listing import Kept, StackState
from wizard.walk.states import entries

GOOD, CUT = read_state(state(resource("one"), serial=5)), read_state(b"{")
BEFORE = (Kept("v1", datetime(2026, 11, 21, tzinfo=UTC), 9, 4),)


def listed(document: StateDocument | Unreadable | None, *, stale: bool, versions: tuple[Kept, ...] = ()) -> StackState:
    return StackState("shard", "s3://b/k", document, None, versions, (), None, "", "", stale)


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (listed(GOOD, stale=False), "well"),
        (listed(GOOD, stale=True), "refused"),
        (listed(None, stale=True), "refused"),
        (listed(None, stale=False), "none yet"),
        (listed(CUT, stale=True), "cannot be read"),
        (listed(None, stale=True, versions=BEFORE), "gone"),
    ],
)
def test_a_state_that_the_engine_refuses_for_its_digest_is_not_well(one: StackState, word: str) -> None:
    entry = next(iter(entries((one,))))

    assert entry.word == word
    assert one.well is (word in {"well", "none yet"})
    assert any(name == "digest" for name, _ in entry.told) is one.stale
