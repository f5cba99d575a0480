"""One embedded AWS and one AWS CLI for all scenes; each finds two empty accounts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handoff import fast_cli
from tests.handoff.cloud import Cloud
from tests.handoff.scene import Scene


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        yield cloud


@pytest.fixture(scope="session")
def bin_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pw-") as name:  # a socket's path is short
        folder = Path(name)
        cli = fast_cli.start(folder / "cli")
        fast_cli.put_on_path(folder, folder / "cli")
        yield folder
        fast_cli.end(cli)


@pytest.fixture
def scene(cloud: Cloud, bin_folder: Path) -> Scene:
    cloud.tell(reset=True)
    return Scene(cloud, bin_folder)
