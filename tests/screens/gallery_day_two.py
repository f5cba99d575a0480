"""Scenes of what is done with an object that lives: its drift, its states, its history; see `gallery`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from screens.drifted import Drift
from screens.drifted_import import AskImport
from screens.past import Past
from screens.states import States
from screens.states_recover import Recovering
from screens.upgrading import Upgrading
from screens.widgets.ask import Ask
from tests.deploy.record.told import after_a_call, well
from tests.deploy.state.test_document import state
from tests.drift.drifting import DATA
from tests.screens.gallery import CANARY
from tests.screens.runs import clock
from tests.screens.stage import Drive, Stage, Whole, opened, scene, settled, shown, until
from tests.screens.test_drifted import STRAY, Account
from tests.screens.test_rerun import applied, edited
from tests.screens.test_states import BACKUP, EXTRA, ONE, TWO, Shelved
from tests.screens.upgraded import NEW, Fleet
from wizard.deploy.upgrading import record
from wizard.engine.plans import PlanView
from wizard.walk.steps import Step


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


# -- states ----------------------------------------------------------------------------------------------------------


def held(stage: Stage, at: str, *keys: str) -> tuple[Whole, Drive]:
    """The states of acme-prod, with the cursor on an entry; and some keys."""
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = States(stage.desk, stage.place())
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and bool(screen.states))
        await settled(pilot)
        screen.list.show(screen.list.entries, at=next(it.key for it in screen.list.entries if at in it.key))
        await settled(pilot)
        if keys:
            await pilot.press(*keys)
            await settled(pilot)

    return app, drive


@scene
def states(stage: Stage) -> tuple[App[None], Drive]:
    """A state that somebody elsewhere holds."""
    shelved = Shelved(stage)
    shelved.lock("dana@elsewhere")
    return held(stage, "instance")


@scene
def states_unlock(stage: Stage) -> tuple[App[None], Drive]:
    """The reason for which somebody is sure that its holder is dead."""
    shelved = Shelved(stage)
    shelved.lock("dana@elsewhere")
    return held(stage, "instance", "u")


@scene
def states_restore(stage: Stage) -> tuple[App[None], Drive]:
    """A backup against what is there, and the name that writing over it takes."""
    Shelved(stage)
    app, drive = held(stage, BACKUP, "s")

    async def asked(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await until(pilot, lambda: isinstance(app.screen.focused, Input))

    return app, asked


@scene
def states_recover(stage: Stage) -> tuple[App[None], Drive]:
    """A truncated state, its first step taken."""
    shelved = Shelved(stage)
    app, drive = held(stage, "instance")
    stage.patch.setattr("wizard.engine.aftermath.me", lambda: "olga@desk")
    shelved.lock("olga@desk")
    shelved.write(shelved.state, state(ONE, TWO, serial=5)[:200])

    async def recovered(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Recovering) and app.screen.course is not None)
        await settled(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Recovering) and bool(app.screen.taken))
        await settled(pilot)

    return app, recovered


@scene
def states_not_clean(stage: Stage) -> tuple[App[None], Drive]:
    """The plan at the end, which wants to create something."""
    shelved = Shelved(stage)
    app, drive = held(stage, "instance")
    shelved.view = PlanView((EXTRA,))

    async def planned(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Recovering) and app.screen.course is not None)
        await settled(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Recovering) and bool(app.screen.taken))
        await settled(pilot)

    return app, planned


# -- history ---------------------------------------------------------------------------------------------------------


@scene
def history(stage: Stage) -> tuple[App[None], Drive]:
    """What a call has left, the newest first."""
    place = stage.place()
    for folder in (place.path, stage.place("use1-a").path, stage.place("globex-prod").path):
        shutil.rmtree(folder)
    after_a_call(stage.workspace.root, well())
    seeded = place.hidden / "seeding.jsonl"
    seeded.write_text(seeded.read_text().replace("sk/acme/", "springtail/acme-prod/"))
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = Past(stage.desk, stage.place())
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and bool(screen.events))
        await settled(pilot)
        await pilot.press("down", "down", "down")
        await settled(pilot)

    return app, drive


# -- upgrades --------------------------------------------------------------------------------------------------------


def climbing(
    stage: Stage, fleet: Fleet, at: str, then: Callable[[Upgrading], object], *keys: str
) -> tuple[Whole, Drive]:
    """The upgrade of acme-prod after some keys, as soon as something holds, with the cursor on an entry."""
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = Upgrading(stage.desk, stage.place(), clock=clock)
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and not screen.busy)
        if keys:
            await pilot.press(*keys)
        await until(pilot, lambda: then(screen))
        if at:
            screen.list.show(screen.list.entries, at=next(it.key for it in screen.list.entries if at in it.key))
        await settled(pilot)

    stage.leaving.append(
        lambda: [it.going.leave.set() for it in app.screen_stack if isinstance(it, Upgrading) and it.going]
    )
    return app, drive


def one_done(stage: Stage, fleet: Fleet) -> None:
    """The first step is done."""
    upgrade = record.begin(stage.place(), fleet.wanted, reason="the image of November")
    fleet.true["fdw-0"] = NEW
    done = {"begun_at": clock(), "who": "olga@desk", "applied": True, "done_at": clock()}
    record.save(stage.place(), upgrade.changed(upgrade.steps[0].model_copy(update=done)))


@scene
def upgrade(stage: Stage) -> tuple[App[None], Drive]:
    """Half-way, where a node does not come up: which part of the gate is not green, and why."""
    fleet = Fleet(stage)
    one_done(stage, fleet)
    stage.patch.setattr("wizard.deploy.upgrading.carrying.APART_S", 60.0)  # it is looked at once, and left
    fleet.red["well-fdw-1"] = f"fdw-1 has booted: failed ({CANARY.what})"
    app, drive = climbing(stage, fleet, "replace-fdw-1", lambda screen: screen.question, "n")

    async def waits(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Upgrading) and "fdw-1 has booted" in app.screen.busy)
        await settled(pilot)

    return app, waits


@scene
def upgrade_one_way(stage: Stage) -> tuple[App[None], Drive]:
    """What has no way back takes the name, typed."""
    fleet = Fleet(stage)
    one_done(stage, fleet)
    fleet.true["fdw-1"] = NEW
    app, drive = climbing(stage, fleet, "", lambda screen: screen.question, "n")

    async def asked(pilot: Pilot[None]) -> None:
        await drive(pilot)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen.focused, Input))
        await settled(pilot)

    return app, asked


@scene
def upgrade_forbidden(stage: Stage) -> tuple[App[None], Drive]:
    """What no rule allows: why, and the path that works."""
    fleet = Fleet(stage)
    fleet.climbs = {"version": "1.1.32", "no_pg": "on"}
    return climbing(stage, fleet, "way 4", lambda screen: screen.looked)


# -- planned again -----------------------------------------------------------------------------------------------------


@scene
def rerun(stage: Stage) -> tuple[App[None], Drive]:
    """The answers that changed since the last apply, at the review."""
    applied(stage)
    edited(stage, "count: 2", "count: 3")
    return shown(stage, Step.REVIEW, "w")
