"""Scenes of what is planned, applied, handed over and proven; see `gallery`."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from screens.destroying import Destroying
from screens.widgets.hop_list import HopList
from screens.widgets.run_log import RunLog
from screens.widgets.run_view import RunView
from screens.widgets.task_list import TaskList
from screens.widgets.typed_name import TypedName
from tests.screens import runs
from tests.screens.stage import Drive, Stage, StillDesk, Whole, opened, scene, settled, shown
from tests.screens.test_apply_pane import DONE, NODE, VOLUME, planned, with_instance
from tests.screens.test_handoff_pane import seen
from tests.screens.test_plan_pane import CALM, LOSING, Engine
from tests.screens.test_verify_pane import broken, report, well
from tests.screens.waiting import rested, until
from tests.verify import world
from tests.walk.torn_down import SITE, standing
from tests.workspaces import run_in
from wizard.deploy import flow, store
from wizard.deploy.reporting import Written
from wizard.engine.runs import Run
from wizard.errors import EngineError
from wizard.verify.hops import Hop
from wizard.walk.steps import Step


class Gate(threading.Event):
    """Is waited at for as long as pictures are taken, however slow the machine is just now."""

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        return super().wait(600)


# -- plan ------------------------------------------------------------------------------------------------------------


def planning(stage: Stage, engine: Engine, *then: str) -> tuple[Whole, Drive]:
    """The plan step with this engine behind it; `m` was pressed."""
    stage.patch.setattr(flow, "prepare", engine.prepare)
    stage.patch.setattr(flow, "plan", engine.plan)
    stage.patch.setattr(flow, "require_contract", lambda target, stack: None)
    stage.patch.setattr(flow, "waiting_on_customer", lambda target, stack, site: engine.waiting)

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        await pilot.press("m")
        if engine.gate is not None:
            await until(pilot, engine.reached.is_set)
            await pilot.pause()
            return
        await settled(pilot)
        await pilot.press(*then)
        await rested(pilot)  # the change under the cursor is told once the cursor rests
        await settled(pilot)

    return stage.app("acme-prod", Step.PLAN), drive


@scene
def plan_empty(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.PLAN)


@scene
def plan_under_way(stage: Stage) -> tuple[App[None], Drive]:
    gate = Gate()
    app, drive = planning(stage, Engine(gate=gate))
    stage.leaving.append(gate.set)
    return app, drive


@scene
def plan_made(stage: Stage) -> tuple[App[None], Drive]:
    return planning(stage, Engine(views={"instance": CALM}), "down", "down", "down", "down")


@scene
def plan_searched(stage: Stage) -> tuple[App[None], Drive]:
    return planning(stage, Engine(views={"instance": CALM}), "slash", "f", "d", "w")


@scene
def plan_losing(stage: Stage) -> tuple[App[None], Drive]:
    return planning(stage, Engine(views={"instance": LOSING}))


@scene
def plan_failed(stage: Stage) -> tuple[App[None], Drive]:
    error = EngineError(
        "instance could not be initialised",
        cause="no provider hashicorp/aws 5.100.0 in the mirror /opt/mirror",
        action="name another mirror with --mirror, or none to use the registry",
    )
    return planning(stage, Engine(error=error))


@scene
def plan_waiting(stage: Stage) -> tuple[App[None], Drive]:
    waiting = flow.Waiting(
        on="the customer",
        why="peering pcx-0a1b2c3d4e5f60718 is not accepted",
        action="send them the handoff; it is looked at again when the plan is asked for",
    )
    return planning(stage, Engine(waiting=waiting))


# -- apply -----------------------------------------------------------------------------------------------------------


def applying(stage: Stage, *keys: str, losing: bool = False) -> tuple[Whole, Drive]:
    """The apply step with a plan that was looked at; and some keys."""

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        await settled(pilot)
        screen.pane.offer(planned(screen.walk, DONE, NODE, *((VOLUME,) if losing else ())))
        await pilot.press(*keys)
        await settled(pilot)

    return stage.app("acme-prod", Step.APPLY), drive


def seen_again(stage: Stage, run: Run, *keys: str) -> tuple[Whole, Drive]:
    """A run at the apply step, read to its end."""

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        view: RunView = screen.query_one(RunView)
        await until(pilot, lambda: view.ended is not None and view.run is not None and view.run.id == run.id)
        await rested(pilot)  # a cursor that rests is told the resource's history
        await settled(pilot)
        if keys:
            await pilot.press(*keys)
            await settled(pilot)

    return stage.app("acme-prod", Step.APPLY), drive


@scene
def apply_empty(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.APPLY)


@scene
def apply_offer(stage: Stage) -> tuple[App[None], Drive]:
    return applying(stage)


@scene
def apply_confirm(stage: Stage) -> tuple[App[None], Drive]:
    return applying(stage, "a", losing=True)


@scene
def apply_running(stage: Stage) -> tuple[App[None], Drive]:
    run = run_in(stage.place().runs)
    runs.going(run)
    runs.says(run, *runs.stream_lines("apply-private")[:220])

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        view: RunView = screen.query_one(RunView)
        await until(pilot, lambda: view.state.events == 220)
        await pilot.press("down")
        await until(pilot, lambda: "Creating..." in view.copy_text())
        await settled(pilot, but=("follow",))

    return stage.app("acme-prod", Step.APPLY), drive


@scene
def apply_stopping(stage: Stage) -> tuple[App[None], Drive]:
    app, before = apply_running(stage)

    async def drive(pilot: Pilot[None]) -> None:
        await before(pilot)
        stage.patch.setattr("wizard.engine.cancel.interrupt", lambda run: None)
        await pilot.press("c", "c")
        await settled(pilot, but=("follow",))

    return app, drive


@scene
def apply_failed(stage: Stage) -> tuple[App[None], Drive]:
    return seen_again(stage, runs.recorded(stage.place().runs, "apply-fail-midway", outcome="failed"))


@scene
def apply_done(stage: Stage) -> tuple[App[None], Drive]:
    return seen_again(stage, runs.recorded(stage.place().runs, "apply-private"))


@scene
def apply_log(stage: Stage) -> tuple[App[None], Drive]:
    run = runs.recorded(stage.place().runs, "apply-fail-midway", outcome="failed")
    app, before = seen_again(stage, run, "l")

    async def drive(pilot: Pilot[None]) -> None:
        await before(pilot)
        await until(pilot, lambda: bool(pilot.app.screen.query(RunLog)))
        await rested(pilot)
        await settled(pilot)

    return app, drive


@scene
def apply_runs(stage: Stage) -> tuple[App[None], Drive]:
    return seen_again(stage, runs.recorded(stage.place().runs, "apply-fail-midway", outcome="failed"), "r")


@scene
def apply_seeds(stage: Stage) -> tuple[App[None], Drive]:
    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        with_instance(screen.walk)
        screen.pane.shown()
        await until(pilot, lambda: screen.pane.check_action("seed", ()) is True)
        await pilot.press("s")
        await settled(pilot)

    return stage.app("acme-prod", Step.APPLY), drive


# -- handoff ---------------------------------------------------------------------------------------------------------


@scene
def handoff_waiting(stage: Stage) -> tuple[App[None], Drive]:
    """The customer has accepted nothing yet."""
    store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
    store.save_contract(stage.place(), "instance", world.outputs("private"))
    session = SimpleNamespace(with_patience=lambda _patience: session)
    stage.patch.setattr("wizard.aws.session.open_session", lambda *_, **__: session)
    stage.patch.setattr("wizard.deploy.customer_side.look", lambda target, _session: seen(target, accepted=False))

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        await until(pilot, lambda: bool(screen.pane.query_one(TaskList).tasks) and not screen.pane.looking)
        await settled(pilot)

    return stage.app("acme-prod", Step.HANDOFF), drive


@scene
def handoff_too_early(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.HANDOFF)


# -- verify and report -----------------------------------------------------------------------------------------------


def verifying(stage: Stage, looks: Any, *, gate: threading.Event | None = None) -> tuple[Whole, Drive]:
    """The verify step, looking at a path; the look waits at the gate before it ends."""

    def verify_target(_target: Any, _session: Any, *, on_hop: Any) -> Written:
        seen: list[Hop] = []

        def hop_seen(hop: Hop) -> None:
            on_hop(replace(hop, seconds=0.1))
            seen.append(hop)
            if gate is not None and len(seen) == 9:
                gate.wait(20)

        return Written(looks(hop_seen), Path("reports/verification-20260301T120000Z.md"), Path("x.json"))

    stage.patch.setattr("wizard.deploy.reporting.verify_target", verify_target)
    stage.patch.setattr("wizard.aws.session.open_session", lambda *_, **__: object())
    stage.patch.setattr("screens.steps.verify.PATIENCE_S", 1e9)

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        await settled(pilot)
        await pilot.press("v")
        if gate is not None:
            await until(pilot, lambda: len(screen.query_one(HopList).hops) == 9)
            await pilot.pause()
            return
        await until(pilot, lambda: screen.pane.written is not None)
        await settled(pilot)

    return stage.app("acme-prod", Step.VERIFY), drive


@scene
def verify_empty(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.VERIFY)


@scene
def verify_running(stage: Stage) -> tuple[App[None], Drive]:
    gate = Gate()
    stage.leaving.append(gate.set)
    return verifying(stage, well, gate=gate)


@scene
def verify_failed(stage: Stage) -> tuple[App[None], Drive]:
    return verifying(stage, broken)


@scene
def verify_passed(stage: Stage) -> tuple[App[None], Drive]:
    return verifying(stage, well)


@scene
def report_missing(stage: Stage) -> tuple[App[None], Drive]:
    return shown(stage, Step.REPORT)


@scene
def report_written(stage: Stage) -> tuple[App[None], Drive]:
    report(stage.desk.walk(stage.place()), "20260301T120000Z", broken(lambda _hop: None))
    return shown(stage, Step.REPORT)


def reporting(stage: Stage, *keys: str, until_said: str = "") -> tuple[Whole, Drive]:
    """The report of a deployment; some keys, and what is waited for then."""
    report(stage.desk.walk(stage.place()), "20260301T120000Z", broken(lambda _hop: None))
    stage.patch.setattr("wizard.deploy.record.making.me", lambda: "olga@laptop")
    # A digest is of every word in a record: its picture would be another one with each of them.
    stage.patch.setattr("wizard.deploy.record.writing.record_digest", lambda _value: f"sha256:{'0123456789abcdef' * 4}")

    async def drive(pilot: Pilot[None]) -> None:
        screen = await opened(pilot)
        await settled(pilot)
        await until(pilot, lambda: screen.pane._read)
        await pilot.press(*keys)
        await until(pilot, lambda: until_said in str(screen.query_one("#report-made", Static).content))
        await settled(pilot)

    return stage.app("acme-prod", Step.REPORT), drive


@scene
def record_asked_for(stage: Stage) -> tuple[App[None], Drive]:
    return reporting(stage, "r")


@scene
def record_sealed(stage: Stage) -> tuple[App[None], Drive]:
    return reporting(stage, "r", *"Ada", "enter", until_said="record written")


@scene
def bundle_packed(stage: Stage) -> tuple[App[None], Drive]:
    return reporting(stage, "b", until_said="bundle: ")


# -- destroying ------------------------------------------------------------------------------------------------------


def destroying(stage: Stage, *keys: str) -> tuple[Whole, Drive]:
    """The teardown of a deployment that stands; and some keys."""
    standing(Path(), stage.patch)
    stage.patch.setattr(StillDesk, "site", lambda _self, _target: SITE)
    app = stage.app()

    async def drive(pilot: Pilot[None]) -> None:
        await settled(pilot)
        screen = Destroying(stage.desk, stage.place(), clock=runs.clock)
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and not screen._busy)
        await settled(pilot)
        if keys:
            await pilot.press(*keys)
            await until(pilot, lambda: screen.query_one(TypedName).display)
            await rested(pilot)
            await settled(pilot)

    return app, drive


@scene
def destroying_begun(stage: Stage) -> tuple[App[None], Drive]:
    return destroying(stage)


@scene
def destroying_named(stage: Stage) -> tuple[App[None], Drive]:
    return destroying(stage, "m")
