"""The table that locks the engine's states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Final

from wizard.facts.asking import Ask
from wizard.findings import Severity

#: What to do about a table that cannot be used as it is, by its status; and by any other.
UNUSABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "DELETING": "wait until it is gone, then the next plan makes it anew; whoever names another table now looks at another lock "
        "than those who do not",
        "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "give the table's KMS key back to DynamoDB: nobody can lock or plan before",
    }
)
LOOK: Final = "wait, and look at it: aws dynamodb describe-table --table-name TABLE"


@dataclass(frozen=True, slots=True)
class LockTableFact:
    """A table. `status` is empty where there is none; `keys` are its key's attributes, each as `LockID (S)`."""

    status: str = ""
    keys: tuple[str, ...] = ()
    protected: bool = False

    @property
    def exists(self) -> bool:
        """Whether there is a table of this name."""
        return bool(self.status)


@dataclass(frozen=True, slots=True)
class LockTable(Ask[LockTableFact]):
    """A table by its name, in the region of the state."""

    kind: ClassVar[str] = "lock_table"
    unchecks: ClassVar[str] = "whether the table can lock the states"
    permissions: ClassVar[tuple[str, ...]] = ("dynamodb:DescribeTable",)
    weight: ClassVar[Severity] = Severity.HIGH

    region: str
    name: str
