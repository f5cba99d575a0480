"""Springtail's services from the screens: what is asked before anything is sent, how it goes, how it is cancelled."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.services import Services
from screens.widgets.ask import Ask
from screens.widgets.typed_name import TypedName
from tests.nodes import applied, node
from tests.screens.stage import Stage, Whole, opened, settled, until
from wizard.aws import commands
from wizard.aws.commands import ScriptResult
from wizard.walk.steps import Step

SHA256 = "ab" * 32
ORDER = ("ingestion-0", "proxy-0", "fdw-0", "fdw-1")
BACK = ("proxy-0", "fdw-0", "fdw-1", "ingestion-0")


class Cluster:
    """Nodes that do what they are told. `failing` says of an instance what its step fails with; one of `held` waits."""

    def __init__(self, stage: Stage, *, package: bool = True) -> None:
        self.sent: list[str] = []
        self.failing: dict[str, dict[str, str]] = {}
        self.held: dict[str, threading.Event] = {}
        if package:
            with stage.place().answers.open("a") as answers:
                answers.write(f"package:\n  s3_uri: s3://packages/springtail.tar.gz\n  sha256: {SHA256}\n")
        applied(stage.place())
        stage.patch.setattr(commands, "run_script", self._run)
        stage.patch.setattr("wizard.aws.session.open_session", lambda *_, **__: None)

    def _run(self, _session: Any, instance_id: str, _script: str, *, clock: Any, **_: Any) -> ScriptResult:
        self.sent.append(instance_id)
        while instance_id in self.held and not self.held[instance_id].is_set():
            clock.sleep(0.01)
        failed = self.failing.get(instance_id)
        steps = (
            [] if failed else [{"step": "package", "did": "fetched and verified"}, {"step": "unit", "did": "installed"}]
        )
        return ScriptResult("Success", 0, json.dumps({"steps": steps, "failed": failed}), "", "c")

    @property
    def keys(self) -> tuple[str, ...]:
        """The nodes that were told, in order."""
        return tuple(next(key for key in ORDER if node(key).instance_id == it) for it in self.sent)


class Session:
    """The services on screen."""

    def __init__(self, app: Whole, pilot: Pilot[Any], cluster: Cluster) -> None:
        self.app, self.pilot, self.cluster = app, pilot, cluster

    @property
    def screen(self) -> Services:
        return next(it for it in self.app.screen_stack if isinstance(it, Services))

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#services-said", Static).content)

    @property
    def told(self) -> str:
        return self.screen.copy_text()

    async def press(self, key: str) -> str:
        """Press the key of what asks; gives the question with what a yes means."""
        await self.pilot.press(key)
        await until(self.pilot, lambda: isinstance(self.app.screen, Ask))
        return "\n".join(str(it.render()) for it in self.app.screen.query(Static))

    async def do(self, key: str) -> str:
        """Do what a key asks for, and wait for its end."""
        asked = await self.press(key)
        await self.pilot.press("y")
        await self.over()
        return asked

    async def over(self) -> None:
        await until(self.pilot, lambda: self.screen.going is not None and self.screen.going.over)
        await settled(self.pilot)


@asynccontextmanager
async def shown(tmp_path: Path, patch: pytest.MonkeyPatch, *, package: bool = True) -> AsyncIterator[Session]:
    stage = Stage(tmp_path, patch)
    cluster = Cluster(stage, package=package)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        app.push_screen(Services(stage.desk, stage.place()))
        await until(pilot, lambda: isinstance(app.screen, Services) and app.screen.is_mounted)
        yield Session(app, pilot, cluster)


async def test_each_names_its_nodes_and_nothing_is_sent_before_the_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        asked = await s.press("p")
        assert "Prepare Springtail's services of acme-prod: 4 nodes, one after the other?" in asked
        assert "starts nothing" in asked
        assert f"4. fdw-1  {node('fdw-1').instance_id}" in asked
        await s.pilot.press("n")
        await until(s.pilot, lambda: s.app.screen is s.screen)
        assert s.cluster.sent == []

        await s.do("p")
        assert s.cluster.keys == ORDER
        assert "✓ prepared, nothing is started: s starts it" in s.said
        assert f"{node('fdw-1').instance_id}  done" in s.told
        assert "✓ package: fetched and verified" in s.told
        await s.do("s")
        assert "v looks at the path's last hops" in s.said
        await s.do("u")
        assert s.cluster.keys == (*ORDER, *ORDER, *BACK)


async def test_a_stop_says_that_it_interrupts_service_and_takes_the_typed_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.pilot.press("x")
        await until(s.pilot, lambda: isinstance(s.screen.focused, Input))
        typed = s.screen.query_one(TypedName)
        assert "Service is interrupted: applications lose their connections" in str(
            typed.query_one("#lost", Static).content
        )
        await s.pilot.press(*"acme", "enter")
        assert s.cluster.sent == []
        await s.pilot.press("escape")
        await until(s.pilot, lambda: not typed.display)
        await s.pilot.press("x")
        await until(s.pilot, lambda: isinstance(s.screen.focused, Input))
        await s.pilot.press(*"acme-prod", "enter")
        await s.over()
        assert s.cluster.keys == BACK
        assert "✓ stopped" in s.said


@pytest.mark.parametrize("package", [False, True], ids=["none-is-answered", "it-is-not-there"])
async def test_a_package_that_is_not_at_hand_is_a_finding_and_no_failure(
    package: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, package=package) as s:
        s.cluster.failing[node("proxy-0").instance_id] = {"step": "package", "kind": "package", "reason": "404"}
        if package:
            await s.do("p")
            assert s.cluster.keys == ("ingestion-0", "proxy-0")
            assert "! proxy-0" in s.told
            assert "· fdw-0" in s.told
        else:
            await s.pilot.press("p")
            await until(s.pilot, lambda: "finding" in s.said)
            assert s.cluster.sent == []
        assert "! finding: " in s.said
        assert "Springtail's package is not at hand" in s.said
        assert "remedy:  put the package" in s.said
        assert "✗" not in s.told


async def test_the_first_node_that_fails_ends_it_with_the_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        s.cluster.failing[node("proxy-0").instance_id] = {"step": "secrets", "kind": "secrets", "reason": "none"}
        await s.do("s")
        assert s.cluster.keys == ("ingestion-0", "proxy-0")
        assert "secrets failed on proxy-0" in s.said
        assert "planewright seed-secrets acme-prod" in s.said
        assert "✗ proxy-0" in s.told
        assert "not told" in s.told


async def test_cancelling_tells_no_further_node_and_once_more_waits_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        first = s.cluster.held[node("ingestion-0").instance_id] = threading.Event()
        await s.press("p")
        await s.pilot.press("y")
        await until(s.pilot, lambda: "… ingestion-0" in s.told and "at it" in s.told)
        await s.pilot.press("escape")
        assert s.app.screen is s.screen, "nobody leaves unseen what goes on"
        await s.pilot.press("c")
        assert "no node after ingestion-0 is told" in s.said
        first.set()
        await s.over()
        assert s.cluster.keys == ("ingestion-0",)
        assert "■ cancelled: 1 of 4 nodes" in s.said

        s.cluster.held[node("ingestion-0").instance_id] = threading.Event()
        await s.press("p")
        await s.pilot.press("y")
        await until(s.pilot, lambda: "at it" in s.told)
        await s.pilot.press("c", "c")
        await s.over()
        assert "not waited for: what it was told goes on there" in s.told
        await s.pilot.press("escape")
        await until(s.pilot, lambda: not any(isinstance(it, Services) for it in s.app.screen_stack))


async def test_the_step_verify_and_the_palette_lead_there_once_there_are_nodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textual.command import CommandPalette

    stage = Stage(tmp_path, monkeypatch)
    app = stage.app("acme-prod", Step.VERIFY)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.pane.check_action("services", ()) is False
        Cluster(stage)
        screen.pane.shown()
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Services))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)

        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"stop spring")
        palette: Any = app.screen
        await until(pilot, lambda: palette._list_visible and not palette.query_one("CommandList").disabled)
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Services) and isinstance(app.screen.focused, Input))
