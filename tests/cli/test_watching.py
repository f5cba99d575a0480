"""Following a run: what Ctrl-C means, the first time and the second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workspaces import run_in
from wizard.cli import common, watch
from wizard.engine import cancel, follow
from wizard.engine.events import RunState
from wizard.engine.runs import Run


@pytest.fixture
def started(tmp_path: Path) -> Run:
    return run_in(tmp_path / "runs")


class Terminal:
    """A person at a terminal who presses Ctrl-C a number of times, and answers one question."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, presses: int, answer: bool = False) -> None:
        self.presses = presses
        self.asked: list[str] = []
        self.signals = 0
        monkeypatch.setattr(follow, "follow", self._follow)
        monkeypatch.setattr(cancel, "interrupt", self._interrupt)
        monkeypatch.setattr(common, "interactive", lambda: True)

        def confirm(question: str, **_: Any) -> bool:
            self.asked.append(question)
            return answer

        monkeypatch.setattr(common, "confirm", confirm)

    def _follow(self, _run: Run, **_: Any) -> Iterator[RunState]:
        yield RunState(last_message="going on")
        if self.presses:
            self.presses -= 1
            raise KeyboardInterrupt
        yield RunState(phase="finished", interrupted=bool(self.signals))

    def _interrupt(self, _run: Run) -> bool:
        self.signals += 1
        return True


def test_the_first_is_one_signal_and_following_goes_on_to_the_end(
    started: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, presses=1)

    state = watch.follow_to_the_end(started)

    assert state.phase == "finished"
    assert (terminal.signals, terminal.asked) == (1, [])
    assert "stopping gracefully" in capsys.readouterr().out


def test_the_second_asks_and_tells_what_may_be_lost(
    started: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, presses=2, answer=False)

    watch.follow_to_the_end(started)

    assert len(terminal.asked) == 1
    assert terminal.signals == 1, "no answer, no second signal"
    assert cancel.WHAT_MAY_BE_LOST in capsys.readouterr().out


def test_only_a_typed_yes_stops_at_once(started: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, presses=2, answer=True)

    watch.follow_to_the_end(started)

    assert terminal.signals == 2


def test_somebody_elses_run_is_only_left(
    started: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, presses=1)

    with pytest.raises(KeyboardInterrupt):
        watch.follow_to_the_end(started, ours=False)

    assert terminal.signals == 0
    assert "the run goes on" in capsys.readouterr().out
