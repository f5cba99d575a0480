"""One embedded AWS runs in a process at a time."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of the embedded AWS last: the one that they share is held to its end."""
    items.sort(key=lambda item: "tests/rehearsal/embedded/" in item.path.as_posix())
