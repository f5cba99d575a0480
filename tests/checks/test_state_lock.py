"""A lock changes over by way of both: whoever still looks at the one before is held off by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.permissions.samples import shard
from wizard.checks.live.state_lock import check
from wizard.checks.subject import Subject
from wizard.facts.asking import Facts, Read
from wizard.facts.state import LockTable, LockTableFact

OURS = "planewright-state-lock"


@pytest.mark.parametrize(
    ("before", "now", "at_once"),
    [
        ({("file", "")}, {"state.lock": "both"}, False),
        ({("both", OURS)}, {"state.lock": "dynamodb"}, False),
        ({("both", OURS)}, {"state.lock": "file"}, False),
        ({("file", "")}, {}, False),
        ({("dynamodb", OURS)}, {"state.lock": "dynamodb"}, False),
        (set(), {"state.lock": "dynamodb"}, False),
        ({("dynamodb", OURS)}, {"state.backend": "local"}, False),
        ({("file", "")}, {"state.lock": "dynamodb"}, True),
        ({("dynamodb", OURS)}, {}, True),
        ({("both", OURS), ("file", "")}, {"state.lock": "dynamodb"}, True),
        ({("dynamodb", OURS)}, {"state.lock": "dynamodb", "state.lock_table": "others"}, True),
    ],
)
def test_locks_that_share_no_place_are_not_changed_at_once(
    before: set[tuple[str, str]], now: dict[str, str], at_once: bool
) -> None:
    found = check(Subject(shard(**now), locked_by=frozenset(before)), Facts())

    assert [finding.code for finding in found] == ["STATE_LOCK_AT_ONCE"] * at_once


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (LockTableFact("ACTIVE", ("LockID (S)",)), []),
        (LockTableFact("UPDATING", ("LockID (S)",)), []),
        (LockTableFact("ACTIVE", ("LockID (N)",)), ["STATE_TABLE_UNFIT"]),
        (LockTableFact("ACTIVE", ("LockID (S)", "At (N)")), ["STATE_TABLE_UNFIT"]),
        (LockTableFact("DELETING", ("LockID (S)",)), ["STATE_TABLE_UNFIT"]),
    ],
)
def test_a_table_has_one_key_and_is_there_to_stay(table: LockTableFact, codes: list[str]) -> None:
    facts = Facts({LockTable("us-east-1", OURS): Read(table, datetime.now(UTC), "")})

    assert [found.code for found in check(Subject(shard(**{"state.lock": "both"})), facts)] == codes


def test_a_table_that_is_being_deleted_is_gone_to_those_whose_states_it_locks() -> None:
    found = Read(LockTableFact("DELETING", ("LockID (S)",)), datetime.now(UTC), "")
    facts, answers = Facts({LockTable("us-east-1", OURS): found}), shard(**{"state.lock": "both"})

    (locking,) = check(Subject(answers, locked_by=frozenset({("both", OURS)})), facts)
    (unused,) = check(Subject(answers), facts)

    assert locking.code == "STATE_TABLE_GONE"
    assert unused.code == "STATE_TABLE_UNFIT"
    assert "wait until it is gone" in unused.remedy
