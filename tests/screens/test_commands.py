"""The command palette: all that can be done here, found by name or by what it does, each with its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette

from screens.commands import Command, Commands
from tests.screens.shell import FakeDesk, desk
from tests.screens.test_shell import HIGH, Session, screen_text, wizard
from tests.workspaces import with_examples
from wizard.walk.steps import Step


@pytest.fixture
def at(tmp_path: Path) -> FakeDesk:
    return desk(with_examples(tmp_path))


def commands(s: Session) -> dict[str, Command]:
    """What the palette would list, by name."""
    return {command.name: command for command in Commands(s.app.screen)._commands()}


async def asked(s: Session, query: str) -> list[str]:
    provider = Commands(s.app.screen)
    found: list[Any] = [hit async for hit in provider.search(query)]
    return [hit.text for hit in sorted(found, key=lambda hit: -hit.score)]


async def choose(s: Session, query: str) -> None:
    await s.press("ctrl+p")
    await s.until(lambda: isinstance(s.app.screen, CommandPalette))
    await s.press(*query)
    palette: Any = s.app.screen
    await s.until(lambda: palette._list_visible and not palette.query_one("CommandList").disabled)
    await s.pilot.app.workers.wait_for_complete()
    await s.pilot.pause()
    await s.press("enter")
    await s.until(lambda: not isinstance(s.app.screen, CommandPalette))


async def test_every_key_of_the_screen_and_of_the_application_is_listed_with_its_key(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        assert commands(s)["Go to Sizing"].key == "", "in a field a digit is a digit"
        await s.press("escape")
        listed = commands(s)
        keys = {name: command.key for name, command in listed.items()}
        assert {"Go to Account", "Go to Plan", "Next", "Back", "Check again", "Findings"} <= set(keys)
        assert {"Copy", "Copy to a file", "Presenter", "Dark or light", "Help", "Quit"} <= set(keys)
        assert {"Log in", "Open a shell on a node…", "Next open finding"} <= set(keys)
        assert {"Copy the folder of the reports", "Copy the workspace's folder"} <= set(keys)
        assert (keys["Go to Sizing"], keys["Check again"], keys["Copy"], keys["Log in"]) == ("4", "F5", "^y", "^l")
        assert [name for name, command in listed.items() if not command.says] == []


async def test_nothing_is_listed_twice(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        names = [command.name for command in Commands(s.app.screen)._commands() if command.name != "Back"]
        assert len(names) == len(set(names))


async def test_the_search_is_fuzzy_and_knows_what_a_command_does(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        assert (await asked(s, "gotosz"))[0] == "Go to Sizing"
        assert "Open a shell on a node…" in await asked(s, "ssm")
        assert (await asked(s, "check ag"))[0] == "Check again"
        assert await asked(s, "zzzz") == []


async def test_the_key_stands_beside_the_name(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+p")
        await s.press(*"check ag")
        await s.until(lambda: "Check again  F5" in screen_text(s.app))


async def test_what_is_chosen_is_done(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        await choose(s, "go to sizing")
        await s.until(lambda: s.step is Step.SIZING)
        await choose(s, "folder of the reports")
        assert s.app.clipboard == str(s.screen.place.reports)


async def test_the_next_open_finding_is_gone_to_round_and_round(at: FakeDesk) -> None:
    other = HIGH.model_copy(update={"path": "nodes.fdw.count", "code": "A_CODE"})
    at.look.findings = (HIGH, other)
    async with wizard(at, step=Step.ACCOUNT) as s:
        await s.checked()
        await choose(s, "next open")
        await s.until(lambda: s.step is Step.DATABASE)
        await s.press("escape", "3")
        await choose(s, "next open")
        await s.until(lambda: s.step is Step.SIZING)
        await s.pilot.pause()
        assert s.app.focused is s.screen.query_one("#nodes-fdw-count")
        await s.press("escape", "5")
        await choose(s, "next open")
        await s.until(lambda: s.step is Step.DATABASE)


async def test_where_nothing_holds_that_is_said(at: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("screens.app.Planewright.notify", lambda _app, text, **_how: said.append(text))
    async with wizard(at) as s:
        await s.checked()
        await choose(s, "next open")
        await s.until(lambda: said == ["Nothing holds the way."])
        assert s.step is Step.DATABASE


async def test_under_presenter_mode_the_palette_names_nobody(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        s.app.action_presenter()
        told = " ".join(f"{command.name} {command.says}" for command in Commands(s.app.screen)._commands())
        assert "Go to Account" in told
        assert "acme" not in told
        assert str(at.workspace.root) not in told


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_the_palette_on_screen(at: FakeDesk, snap_compare: Any, size: tuple[int, int]) -> None:
    from tests.screens.shell import Shell

    app = Shell(at, "acme-prod", Step.DATABASE)

    async def still(pilot: Any) -> None:
        s = Session(app, pilot)
        await s.until(lambda: getattr(app.screen, "pane", None) is not None)
        await s.checked()
        await s.until(lambda: s.standing.startswith("Next: shard"))
        await s.press("ctrl+p")
        await s.press(*"copy")
        await s.until(lambda: "Copy to a file" in screen_text(app))
        await app.workers.wait_for_complete()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=still)
    at.close()
