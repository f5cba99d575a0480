"""The newest runs of an object, for lists: from as few small files as decide, of thousands of objects at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from wizard.deploy.object_state import LastRun
from wizard.engine import runs
from wizard.errors import EngineError

_REQUEST, _RESULT = "request.json", "result.json"
#: What only a plan leaves that has ended well (wizard.engine.saved): such a run is passed over unread.
_PLAN = "plan.json"


def last_runs(folder: str) -> tuple[LastRun | None, LastRun | None, list[str]]:
    """Give the newest run that is alive, the newest apply or destroy, and the folders of runs that tell of both."""
    going, looked_at = None, []
    for path, request in _newest_first(folder):
        looked_at.append(path)
        if going is None and _alive(path):
            going = _run(folder, path, request)
        if request["action"] == "apply":
            return going, _run(folder, path, request), looked_at
    return going, None, looked_at


def last_apply(folder: str, stack: str) -> Literal["", "apply", "destroy"]:
    """Say what the newest apply of a stack did; empty when it was never applied from here."""
    for _, request in _newest_first(folder):
        if request["stack"] == stack and request["action"] == "apply":
            return "destroy" if _destroys(folder, request) else "apply"
    return ""


def names_in(folder: str) -> set[str]:
    """Names in a folder; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def read_json(path: str) -> Any:
    """Read a small file of ours; None when it is not there, or is no JSON."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a Path for each of ten thousand files is felt
            return json.loads(file.read())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _newest_first(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Runs but for finished plans, with their requests. A directory without one that can be read never became a run."""
    for name in sorted(names_in(folder), reverse=True):
        path = f"{folder}/{name}"
        if os.path.exists(f"{path}/{_PLAN}"):  # noqa: PTH110 - see read_json
            continue
        request = read_json(f"{path}/{_REQUEST}")
        if isinstance(request, dict) and {"action", "stack", "created_at"} <= request.keys():
            yield path, request


def _alive(path: str) -> bool:
    if os.path.exists(f"{path}/{_RESULT}"):  # noqa: PTH110 - see read_json
        return False
    try:
        return runs.load(Path(path)).alive()
    except (EngineError, ValueError):
        return False


def _run(folder: str, path: str, request: dict[str, Any]) -> LastRun:
    result = read_json(f"{path}/{_RESULT}")
    ended = result if isinstance(result, dict) else {}
    return LastRun(
        id=path.rpartition("/")[2],
        stack=str(request["stack"]),
        what=_what(folder, request),
        outcome=str(ended.get("outcome", "")),
        at=datetime.fromisoformat(ended.get("ended_at") or request["created_at"]),
    )


def _what(folder: str, request: dict[str, Any]) -> Literal["plan", "apply", "destroy"]:
    if request["action"] != "apply":
        return "plan"
    return "destroy" if _destroys(folder, request) else "apply"


def _destroys(folder: str, request: dict[str, Any]) -> bool:
    """Whether an apply builds or destroys is its plan's to say."""
    plan = read_json(f"{folder}/{request.get('plan_run')}/{_REQUEST}")
    return isinstance(plan, dict) and plan.get("action") == "destroy-plan"
