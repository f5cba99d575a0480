"""`show -json` of a saved plan, as changes that people can judge. Pure.

The document holds values in clear, sensitive ones too: it stays in memory, and what leaves this module is masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wizard.changes.change import UNKNOWN, Change, ChangeKind, Difference, kind_of, read_changes
from wizard.changes.classify import Classed, judge
from wizard.changes.losing import holds_data, holds_names
from wizard.engine.events import Counts
from wizard.engine.held import Held, read_held

__all__ = [
    "UNKNOWN",
    "Change",
    "ChangeKind",
    "Difference",
    "Loss",
    "PlanView",
    "destructive",
    "holds_data",
    "holds_names",
    "kind_of",
    "losses_of",
    "read_plan",
]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A saved plan. `outputs` names the outputs that change; `drift` is what AWS has otherwise than the state;
    `held` is the state itself, refreshed; `variables` are the values that the root module was given."""

    changes: tuple[Change, ...]
    drift: tuple[Change, ...] = ()
    outputs: tuple[str, ...] = ()
    complete: bool = True
    held: tuple[Held, ...] = field(default=(), repr=False)
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def counts(self) -> Counts:
        """What the plan does, counted as the engine counts: a replacement is one more and one less."""
        kinds = [change.kind for change in self.changes]
        replaced = kinds.count("replace")
        return Counts(
            add=kinds.count("create") + replaced,
            change=kinds.count("update"),
            remove=kinds.count("delete") + replaced,
            forget=kinds.count("forget"),
        )

    @property
    def steps(self) -> int:
        """Steps of its apply, as a run counts them: a replacement has two."""
        counts = self.counts
        return counts.add + counts.change + counts.remove

    @property
    def acting(self) -> tuple[Change, ...]:
        """Changes that do something."""
        return tuple(change for change in self.changes if change.kind not in {"noop", "read"})

    @property
    def imports(self) -> tuple[Change, ...]:
        """What is taken into the state, whatever else is done to it."""
        return tuple(change for change in self.changes if change.imported)

    @property
    def empty(self) -> bool:
        """Whether an apply would do nothing, to resources, outputs or the state."""
        return not self.acting and not self.outputs and not self.imports


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost when a change is applied: `what` completes "destroying ADDRESS loses ..."."""

    change: Change
    what: str
    data: bool

    @property
    def address(self) -> str:
        """Address of the resource: what a person types to confirm."""
        return self.change.address


def read_plan(document: dict[str, Any]) -> PlanView:
    """Read `show -json PLAN`."""
    return PlanView(
        changes=tuple(read_changes(document.get("resource_changes"))),
        drift=tuple(read_changes(document.get("resource_drift"))),
        outputs=tuple(
            name
            for name, change in (document.get("output_changes") or {}).items()
            if change.get("actions") not in (["no-op"], [])
        ),
        complete=bool(document.get("complete", True)),
        held=read_held(document),
        variables={name: item.get("value") for name, item in (document.get("variables") or {}).items()},
    )


def destructive(changes: Iterable[Change]) -> tuple[Loss, ...]:
    """Changes that destroy data, then those that take a name or an address away: each takes a typed confirmation."""
    return losses_of(filter(None, map(judge, changes)))


def losses_of(classed: Iterable[Classed]) -> tuple[Loss, ...]:
    """Give what is lost by changes that have their class already, data first."""
    losses = (Loss(item.change, item.loses, item.data) for item in classed if item.loses)
    return tuple(sorted(losses, key=lambda loss: (not loss.data, loss.address)))
