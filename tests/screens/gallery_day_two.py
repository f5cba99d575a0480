"""Scenes of what is done with an object that lives: its drift, its states, its history; see `gallery`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from screens.drifted import Drift
from screens.drifted_import import AskImport
from screens.widgets.ask import Ask
from tests.drift.drifting import DATA
from tests.screens.gallery import CANARY
from tests.screens.stage import Drive, Stage, Whole, opened, scene, settled, until
from tests.screens.test_drifted import STRAY, Account


def looked(stage: Stage, at: str, *keys: str) -> tuple[Whole, Drive]:
    """A look at acme-prod, with the cursor on an entry; and some keys."""
    account = Account(stage)
    told = replace(account.found["instance"], notes=(f"{CANARY.what}; {CANARY.why}; {CANARY.remedy}",))
    account.found["instance"] = told
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = Drift(stage.desk, stage.place())
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and bool(screen.looks))
        await settled(pilot)
        screen.list.show(screen.list.entries, at=next(it.key for it in screen.list.entries if at in it.key))
        await settled(pilot)
        if keys:
            await pilot.press(*keys)
            await settled(pilot, but=("plan",))

    return app, drive


@scene
def drift(stage: Stage) -> tuple[App[None], Drive]:
    """What drifted: the stack, with what could not be read."""
    return looked(stage, "instance")


@scene
def drift_resource(stage: Stage) -> tuple[App[None], Drive]:
    """A resource that somebody has changed, and the ways on."""
    return looked(stage, DATA)


@scene
def drift_accept(stage: Stage) -> tuple[App[None], Drive]:
    """The answer that would be written."""
    app, drive = looked(stage, DATA, "a")

    async def asked(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await until(pilot, lambda: isinstance(app.screen, Ask))

    return app, asked


@scene
def drift_import(stage: Stage) -> tuple[App[None], Drive]:
    """What is in no state, by its address and id."""
    app, drive = looked(stage, STRAY.id, "i")

    async def asked(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await until(pilot, lambda: isinstance(app.screen, AskImport))

    return app, asked


@scene
def drift_revert(stage: Stage) -> tuple[App[None], Drive]:
    """What puts it back, at the step Plan."""
    app, drive = looked(stage, DATA, "r")

    async def planned(pilot: Pilot[None]) -> None:
        await drive(pilot)
        screen: Any = await opened(pilot)
        await until(pilot, lambda: screen.pane.standings.any_planned)
        await settled(pilot)

    return app, planned
