"""Finding a text in a run's journal, as it is shown. Never all of the journal in memory, nor all that was found.

What is kept is one number for each 64 KiB of the file: how many lines that have the text begin before it. Which line
the four hundredth of them is, is found by looking through one piece of the file anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.redact import MASK
from wizard.walk.journal import CHUNK, WIDEST, Index


@dataclass(frozen=True, slots=True)
class Finder:
    """Says which lines have a text, however it is written, in the form in which they are shown.

    `shown` gives that form of a line, and takes its time: it redacts, and masks before an audience (`masking`).
    """

    needle: str
    shown: Callable[[str], str]
    masking: bool = False

    def numbers(self, block: bytes) -> Iterator[int]:
        """Give the places, from 0 on, of those lines of a block that have it."""
        needle, spaced = self.needle.lower(), " " in self.needle
        # What is put in a secret's place stands in no file, nor does a mask. All else that is shown does, but for blanks.
        added = self.masking or needle in MASK or "«" in needle or "»" in needle
        if not (added or spaced or needle in _text(block).lower()):
            return
        for number, line in enumerate(block.removesuffix(b"\n").split(b"\n")):
            text = _text(line)
            maybe = added or needle in text.lower() or (spaced and not text.isprintable())
            if maybe and needle in self.shown(_text(line[:WIDEST])).lower():
                yield number


@dataclass(frozen=True, slots=True)
class Hits:
    """How many lines were found. `ends[i]` is their number up to the end of chunk i; from chunk `last` on more may come."""

    ends: tuple[int, ...] = ()
    last: int = 0

    @property
    def count(self) -> int:
        """How many there are, as far as was searched."""
        return self.ends[-1] if self.ends else 0

    def before(self, chunk: int) -> int:
        """Count those that begin before a chunk."""
        return self.ends[min(chunk, len(self.ends)) - 1] if chunk and self.ends else 0


@dataclass(frozen=True, slots=True)
class Search:
    """A search through one journal. Blocks: for a thread."""

    path: Path
    finder: Finder

    def pieces(self, hits: Hits, size: int) -> Iterator[Callable[[], Hits]]:
        """Go on where an earlier search ended, up to a size of the file; after each piece, give what tells the hits."""
        ends, last = list(hits.ends[: hits.last]), hits.last
        for chunk, _, block in self._blocks(hits.last, size):
            ends.append((ends[-1] if ends else 0) + sum(1 for _ in self.finder.numbers(block)))
            last = chunk if block else last
            yield lambda last=last: Hits(tuple(ends), last)  # type: ignore[misc]

    def line(self, index: Index, hits: Hits, ordinal: int) -> int | None:
        """Give the line of one of the hits, counted from 0; None when the file is no more what it was."""
        chunk = bisect_right(hits.ends, ordinal)
        for number, line in enumerate(self._lines(index, chunk), hits.before(chunk)):
            if number == ordinal:
                return line
        return None

    def ordinal(self, index: Index, hits: Hits, line: int) -> int | None:
        """Give which of the hits is the first one from a line on; None when none is, as far as was searched."""
        chunk, _ = index.chunk_of(line)
        if chunk >= len(hits.ends) or hits.before(chunk) == hits.count:
            return None
        found = hits.before(chunk) + sum(1 for number in self._lines(index, chunk) if number < line)
        return found if found < hits.count else None

    def _lines(self, index: Index, chunk: int) -> Iterator[int]:
        """Give the lines found that begin in a chunk."""
        for _, begins, block in self._blocks(chunk, min((chunk + 1) * CHUNK, index.size)):
            ended = index.ends[chunk - 1] if chunk else 0
            first = ended + (begins != chunk * CHUNK)  # the rest of a line before it is not of this chunk
            yield from (first + number for number in self.finder.numbers(block))

    def _blocks(self, first: int, size: int) -> Iterator[tuple[int, int, bytes]]:
        """Give each chunk with the lines that begin in it, whole, and with where they begin."""
        with self.path.open("rb") as journal:
            journal.seek(max(first * CHUNK - 1, 0))
            if first:
                journal.readline()
            for chunk in range(first, -(-size // CHUNK)):
                begins, end = journal.tell(), (chunk + 1) * CHUNK
                block = journal.read(end - begins) if begins < end else b""
                if block and not block.endswith(b"\n"):
                    block += journal.readline()
                yield chunk, begins, block


def _text(line: bytes) -> str:
    return line.decode(errors="replace")
