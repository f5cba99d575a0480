"""Pictures are taken anew when something was written, and not for every question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wizard.rehearsal import picture, scratch
from wizard.rehearsal.embedded import ApiCall
from wizard.rehearsal.model import Network
from wizard.rehearsal.picture import Pictures


class Counting:
    taken = 0
    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def read(self, services: tuple[Any, ...]) -> Network:
        self.taken += 1
        self.meanwhile()
        return Network(services=services)


def call(action: str, service: str = "ec2") -> ApiCall:
    return ApiCall("111111111111", "us-east-1", service, action, "AKIAONE")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(picture.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def reader() -> Counting:
    return Counting()


@pytest.fixture
def pictures(reader: Counting, clock: list[float]) -> Pictures:
    return Pictures(reader, lambda: ())  # type: ignore[arg-type]


def test_one_picture_serves_many_questions(pictures: Pictures, reader: Counting) -> None:
    assert pictures.current() is pictures.current()
    pictures.saw(call("DescribeVpcs"))
    pictures.saw(call("SendCommand", "ssm"))
    pictures.current()
    assert reader.taken == 1


def test_a_write_makes_it_old(pictures: Pictures, reader: Counting) -> None:
    pictures.current()
    pictures.saw(call("DeleteRoute"))
    pictures.current()
    assert reader.taken == 2


def test_a_picture_during_which_a_write_took_effect_serves_once(pictures: Pictures, reader: Counting) -> None:
    reader.meanwhile = lambda: pictures.saw(call("DeleteRoute"))
    pictures.current()
    reader.meanwhile = lambda: None
    pictures.current()
    pictures.current()
    assert reader.taken == 2


def test_even_without_writes_it_grows_old(pictures: Pictures, reader: Counting, clock: list[float]) -> None:
    pictures.current()
    clock[0] += 3
    pictures.current()
    assert reader.taken == 1
    clock[0] += 2
    pictures.current()
    assert reader.taken == 2


def test_what_a_killed_rehearsal_left_is_swept_and_a_living_ones_stays(tmp_path: Path) -> None:
    import os

    left, living, other = (
        tmp_path / name
        for name in ("planewright-world-4194999-abc", f"planewright-pg-{os.getpid()}-abc", "planewright-notes")
    )
    for folder in (left, living, other):
        folder.mkdir()

    scratch.sweep(tmp_path)

    assert sorted(tmp_path.iterdir()) == sorted([living, other])
