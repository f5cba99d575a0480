"""How far a reading of facts has come, on a terminal only: a line that comes when it takes long, and goes when it is done."""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType
from typing import Any, Self, TextIO

#: Whoever waits less sees nothing flicker.
PATIENCE_S = 0.3
_TICK_S = 0.1
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Progress:
    """Shows `reading 18 of 31 facts…` while facts are read. Give its methods to `Checker.check`.

    It draws from a thread of its own, so that it moves while every call hangs. Nothing is drawn before reading begins:
    until then a code may be asked for on the same terminal.
    """

    def __init__(self, stream: TextIO | None = None, *, patience_s: float = PATIENCE_S) -> None:
        self._stream = stream or sys.stderr
        self._patience_s = patience_s
        self._of = self._done = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def on_asks(self, count: int) -> None:
        """Begin: so many facts are asked for."""
        self._of, self._done = count, 0
        if self._thread is None and self._stream.isatty() and os.environ.get("TERM") != "dumb":
            self._thread = threading.Thread(target=self._draw, name="progress", daemon=True)
            self._thread.start()

    def on_reading(self, ask: Any, reading: Any) -> None:
        """Count a fact that was read, or that could not be."""
        del ask, reading
        self._done += 1

    def line(self) -> str:
        """Say how far it is."""
        return f"reading {self._done} of {self._of} {'fact' if self._of == 1 else 'facts'}…"

    def _draw(self) -> None:
        if self._ended.wait(self._patience_s):
            return
        began = time.monotonic()
        while True:
            frame = _FRAMES[int((time.monotonic() - began) / _TICK_S) % len(_FRAMES)]
            self._write(f"\r{frame} {self.line()}\x1b[K")
            if self._ended.wait(_TICK_S):
                break
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
