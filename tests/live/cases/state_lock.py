"""What locks the states: a table that cannot, one that is gone, and a lock that is changed at once."""

from __future__ import annotations

from collections.abc import Callable

from tests.live.account import Account, Case
from wizard.findings import Severity

BY_TABLE = {"state.lock": "dynamodb"}
NAMED = {**BY_TABLE, "state.lock_table": "acme-locks"}
DEFAULT = "planewright-state-lock"


def _table(name: str, key: str = "LockID") -> Callable[[Account], None]:
    def prepare(account: Account) -> None:
        account.client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    return prepare


CASES = (
    Case(
        "STATE_TABLE_UNFIT",
        "a table of another key",
        Severity.CRITICAL,
        "state.lock_table",
        ("acme-locks is Id (S), not LockID (S)", "a table's key cannot be changed"),
        shard=NAMED,
        prepare=_table("acme-locks", "Id"),
    ),
    Case(
        "STATE_TABLE_GONE",
        "the table that states are locked by was deleted",
        Severity.HIGH,
        "state.lock_table",
        (f"there is no table {DEFAULT} in us-east-1 any more", "the next plan makes it anew"),
        shard=BY_TABLE,
        beside=lambda account: {"locked_by": frozenset({("dynamodb", DEFAULT)})},
        answers_only=True,
    ),
    Case(
        "STATE_TABLE_NEW",
        "a table that is named, in a region where there is none of the name",
        Severity.WARN,
        "state.lock_table",
        ("there is no table acme-locks in us-east-1 yet", "the region"),
        shard=NAMED,
        answers_only=True,
    ),
    Case(
        "STATE_TABLE_NEW",
        "our own, before the first plan",
        Severity.INFO,
        "state.lock_table",
        (DEFAULT,),
        shard=BY_TABLE,
        answers_only=True,
    ),
    Case(
        "STATE_TABLE_UNPROTECTED",
        "somebody else's table that a click deletes",
        Severity.WARN,
        "state.lock_table",
        ("acme-locks has no deletion protection", "--deletion-protection-enabled"),
        shard=NAMED,
        prepare=_table("acme-locks"),
    ),
    Case(
        "STATE_LOCK_AT_ONCE",
        "from the object to the table in one step",
        Severity.HIGH,
        "state.lock",
        ("by an object beside the state; these answers by table planewright-state-lock", "set state.lock to both"),
        shard=BY_TABLE,
        beside=lambda account: {"locked_by": frozenset({("file", "")})},
        answers_only=True,
    ),
    Case(
        "STATE_LOCK_AT_ONCE",
        "from one table to another",
        Severity.HIGH,
        "state.lock",
        ("by table old-locks; these answers by table planewright-state-lock",),
        shard=BY_TABLE,
        beside=lambda account: {"locked_by": frozenset({("dynamodb", "old-locks")})},
        answers_only=True,
    ),
)
