"""A run's journal as lines to look at: found by number, read only where somebody looks. Never all of it in memory.

What is kept is one number for each 64 KiB of the file: how many lines begin before it.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wizard.engine.events import Event, Lines, moment, parse, part

CHUNK = 1 << 16
#: Longer lines are cut for the eye; the file has them whole.
WIDEST = 4096


@dataclass(frozen=True, slots=True)
class Index:
    """Where lines begin. `ends[i]` is the number of line ends before chunk i + 1; `size` bytes were looked at."""

    ends: tuple[int, ...] = ()
    size: int = 0
    open_end: bool = False

    @property
    def lines(self) -> int:
        """How many lines there are, a half last one included."""
        return (self.ends[-1] if self.ends else 0) + self.open_end

    def chunk_of(self, line: int) -> tuple[int, int]:
        """Give the chunk in which a line begins, and how many line ends of it come before."""
        if line <= 0:
            return 0, 0
        chunk = bisect_left(self.ends, line)
        return chunk, line - (self.ends[chunk - 1] if chunk else 0)


def grown(path: Path, index: Index, *, stop: Callable[[], bool] = lambda: False) -> Index:
    """Give the index of what the file holds now, going on from an earlier one. Blocks; `stop` ends it early."""
    whole = index.size // CHUNK  # the last chunk may have been half written
    ends = list(index.ends[:whole])
    counted = ends[-1] if ends else 0
    size = whole * CHUNK
    last = b"" if index.open_end and size == index.size else b"\n"  # nothing of it may be read again
    with path.open("rb") as journal:
        journal.seek(size)
        while not stop() and (data := journal.read(CHUNK)):
            counted += data.count(b"\n")
            ends.append(counted)
            size, last = size + len(data), data[-1:]
    return Index(tuple(ends), size, last != b"\n")


def lines_at(path: Path, index: Index, first: int, count: int) -> list[str]:
    """Read `count` lines from a line's number on: those chunks of the file, and no more."""
    chunk, skip = index.chunk_of(first)
    found: list[bytes] = []
    with path.open("rb") as journal:
        journal.seek(chunk * CHUNK)
        lines = Lines()
        read = chunk * CHUNK
        while len(found) < skip + count and read < index.size:
            data = journal.read(min(CHUNK, index.size - read))
            if not data:
                break
            read += len(data)
            found += lines.feed(data)
        if len(found) < skip + count and (rest := lines.rest()):
            found.append(rest)
    return [line[:WIDEST].decode(errors="replace") for line in found[skip : skip + count]]


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that the engine said of a resource."""

    at: datetime
    what: str


def history(
    path: Path, address: str, *, kept: int = 12, stop: Callable[[], bool] = lambda: False
) -> tuple[Moment, ...]:
    """Find what the engine said of one resource, in order, at most the first `kept` and the newest. Blocks.

    Of the many that say "still creating" only the last one in a row counts.
    """
    told: list[tuple[str, Moment]] = []
    for event in _of(path, address, stop):
        moment_ = Moment(moment(event.timestamp), event.message.removeprefix(f"{address}: "))
        if event.type == "apply_progress" and told and told[-1][0] == "apply_progress":
            told.pop()
        if len(told) == kept:
            told.pop()
        told.append((event.type, moment_))
    return tuple(moment_ for _, moment_ in told)


def _of(path: Path, address: str, stop: Callable[[], bool]) -> Iterator[Event]:
    name = json.dumps(address, ensure_ascii=False).encode()
    needles = (b'"addr":' + name, b'"address":' + name)
    rest = b""
    with path.open("rb") as journal:
        while not stop() and (data := journal.read(CHUNK)):
            whole, _, rest = (rest + data).rpartition(b"\n")
            # One look at the whole piece, then at its lines: of a million events, a resource has a handful.
            if not any(needle in whole for needle in needles):
                continue
            for line in whole.split(b"\n"):
                event = parse(line) if any(needle in line for needle in needles) else None
                if event is not None and _address(event) == address:
                    yield event


def _address(event: Event) -> str:
    for key in ("hook", "change"):
        resource = part(event.body, key).get("resource")
        if isinstance(resource, dict):
            return str(resource.get("addr", ""))
    return str(part(event.body, "diagnostic").get("address", ""))
