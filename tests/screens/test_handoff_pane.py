"""The handoff on screen: who does what, looked at while it is seen; what cannot be seen is never done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.widgets import Footer, OptionList, Static

from screens.desk import Desk
from screens.messages import CustomerSeen
from screens.steps.handoff import HandoffPane
from screens.styles import DARK, of_app, of_steps
from screens.widgets.diagram import Diagram
from screens.widgets.task_list import TaskList
from tests.screens.waiting import until
from tests.verify import world
from tests.workspaces import with_examples
from wizard.deploy import customer_side, store
from wizard.deploy.customer_side import Seen
from wizard.deploy.target import Target
from wizard.errors import AccountError
from wizard.verify.hops import HopState
from wizard.walk.handoff import State
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

NOW = world.NOW
Looks = Callable[[Target], Seen]
#: Bound before any test puts something else in its place.
LOOK_WITH = customer_side.look_with


def reads_of(*, accepted: bool) -> world.FakeReads:
    reads = world.FakeReads()
    if not accepted:
        reads.known_targets = {**reads.known_targets, "tg-in": ()}
        for name in ("pcx-db", "pcx-web"):
            fact = world.a_peering(name, "pending-acceptance")
            reads.peerings[name] = replace(fact, expires_at=NOW + timedelta(days=6, hours=3))
    return reads


def seen(target: Target, *, accepted: bool) -> Seen:
    """A look at the customer's side, at a time that is always the same."""
    return LOOK_WITH(target, reads_of(accepted=accepted), clock=lambda: NOW)


class Bed(App[None]):
    CSS_PATH: ClassVar = [*of_app(), *of_steps()]

    def __init__(self, walk: Walk, *, clock: Callable[[], datetime] = lambda: NOW) -> None:
        super().__init__()
        self.walk_shown, self.clock = walk, clock
        self.accepted: list[bool] = []
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        with Container():
            yield HandoffPane(self.walk_shown, Desk(self.walk_shown.workspace, {}), clock=self.clock)
        yield Footer()

    def on_mount(self) -> None:
        self.pane.focus()
        self.pane.shown()

    def on_customer_seen(self, message: CustomerSeen) -> None:
        self.accepted.append(message.accepted)

    @property
    def pane(self) -> HandoffPane:
        return self.query_one(HandoffPane)

    @property
    def states(self) -> dict[str, State]:
        return {task.key: task.state for task in self.query_one(TaskList).tasks}

    def text(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Static).render())


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    workspace = Workspace(with_examples(tmp_path))
    store.save_contract(workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(workspace.place("deployment", "acme-prod"), "instance", world.outputs("private"))
    store.save_contract(workspace.place("deployment", "globex-prod"), "instance", world.outputs("public"))
    return Walk(workspace, workspace.place("deployment", "acme-prod"))


@pytest.fixture
def sees(monkeypatch: pytest.MonkeyPatch) -> Callable[[Looks], None]:
    """Choose what a look sees."""

    class Session:
        def with_patience(self, _patience: object) -> Session:
            return self

    monkeypatch.setattr("wizard.aws.session.open_session", lambda *_, **__: Session())
    return lambda looks: monkeypatch.setattr("wizard.deploy.customer_side.look", lambda target, _session: looks(target))


async def test_what_waits_on_the_customer_is_told_with_its_values_and_the_days_left(
    walk: Walk, sees: Callable[[Looks], None]
) -> None:
    sees(lambda target: seen(target, accepted=False))
    app = Bed(walk)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        assert app.states["peering.database"] is State.WAITING
        assert "request: 6 d 3 h left" in app.text("handoff-head")
        shown = app.text("task-detail")
        assert "pcx-db" in shown
        assert "accept-vpc-peering-connection" in shown
        assert "6 d 3 h left: the request expires 2026-03-07 15:00 UTC" in shown


async def test_when_the_ledger_turns_it_says_which_key_leads_to_the_link(
    walk: Walk, sees: Callable[[Looks], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.steps.handoff.AGAIN_S", 0.0)
    accepted = threading.Event()
    sees(lambda target: seen(target, accepted=accepted.is_set()))
    app = Bed(walk)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.accepted[:1] == [False])
        accepted.set()
        await until(pilot, lambda: app.accepted[-1:] == [True])
        await until(pilot, lambda: "n leads to the plan of stack link" in app.text("handoff-head"))
        assert app.states["peering.database"] is State.DONE
        assert app.states["zone.application.web"] is State.UNKNOWN


async def test_the_drawing_follows_what_is_seen(walk: Walk, sees: Callable[[Looks], None]) -> None:
    sees(lambda target: seen(target, accepted=False))
    app = Bed(walk)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        drawn = "\n".join("".join(part.text for part in line) for line in app.query_one(Diagram).lines(150))
        assert f"{HopState.WAITING.symbol} {HopState.WAITING.word}" in drawn


async def test_an_answer_to_an_earlier_look_is_dropped(walk: Walk, sees: Callable[[Looks], None]) -> None:
    sees(lambda target: seen(target, accepted=False))
    app = Bed(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        stale = app.pane._Told(app.pane.look - 1, None)
        app.pane.post_message(stale)
        await pilot.pause()
        assert app.pane.looked is not None


async def test_what_cannot_be_looked_at_now_keeps_what_was_seen_and_says_when(
    walk: Walk, sees: Callable[[Looks], None]
) -> None:
    broken = threading.Event()

    def looks(target: Target) -> Seen:
        if broken.is_set():
            raise AccountError("the login has ended", action="log in again")
        return seen(target, accepted=False)

    sees(looks)
    app = Bed(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        broken.set()
        await pilot.press("l")
        await until(pilot, lambda: "cannot look now: the login has ended" in app.text("handoff-head"))
        assert "below is what was seen 12:00:00 UTC" in app.text("handoff-head")
        assert app.states["peering.database"] is State.WAITING


async def test_nobody_looks_while_the_step_is_not_on_screen(
    walk: Walk, sees: Callable[[Looks], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.steps.handoff.AGAIN_S", 0.0)
    looked = 0

    def looks(target: Target) -> Seen:
        nonlocal looked
        looked += 1
        return seen(target, accepted=False)

    sees(looks)
    app = Bed(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bool(app.accepted) and not app.pane.looking)
        app.pane.display = False
        before = looked
        app.pane._tick()
        app.pane._tick()
        await pilot.pause()
        assert looked == before
        app.pane.display = True
        app.pane._tick()
        await until(pilot, lambda: looked > before)  # its own interval may look, too


async def test_the_application_ends_at_once_though_a_look_hangs(walk: Walk, sees: Callable[[Looks], None]) -> None:
    hangs, begun = threading.Event(), threading.Event()

    def looks(target: Target) -> Seen:
        begun.set()
        hangs.wait(60)
        return seen(target, accepted=False)

    sees(looks)
    app = Bed(walk)
    async with app.run_test() as pilot:
        await until(pilot, begun.is_set)
    left = [thread for thread in threading.enumerate() if thread.name == "handoff"]
    assert left
    assert all(thread.daemon for thread in left)  # the process ends though they have not
    hangs.set()


async def test_what_is_copied_is_for_the_customer_and_never_masked(walk: Walk, sees: Callable[[Looks], None]) -> None:
    sees(lambda target: seen(target, accepted=False))
    app = Bed(walk)
    app.mask = lambda text: text.replace("pcx-db", "peering-A")  # type: ignore[attr-defined]
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        assert "peering-A" in app.text("task-detail")
        assert "pcx-db" not in app.text("task-detail")
        assert "--vpc-peering-connection-id pcx-db" in app.pane.copy_text()


async def test_before_the_instance_there_is_nothing_to_hand_over(walk: Walk, sees: Callable[[Looks], None]) -> None:
    store.remove_contract(walk.place, "instance")
    sees(lambda target: seen(target, accepted=False))
    app = Bed(walk)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "nothing to hand over yet" in app.text("handoff-head"))
        assert app.pane.copy_text() == ""


async def test_where_there_is_little_room_a_key_goes_between_list_and_drawing(
    walk: Walk, sees: Callable[[Looks], None]
) -> None:
    sees(lambda target: seen(target, accepted=False))
    app = Bed(walk)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        assert app.query_one(TaskList).display
        assert app.query_one(Diagram).region.height == 0
        await pilot.press("d")
        await pilot.pause()
        assert app.query_one(Diagram).region.height > 0
        assert isinstance(app.focused, Diagram)
        await pilot.press("d")
        assert isinstance(app.focused, OptionList)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
@pytest.mark.parametrize("name", ["acme-prod", "globex-prod"])
def test_it_looks_so(
    snap_compare: Any, walk: Walk, sees: Callable[[Looks], None], name: str, size: tuple[int, int]
) -> None:
    def looks(target: Target) -> Seen:
        if name == "globex-prod":
            return LOOK_WITH(target, world.FakeReads(), clock=lambda: NOW)
        return seen(target, accepted=False)

    sees(looks)
    app = Bed(Walk(walk.workspace, walk.workspace.find(name)))

    async def ready(pilot: Any) -> None:
        await until(pilot, lambda: bool(app.accepted) and not app.pane.looking)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=ready)
