"""Which engine wrote a state last. Going from one kind to the other, or back to an older one, is a decision. Pure but for one read."""

from __future__ import annotations

import re
from pathlib import Path

from wizard.checks.engine import ENGINE_KIND_CHANGED, ENGINE_OLDER
from wizard.engine import runs
from wizard.engine.locate import NAMES, Engine
from wizard.engine.runs import Request
from wizard.findings import Finding


def last_writer(runs_dir: Path, stack: str) -> Request | None:
    """The request of the newest apply of a stack that did start; None when this workspace has none."""
    for run in runs.listed(runs_dir):
        if run.request.stack == stack and run.request.action == "apply":
            result = run.recorded()
            if result is None or result.outcome != "not started":
                return run.request
    return None


def engine_changed(engine: Engine, writer: Request | None) -> Finding | None:
    """Say that another engine wrote the state last: the other kind, or a newer release of the same."""
    if writer is None:
        return None
    wrote = f"{NAMES['tofu' if writer.engine_kind == 'tofu' else 'terraform']} {writer.engine_version}"
    if writer.engine_kind != engine.kind:
        return ENGINE_KIND_CHANGED.at(
            "engine",
            f"the state of {writer.stack} was last written by {wrote}, and this is {engine}",
            remedy=f"name the engine that wrote it (--engine {writer.engine_kind}), or acknowledge the change for good",
        )
    if _numbers(engine.version) < _numbers(writer.engine_version):
        return ENGINE_OLDER.at(
            "engine",
            f"the state of {writer.stack} was last written by {wrote}, and this is {engine}",
            remedy=f"use {wrote} or later",
        )
    return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("-")[0]))
