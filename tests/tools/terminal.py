"""Hands for a program in a real terminal: tmux, on a socket of its own."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

#: Textual's names of keys, and tmux's.
_NAMES: Final = {"escape": "Escape", "enter": "Enter", "tab": "Tab", "space": "Space", "backspace": "BSpace"}


class Terminal:
    """A terminal of a given size with one program in it. Its end is the program's: it is hung up on."""

    def __init__(
        self, folder: Path, command: Sequence[str], *, size: tuple[int, int], environ: Mapping[str, str] | None = None
    ) -> None:
        """Make it; `folder` takes the socket, and is private."""
        self._socket = folder / "tmux"
        self._end = folder / "ended"
        self._command = command
        self._size = size
        self._environ = {**(os.environ if environ is None else environ)}
        self._environ.pop("TMUX", None)  # a terminal of its own, also when it is started from another

    def __enter__(self) -> Self:
        """Start the program."""
        width, height = self._size
        # The first session is there before it has a program, so that the options hold for it.
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), "sleep infinity")
        # An escape is a key, and not the begin of one that takes half a second to come.
        self._tmux("set-option", "-s", "escape-time", "0")
        self._tmux("set-option", "-g", "remain-on-exit", "on")
        self._tmux("set-option", "-g", "default-terminal", "tmux-256color")
        # tmux sometimes sees that a program ended, and never how.
        self._tmux("respawn-pane", "-k", f"{shlex.join(self._command)}; echo $? > {shlex.quote(str(self._end))}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        subprocess.run(self._line("kill-server"), capture_output=True, env=self._environ, check=False)

    async def press(self, key: str) -> None:
        """Press a key."""
        if len(key) == 1:
            self._tmux("send-keys", "-l", "--", key)
        else:
            self._tmux("send-keys", _NAMES.get(key) or key.replace("ctrl+", "C-").replace("f", "F", 1))

    async def screen(self) -> str:
        """Give what stands in the terminal."""
        return self._tmux("capture-pane", "-p")

    async def rest(self) -> None:
        """Look away for a moment."""
        await asyncio.sleep(0.15)

    def pid(self) -> int:
        """Give the process of the shell that runs the program."""
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def ended(self) -> int | None:
        """Give the program's exit code, or None while it runs; 128 is added to the number of a signal."""
        code = self._end.read_text() if self._end.exists() else ""
        return int(code) if code.endswith("\n") else None

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(self._line(*arguments), capture_output=True, text=True, env=self._environ, check=False)
        if done.returncode:
            raise RuntimeError(f"tmux {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def _line(self, *arguments: str) -> list[str]:
        return ["tmux", "-S", str(self._socket), *arguments]
