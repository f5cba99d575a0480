"""What nobody sees as long as it holds: one confirmation starts one run, and a draft that is still written never comes back."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from screens import tearing
from screens.course import Course
from screens.widgets.typed_name import TypedName
from tests.screens.shell import desk
from tests.screens.test_destroying import destroying, world
from tests.screens.waiting import until
from tests.walk.torn_down import World
from tests.workspaces import with_examples
from wizard.deploy import drafts
from wizard.deploy.drafts import Keeper
from wizard.walk.destroying import Destroying as Teardown
from wizard.walk.destroying import Turn

__all__ = ["world"]


async def test_a_name_that_is_confirmed_twice_starts_one_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Turn] = []
    start = tearing.start

    def starting(teardown: Teardown, turn: Turn, post: tearing.Post) -> None:
        begun.append(turn)
        start(teardown, turn, post)

    monkeypatch.setattr(tearing, "start", starting)
    async with destroying(world) as s:
        await s.plan()
        for _ in range(2):  # Enter, and again before the field has gone
            s.screen.post_message(TypedName.Confirmed())
        await s.until(lambda: bool(world.started) and s.screen.view.going)
        await until(s.pilot, lambda: all(worker.is_finished for worker in s.app.workers if worker.group == "destroy"))
        assert len(begun) == len(world.started) == 1
        run = s.screen.view.run
        assert run is not None
        world.end(run, "succeeded")
        await s.until(lambda: not s.screen.view.going)


def test_a_draft_that_is_still_being_written_does_not_come_back_after_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(with_examples(tmp_path))
    walk = at.walk(at.workspace.find("acme-prod"))
    slow, write, flush = threading.Event(), drafts.write_atomic, Keeper.flush

    def write_late(path: Path, *rest: Any, **more: Any) -> None:
        if path == drafts.path_of(walk.place):
            assert slow.wait(120)
        write(path, *rest, **more)

    def flushing(keeper: Keeper) -> None:
        slow.set()
        flush(keeper)

    monkeypatch.setattr(drafts, "write_atomic", write_late)
    monkeypatch.setattr(Keeper, "flush", flushing)
    walk.typed("database.port", "6543")
    check = walk.begin_check()
    assert check is not None
    assert walk.took(check.generation, ())
    assert Course(cast("Any", SimpleNamespace()), at, walk.place, lambda _walk: None).settle(walk) == ""
    slow.set()
    at.close()
    assert not drafts.path_of(walk.place).exists()
    assert "6543" in walk.place.answers.read_text()
