"""A wait is a directory: what was confirmed, who waits, what was last seen, how it ended.

.planewright/waits/WAIT/   0700; its name sorts by time
  request.json             what was confirmed, by whom, until when it waits
  process.json             the process that waits
  look.json                the newest look
  result.json              how it ended; missing while it waits, and when it was killed
  waiter.log               what the process had to say besides
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from wizard.engine.processes import Identity, elsewhere
from wizard.engine.runs import Record
from wizard.errors import EngineError
from wizard.workspace import Place

FOLDER = "waits"
Outcome = Literal["applied", "given up", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Request(Record):
    """What was confirmed: a plan by its run and digest, made of answers of this digest. Times are ISO 8601, UTC.

    `engine` and `mirror` are what the command line named, empty for what is found.
    """

    id: str
    workspace: str
    object_name: str
    stack: str
    plan_run: str
    plan_digest: str
    answers_digest: str
    who: str
    created_at: str
    until: str
    engine: str = ""
    mirror: str = ""

    @property
    def ends(self) -> datetime:
        """Until when it waits."""
        return datetime.fromisoformat(self.until)


@dataclass(frozen=True, slots=True)
class Process(Record):
    """Who waits."""

    host: str
    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class Look(Record):
    """The newest look: what was seen, or why nothing could be (`trouble`)."""

    at: str
    seen: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class End(Record):
    """How it ended; `run` is the apply's, where there was one. `why` and `action` say what to do next."""

    outcome: Outcome
    ended_at: str
    why: str = ""
    action: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait's directory and its request. What changes is read anew each time."""

    path: Path
    request: Request

    @property
    def log(self) -> Path:
        """What the process had to say besides."""
        return self.path / "waiter.log"

    def look(self) -> Look | None:
        """The newest look."""
        return Look.read(self.path / "look.json")

    def end(self) -> End | None:
        """How it ended; None while it waits, or when it was killed."""
        return End.read(self.path / "result.json")

    def alive(self) -> bool:
        """Whether it waits. One of another machine counts as alive until its end is there: nobody can look from here."""
        if self.end() is not None:
            return False
        process = Process.read(self.path / "process.json")
        if process is None:
            return False
        return elsewhere(process.host, process.started) or Identity(process.pid, process.started).alive()

    def cancel(self) -> bool:
        """Ask it to wait no longer. False when it does not wait here, or applies already."""
        process = Process.read(self.path / "process.json")
        if process is None or elsewhere(process.host, process.started) or not self.alive():
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
            return True
        return False


def waits(place: Place) -> Iterator[Wait]:
    """All waits of an object, the newest first. Makes no folder where there was none."""
    folder = place.path / ".planewright" / FOLDER
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda item: item.name, reverse=True):
        with contextlib.suppress(EngineError):
            request = Request.read(path / "request.json")
            if request is not None:
                yield Wait(path, request)


def waiting(place: Place) -> Wait | None:
    """Give the wait that goes on; None for none."""
    return next((wait for wait in waits(place) if wait.alive()), None)


def newest(place: Place) -> Wait | None:
    """Give the newest wait, however it stands."""
    return next(waits(place), None)


def said(wait: Wait) -> Iterator[str]:
    """Say how a wait stands, in lines."""
    request, end, look = wait.request, wait.end(), wait.look()
    if end is not None:
        yield f"{request.stack}: the wait has ended: {end.outcome}{f' (run {end.run})' if end.run else ''}"
        yield from (f"why:  {end.why}",) if end.why else ()
        yield from (f"next: {end.action}",) if end.action else ()
        return
    if not wait.alive():
        yield f"{request.stack}: who waited is gone, killed or with the machine: nothing is applied by itself any more"
        yield f"next: planewright apply {request.object_name} --wait"
        return
    yield (
        f"{request.stack}: waits for the customer, then applies plan {request.plan_run} as {request.who} confirmed it, "
        f"until {request.ends:%Y-%m-%d %H:%M} UTC; planewright cancel {request.object_name} ends it"
    )
    if look is not None:
        yield f"looked {datetime.fromisoformat(look.at):%Y-%m-%d %H:%M} UTC: {look.trouble or '; '.join(look.seen)}"
