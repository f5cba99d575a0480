"""What questions about taken names have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.facts.network import Tags
from wizard.findings import Severity


@dataclass(frozen=True, slots=True)
class TakenName:
    """A name that something bears. `deleted_at` is set where it was deleted and blocks its name until AWS forgets it."""

    name: str
    tags: Tags = ()
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NamesAsk(Ask[tuple[TakenName, ...]]):
    """Which of these names are taken. The subclass says by what kind of thing."""

    #: An apply stops at a taken name, and says so: less than what it would build in the wrong way.
    weight: ClassVar[Severity] = Severity.WARN

    region: str
    names: tuple[str, ...]
