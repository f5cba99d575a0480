"""Scenes of Springtail's services on their nodes; see `gallery`."""

from __future__ import annotations

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from screens.services import Services
from screens.widgets.ask import Ask
from tests.nodes import node
from tests.screens.stage import Drive, Stage, scene, settled, until
from tests.screens.test_services import Cluster


@scene
def services_stop(stage: Stage) -> tuple[App[None], Drive]:
    """A stop, which takes the typed name."""
    Cluster(stage)
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        app.push_screen(Services(stage.desk, stage.place(), clock=lambda: 0.0))
        await until(pilot, lambda: isinstance(app.screen, Services) and app.screen.is_mounted)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen.focused, Input))
        await settled(pilot)

    return app, drive


@scene
def services_finding(stage: Stage) -> tuple[App[None], Drive]:
    """Prepared up to the node at which the package could not be fetched."""
    cluster = Cluster(stage)
    cluster.failing[node("proxy-0").instance_id] = {
        "step": "package", "kind": "package", "reason": "s3://packages/springtail.tar.gz answers 404",
    }  # fmt: skip
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        screen = await preparing(stage, app, pilot)
        await until(pilot, lambda: screen.going is not None and screen.going.over)
        await settled(pilot)

    return app, drive


async def preparing(stage: Stage, app: App[None], pilot: Pilot[None]) -> Services:
    """The services, with a yes to their preparation."""
    await settled(pilot)
    screen = Services(stage.desk, stage.place(), clock=lambda: 0.0)
    app.push_screen(screen)
    await until(pilot, lambda: app.screen is screen and screen.is_mounted)
    await pilot.press("p")
    await until(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press("y")
    return screen
