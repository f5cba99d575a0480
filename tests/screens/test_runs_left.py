"""A run and those who look at it: it goes on when they leave, quit, crash or are killed, and is found again as it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from screens.app import Planewright
from screens.crash import Crashed
from screens.deployments import Deployments
from screens.steps.apply import ApplyPane
from screens.wizard import WizardScreen
from tests.bounded import bounded
from tests.screens.runs import launched, recorded
from tests.screens.shell import FakeDesk, Look, desk
from tests.screens.test_apply_pane import STOPS
from tests.screens.test_shell import screen_text
from tests.screens.waiting import until
from tests.workspaces import with_examples
from wizard.engine.runs import Run
from wizard.facts.asking import Facts
from wizard.walk.steps import Step
from wizard.workspace import Place

FOLLOWS = """
import asyncio, sys
from pathlib import Path
from screens.app import Planewright
from tests.screens.shell import desk
from tests.screens.waiting import until
from wizard.facts.asking import Facts
from wizard.walk.steps import Step

async def main():
    at = desk(Path(sys.argv[1]))
    app = Planewright(at, place=at.workspace.find("acme-prod"), step=Step.APPLY)
    async with app.run_test() as pilot:
        while True:
            pane = getattr(app.screen, "pane", None)
            if pane is not None and pane.view.run is not None and pane.view.state.events:
                print("follows", pane.view.run.id, flush=True)
            await pilot.pause(0.05)

asyncio.run(main())
"""


class Failing(Planewright):
    """Fails when it is told to."""

    def action_fail(self) -> None:
        raise ZeroDivisionError("password=hunter22")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(Look, "read", lambda _look, _asks, _subject: Facts(), raising=False)
    return desk(with_examples(tmp_path))


@pytest.fixture
def place(at: FakeDesk) -> Place:
    return at.workspace.find("acme-prod")


@pytest.fixture
def run(place: Place) -> Iterator[Run]:
    """An engine that goes on until it is asked to stop: real processes."""
    made = launched(place.runs, STOPS, expected=1)
    yield made
    processes = made.processes()
    if made.engine_alive() and processes is not None and processes.engine_pid:
        os.kill(processes.engine_pid, signal.SIGKILL)


@asynccontextmanager
async def following(
    at: FakeDesk, place: Place, *, of: type[Planewright] = Planewright
) -> AsyncIterator[tuple[Planewright, Any, Callable[[], ApplyPane]]]:
    """The whole application on the apply step, once that shows a run."""
    app = of(at, place=place, step=Step.APPLY)

    def pane() -> ApplyPane:
        found = app.screen.pane if isinstance(app.screen, WizardScreen) else None
        assert isinstance(found, ApplyPane)
        return found

    def shows() -> bool:
        screen = app.screen
        return isinstance(screen, WizardScreen) and isinstance(screen.pane, ApplyPane) and pane().view.run is not None

    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, shows)
        yield app, pilot, pane


async def test_it_goes_on_behind_the_list_and_is_followed_again(at: FakeDesk, place: Place, run: Run) -> None:
    async with following(at, place) as (app, pilot, pane):
        await until(pilot, lambda: pane().view.going)
        await pilot.press("1")
        for _ in range(3):  # out of the field, out of the step
            if not isinstance(app.screen, Deployments):
                await pilot.press("escape")
        await until(pilot, lambda: "run in progress" in screen_text(app))
        assert run.engine_alive()
        app.push_screen(app.wizard(place, Step.APPLY))
        await until(pilot, lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        await until(pilot, lambda: pane().view.run == run and pane().view.going)
    at.close()


async def test_who_quits_leaves_it_running_and_who_comes_stops_it_in_good_order(
    at: FakeDesk, place: Place, run: Run
) -> None:
    async with following(at, place) as (_app, pilot, pane):
        await until(pilot, lambda: pane().view.state.events > 0)
        await pilot.press("ctrl+q")
    at.close()
    assert run.engine_alive()
    later = desk(at.workspace.root)
    async with following(later, place) as (_app, pilot, pane):
        await until(pilot, lambda: pane().view.run == run and pane().view.state.events > 0)
        await pilot.press("c")
        await until(pilot, lambda: pane().view.ended is not None)
        assert pane().view.state.interrupted
    later.close()
    assert not run.engine_alive()


async def test_a_program_that_is_killed_while_it_follows_takes_nothing_with_it(
    at: FakeDesk, place: Place, run: Run
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", FOLLOWS, str(at.workspace.root)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert child.stdout is not None
        with bounded(child):
            assert child.stdout.readline().split() == ["follows", run.id]
    finally:
        child.kill()
        child.communicate()
    assert run.engine_alive()
    async with following(at, place) as (_app, pilot, pane):
        await until(pilot, lambda: pane().view.run == run and pane().view.going)
    at.close()


async def test_a_crash_of_the_screens_is_reported_without_secrets_and_the_run_goes_on(
    at: FakeDesk, place: Place, run: Run
) -> None:
    apps: list[Planewright] = []

    async def crash() -> None:
        async with following(at, place, of=Failing) as (app, pilot, pane):
            apps.append(app)
            await until(pilot, lambda: pane().view.state.events > 0)
            app.call_later(app.action_fail)  # type: ignore[attr-defined]
            await until(pilot, lambda: app.crash is not None)

    with pytest.raises(Exception, match="hunter22"):  # what a test is told; nobody else is
        await crash()
    at.close()
    assert run.engine_alive()
    report = apps[0].crash
    assert report is not None
    assert "hunter22" not in report.path.read_text()
    shown = Crashed(report)
    async with shown.run_test() as pilot:
        assert "the run goes on" in screen_text(shown) or "a run" in screen_text(shown)
        await pilot.press("c")
        assert "ZeroDivisionError" in shown.clipboard
        assert "hunter22" not in shown.clipboard
    again = desk(at.workspace.root)
    async with following(again, place) as (_app, pilot, pane):
        await until(pilot, lambda: pane().view.run == run and pane().view.going)
    again.close()


async def test_one_that_has_ended_is_seen_again_with_how_it_ended(at: FakeDesk, place: Place) -> None:
    run = recorded(place.runs, "apply-private")
    async with following(at, place) as (app, pilot, pane):
        await until(pilot, lambda: pane().view.ended is not None)
        assert pane().view.run == run
        assert not pane().view.going
        assert "✓ succeeded" in screen_text(app)
    at.close()


async def test_one_whose_engine_died_is_told_as_that_with_the_way_on(at: FakeDesk, place: Place) -> None:
    recorded(place.runs, "apply-private", outcome=None, lines=150)
    async with following(at, place) as (app, pilot, pane):
        await until(pilot, lambda: not pane().view.going and "killed" in screen_text(app))
        assert "in progress" not in screen_text(app)
    at.close()
