"""What a list tells: each entry in one line, and all that is known of it beside. Pure, and known to no screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How an entry is meant, for whoever gives it a colour. It never says what the symbol and the word do not."""

    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    NOW = "now"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: symbol and word, what it is about, a few words more; `told` are label and text of everything else.

    `key` identifies it among others. `below` is one that belongs to the entry above it.
    """

    key: str
    symbol: str
    word: str
    tone: Tone
    title: str
    beside: str = ""
    told: tuple[tuple[str, str], ...] = ()
    below: bool = False

    @property
    def text(self) -> str:
        """It and everything that is told of it, for copying."""
        head = f"{self.symbol} {self.word}  {self.title}{f'  {self.beside}' if self.beside else ''}"
        return "\n".join([head, *(f"    {label}: {text}" if label else f"    {text}" for label, text in self.told)])
