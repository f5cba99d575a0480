"""The workspace at a glance: each object's state from what lies on disk, without AWS and without parsing answers.

A thousand deployments are listed in half a second, so nothing here reads more than a directory and one small file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from wizard.engine import runs
from wizard.workspace import Place, Workspace

SYMBOLS = {"draft": "·", "applied": "✓", "run in progress": "●", "last run failed": "✗"}


@dataclass(frozen=True, slots=True)
class Row:
    """One object. `state` is draft, applied, run in progress, or last run failed."""

    name: str
    kind: str
    state: str

    @property
    def symbol(self) -> str:
        """One character for the state, always shown beside the word."""
        return SYMBOLS[self.state]

    def as_dict(self) -> dict[str, str]:
        """Give it for programs."""
        return asdict(self)


def overview(workspace: Workspace) -> tuple[Row, ...]:
    """Give a row for each shard and deployment, those included that are only typed so far."""
    return tuple(Row(place.name, place.kind, _state(place)) for place in workspace.begun())


def _state(place: Place) -> str:
    folder = place.path / ".planewright" / "runs"
    newest = runs.latest(folder) if folder.is_dir() else None
    if newest is not None:
        result = newest.recorded()
        if result is None and newest.alive():
            return "run in progress"
        if newest.request.action == "apply" and (result is None or result.outcome != "succeeded"):
            return "last run failed"
    contracts = place.path / "contracts"
    return "applied" if contracts.is_dir() and any(contracts.iterdir()) else "draft"
