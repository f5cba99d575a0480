"""The workspace at a glance: each object's state from what lies on disk, without AWS and without parsing answers.

    entries of a folder, the newest runs, the newest report ─► Seen ─► Row (wizard.deploy.object_state)

A thousand deployments are listed in half a second: only what decides is read, without pydantic, and what has not
changed since the last look is not read again. A place that cannot be read says so, and hides no other.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from wizard.deploy.last_runs import last_apply, last_runs, names_in, read_json
from wizard.deploy.last_verification import last_verification
from wizard.deploy.object_state import LastRun, Look, Row, Seen, State, row_of
from wizard.deploy.waiting.records import FOLDER as WAITS
from wizard.deploy.waiting.records import waiting
from wizard.workspace import Place, Workspace

__all__ = ["Overview", "Row", "State", "overview", "row"]

#: Stacks that decide, by name: the blueprint's own module needs pydantic, and half a second for it.
_INSTANCE, _LINK = "instance", "link"
_WITHOUT_CONTRACT: dict[str, Literal["", "due", "gone"]] = {"": "due", "apply": "", "destroy": "gone"}
_FOLDERS = ("contracts", ".planewright", ".planewright/runs", "reports")
#: What changed less than so many nanoseconds before it was read may have changed again within one tick of the clock.
_SETTLED_NS = 2_000_000_000


def overview(workspace: Workspace) -> tuple[Row, ...]:
    """Give a row for each shard and deployment, those included that are only typed so far."""
    return Overview().rows(workspace)


def row(place: Place) -> Row:
    """Give the row of one object."""
    known = _read(place)
    return known.row if known is not None else Row(place.name, place.kind, State.DRAFT)


@dataclass(frozen=True, slots=True)
class _Known:
    """A row, and the folders that it was read from with the times at which they had last changed."""

    row: Row
    folders: tuple[str, ...]
    changed: tuple[int, ...]


class Overview:
    """Looks at a workspace again and again, in one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def rows(self, workspace: Workspace) -> tuple[Row, ...]:
        """Give all rows as they are now."""
        before, now = self._known, {}
        rows = []
        for place in workspace.folders():
            known = before.get(place.path)
            if known is None or _changed(known.folders) != known.changed:
                known = _read(place)
            if known is None:
                continue
            rows.append(known.row)
            if known.folders:
                now[place.path] = known
        self._known = now
        return tuple(rows)


def _changed(folders: tuple[str, ...]) -> tuple[int, ...]:
    times = []
    for folder in folders:
        try:
            times.append(os.stat(folder).st_mtime_ns)  # noqa: PTH116 - of six thousand folders, every few seconds
        except OSError:
            times.append(0)
    return tuple(times)


def _read(place: Place) -> _Known | None:
    """Read one object; None for a folder that holds none. Without folders it has to be read anew each time."""
    began = time.time_ns()
    try:
        found = _look(place)
    except (OSError, ValueError, TypeError):
        return _Known(Row(place.name, place.kind, State.UNREADABLE), (), ())
    if found is None:
        return None
    seen, folders = found
    made, changed = row_of(place.kind, place.name, seen), _changed(folders)
    settled = seen.going is None and not seen.waiter and max(changed) < began - _SETTLED_NS
    return _Known(made, folders if settled else (), changed)


def _look(place: Place) -> tuple[Seen, tuple[str, ...]] | None:
    path = str(place.path)
    names = names_in(path)
    saved, draft = "answers.yaml" in names, "answers.draft.yaml" in names
    if not saved and not draft:
        return None
    contracts, hidden, kept, reports = (f"{path}/{name}" for name in _FOLDERS)
    going, applied, newest = last_runs(kept)
    stacks = frozenset(name.removesuffix(".json") for name in names_in(contracts) if name.endswith(".json"))
    link = _link(contracts, kept) if _INSTANCE in stacks and _LINK not in stacks else ""
    seen = Seen(
        saved=saved,
        draft=draft,
        stacks=stacks,
        link=link,
        drifted=_drifted(hidden, stacks) if ".planewright" in names else (),
        drift_at=_drift_at(hidden, stacks, applied) if ".planewright" in names else None,
        going=going,
        applied=applied,
        look=_verification(place) if "reports" in names else None,
        waiter=link == "due" and waiting(place) is not None,
        upgrade=_upgrade(hidden) if ".planewright" in names else "",
    )
    return seen, (path, contracts, hidden, kept, f"{hidden}/{WAITS}", reports, *newest)


def _link(contracts: str, kept: str) -> Literal["", "due", "gone"]:
    """Say what of the link, which only a private instance has, where there is no contract of it."""
    instance = read_json(f"{contracts}/{_INSTANCE}.json")
    if not isinstance(instance, dict) or (instance.get("private") or instance.get("service")) is None:
        return ""
    # Applied without a contract: what it hands over is yet to be taken, and the customer has done their part.
    return _WITHOUT_CONTRACT[last_apply(kept, _LINK)]


def _drifted(hidden: str, stacks: frozenset[str]) -> tuple[str, ...]:
    """Give what has drifted, as it was seen right after the last apply or by a look since, of the stacks that are there."""
    found = (read_json(f"{hidden}/drift-{stack}.json") for stack in sorted(stacks))
    return tuple(str(address) for addresses in found if isinstance(addresses, list) for address in addresses)


def _drift_at(hidden: str, stacks: frozenset[str], applied: LastRun | None) -> datetime | None:
    """Say when somebody looked for drift since the newest apply; of several stacks, the oldest look counts. None for nobody."""
    looks = [read_json(f"{hidden}/drift-look-{stack}.json") for stack in sorted(stacks)]
    times = [datetime.fromisoformat(look["at"]) for look in looks if isinstance(look, dict) and "at" in look]
    return min((at for at in times if applied is None or at > applied.at), default=None)


def _upgrade(hidden: str) -> str:
    """Say how far an upgrade is that is half-way; empty for none, a question mark for one that cannot be read."""
    kept = read_json(f"{hidden}/upgrade.json")  # wizard.deploy.upgrading.record reads it strictly, with pydantic
    if not isinstance(kept, dict) or kept.get("outcome"):
        return ""
    steps = kept.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        return "?"
    return f"{sum(bool(step.get('done_at')) for step in steps)} of {len(steps)}"


def _verification(place: Place) -> Look | None:
    last = last_verification(place)
    return Look(last.at, last.verified, last.waiting_on) if last is not None else None
