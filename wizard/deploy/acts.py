"""What a person decided that leaves no run of its own: the yes to a plan, and what was skipped, with the reason if one was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from wizard.deploy import journals
from wizard.workspace import Place

JOURNAL: Final = "acts.jsonl"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A yes to exactly this plan. `how` it was given: asked, by a flag, by the typed name."""

    stack: str
    plan: str
    digest: str
    how: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Files that a person had edited, and that were emitted over; `kept` are their versions."""

    stack: str
    kept: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One of them: when, and by whom."""

    at: datetime
    who: str
    did: Confirmed | SetAside


def keep(place: Place, did: Confirmed | SetAside) -> None:
    """Write one down, with the time and who it was."""
    name = "confirmed" if isinstance(did, Confirmed) else "set aside"
    journals.append(place, JOURNAL, {"act": name, **asdict(did)})


def acts(place: Place) -> Iterator[Act]:
    """Give all of them, the oldest first. Makes no folder where there was none."""
    return journals.read(place, JOURNAL, lambda at, it: Act(at, str(it["who"]), _did(dict(it))))


def _did(it: dict[str, object]) -> Confirmed | SetAside:
    stack, reason = str(it["stack"]), str(it.get("reason", ""))
    if it["act"] == "confirmed":
        return Confirmed(stack, str(it["plan"]), str(it["digest"]), str(it["how"]), reason)
    kept = it["kept"]
    if it["act"] != "set aside" or not isinstance(kept, list):
        raise ValueError(f"no act that is known here: {it['act']}")
    return SetAside(stack, tuple(map(str, kept)), reason)
