"""Destroying on screen: nothing goes but what was shown, and nothing of that without the typed name."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.app import Planewright
from screens.deployments import Deployments
from screens.desk import Desk
from screens.destroying import Destroying
from screens.widgets.plan_tree import PlanRows
from screens.widgets.typed_name import TypedName
from screens.wizard import WizardScreen
from tests.screens import runs as recorded
from tests.screens.shell import FakeDesk, Look, Shell
from tests.screens.test_shell import screen_text
from tests.screens.waiting import palette_offers, until
from tests.walk.torn_down import SITE, World, standing
from tests.workspaces import with_examples
from wizard.deploy import teardown
from wizard.errors import EditedFileError, EngineError
from wizard.workspace import Workspace


class Table(Desk):
    """A desk without AWS."""

    def site(self, target: Any) -> Any:
        del target
        return SITE


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return standing(with_examples(tmp_path), monkeypatch)


class App(Planewright):
    """The application, at the deployments."""

    def __init__(self, world: World, name: str = "acme-prod") -> None:
        super().__init__(Table(Workspace(world.root), {}))
        self.animation_level = "none"
        self.object = name

    def open(self) -> Destroying:
        """The teardown, on a clock that stands."""
        screen = Destroying(self.desk, self.desk.workspace.find(self.object), clock=recorded.clock)
        self.push_screen(screen)
        return screen


class Session:
    def __init__(self, app: App, pilot: Pilot[None], world: World) -> None:
        self.app = app
        self.pilot = pilot
        self.world = world

    @property
    def screen(self) -> Destroying:
        assert isinstance(self.app.screen, Destroying)
        return self.app.screen

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#destroy-text", Static).content)

    @property
    def asked(self) -> str:
        """What stands above the field; empty while no name is asked for."""
        typed = self.screen.query_one(TypedName)
        return str(typed.query_one("#lost", Static).content) if typed.display else ""

    @property
    def rows(self) -> list[str]:
        return [row.label for row in self.screen.query_one(PlanRows).rows]

    async def until(self, true: Callable[[], bool]) -> None:
        await until(self.pilot, true)

    async def plan(self) -> None:
        """Ask for the plan, and wait until a name is asked for."""
        await self.pilot.press("m")
        await self.until(lambda: bool(self.asked))

    async def type_name(self, name: str = "acme-prod") -> None:
        await self.pilot.press("t", *name, "enter")
        await self.pilot.pause()

    async def carry_out(self, outcome: str = "succeeded") -> None:
        """Type the name, and let the run that it starts end."""
        before = len(self.world.started)
        await self.type_name()
        await self.until(lambda: len(self.world.started) > before and self.screen.view.going)
        run = self.screen.view.run
        assert run is not None
        self.world.end(run, outcome)
        await self.until(lambda: not self.screen.view.going)


@asynccontextmanager
async def destroying(
    world: World, *, size: tuple[int, int] = (120, 40), name: str = "acme-prod"
) -> AsyncIterator[Session]:
    app = App(world, name)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Deployments))
        screen = app.open()
        await until(pilot, lambda: screen.is_mounted and not screen._busy)
        await pilot.pause()
        yield Session(app, pilot, world)
    app.desk.close()


async def test_it_begins_by_saying_what_would_be_done_and_does_none_of_it(world: World) -> None:
    async with destroying(world) as s:
        assert "Destroy acme-prod: link, then instance, in account" in s.said
        assert "m makes the first plan." in s.said
        assert world.plans == []


async def test_from_the_list_to_the_end_each_plan_is_shown_and_takes_the_name(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        assert "lifts the deletion protection of link" in s.asked
        assert s.rows == ["link", "aws_route53_zone.database"]
        await s.carry_out()
        await s.until(lambda: "destroys 1 resources of link" in s.asked)
        await s.carry_out()
        await s.until(lambda: "lifts the deletion protection of instance" in s.asked)
        assert "✓ link     destroyed" in s.said
        await s.carry_out()
        await s.until(lambda: "destroys 2 resources of instance" in s.asked)
        assert "aws_ebs_volume.data" in s.asked, "what holds data stands on top"
        assert "loses the data on the volume" in s.asked
        await s.carry_out()
        await s.until(lambda: "is destroyed. What is left" in s.said)
        assert "the answers in" in s.said
        assert world.exists == set()
        assert [planned.stack for planned in world.started] == ["link", "link", "instance", "instance"]


@pytest.mark.parametrize("key", ["enter", "y", "d", "a", "m", "space", "t", "escape", "c", "ctrl+n", "f5"])
async def test_no_single_key_starts_anything(world: World, key: str) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.pilot.press(key)
        await s.pilot.pause()
        assert world.started == []
    async with destroying(world) as s:
        await s.plan()
        await s.pilot.press("t", key, "enter", key)
        await s.pilot.pause()
        assert world.started == []


@pytest.mark.parametrize("typed", ["acme-pro", "acme-prodd", "ACME-PROD", "globex-prod", "yes", "link"])
async def test_no_other_word_starts_anything(world: World, typed: str) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.type_name(typed)
        assert world.started == []
        assert "refused" in screen_text(s.app)


async def test_only_the_plan_that_is_on_screen_is_started_and_only_once(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        shown = s.screen._turn
        assert shown is not None
        await s.pilot.press("t", *"acme-prod", "enter", "enter", "enter")
        await s.until(lambda: s.screen.view.going)
        assert world.started == [shown.planned]


async def test_the_name_is_asked_for_each_time_anew(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.carry_out()
        await s.until(lambda: "destroys" in s.asked)
        assert s.screen.query_one(TypedName).query_one(Input).value == ""
        await s.pilot.press("t", "enter")
        await s.pilot.pause()
        assert len(world.started) == 1


async def test_a_run_that_fails_is_told_and_the_same_stack_is_planned_again(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.carry_out()
        await s.until(lambda: "destroys" in s.asked)
        await s.carry_out("failed")
        await s.until(lambda: "did not succeed" in s.said)
        assert s.screen.view.display, "its error and its remedy are shown"
        assert s.asked == ""
        await s.plan()
        assert "destroys 1 resources of link" in s.asked


async def test_what_cannot_be_planned_says_why_and_is_planned_again_on_a_key(world: World) -> None:
    world.error = EngineError("the provider cannot be had", cause="no mirror", action="name one with --mirror")
    async with destroying(world) as s:
        await s.pilot.press("m")
        await s.until(lambda: "the provider cannot be had" in s.said)
        assert "next: name one with --mirror" in s.said
        assert "m plans again" in s.said
        world.error = None
        await s.plan()


async def test_an_edited_file_is_set_aside_only_when_asked(world: World) -> None:
    world.error = edited()
    async with destroying(world) as s:
        await s.pilot.press("m")
        await s.until(lambda: "v plans on" in s.said)
        await s.pilot.press("v")
        await s.until(lambda: bool(s.asked))
        assert world.forced == [False, True]


def edited() -> EditedFileError:
    return EditedFileError("main.tf of link was edited", {}, cause="by hand", action="keep it or set it aside")


async def test_a_plan_is_stopped_in_good_order(world: World) -> None:
    reached, gate = threading.Event(), threading.Event()

    def pause() -> None:
        reached.set()
        assert gate.wait(120)

    world.pause = pause
    async with destroying(world) as s:
        await s.pilot.press("m")
        await s.until(reached.is_set)
        await s.pilot.press("c")
        gate.set()
        await s.until(lambda: "stopped: m plans again" in s.said)
        world.pause = lambda: None
        await s.plan()


async def test_a_run_is_cancelled_once_in_good_order_and_again_after_a_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("wizard.engine.cancel.interrupt", lambda run: asked.append(run.id))
    async with destroying(world) as s:
        await s.plan()
        await s.type_name()
        await s.until(lambda: s.screen.view.going)
        await s.pilot.press("c")
        await s.until(lambda: len(asked) == 1)
        assert "asked to stop in good order" in s.said
        await s.pilot.press("c", *"no", "enter")
        await s.pilot.pause()
        await s.pilot.press("c", *"stop", "enter")
        await s.until(lambda: len(asked) == 2)


async def test_closed_half_way_it_is_taken_up_again_with_the_run_that_goes_on(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.carry_out()
        await s.until(lambda: "destroys" in s.asked)
        await s.type_name()
        await s.until(lambda: s.screen.view.going)
        run = s.screen.view.run
        await s.pilot.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))
    assert run is not None
    async with destroying(world) as s:
        assert s.screen.view.run is not None
        assert s.screen.view.run.id == run.id
        assert "started before" in s.said
        world.end(run)
        await s.until(lambda: "the run has ended: m plans what is left" in s.said)
        await s.plan()
        assert "✓ link" in s.said
        assert "lifts the deletion protection of instance" in s.asked


async def test_a_shard_in_use_is_refused_with_who_uses_it(world: World) -> None:
    async with destroying(world, name="use1-a") as s:
        await s.pilot.press("m")
        await s.until(lambda: "is in use and is not destroyed" in s.said)
        assert "acme-prod (in this workspace)" in s.said
        assert world.plans == []


async def test_what_was_never_saved_has_nothing_to_destroy(world: World) -> None:
    place = Workspace(world.root).place("deployment", "half-typed")
    place.path.mkdir()
    place.draft.write_text("{}")
    app = App(world)
    async with app.run_test() as pilot:
        app.push_screen(Destroying(app.desk, place))
        await until(pilot, lambda: "no shard or deployment named half-typed" in screen_text(app))
        await pilot.press("m")
        assert world.plans == []
    app.desk.close()


async def test_presenter_mode_masks_the_name_everywhere_and_takes_it_all_the_same(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.pilot.press("t", *"acme-pr", "f7")
        await s.pilot.pause()
        assert "acme" not in screen_text(s.app)
        assert s.screen.query_one(Input).value == "", "what was typed under the other mask counts no more"
        await s.pilot.press(*"acme-prod", "enter")
        await s.until(lambda: len(world.started) == 1)


async def test_escape_leaves_the_field_and_then_the_screen(world: World) -> None:
    async with destroying(world) as s:
        await s.plan()
        await s.pilot.press("t", "escape")
        assert isinstance(s.app.focused, PlanRows)
        await s.pilot.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))


async def test_from_within_an_object_it_is_in_the_palette_and_leaves_the_object_once_it_is_gone(world: World) -> None:
    world.exists.clear()
    app = Inside(world)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        await pilot.press("ctrl+p", *"destroy")
        await palette_offers(pilot, "Destroy acme-prod")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Destroying) and not app.screen._busy)
        await pilot.press("m")
        await until(pilot, lambda: "What is left" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Deployments))
    app.desk.close()


class Inside(Shell):
    """The application, inside acme-prod."""

    def __init__(self, world: World) -> None:
        made = TableDesk(Workspace(world.root), {})
        made.look, made.lock = Look(), threading.Lock()
        super().__init__(made, "acme-prod")


class TableDesk(FakeDesk, Table):
    """A desk without AWS, whose checker asks nobody."""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("look", ["begin", "lift", "destroy", "run", "failed", "held", "done"])
def test_how_it_looks(
    world: World, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], look: str
) -> None:
    monkeypatch.setattr(teardown, "remains", lambda target: ("the answers, to deploy again",))
    app = App(world)

    async def still(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(app.screen, Deployments))
        screen = app.open()
        await until(pilot, lambda: screen.is_mounted and not screen._busy)
        s = Session(app, pilot, world)
        await to(s, look)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=still)


async def to(s: Session, look: str) -> None:
    """Bring the screen there."""
    if look == "begin":
        return
    if look == "held":
        s.world.error = EngineError("the provider cannot be had", cause="no mirror", action="name one with --mirror")
        await s.pilot.press("m")
        await s.until(lambda: "the provider" in s.said)
        return
    if look in {"destroy", "done"}:
        s.world.exists.discard("link")
        s.world.protected.clear()
    await s.plan()
    if look == "run":
        await s.type_name()
        await s.until(lambda: s.screen.view.going)
    elif look == "failed":
        await s.carry_out("failed")
        await s.until(lambda: "did not succeed" in s.said)
    elif look == "done":
        await s.carry_out()
        await s.until(lambda: "What is left" in s.said)
