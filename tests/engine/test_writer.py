"""A state that another engine wrote is not taken over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.test_runs import made
from wizard.engine.locate import Engine, EngineKind
from wizard.engine.runs import Result
from wizard.engine.writer import engine_changed, last_writer
from wizard.findings import Severity


@pytest.mark.parametrize(
    ("kind", "version", "code"),
    [
        ("tofu", "1.10.0", None),
        ("tofu", "1.12.1", None),
        ("tofu", "1.9.9", "ENGINE_OLDER"),
        ("terraform", "1.11.4", "ENGINE_KIND_CHANGED"),
    ],
)
def test_only_the_same_engine_as_new_or_newer_is_silent(
    tmp_path: Path, kind: EngineKind, version: str, code: str | None
) -> None:
    writer = made(tmp_path, "true").request  # an apply by OpenTofu 1.10.0
    found = engine_changed(Engine(kind, version, Path("/bin/x")), writer)
    assert (found.code if found else None) == code
    assert found is None or (found.severity is Severity.HIGH and "OpenTofu 1.10.0" in found.what)


def test_the_last_writer_is_the_newest_apply_that_did_start(tmp_path: Path) -> None:
    assert last_writer(tmp_path / "runs", "instance") is None
    first = made(tmp_path, "true")
    never = made(tmp_path, "true")
    Result("not started", None, None).write(never.path / "result.json")
    made(tmp_path, "true", action="plan")
    assert last_writer(tmp_path / "runs", "instance") == first.request
    assert engine_changed(Engine("tofu", "1.10.0", Path("/x")), None) is None
