"""The hands of `make walk` in a real terminal. The walk itself takes minutes, and is a make target alone."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import psutil
import pytest

from tests.tools.operator import NotSeenError, Operator
from tests.tools.terminal import Terminal
from tests.tools.way import LIST
from tests.workspaces import with_examples

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")

SIZE = (100, 30)


async def test_a_program_in_a_real_terminal_is_read_worked_and_left(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wizard", "--workspace", str(with_examples(tmp_path / "workspace"))]
    with Terminal(tmp_path, command, size=SIZE) as terminal:
        operator = Operator(terminal)
        await operator.sees(LIST, "acme-prod", "use1-a")
        await operator.press(*"acme")
        await operator.until(lambda screen: "use1-a  " not in screen, "the list filtered")
        assert terminal.ended() is None
        await operator.press("ctrl+q")
        await operator.until(lambda _: terminal.ended() is not None, "its end")

        assert terminal.ended() == 0


async def test_what_does_not_come_is_told_with_the_screen_on_which_it_did_not(tmp_path: Path) -> None:
    with Terminal(tmp_path, ["sh", "-c", "printf 'here I am'; sleep 600"], size=SIZE) as terminal:
        operator = Operator(terminal)
        await operator.sees("here I am")

        with pytest.raises(NotSeenError, match=r"(?s)not seen, in 0 s: somebody else.*here I am"):
            await operator.sees("somebody else", patience=0.3)
        with pytest.raises(NotSeenError, match="but “here”"):
            await operator.sees("somebody else", unless=("here",))


async def test_nothing_is_left_when_it_is_hung_up_on(tmp_path: Path) -> None:
    with Terminal(tmp_path, ["sleep", "600"], size=SIZE) as terminal:
        shell = psutil.Process(terminal.pid())
        await Operator(terminal).until(lambda _: bool(shell.children()), "the program")
        programs = [shell, *shell.children()]

    assert psutil.wait_procs(programs, timeout=60)[1] == []
