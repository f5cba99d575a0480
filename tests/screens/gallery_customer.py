"""Scenes of what is done in the customer's account; see `gallery`."""

from __future__ import annotations

from textual.app import App
from textual.pilot import Pilot

from screens.for_customer import ForCustomer
from tests.handoff.stand_in import Account
from tests.screens.stage import Drive, Stage, scene, settled, until
from tests.verify import world
from wizard.deploy import store
from wizard.deploy.target import open_target


@scene
def handoff_for_customer(stage: Stage) -> tuple[App[None], Drive]:
    """What would be done in the customer's account, and the id that is asked for."""
    store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
    store.save_contract(stage.place(), "instance", world.outputs("private"))
    Account().install(stage.patch)
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = ForCustomer(stage.desk, open_target(stage.workspace, "acme-prod"), clock=lambda: world.NOW)
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and not screen.busy)
        await settled(pilot)

    return app, drive
