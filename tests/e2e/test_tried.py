"""A world that cannot be built is not built for each of its tests."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.e2e.tried import TRIES, tried


class WrongError(Exception):
    pass


def test_after_its_last_try_each_test_is_told_at_once_what_went_wrong_first() -> None:
    name, begun = uuid.uuid4().hex, []

    def world() -> Iterator[str]:
        begun.append(len(begun) + 1)
        raise WrongError(f"the try {len(begun)}")
        yield ""

    for number in range(1, TRIES + 1):
        with pytest.raises(WrongError, match=f"the try {number}"):
            next(tried(name, world()))
    for _ in range(3):
        with pytest.raises(pytest.fail.Exception, match="the try 1"):
            next(tried(name, world()))

    assert len(begun) == TRIES


def test_a_world_that_is_built_ends_with_its_tests() -> None:
    told = []

    def world() -> Iterator[str]:
        told.append("begun")
        yield "a world"
        told.append("ended")

    given = tried(uuid.uuid4().hex, world())

    assert next(given) == "a world"
    assert told == ["begun"]
    assert list(given) == []
    assert told == ["begun", "ended"]
