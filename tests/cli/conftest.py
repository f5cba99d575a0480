"""A workspace with the example answers, and the command run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.guiding import Aws, Guided, use
from tests.workspaces import with_examples
from wizard import cli

Run = Callable[..., int]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return with_examples(tmp_path)


@pytest.fixture
def run(workspace: Path) -> Run:
    return lambda *arguments: cli.run([*arguments, "--workspace", str(workspace)])


@pytest.fixture
def guided(workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Guided:
    aws = Aws()
    use(aws, monkeypatch)
    return Guided(workspace, aws, capsys)
