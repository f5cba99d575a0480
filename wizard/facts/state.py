"""The table that locks the engine's states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.findings import Severity


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
