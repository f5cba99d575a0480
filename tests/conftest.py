"""Which tests share a worker when several run side by side."""

from __future__ import annotations

import pytest

#: Rooms whose fixtures are dear or patch what others use; each stays in one worker, with those of the same group. The
#: embedded AWS patches moto for good: what needs moto as it is shares its worker, and stands before it.
TOGETHER = {
    "aws": "moto",
    "rehearsal": "moto",
    "engine": "engine",
    "generators": "generators",
    "live": "live",
    "verify": "verify",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The worlds first: they mostly wait, and everything else fits beside them."""
    for item in items:
        room = item.path.as_posix().partition("/tests/")[2].partition("/")[0]
        if room in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(TOGETHER[room]))
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)
