"""Where the guide's answers come from: a capable terminal, a dumb one, a pipe, or a test."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Mapping
from typing import Protocol


class Lines(Protocol):
    """A source of lines. A line that does not come any more is an EOFError; Ctrl-C is a KeyboardInterrupt.

    `paced` says whether somebody reads along, for whom long texts are said a page at a time.
    """

    paced: bool

    def line(self, prompt: str) -> str:
        """Ask for a line."""

    def secret(self, prompt: str) -> str:
        """Ask for a line that is not shown while it is typed."""

    def meanwhile(self, seconds: float) -> str:
        """Wait so long while something else goes on; give the line that was typed in this time, or an empty text."""


class Piped:
    """Lines of a pipe or a file. What stands there is for the questions: nothing of it is taken meanwhile."""

    paced = False

    def line(self, prompt: str) -> str:
        """Write the prompt on a line of its own, since no Enter will end it."""
        sys.stdout.write(f"{prompt}\n")
        sys.stdout.flush()
        text = sys.stdin.readline()
        if not text:
            raise EOFError
        return text.rstrip("\r\n")

    def secret(self, prompt: str) -> str:
        """As any line: a pipe shows nothing."""
        return self.line(prompt)

    def meanwhile(self, seconds: float) -> str:
        """Wait."""
        time.sleep(seconds)
        return ""


class Dumb:
    """A terminal that can do nothing but lines."""

    paced = True

    def line(self, prompt: str) -> str:
        """Let the terminal edit the line, as far as it does."""
        return input(prompt)

    def secret(self, prompt: str) -> str:
        """Switch the echo off."""
        from getpass import getpass

        return getpass(prompt)

    def meanwhile(self, seconds: float) -> str:
        """Look at the keyboard while waiting. A terminal gives whole lines, one at a read."""
        handle = sys.stdin.fileno()
        ready, _, _ = select.select([handle], [], [], seconds)
        if not ready:
            return ""
        try:
            typed = os.read(handle, 4096)
        except OSError:  # the terminal is gone
            raise EOFError from None
        if not typed:  # Ctrl-D
            raise EOFError
        return typed.decode(errors="replace").strip()


class Capable(Dumb):
    """A terminal in which a line can be edited: questionary asks."""

    def line(self, prompt: str) -> str:
        """Ask with an editable line."""
        import questionary

        return str(questionary.text(prompt.rstrip(), qmark="").unsafe_ask())

    def secret(self, prompt: str) -> str:
        """Ask with dots for letters."""
        import questionary

        return str(questionary.password(prompt.rstrip(), qmark="").unsafe_ask())


def lines_of(environ: Mapping[str, str]) -> Lines:
    """Choose by what there is to ask with."""
    if not sys.stdin.isatty():
        return Piped()
    if environ.get("TERM", "") in {"", "dumb"} or not sys.stdout.isatty():
        return Dumb()
    return Capable()
