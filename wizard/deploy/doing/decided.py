"""What is to be done of each step: the moves that do it, or why there are none. Values alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wizard.deploy.doing.calls import Call, Move
from wizard.files import digest
from wizard.handoff.model import Site, Step


class Stand(StrEnum):
    """How a step stands before anything is done. Shown as symbol and word."""

    TO_DO = "to do"
    DONE = "done already"
    NOTHING = "nothing to take back"
    LEFT = "left open"
    WAITS = "waits"
    BLOCKED = "cannot be done"

    @property
    def symbol(self) -> str:
        """One character, never alone."""
        return {"to do": "+", "done already": "✓", "nothing to take back": "✓", "left open": "·", "waits": "…"}.get(
            self.value, "✗"
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One step as it stands. `notes` is what was seen; `why` says why it is not done here, and what to do."""

    step: Step
    stand: Stand
    moves: tuple[Move, ...] = ()
    notes: tuple[str, ...] = ()
    why: str = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """The moves that are calls."""
        return tuple(move for move in self.moves if isinstance(move, Call))


@dataclass(frozen=True, slots=True)
class Doing:
    """All that would be done at one site, in order. `undo`: it is taken back. `restart` is the instance that is restarted."""

    site: Site
    deployment: str
    undo: bool
    parts: tuple[Part, ...]
    restart: str = ""

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in order."""
        return tuple(call for part in self.parts for call in part.calls)

    @property
    def any_moves(self) -> bool:
        """Whether there is anything to do; a wait alone counts too."""
        return any(part.moves for part in self.parts)

    @property
    def left(self) -> tuple[Part, ...]:
        """Steps that nothing is done for, though they are not done."""
        return tuple(part for part in self.parts if part.stand in {Stand.LEFT, Stand.WAITS, Stand.BLOCKED})

    @property
    def digest(self) -> str:
        """What the calls are known by: equal only where each is the same, in the same order, at the same site."""
        return digest("\n".join((self.site.name, self.site.partition, *self._lines())).encode())

    def _lines(self) -> Iterator[str]:
        for part in self.parts:
            for move in part.moves:
                told = move.line(self.site.region) if isinstance(move, Call) else move.words
                yield f"{part.step.key}: {told}"
