"""An object that was answered before is opened again: by a newer Planewright, which asks what the older one did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from screens.widgets.field import Field
from tests.screens.picture import picture, words_of
from tests.screens.stage import Stage, opened, settled
from tests.screens.waiting import until
from wizard.walk.steps import Step


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    made = Stage(tmp_path, monkeypatch)
    # As if nobody had asked for the host when these answers were saved.
    answers = made.place().answers
    lines = answers.read_text().splitlines(keepends=True)
    host = next(line for line in lines if line.startswith("  host: "))
    lines.remove(host)
    answers.write_text("".join(lines))
    yield made
    made.desk.close()


async def test_it_opens_at_the_one_question_that_is_new_and_all_else_stands(stage: Stage) -> None:
    before = stage.place().answers.read_bytes()
    app = stage.app("acme-prod")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        screen = await opened(pilot)
        await settled(pilot)
        shown = words_of(picture(app))
        assert screen.step is Step.DATABASE
        assert "cannot be" not in shown
        focused = app.focused
        assert focused is not None
        assert isinstance(focused.parent, Field)
        assert focused.parent.key == "database.host"
        assert stage.place().answers.read_bytes() == before

        await pilot.press(*"db.acme.example.com")
        await until(pilot, lambda: not screen.walk.draft.problems)
        assert screen.walk.target is not None
