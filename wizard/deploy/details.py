"""What a list says of the one object under its cursor: where it is, and what was done with it last. From disk alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wizard.answers.catalogue import value_at
from wizard.blueprints.load import read
from wizard.deploy import drafts
from wizard.engine import runs
from wizard.engine.runs import Run
from wizard.errors import PlanewrightError
from wizard.workspace import Place, Workspace


@dataclass(frozen=True, slots=True)
class Details:
    """Of one object, as far as its answers say; what they do not is empty. `run` is the newest apply, or else plan.

    `problem` says why the answers could not be read.
    """

    name: str
    topology: str = ""
    shard: str = ""
    account: str = ""
    region: str = ""
    run: Run | None = None
    outcome: str = ""
    problem: str = ""


def details(workspace: Workspace, place: Place) -> Details:
    """Read them. What cannot be read is said, and nothing is raised."""
    try:
        raw = _raw(place)
        shard = str(raw.get("shard") or "") if place.kind == "deployment" else ""
        home = _raw(workspace.place("shard", shard)) if shard else raw if place.kind == "shard" else {}
        run = _last_run(place)
        result = run.recorded() if run is not None else None
    except (PlanewrightError, OSError) as error:
        title = error.title if isinstance(error, PlanewrightError) else str(error)
        return Details(place.name, problem=title)
    return Details(
        name=place.name,
        topology=str(raw.get("topology") or ""),
        shard=shard,
        account=str(value_at(home, "account.id", "") or ""),
        region=str(value_at(home, "account.region", "") or ""),
        run=run,
        outcome=result.outcome if result is not None else "",
    )


def _raw(place: Place) -> dict[str, Any]:
    """Answers as they were typed, saved ones first: what was applied is what stands in the account."""
    if place.answers.is_file():
        text = place.answers.read_text(encoding="utf-8", errors="replace")
        return read(text, source=str(place.answers))[0] if text.strip() else {}
    return drafts.typed(place)


def _last_run(place: Place) -> Run | None:
    return runs.latest(place.past_runs, actions=("apply",)) or runs.latest(place.past_runs)
