"""From every step every way back: what was typed is in its field and on disk, the focus is where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from screens.deployments import Deployments
from screens.widgets.findings_list import FindingsList
from screens.wizard import WizardScreen
from tests.bounded import bounded
from tests.screens.shell import KEYS, FakeDesk, desk
from tests.screens.test_commands import choose
from tests.screens.test_shell import HIGH, Session, wizard
from tests.workspaces import with_examples
from wizard.deploy import drafts
from wizard.deploy.store import load_object
from wizard.walk.steps import ASKING, Step
from wizard.workspace import Place

#: Those that are open before anything is applied; what comes after the plan waits for it.
STEPS = (*ASKING, Step.REVIEW, Step.PLAN)
AFTER = tuple(step for step in STEPS if step is not Step.ACCOUNT)


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    monkeypatch.setattr("screens.checking.PAUSE_S", 0.05)
    return desk(with_examples(tmp_path))


def number(step: Step) -> str:
    return str(STEPS.index(step) + 1)


def on_disk(s: Session) -> str:
    """The port as a program that starts now would read it: of the draft, or of the answers that it was made into."""
    s.app.desk.flush()
    place = s.screen.place
    if drafts.path_of(place).exists():
        return str(drafts.typed(place)["database"]["port"])
    answers = load_object(place)
    return str(answers.model_dump()["database"]["port"])


async def typed_and_gone_to(s: Session, step: Step) -> Input:
    """Type a port at the database, with the focus in its field, and go to a step as the palette does."""
    await s.checked()
    field = s.screen.query_one("#database-port", Input)
    field.focus()
    field.value = "5433"
    await s.pilot.pause()
    await s.checked()
    await s.screen.run_action(f"step({STEPS.index(step)})")
    await s.until(lambda: s.step is step)
    await s.pilot.pause()
    return field


def all_is_there(s: Session, field: Input) -> None:
    assert s.step is Step.DATABASE
    assert field.value == "5433"
    assert s.app.focused is field
    assert s.screen.walk.draft.text("database.port") == "5433"
    assert on_disk(s) == "5433"


@pytest.mark.parametrize("key", ["escape", "p"])
@pytest.mark.parametrize("step", [step for step in AFTER if step is not Step.DATABASE])
async def test_one_key_goes_back_a_step_at_a_time(at: FakeDesk, step: Step, key: str) -> None:
    async with wizard(at) as s:
        field = await typed_and_gone_to(s, step)
        for before in reversed(AFTER[: AFTER.index(step)]):
            if isinstance(s.app.focused, Input):
                await s.press("escape")  # a letter is a letter in a field
            await s.press(key)
            assert s.step is before
            assert on_disk(s) == "5433"
        all_is_there(s, field)


@pytest.mark.parametrize("step", [step for step in STEPS if step is not Step.DATABASE])
async def test_a_digit_goes_straight_back(at: FakeDesk, step: Step) -> None:
    async with wizard(at) as s:
        field = await typed_and_gone_to(s, step)
        if isinstance(s.app.focused, Input):
            await s.press("escape")
        await s.press(number(Step.DATABASE))
        all_is_there(s, field)


@pytest.mark.parametrize("step", [step for step in STEPS if step is not Step.DATABASE])
async def test_the_palette_goes_straight_back(at: FakeDesk, step: Step) -> None:
    async with wizard(at) as s:
        field = await typed_and_gone_to(s, step)
        await choose(s, "go to database")
        await s.until(lambda: s.step is Step.DATABASE)
        all_is_there(s, field)


@pytest.mark.parametrize("step", ASKING)
async def test_a_finding_leads_to_its_field_and_one_key_between_both(at: FakeDesk, step: Step) -> None:
    key = KEYS[step][-1]
    at.look.findings = (HIGH.model_copy(update={"path": key}),)
    async with wizard(at, step=step) as s:
        await s.checked()
        field = s.screen.query_one(f"#{key.replace('.', '-')}", Input)
        await s.press("f6")
        assert isinstance(s.app.focused, FindingsList)
        await s.press("enter")
        await s.until(lambda: s.app.focused is field)
        assert s.step is step
        await s.press("f6")
        assert isinstance(s.app.focused, FindingsList)
        await s.press("f6")
        assert s.app.focused is field


@pytest.mark.parametrize("step", [step for step in STEPS if step is not Step.DATABASE])
async def test_what_holds_the_way_is_gone_back_to_from_everywhere(at: FakeDesk, step: Step) -> None:
    async with wizard(at, step=step) as s:
        await s.checked()
        at.look.findings = (HIGH.model_copy(update={"path": "database.port"}),)
        await s.press("f5")
        await s.until(lambda: bool(s.screen.walk.holding))
        await choose(s, "next open")
        await s.until(lambda: s.app.focused is s.screen.query("#database-port").first())
        assert s.step is Step.DATABASE


@pytest.mark.parametrize("step", STEPS)
async def test_out_of_the_object_and_in_again(at: FakeDesk, step: Step) -> None:
    async with wizard(at) as s:
        if step is Step.DATABASE:
            await s.type("#database-port", "5433")
            await s.checked()
        else:
            await typed_and_gone_to(s, step)
        for _ in range(2 * len(STEPS)):
            if isinstance(s.app.screen, Deployments):
                break
            await s.press("escape")
        assert isinstance(s.app.screen, Deployments)
        s.app.push_screen(s.app.wizard(at.workspace.find("acme-prod"), Step.DATABASE))
        await s.until(lambda: isinstance(s.app.screen, WizardScreen) and s.app.screen.pane is not None)
        assert s.screen.query_one("#database-port", Input).value == "5433"
        assert on_disk(s) == "5433"


async def test_what_is_refused_goes_back_and_forth_as_well(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        await s.type("#database-port", "54x")
        await s.press("escape", "4", "escape", "2")
        assert s.screen.query_one("#database-port", Input).value == "54x"
        s.app.desk.flush()
        assert "54x" in drafts.path_of(s.screen.place).read_text()


# -- a program that is killed

_TYPES = """
import asyncio, sys
from pathlib import Path
from textual.widgets import Input
from tests.screens.shell import Shell, desk
from wizard.walk.steps import Step

async def main():
    at = desk(Path(sys.argv[1]))
    app = Shell(at, "acme-prod", Step.DATABASE)
    async with app.run_test() as pilot:
        while getattr(app.screen, "pane", None) is None:
            await pilot.pause(0.01)
        field = app.screen.query_one("#database-host", Input)
        field.focus()
        field.value = ""
        for number in range(10_000):
            await pilot.press("ab"[number % 2])
            print(field.value, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("keys", [1, 7, 25])
async def test_what_was_typed_outlives_a_kill(tmp_path: Path, keys: int) -> None:
    workspace = with_examples(tmp_path)
    place = desk(workspace).workspace.find("acme-prod")
    child = subprocess.Popen(
        [sys.executable, "-c", _TYPES, str(workspace)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert child.stdout is not None
        with bounded(child):
            shown = [child.stdout.readline().strip() for _ in range(keys)][-1]
            while not _kept(place, shown):  # it is written behind the typing
                assert child.poll() is None, "it ended by itself, or has nothing kept after minutes"
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
    assert len(shown) == keys
    async with wizard(desk(workspace)) as s:
        found = s.screen.query_one("#database-host", Input).value
        assert found.startswith(shown)
        assert set(found) <= {"a", "b"}


def _kept(place: Place, shown: str) -> bool:
    draft = drafts.path_of(place)
    return draft.exists() and f'"{shown}' in draft.read_text()
