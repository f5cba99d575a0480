"""A world takes minutes to build: how often that is tried does not depend on how many tests it has.

Each test that needs a world which could not be built would build it anew, and would again when it is run once more.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import TypeVar

import pytest

#: How often a world's building is tried in all: once more, as a test that fails.
TRIES = 2

_failed: dict[str, list[BaseException]] = {}
_T = TypeVar("_T")


def tried(name: str, world: Iterator[_T]) -> Iterator[_T]:
    """Yield a world as a fixture does. After its last try every test of it fails at once, with what went wrong first."""
    failed = _failed.setdefault(name, [])
    if len(failed) >= TRIES:
        first = "".join(traceback.format_exception(failed[0]))
        pytest.fail(
            f"{name} could not be built in {TRIES} tries, and is not tried again. The first:\n{first}", pytrace=False
        )
    try:
        built = next(world)
    except BaseException as error:
        failed.append(error)
        raise
    yield built
    yield from world
