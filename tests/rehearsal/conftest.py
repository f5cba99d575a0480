"""One embedded AWS runs in a process at a time."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of the embedded AWS last, and all of these in one worker: the one that they share is held to its end."""
    for item in items:
        if "tests/rehearsal/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("rehearsal"))
    items.sort(key=lambda item: "tests/rehearsal/embedded/" in item.path.as_posix())
