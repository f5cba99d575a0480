"""Somebody who waits for a customer: this process, as the files say."""

from __future__ import annotations

import os
from typing import Any

from wizard.deploy.waiting import records
from wizard.deploy.waiting.records import Process, Request, Wait
from wizard.engine.processes import host, started
from wizard.workspace import Place


def a_wait(place: Place) -> Wait:
    """Somebody who waits for the customer of a deployment, begun elsewhere."""
    request = Request(
        "20260301T120000.000000Z-aaaa", ".", place.name, "link", "P7", "sha256:7", "sha256:1",
        "olga@desk", "2026-03-01T12:00:00+00:00", "2026-03-09T12:00:00+00:00",
    )  # fmt: skip
    wait = Wait(place.hidden / records.FOLDER / request.id, request)
    wait.path.mkdir(parents=True)
    request.write(wait.path / "request.json")
    waits_here(wait)
    return wait


def waits_here(wait: Wait, _environ: Any = None) -> None:
    """Write down that this process waits."""
    Process(host(), os.getpid(), started(os.getpid()) or "").write(wait.path / "process.json")
