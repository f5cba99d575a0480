"""Findings about the engine: given where its runs are known (`wizard.engine.writer`), registered here with all others."""

from __future__ import annotations

from wizard.checks.codes import code
from wizard.findings import Severity

ENGINE_KIND_CHANGED = code(
    "ENGINE_KIND_CHANGED",
    Severity.HIGH,
    why="the two engines have drifted apart: after this apply the other may no longer read the state",
    remedy="name the engine that wrote the state with --engine, or acknowledge the change for good",
)
ENGINE_OLDER = code(
    "ENGINE_OLDER",
    Severity.HIGH,
    why="an older release may refuse a state that a newer one wrote",
    remedy="use the release that wrote the state, or a later one",
)
