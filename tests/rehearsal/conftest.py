"""One embedded AWS runs in a process at a time. The private world that several modules start, each its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import assets
from tests.rehearsal.vendor import Built, build
from wizard.rehearsal.world import World

WATCHER = Path(assets.__file__).parent / "watcher" / "handler.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of the embedded AWS last: the one that they share is held to its end."""
    items.sort(key=lambda item: "tests/rehearsal/embedded/" in item.path.as_posix())


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A private world whose watcher is called by hand."""
    with World("private", watch_seconds=None) as started:
        yield started


@pytest.fixture(scope="module")
def built(world: World) -> Built:
    """The private path, built in it, with the customer's part done."""
    made = build(world, WATCHER.read_bytes())
    world.comply()
    assert [called.error for called in world.watchers.call_all()] == [""]
    return made
