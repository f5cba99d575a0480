"""What a drawing of the data path is made of: lines of segments, each with its kind and its stop. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screens.widgets.data_path import Stop
from wizard.verify.hops import HopState


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line. `kind`: frame, arrow, place, stop, detail, missing, title, or a hop's state; `key` the stop's."""

    text: str
    kind: str = "frame"
    key: str = ""


Line = tuple[Segment, ...]
States = Mapping[str, HopState]
NOT_LOOKED: States = {}


def text_of(lines: tuple[Line, ...]) -> str:
    """Give a drawing as plain text."""
    return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)


def said(state: HopState | None) -> str:
    """Give a state as symbol and word; empty while nobody has looked."""
    return f"{state.symbol} {state.word}" if state else ""


def detail_kind(stop: Stop | None) -> str:
    """Say whether a stop's details lack an answer."""
    return "missing" if stop is not None and stop.unanswered else "detail"


def cut(text: str, width: int) -> str:
    """Give a text in at most so many cells."""
    if len(text) <= width:
        return text
    return text[: width - 1] + "…" if width > 0 else ""
