"""The start: everything of the workspace with its state, found by typing, opened by Enter, made by name and kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.app import Planewright
from screens.deployments import Deployments, Detailed
from screens.destroying import Destroying
from screens.new_object import NewObject
from screens.object_actions import actions_of
from screens.widgets.choice import Radios
from screens.widgets.object_table import ObjectTable
from screens.wizard import WizardScreen
from tests.deploy import objects
from tests.screens.shell import FakeDesk, Shell, desk
from tests.screens.test_shell import screen_text
from tests.screens.waiting import palette_offers, rested, until
from tests.workspaces import run_in, with_examples
from wizard.deploy.details import Details
from wizard.deploy.overview import overview
from wizard.walk.steps import Step
from wizard.workspace import Place


@pytest.fixture
def at(tmp_path: Path) -> FakeDesk:
    return desk(with_examples(tmp_path))


class App(Shell):
    """The deployments, with plain panes behind them; says where it was sent."""

    def __init__(self, at: FakeDesk) -> None:
        Planewright.__init__(self, at)
        self.sent: list[tuple[str, str, Step | None]] = []
        self.opened: list[WizardScreen] = []

    def wizard(self, place: Place, step: Step | None) -> WizardScreen:
        self.sent.append((place.kind, place.name, step))
        self.opened.append(super().wizard(place, step))
        return self.opened[-1]


class Session:
    def __init__(self, app: App, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def list(self) -> Deployments:
        return next(screen for screen in self.app.screen_stack if isinstance(screen, Deployments))

    @property
    def names(self) -> list[str]:
        return [row.cells[0] for row in self.list.query_one(ObjectTable).rows]

    @property
    def states(self) -> dict[str, str]:
        return {row.cells[0]: row.cells[1] for row in self.list.query_one(ObjectTable).rows}

    @property
    def details(self) -> str:
        return str(self.list.query_one("#details", Static).content)

    def all_is_said(self) -> bool:
        """Whether what is said of the object under the cursor has been read."""
        row, details = self.list.under_cursor, self.list._details
        return row is None or (details is not None and details.name == row.name)

    async def go_to(self, name: str) -> None:
        """Put the cursor on an object, as one does: by typing its name, and then forgetting the filter."""
        await self.press(*name, "escape")
        assert self.cursor == name

    @property
    def cursor(self) -> str:
        row = self.list.under_cursor
        return "" if row is None else row.name

    async def until(self, true: Callable[[], bool]) -> None:
        await until(self.pilot, true)

    async def read_again(self) -> None:
        self.list._read()
        await self.until(lambda: not any(worker.is_running for worker in self.app.workers))
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def deployments(at: FakeDesk, *, size: tuple[int, int] = (100, 24)) -> AsyncIterator[Session]:
    app = App(at)
    async with app.run_test(size=size) as pilot:
        session = Session(app, pilot)
        await session.until(lambda: isinstance(app.screen, Deployments))
        await session.read_again()
        yield session
    at.close()


@pytest.fixture
def every(tmp_path: Path) -> FakeDesk:
    return desk(objects.in_every_state(tmp_path / "every"))


async def test_every_state_is_listed_with_symbol_and_word(every: FakeDesk) -> None:
    async with deployments(every) as s:
        assert s.states == {
            "use1-a": "✓ applied",
            "acme-next": "· draft",
            "acme-prod": "✓ applied",
            "acme-test": "✓ applied · draft",
            "globex-prod": "! drifted",
            "hooli-prod": "● run in progress",
            "initech-prod": "✗ last run failed",
            "stark-prod": "… waiting for the customer",
            "umbrella-old": "◐ destroy unfinished",
            "umbrella-test": "- destroyed",
            "wayne-prod": "? cannot be read",
        }
        assert "verified 2026-11-21" in screen_text(s.app)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("use1-a", "not verified since the last apply: Tab v verifies"),
        ("acme-next", "nothing is applied: Enter goes on"),
        ("acme-prod", "verified: nothing failed, and nobody was waited for"),
        ("acme-test", "what was typed since is a draft"),
        ("globex-prod", "drifted since the last apply: aws_security_group.proxy"),
        ("hooli-prod", "a run of instance goes on: Enter follows it"),
        ("initech-prod", "Enter shows it with its remedy"),
        ("stark-prod", "waiting on the customer"),
        ("umbrella-old", "Tab d takes it up again"),
        ("umbrella-test", "its answers are kept"),
        ("wayne-prod", "cannot be read"),
    ],
)
async def test_what_a_state_asks_for_is_said_of_the_object_under_the_cursor(
    every: FakeDesk, name: str, said: str
) -> None:
    async with deployments(every) as s:
        await s.go_to(name)
        assert said in s.details


async def test_where_an_object_is_and_what_was_done_last_is_read_behind_the_keys(at: FakeDesk) -> None:
    objects.a_run(at.workspace.find("acme-prod"), outcome="failed")
    async with deployments(at) as s:
        await s.go_to("acme-prod")
        await s.until(lambda: "private · on use1-a · 111111111111 us-east-1" in s.details)
        assert "last run: apply of instance, failed · 2026-11-21 03:59 UTC" in s.details
        await s.go_to("globex-prod")
        await s.until(lambda: "deployment · public" in s.details)


async def test_details_that_come_late_are_not_said_of_another_object(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.go_to("acme-prod")
        await s.until(lambda: "private" in s.details)
        s.list._took_details(Detailed(Details("globex-prod", topology="public", account="999999999999")))
        assert "999999999999" not in s.details


async def test_details_are_masked_for_an_audience(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.go_to("acme-prod")
        await s.until(lambda: "111111111111" in s.details)
        await s.press("f7")
        await s.until(lambda: "account-A" in s.details)
        shown = screen_text(s.app)
        assert "111111111111" not in shown
        assert "acme-prod" not in shown
        assert "use1-a" not in shown


async def test_sorted_by_whom_they_need_first_by_what_was_last_and_by_name_again(every: FakeDesk) -> None:
    async with deployments(every) as s:
        by_name = s.names
        await s.go_to("stark-prod")
        await s.press("f3")
        assert s.names[:3] == ["wayne-prod", "hooli-prod", "initech-prod"]
        assert s.cursor == "stark-prod", "the cursor stays on its object"
        assert "State ▾" in screen_text(s.app)
        await s.press("f3")
        assert s.names[0] == "acme-prod", "verified last"
        await s.press("f3")
        assert s.names == by_name


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("acme-next", "opd"),
        ("acme-prod", "ovprfushd"),
        ("hooli-prod", "oushd"),
        ("initech-prod", "ovpfushd"),
        ("umbrella-old", "opushd"),
        ("wayne-prod", ""),
    ],
)
async def test_tab_lists_what_makes_sense_and_nothing_else(every: FakeDesk, name: str, letters: str) -> None:
    row = next(row for row in overview(every.workspace) if row.name == name)
    assert "".join(action.letter for action in actions_of(row)) == letters


@pytest.mark.parametrize(
    ("keys", "step", "begins"),
    [
        ("v", Step.VERIFY, True),
        ("p", None, False),
        ("r", Step.REPORT, False),
        ("o", None, False),
        (("down", "enter"), Step.VERIFY, True),
    ],
)
async def test_tab_and_a_letter_do_it(every: FakeDesk, keys: Any, step: Step | None, begins: bool) -> None:
    async with deployments(every) as s:
        await s.go_to("acme-prod")
        await s.press("tab", *keys)
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("deployment", "acme-prod", step)]
        assert s.app.opened[-1].begin is begins


async def test_escape_in_the_menu_does_nothing(every: FakeDesk) -> None:
    async with deployments(every) as s:
        await s.press("tab", "escape")
        assert s.app.sent == []
        assert isinstance(s.app.screen, Deployments)


async def test_destroy_opens_what_shows_and_asks_and_destroys_nothing(every: FakeDesk) -> None:
    async with deployments(every) as s:
        await s.go_to("acme-prod")
        await s.press("tab", "d")
        await s.until(lambda: isinstance(s.app.screen, Destroying))
        await s.press("escape")
        await s.until(lambda: isinstance(s.app.screen, Deployments))


@pytest.mark.parametrize(
    ("name", "step"), [("hooli-prod", Step.APPLY), ("initech-prod", Step.APPLY), ("stark-prod", Step.HANDOFF)]
)
async def test_enter_resumes_where_it_was_left(every: FakeDesk, name: str, step: Step) -> None:
    async with deployments(every) as s:
        await s.go_to(name)
        await s.press("enter")
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("deployment", name, step)]


async def test_the_palette_has_the_same_for_the_object_under_the_cursor(every: FakeDesk) -> None:
    async with deployments(every) as s:
        await s.go_to("acme-prod")
        await s.press("ctrl+p", *"verify acme")
        await palette_offers(s.pilot, "Verify acme-prod")
        await s.press("enter")
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("deployment", "acme-prod", Step.VERIFY)]


async def test_typing_filters_by_every_word(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.press(*"prod")
        assert s.names == ["acme-prod", "globex-prod"]
        await s.press("space", *"glo")
        assert s.names == ["globex-prod"]
        await s.press(*"xyz")
        assert s.names == []
        assert "No object matches" in screen_text(s.app)
        await s.press("escape")
        assert len(s.names) == 3


async def test_arrows_move_while_one_types_and_enter_opens(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.press(*"prod", "down", "enter")
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("deployment", "globex-prod", None)]


async def test_a_run_in_progress_is_followed(at: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    run_in(at.workspace.find("acme-prod").runs)
    monkeypatch.setattr("wizard.engine.runs.Run.alive", lambda _run: True)
    async with deployments(at) as s:
        assert s.states["acme-prod"] == "● run in progress"
        assert "1 in progress" in screen_text(s.app)
        await s.press(*"acme", "enter")
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("deployment", "acme-prod", Step.APPLY)]


async def test_what_changes_on_disk_is_shown_and_the_cursor_stays_on_its_object(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.press("down", "down")
        assert s.cursor == "globex-prod"
        folder = at.workspace.place("deployment", "between").path
        folder.mkdir()
        (folder / "answers.yaml").write_text("")
        await s.read_again()
        assert "between" in s.names
        assert s.cursor == "globex-prod"


async def test_what_changes_while_an_object_is_on_screen_is_drawn_when_one_comes_back(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.go_to("acme-prod")
        before = s.names
        await s.press("enter")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen))
        folder = at.workspace.place("deployment", "zeta").path
        folder.mkdir()
        (folder / "answers.yaml").write_text("")
        s.list._read()
        await s.until(lambda: len(s.list.rows) > len(before))
        assert s.names == before  # whatever it draws, the screen above would be painted whole with it
        await s.app.pop_screen()
        await s.until(lambda: "zeta" in s.names)


async def test_a_new_object_is_asked_for_by_name_and_kind(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.press("ctrl+n", *"initech-prod", "enter")
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("deployment", "initech-prod", None)]


async def test_a_new_shard_by_keyboard_alone(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.press("ctrl+n", *"use1-b", "tab", "right", "shift+tab", "enter")
        await s.until(lambda: bool(s.app.sent))
        assert s.app.sent == [("shard", "use1-b", None)]


@pytest.mark.parametrize(
    ("name", "said"),
    [("Acme", "lower-case"), ("a", "2 to 32"), ("acme-", "lower-case"), ("acme-prod", "is there already")],
)
async def test_a_name_that_will_not_do_is_refused_with_the_reason(at: FakeDesk, name: str, said: str) -> None:
    async with deployments(at) as s:
        await s.press("ctrl+n")
        s.app.screen.query_one(Input).value = name
        await s.press("enter")
        assert isinstance(s.app.screen, NewObject)
        assert said in str(s.app.screen.query_one("#problem", Static).content)
        await s.press("escape")
        assert s.app.sent == []


async def test_without_a_shard_a_shard_is_offered_first(tmp_path: Path) -> None:
    async with deployments(desk(tmp_path)) as s:
        assert "Nothing here yet" in screen_text(s.app)
        await s.press("ctrl+n")
        assert s.app.screen.query_one(Radios).value == "shard"
        assert "there is none yet" in screen_text(s.app)


async def test_what_was_only_typed_is_in_the_list_and_can_be_gone_on_with(at: FakeDesk) -> None:
    walk = at.walk(at.workspace.place("deployment", "half-done"))
    walk.typed("database.port", "5433")
    at.flush()
    async with deployments(at) as s:
        assert s.states["half-done"] == "· draft"


async def test_a_thousand_are_filtered_and_moved_through(tmp_path: Path) -> None:
    for number in range(1000):
        folder = tmp_path / "deployments" / f"customer-{number:04}"
        folder.mkdir(parents=True)
        (folder / "answers.yaml").write_text("")
    async with deployments(desk(tmp_path)) as s:
        assert len(s.names) == 1000
        await s.press("pagedown")
        assert s.cursor > "customer-0010"
        await s.press(*"0999")
        assert s.names == ["customer-0999"]


async def test_presenter_mode_masks_names(at: FakeDesk) -> None:
    async with deployments(at) as s:
        await s.press("f7")
        shown = screen_text(s.app)
        assert "acme-prod" not in shown
        assert "use1-a" not in shown
        assert "deployment-A" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    "look", ["list", "new", "empty", "light", "no-colour", "actions", "no-match", "by-state", "presenter"]
)
def test_how_it_looks(
    every: FakeDesk,
    tmp_path: Path,
    snap_compare: Any,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    look: str,
) -> None:
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    app = App(desk(tmp_path / "empty") if look == "empty" else every)
    keys = {
        "new": ("ctrl+n", "X"),
        "actions": ("down", "down", "tab"),
        "no-match": tuple("xyz"),
        "by-state": ("f3",),
        "presenter": ("f7",),
    }

    async def still(pilot: Pilot[None]) -> None:
        session = Session(app, pilot)
        await session.until(lambda: isinstance(app.screen, Deployments))
        if look == "light":
            await session.press("f12")
        await session.read_again()
        await session.press(*keys.get(look, ("down", "down")))
        await session.until(session.all_is_said)
        await rested(pilot)

    assert snap_compare(app, terminal_size=size, run_before=still)
