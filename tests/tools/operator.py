"""An operator at the screens: presses keys, reads what is on the screen, waits for what a person would wait for."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

#: Seconds that a person gives what needs neither AWS nor the engine, a check against AWS, and a run of the engine.
SHORT_S, CHECK_S, RUN_S = 60.0, 120.0, 480.0


class Hands(Protocol):
    """A keyboard and a screen: of an application in this process, or of a terminal."""

    async def press(self, key: str) -> None:
        """Press a key, by Textual's name for it."""

    async def screen(self) -> str:
        """Give the screen's text as it is now."""

    async def rest(self) -> None:
        """Let the application work for a moment."""


class NotSeenError(AssertionError):
    """What was waited for did not come; the screen stands in the message."""


@dataclass
class Operator:
    """Goes about the screens with hands and eyes. `seen` keeps screens by name; `showing` is told of each of them.

    `always` are words that stand on every screen once it is drawn.
    """

    hands: Hands
    seen: dict[str, str] = field(default_factory=dict)
    showing: Callable[[str, str], Awaitable[None]] | None = None
    always: tuple[str, ...] = ()

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.hands.press(key)

    async def sees(self, *words: str, patience: float = SHORT_S, unless: tuple[str, ...] = ()) -> str:
        """Wait until all the words stand on the screen, and give it. One of `unless` ends the waiting at once."""
        return await self.until(
            lambda screen: all(word in screen for word in words), " and ".join(words), patience=patience, unless=unless
        )

    async def until(
        self,
        met: Callable[[str], bool],
        what: str,
        *,
        patience: float = SHORT_S,
        unless: tuple[str, ...] = (),
    ) -> str:
        """Wait until the screen is so, and give it."""
        deadline = time.monotonic() + patience
        while True:
            screen = await self.hands.screen()
            if met(screen):
                return screen
            wrong = next((word for word in unless if word in screen), "")
            if wrong or time.monotonic() > deadline:
                why = f"but “{wrong}”" if wrong else f"in {patience:.0f} s"
                raise NotSeenError(f"not seen, {why}: {what}\n{framed(screen)}")
            await self.hands.rest()

    async def keep(self, name: str, *patterns: str, patience: float = CHECK_S) -> str:
        """Keep the screen by a name, once it is drawn: when each of the patterns is found on it."""
        wanted = (*map(re.escape, self.always), *patterns)
        screen = await self.until(
            lambda screen: all(re.search(pattern, screen) for pattern in wanted),
            f"{name}: {' and '.join(wanted)}",
            patience=patience,
        )
        self.seen[name] = screen
        if self.showing is not None:
            await self.showing(name, screen)
        return screen


def at(screen: str, step: str) -> bool:
    """Whether the rail stands at a step."""
    return re.search(rf"▸\S? {step}\b", screen) is not None


def framed(screen: str) -> str:
    """Give a screen as it may be printed between other lines."""
    return "\n".join(f"│{line.rstrip()}" for line in screen.rstrip().splitlines())
