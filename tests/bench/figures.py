"""A figure, its budget, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `budget` is None for a figure that only explains another; `peer` names what it was measured beside."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    peer: str = ""
    bound: Literal["at most", "at least"] = "at most"

    @property
    def met(self) -> bool:
        """Whether the budget holds."""
        if self.budget is None:
            return True
        return self.value <= self.budget if self.bound == "at most" else self.value >= self.budget

    @property
    def line(self) -> str:
        """The figure beside its budget, in words as well as by a mark."""
        budget = "" if self.budget is None else f"{self.bound} {_number(self.budget)} {self.unit}"
        mark = "      " if self.budget is None else "ok    " if self.met else "MISSED"
        peer = f"  [{self.peer}]" if self.peer else ""
        return f"{mark}  {self.name:<58} {_number(self.value):>12} {self.unit:<9} {budget}{peer}"


Measure = Callable[[], Iterator[Figure]]


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
