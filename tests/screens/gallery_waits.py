"""Scenes of what is confirmed now, and applied by itself once the customer has accepted; see `gallery`."""

from __future__ import annotations

from textual.app import App
from textual.pilot import Pilot

from screens.to_wait import ToWait
from screens.widgets.ask import Ask
from tests.screens.stage import Drive, Stage, opened, scene, settled, until
from tests.screens.test_apply_pane import NODE, VOLUME
from tests.screens.test_waits import Engine
from tests.screens.waits import a_wait
from tests.verify import world
from wizard.deploy.waiting.records import Look
from wizard.walk.steps import Step


@scene
def wait_confirm(stage: Stage) -> tuple[App[None], Drive]:
    """The plan of what waits, which would lose something; the name was typed, and the yes is asked for."""
    Engine(NODE, VOLUME).install(stage)
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = ToWait(stage.desk, stage.place(), clock=lambda: world.NOW)
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and screen.proposal is not None)
        await settled(pilot)
        await pilot.press("a", *"acme-prod", "enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await settled(pilot)

    return app, drive


@scene
def apply_waits(stage: Stage) -> tuple[App[None], Drive]:
    """Somebody waits, and has looked."""
    Engine(NODE).install(stage)
    stage.patch.setattr("screens.steps.apply_waits.AGAIN_S", 3600.0)
    wait = a_wait(stage.place())
    Look("2026-03-01T12:00:30+00:00", ("pcx-0a1b2c3d4e5f60718 is pending-acceptance",)).write(wait.path / "look.json")

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        await until(pilot, lambda: screen.pane.waits.alive)
        await settled(pilot)

    return stage.app("acme-prod", Step.APPLY), drive
