"""A workspace with the example answers, and the command run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import assets
from wizard import cli

EXAMPLES = Path(assets.__file__).parent / "examples"
Run = Callable[..., int]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for kind, name, example in (
        ("shards", "use1-a", "shard"),
        ("deployments", "acme-prod", "private"),
        ("deployments", "globex-prod", "public"),
    ):
        folder = tmp_path / kind / name
        folder.mkdir(parents=True)
        (folder / "answers.yaml").write_text((EXAMPLES / f"{example}.yaml").read_text())
    return tmp_path


@pytest.fixture
def run(workspace: Path) -> Run:
    return lambda *arguments: cli.run([*arguments, "--workspace", str(workspace)])
