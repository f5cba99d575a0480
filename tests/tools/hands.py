"""Hands for an application that runs in this process."""

from __future__ import annotations

import asyncio

from textual.pilot import Pilot

from tests.tools.drawn import drawn


class PilotHands:
    """Presses keys as the terminal would, and reads what is drawn."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self._pilot = pilot

    async def press(self, key: str) -> None:
        """Press a key, and let its handlers run."""
        await self._pilot.press(key)

    async def screen(self) -> str:
        """Give the text of the screen on top."""
        return "\n".join(strip.text for strip in drawn(self._pilot.app))

    async def rest(self) -> None:
        """Let workers and timers have their turn. What reads the screen draws it: seldom, beside worlds that need the machine."""
        await asyncio.sleep(0.25)
