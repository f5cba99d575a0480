"""Hearing a run in a thread: its states as it goes on, and how it ended. Makes room while somebody presses keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from wizard.engine import follow
from wizard.engine.events import RunState
from wizard.engine.runs import Result, Run
from wizard.errors import PlanewrightError

#: Seconds between two states: calm to read, and with what each lays out below twenty paints a second.
POLL_S = 0.15
#: Seconds for which a key has the machine for itself, in pieces; and for how long at most while keys come and come.
KEY_S, PIECE_S, LONGEST_S = 0.015, 0.005, 0.06


def make_room(
    key_at: Callable[[], float],
    *,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Let what a key did be painted before a thread goes on reckoning: both want the one interpreter."""
    until = clock() + LONGEST_S
    while key_at() + KEY_S > clock() and clock() < until:
        wait(PIECE_S)


@dataclass(frozen=True, slots=True)
class Heard:
    """How a run ended: what was heard of it, and its result, or why it cannot be understood."""

    state: RunState
    result: Result | None = None
    error: PlanewrightError | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """Follows a run, for as long as somebody looks.

    `outdated` says when nobody does any more; `key_at` when the last key was pressed, by `clock`.
    """

    outdated: Callable[[], bool]
    key_at: Callable[[], float] = lambda: float("-inf")
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = field(default=time.sleep)

    def hear(self, run: Run, grew: Callable[[RunState], object]) -> Heard | None:
        """Tell each state, and give how it ended; None when nobody looks any more. Blocks until then."""
        state = RunState()
        try:
            for state in follow.follow(run, poll=POLL_S, sleep=self._wait, between=self._make_room):
                if self.outdated():
                    return None
                grew(state)
            return Heard(state, follow.result_of(run, state))
        except _Left:
            return None
        except PlanewrightError as failed:
            return Heard(state, error=failed)
        except OSError as failed:
            error = PlanewrightError(
                f"run {run.id} cannot be read",
                cause=str(failed),
                action="the engine goes on by itself; look at it again once its directory can be read",
            )
            return Heard(state, error=error)

    def _wait(self, seconds: float) -> None:
        if self.outdated():
            raise _Left
        self.sleep(seconds)

    def _make_room(self) -> None:
        make_room(self.key_at, clock=self.clock, wait=self._wait)


class _Left(Exception):  # noqa: N818 - no failure: nobody looks any more
    """Nobody looks at this run any more."""
