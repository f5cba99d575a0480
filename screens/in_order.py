"""Keys act in the order in which they were pressed: what is typed ahead never lands in the field that was just left.

Textual sends a key to what has the focus when the key arrives, and lets it act later: of `Tab a`, read in one go, the
`a` goes to the old field. Here a key is sent once the one before has acted.

    key ─► focused widget ─► its parents ─► app, where its binding acts
           Settled, sent behind it, goes the same way; when it is back for the last time, the next key goes
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual.app import App
from textual.events import Key, Paste
from textual.message import Message

if TYPE_CHECKING:
    from textual.events import Event
    from textual.message_pump import MessagePump

#: The first round brings what the key did; what it posted in turn (a field's answer, then the focus) takes two more.
ROUNDS = 3
#: Seconds after which a key goes although the one before has not settled: what a dead keyboard does is worse.
PATIENCE_S = 2.0


class Settled(Message, bubble=True, verbose=True):
    """Follows a key to where it acts. `sent` is the key's number, `rounds` how often the way was gone."""

    def __init__(self, sent: int, rounds: int) -> None:
        super().__init__()
        self.sent = sent
        self.rounds = rounds


class KeysInOrder(App[None]):
    """An application that holds a key back while one is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[Key | Paste] = deque()
        self._sent = 0
        self._sent_at = 0.0
        #: What the key that has not settled yet was sent to.
        self._busy: MessagePump | None = None

    @property
    def typing(self) -> bool:
        """Whether a key has not acted yet. One that never does counts for as long as the next would wait for it."""
        return self._busy is not None and time.monotonic() < self._sent_at + PATIENCE_S

    async def on_event(self, event: Event) -> None:
        """Send a key, or keep it until the one before has acted."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._busy is None:
            await self._send(event)
        else:
            if not self._held:
                self.set_timer(PATIENCE_S, lambda sent=self._sent: self._give_up(sent))
            self._held.append(event)

    async def _send(self, event: Key | Paste) -> None:
        target = self.focused or self.screen
        self._sent += 1
        self._sent_at = time.monotonic()
        self._busy = target  # before the key acts: an action may wait for something, and keys come meanwhile
        await super().on_event(event)
        self._follow(target, 1)

    def _follow(self, target: MessagePump, rounds: int) -> None:
        if not target.is_running or not target.post_message(Settled(self._sent, rounds)):
            target = self.screen  # what the key was sent to is gone: by its own doing, perhaps
            target.post_message(Settled(self._sent, rounds))
        self._busy = target

    async def on_settled(self, message: Settled) -> None:
        """Go one more round, or send the next key."""
        message.stop()
        if self._busy is None or message.sent != self._sent:
            return
        if message.rounds < ROUNDS:
            self._follow(self._busy, message.rounds + 1)
        else:
            await self._next()

    async def _give_up(self, sent: int) -> None:
        if sent == self._sent and self._busy is not None:
            await self._next()

    async def _next(self) -> None:
        self._busy = None
        if self._held:
            await self._send(self._held.popleft())
            if self._held:
                self.set_timer(PATIENCE_S, lambda sent=self._sent: self._give_up(sent))
