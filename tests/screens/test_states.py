"""States on screen: looked at, copied, unlocked, restored by the typed name, recovered step by step. The states are files."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.deployments import Deployments
from screens.states import States
from screens.states_recover import Recovering
from screens.widgets.ask import Ask
from screens.widgets.ask_reason import AskReason
from screens.widgets.typed_name import TypedName
from tests.deploy.state.test_document import resource, state
from tests.drift.drifting import NOON
from tests.screens.stage import Stage, StillDesk, Whole, settled, until
from tests.verify import world
from tests.workspaces import run_in
from wizard.blueprints.springtail.facts import StateLocation
from wizard.deploy import store
from wizard.deploy.flow import Planned
from wizard.deploy.state import rebuilding
from wizard.deploy.state.backing_up import JOURNAL
from wizard.deploy.target import open_target
from wizard.drift.taking_in import Place, Standing
from wizard.engine.events import RunState
from wizard.engine.locks import LockInfo, info_of, to_json
from wizard.engine.plans import Change, PlanView
from wizard.engine.processes import identify, me
from wizard.engine.saved import PlanRun
from wizard.errors import EngineError

BACKUP = "20261120T120000Z-serial-3-ab12cd34"
ONE, TWO = resource("one"), resource("two")
EXTRA = Change("module.nodes.aws_ebs_volume.data", "module.nodes", "aws_ebs_volume", "data", "create")


class Shelved:
    """The states of acme-prod as files, and an engine that plans a value."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.view = PlanView(())
        self.error: EngineError | None = None
        self.planned = 0
        target = open_target(stage.workspace, "acme-prod")
        store.save_state_location(stage.workspace, target.shard, StateLocation(backend="local"))
        store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
        self.folder = stage.place().stack("instance")
        self.folder.mkdir(parents=True)
        stage.place().runs.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "terraform.tfstate"
        self.write(self.state, state(ONE, TWO, serial=5))
        self.write(self.folder / "terraform.tfstate.backup", state(ONE, serial=4))
        self.write(stage.place().hidden / "backups" / "instance" / f"{BACKUP}.tfstate", state(ONE, serial=3))
        subject = SimpleNamespace(name="acme-prod")
        engine = SimpleNamespace(stack_dir=self.folder, subject=subject, init=lambda: None, plan=self.plan)
        identity = SimpleNamespace(arn="arn:aws:iam::111111111111:user/o")
        site = SimpleNamespace(
            session=None, engine=None, identity=identity, stack_engine=lambda _target, _stack: engine
        )
        stage.patch.setattr(StillDesk, "site", lambda _desk, _target: site)
        stage.patch.setattr("wizard.aws.session.open_session", lambda *_, **__: None)

    def write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (NOON.timestamp(),) * 2)

    def lock(self, who: str, *, pid: int = 0) -> None:
        """Let somebody hold the state: a command of ours, of a process that lives or that never was."""
        process = identify(pid) if pid else None
        info = info_of(process) if process else "planewright process 1 started 7"
        lock = LockInfo("ab-12", "x", "OperationTypeApply", who, "1.11.4", NOON, info)
        (self.folder / ".terraform.tfstate.lock.info").write_text(to_json(lock))

    @property
    def locked(self) -> bool:
        return (self.folder / ".terraform.tfstate.lock.info").exists()

    def plan(self, runs: Path, *, on_state: Any) -> PlanRun:
        self.planned += 1
        on_state(RunState())
        if self.error is not None:
            raise self.error
        return PlanRun(run_in(runs, "plan"), self.view, "sha256:0123456789abcdef", RunState())

    @property
    def serial(self) -> int:
        return int(json.loads(self.state.read_bytes())["serial"])

    @property
    def done(self) -> list[str]:
        """What was written down of the states."""
        return [str(it["what"]) for it in self.journal]

    @property
    def journal(self) -> list[dict[str, Any]]:
        path = self.stage.place().hidden / JOURNAL
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Session:
    """The states of acme-prod on screen."""

    def __init__(self, app: Whole, pilot: Pilot[Any], shelved: Shelved) -> None:
        self.app, self.pilot, self.shelved = app, pilot, shelved

    @property
    def screen(self) -> Any:
        return next(it for it in reversed(self.app.screen_stack) if isinstance(it, States | Recovering))

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#told-said", Static).content)

    @property
    def told(self) -> str:
        return str(self.screen.query_one("#entry-told", Static).content)

    async def rests(self) -> None:
        await until(self.pilot, lambda: not self.screen.busy)
        await settled(self.pilot)

    async def look(self) -> None:
        await self.pilot.press("l")
        await self.rests()

    async def go_to(self, part: str) -> None:
        entries = self.screen.list
        entries.show(entries.entries, at=next(it.key for it in entries.entries if part in it.key))
        await settled(self.pilot)

    async def asked(self, kind: type[Any] = Ask) -> str:
        await until(self.pilot, lambda: isinstance(self.app.screen, kind))
        return "\n".join(str(it.render()) for it in self.app.screen.query(Static))

    async def answer(self, *keys: str) -> None:
        question = self.app.screen
        await self.pilot.press(*keys)
        await until(self.pilot, lambda: self.app.screen is not question)
        await self.rests()

    async def recover(self) -> None:
        await self.go_to("instance")
        await self.pilot.press("r")
        await until(self.pilot, lambda: isinstance(self.app.screen, Recovering) and self.app.screen.is_mounted)
        await until(self.pilot, lambda: self.screen.course is not None or self.screen.error is not None)
        await self.rests()


@asynccontextmanager
async def shown(tmp_path: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    stage = Stage(tmp_path, patch)
    shelved = Shelved(stage)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.push_screen(States(stage.desk, stage.place()))
        await until(pilot, lambda: isinstance(app.screen, States) and bool(app.screen.states))
        session = Session(app, pilot, shelved)
        await session.rests()
        yield session


async def test_each_state_is_told_with_where_it_is_what_it_says_who_holds_it_and_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        everything = s.screen.copy_text()
        assert "✓ well  instance  serial 5" in everything
        assert "lineage: one" in everything
        assert "lock: not locked" in everything
        assert "last changed: 2026-11-21 12:00:00 UTC" in everything
        assert "· version  2026-11-21 12:00:00 UTC  serial 4" in everything
        assert f"id: {BACKUP}" in everything
        assert "· none yet  link" in everything
        assert "Every state can be read, and nobody holds one." in s.said
        await s.pilot.press("escape")
        await until(s.pilot, lambda: isinstance(s.app.screen, Deployments))


async def test_a_copy_is_kept_beside_the_state_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.go_to("link")
        await s.pilot.press("b", "u", "s")
        assert s.shelved.done == [], "there is no state to keep a copy of, to unlock or to restore"
        await s.go_to("instance")
        await s.pilot.press("b")
        await until(s.pilot, lambda: "instance: kept" in s.said and not s.screen.busy)
        assert "(serial 5, sha256:" in s.said
        assert sum(" backup " in it.key for it in s.screen.list.entries) == 2
        assert s.shelved.done == ["backup"]


async def test_the_lock_of_the_living_is_never_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.shelved.lock(me(), pid=os.getpid())
        await s.look()
        assert "● in use  instance" in s.screen.copy_text()
        await s.pilot.press("u")
        await s.rests()
        assert s.app.screen is s.screen, "nothing is asked"
        assert "A lock whose holder lives is never removed" in s.said
        await s.recover()
        assert "a lock whose holder is alive is never removed" in s.said
        await s.pilot.press("n", "u")
        assert s.app.screen is s.screen
        assert s.shelved.locked


async def test_the_lock_of_the_dead_takes_a_yes_and_is_the_one_that_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.shelved.lock(me())
        await s.look()
        await s.pilot.press("u")
        assert "and it is dead" in await s.asked()
        await s.answer("n")
        assert s.shelved.locked
        await s.pilot.press("u")
        await s.asked()
        s.shelved.lock("dana@elsewhere")
        text = (s.shelved.folder / ".terraform.tfstate.lock.info").read_text().replace("ab-12", "cd-34")
        (s.shelved.folder / ".terraform.tfstate.lock.info").write_text(text)
        await s.answer("y")
        await until(s.pilot, lambda: "no longer the one that was shown" in s.said)
        assert s.shelved.locked

        s.shelved.lock(me())
        await s.look()
        await s.pilot.press("u")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: not s.shelved.locked)


async def test_the_lock_of_somebody_unknown_takes_a_reason_which_goes_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.shelved.lock("dana@elsewhere")
        await s.look()
        assert "? locked  instance" in s.screen.copy_text()
        await s.pilot.press("u")
        assert "How do you know?" in await s.asked(AskReason)
        await s.pilot.press("enter")
        hint = s.app.screen.query_one("#reason-hint", Static)
        await until(s.pilot, lambda: "a reason is needed" in str(hint.content))
        assert s.shelved.locked
        await s.answer(*"asked", "enter")
        await until(s.pilot, lambda: not s.shelved.locked)
        (act,) = s.shelved.journal
        assert (act["what"], act["of"], act["sure"], act["reason"]) == ("unlock", "dana@elsewhere", True, "asked")


async def test_a_version_or_backup_is_compared_and_takes_the_typed_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.go_to(BACKUP)
        await s.pilot.press("s")
        await until(s.pilot, lambda: s.screen.prepared is not None)
        lost = s.screen.query_one(TypedName).query_one("#lost", Static)
        assert "serial   5 -> 6" in str(lost.content)
        assert "- aws_vpc.two: stays in AWS, and in no state" in str(lost.content)
        await until(s.pilot, lambda: isinstance(s.app.screen.focused, Input))
        await s.pilot.press(*"acme", "enter")
        assert s.shelved.serial == 5
        await s.pilot.press("escape")
        await until(s.pilot, lambda: "Nothing was written" in s.said)
        assert s.shelved.serial == 5

        await s.pilot.press("s")
        await until(s.pilot, lambda: isinstance(s.app.screen.focused, Input))
        await s.pilot.press(*"acme-prod", "enter")
        await until(s.pilot, lambda: "restored from backup" in s.said and not s.screen.busy)
        assert s.shelved.serial == 6
        assert "r plans, and says what differs" in s.said
        assert s.shelved.done == ["backup", "restore", "restore"]


async def test_what_was_shown_and_has_changed_since_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.go_to(BACKUP)
        await s.pilot.press("s")
        await until(s.pilot, lambda: isinstance(s.app.screen.focused, Input))
        s.shelved.write(s.shelved.state, state(ONE, TWO, serial=8))
        await s.pilot.press(*"acme-prod", "enter")
        await until(s.pilot, lambda: "the state has changed since it was shown" in s.said)
        assert s.shelved.serial == 8


async def test_a_truncated_state_is_led_back_step_by_step_to_a_clean_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.shelved.write(s.shelved.state, state(ONE, TWO, serial=5)[:200])
        s.shelved.write(s.shelved.folder / "errored.tfstate", state(ONE, TWO, serial=6)[:100])
        s.shelved.lock(me())
        await s.look()
        await s.recover()
        everything = s.screen.copy_text()
        assert "the state of instance is corrupted" in everything
        assert "the state of instance is locked by somebody who is dead" in everything
        assert "Step 1 of 4 is next: remove the lock ab-12" in s.said

        await s.pilot.press("n")
        assert "remove the lock ab-12" in await s.asked()
        await s.answer("n")
        assert s.shelved.locked, "a step that was not agreed to is not taken"
        await s.pilot.press("n")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: "Step 2 of 4" in s.said)
        assert not s.shelved.locked

        await s.pilot.press("n")
        await until(s.pilot, lambda: isinstance(s.app.screen.focused, Input))
        await s.pilot.press(*"acme-prod", "enter")
        await until(s.pilot, lambda: "Step 3 of 4" in s.said)
        assert s.shelved.serial == 7, "above what the run could not save"

        await s.pilot.press("n")
        assert "keep errored.tfstate under another name" in await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: "Step 4 of 4" in s.said)
        s.shelved.error = EngineError("no provider in the mirror", cause="x", action="y")
        await s.pilot.press("n")
        await until(s.pilot, lambda: "no provider in the mirror" in s.said)
        s.shelved.error = None
        await s.pilot.press("n")
        await until(s.pilot, lambda: "The plan is clean" in s.said)
        assert s.screen.copy_text().count("✓ done") == 4
        await s.pilot.press("n")
        assert s.shelved.planned == 2, "there is no step left"


async def test_a_plan_that_is_not_clean_tells_each_difference_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.shelved.view = PlanView((EXTRA,))
        await s.recover()
        assert "nothing is wrong with the state itself" in s.screen.copy_text()
        await s.pilot.press("n")
        await until(s.pilot, lambda: "The plan is not clean" in s.said)
        assert f"create {EXTRA.address}" in s.told
        assert "planewright drift acme-prod instance" in s.told


async def test_who_is_sure_of_the_lock_s_owner_says_why_and_then_there_are_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.shelved.lock("dana@elsewhere")
        await s.look()
        await s.recover()
        assert "ask them; once it is certain" in s.said
        assert "u says that you have asked them" in s.said
        await s.pilot.press("u")
        await s.asked(AskReason)
        await s.answer(*"asked", "enter")
        await until(s.pilot, lambda: "Step 1 of 2" in s.said)
        await s.pilot.press("n")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: not s.shelved.locked)


async def test_it_is_one_of_the_actions_in_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(tmp_path, monkeypatch)
    Shelved(stage)
    store.save_contract(stage.place(), "instance", world.outputs("private"))
    store.save_contract(stage.place(), "link", world.LINK)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press(*"acme")
        await settled(pilot)
        await pilot.press("tab", "s")
        await until(pilot, lambda: isinstance(app.screen, States))


class Found:
    """What a rebuild finds in AWS, and what is done with it: values."""

    def __init__(self, shelved: Shelved, patch: pytest.MonkeyPatch) -> None:
        self.shelved = shelved
        self.refused = ""
        self.rebuilt: list[str] = []
        self.goes_on = Event()
        patch.setattr(rebuilding, "prepare", self.prepare)
        patch.setattr(rebuilding, "carry_out", self.carry_out)

    def prepare(self, target: Any, stack: str, site: Any, chosen: Any, *, on_state: Any) -> rebuilding.Rebuild:
        on_state(RunState())
        run: Any = SimpleNamespace(id="20261121T035501Z-0001")
        made = PlanRun(run, PlanView(()), "sha256:0123456789abcdef", RunState())
        places = (
            Place(EXTRA.address, EXTRA.type, Standing.FOUND, id="vol-0123456789abcdef0"),
            Place("aws_lb_listener.proxy", "aws_lb_listener", Standing.MISSING, why="AWS has nothing that fits"),
        )
        planned = Planned(target, stack, site.stack_engine(target, stack), made, site.session)
        return rebuilding.Rebuild(site, planned, places, refused=self.refused)

    def carry_out(self, rebuild: rebuilding.Rebuild, *, how: str, reason: str, follow: Any) -> str:
        assert self.goes_on.wait(60)
        self.rebuilt.append(f"{rebuild.stack}, {how}")
        self.shelved.write(self.shelved.state, state(ONE, TWO, serial=1))
        return "1 resources are in the state again, 1 made anew"


async def test_a_lost_state_is_rebuilt_of_what_was_found_once_it_was_shown_and_the_name_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        found = Found(s.shelved, monkeypatch)
        s.shelved.write(s.shelved.state, b"{")
        for path in (
            s.shelved.folder / "terraform.tfstate.backup",
            s.shelved.stage.place().hidden / "backups" / "instance" / f"{BACKUP}.tfstate",
        ):
            path.unlink()
        await s.look()
        await s.recover()
        assert "the state of instance is lost" in s.screen.copy_text()
        assert "Step 1 of 3" in s.said
        await s.pilot.press("n")
        assert "as a backup, and delete it" in await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: "Step 2 of 3" in s.said)
        assert not s.shelved.state.exists()

        found.refused = "somebody has to say which it is"
        await s.pilot.press("n")
        await until(s.pilot, lambda: "somebody has to say which it is" in s.said and not s.screen.busy)
        assert s.screen.prepared is None
        found.refused = ""
        await s.pilot.press("n")
        await until(s.pilot, lambda: isinstance(s.app.screen.focused, Input))
        assert "Nothing is written yet. Making anew the state of instance takes the name." in s.said
        lost = str(s.screen.query_one(TypedName).query_one("#lost", Static).content)
        assert f"← {EXTRA.address}: vol-0123456789abcdef0" in lost
        assert "+ aws_lb_listener.proxy: AWS has nothing that fits; it would be made anew" in lost
        await s.pilot.press(*"acme", "enter")
        assert found.rebuilt == []
        await s.pilot.press(*"-prod", "enter")
        await until(s.pilot, lambda: "importing what was found into a new state of instance" in s.said)
        found.goes_on.set()
        await until(s.pilot, lambda: "Step 3 of 3" in s.said and not s.screen.busy)
        assert found.rebuilt == ["instance, by its name"]
        await s.pilot.press("n")
        await until(s.pilot, lambda: "The plan is clean" in s.said)
