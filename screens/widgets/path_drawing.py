"""Draws a data path as lines of segments: side by side where there is room, one stop a line where there is not. Pure.

┌ shard use1-a ────────────────┐               ┌ transit VPC ───┐               ┌ customer ────┐
│ ingestion    ─►  endpoint    │─►  service  ─►│ NLB ─►  target │─►  peering  ─►│ database     │
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from screens.widgets.data_path import Picture, Place, Route, Stop
from screens.widgets.path_folded import folded
from screens.widgets.path_segments import NOT_LOOKED, Line, Segment, States, cut, detail_kind, said, text_of
from wizard.verify.hops import HopState

__all__ = ["NOT_LOOKED", "Line", "States", "draw", "said", "text_of"]

#: Details of a stop go on over so many lines at most.
_MOST_LINES = 3
_NO_BREAK = "\N{NO-BREAK SPACE}"
#: Borders on the left and the right.
_EDGES = 4
_BREAKABLE = re.compile(r"[^\s.:/,-]*(?:[.:/,-]+|\s+|$)")


def draw(picture: Picture, width: int, states: States = NOT_LOOKED) -> tuple[Line, ...]:
    """Draw a picture in so many columns."""
    widths = _widths(picture, width, states)
    return tuple(folded(picture, width, states) if widths is None else _wide(picture, widths, states))


# Side by side


def _widths(picture: Picture, width: int, states: States) -> list[int] | None:
    """Share the room among the columns, to the neediest first; None when there is no room for the labels alone."""
    columns = range(len(picture.columns))
    stops = [[route.stops[column] for route in picture.routes] for column in columns]
    widths = [max(_least(stop, states) for stop in column) for column in stops]
    for index, place in enumerate(picture.places):
        last = max(column for column in columns if picture.columns[column] == index)
        wanted = max(len(place.label) + 2, *(len(detail) for detail in place.details), 0)
        widths[last] += max(0, wanted - _inner(picture, widths, index))
    room = width - _EDGES - sum(widths) - sum(_gap_width(picture, column) for column in columns[:-1])
    if room < 0:
        return None
    for _ in range(room):
        needs = [max(_need(stop, widths[column]) for stop in stops[column]) for column in columns]
        neediest = max(columns, key=lambda column: needs[column])
        if needs[neediest] == _NO_NEED:
            break
        widths[neediest] += 1
    return widths


_NO_NEED = (0, 0, 0)


def _need(stop: Stop | None, width: int) -> tuple[int, int, int]:
    """Give what a stop's details suffer in so much room: lines not shown, words broken, lines gone on over."""
    if stop is None:
        return _NO_NEED
    lines = _all_lines(stop, width)
    broken = sum(len(word.rstrip()) > width for detail in stop.details for word in _BREAKABLE.findall(detail))
    return max(0, len(lines) - _MOST_LINES), broken, len(lines) - len(stop.details)


def _least(stop: Stop | None, states: States) -> int:
    if stop is None:
        return 1
    return max(len(stop.label), *map(len, _bound(stop.state(states)).split(" ")))


def _bound(state: HopState | None) -> str:
    """Give a state with its symbol bound to its first word: a line may break behind that, and never between them."""
    return said(state).replace(" ", _NO_BREAK, 1)


def _told(state: HopState | None, width: int) -> list[str]:
    """Give a state on as many lines as it needs."""
    return [line.replace(_NO_BREAK, " ") for line in textwrap.wrap(_bound(state), width)]


def _inner(picture: Picture, widths: list[int], place: int) -> int:
    """Give the room between a place's borders and their margins."""
    inside = [column for column, at in enumerate(picture.columns) if at == place]
    return sum(widths[column] for column in inside) + sum(_gap_width(picture, column) for column in inside[:-1])


def _wide(picture: Picture, widths: list[int], states: States) -> Iterator[Line]:
    yield _border(picture, widths, "┌┐")
    heads = [_head(place, _inner(picture, widths, index)) for index, place in enumerate(picture.places)]
    for number in range(max(map(len, heads))):
        yield _heading(picture, widths, heads, number)
    for route in picture.routes:
        yield _row(picture, widths, tuple(("", "frame", "") for _ in widths))
        yield _labels(picture, widths, route)
        wrapped = [_wrapped(stop, width) for stop, width in zip(route.stops, widths, strict=True)]
        for number in range(max(map(len, wrapped))):
            cells = tuple(
                (_at(lines, number), detail_kind(stop), stop.key if stop else "")
                for lines, stop in zip(wrapped, route.stops, strict=True)
            )
            yield _row(picture, widths, cells)
        found = [stop.state(states) if stop else None for stop in route.stops]
        told = [_told(state, width) for state, width in zip(found, widths, strict=True)]
        for number in range(max(map(len, told))):
            cells = tuple(
                (_at(lines, number), state.value if state else "frame", stop.key if stop else "")
                for lines, state, stop in zip(told, found, route.stops, strict=True)
            )
            yield _row(picture, widths, cells)
    yield _border(picture, widths, "└┘")


def _border(picture: Picture, widths: list[int], corners: str) -> Line:
    line: list[Segment] = []
    for index, place in enumerate(picture.places):
        if index:
            line.append(Segment(" " * _between(picture, widths, index)))
        inner = _inner(picture, widths, index)
        if corners == "┌┐":
            line += [
                Segment("┌ "),
                Segment(place.label, "place"),
                Segment(" " + "─" * (inner - len(place.label)) + "┐"),
            ]
        else:
            line.append(Segment("└" + "─" * (inner + 2) + "┘"))
    return tuple(line)


def _between(picture: Picture, widths: list[int], place: int) -> int:
    """Give the room between the border of the place before and this one's."""
    last = max(column for column, at in enumerate(picture.columns) if at == place - 1)
    first = min(column for column, at in enumerate(picture.columns) if at == place)
    gaps = sum(_gap_width(picture, column) for column in range(last, first))
    return sum(widths[last + 1 : first]) + gaps - _EDGES


def _heading(picture: Picture, widths: list[int], heads: list[list[str]], number: int) -> Line:
    line: list[Segment] = []
    for index in range(len(picture.places)):
        if index:
            line.append(Segment(" " * _between(picture, widths, index)))
        text = _at(heads[index], number).ljust(_inner(picture, widths, index))
        line += [Segment("│ "), Segment(text, "missing" if "?" in text else "detail"), Segment(" │")]
    return tuple(line)


def _head(place: Place, room: int) -> list[str]:
    """Give a place's details, as many on a line as there is room for."""
    lines = [""]
    for detail in place.details:
        joined = f"{lines[-1]} · {detail}" if lines[-1] else detail
        if len(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(cut(detail, room))
    return [line for line in lines if line] or [""]


def _labels(picture: Picture, widths: list[int], route: Route) -> Line:
    line: list[Segment] = [Segment("│ ")]
    for column, stop in enumerate(route.stops):
        label = stop.label if stop else ""
        line.append(Segment(label, "stop", stop.key if stop else ""))
        rest = widths[column] - len(label)
        if column == len(widths) - 1:
            line.append(Segment(" " * rest))
            continue
        joint, flow = _joint(picture, column), _flow(picture, route, column)
        fill, gap = _fill(rest, flow if joint in _LINE_BEGINS_AT_LABEL else "none"), _GAPS[joint][flow]
        # The arrow stands in the gap where it finds no room beside the label that it points at.
        line += [Segment(fill, "arrow"), Segment(gap[min(rest, len(gap) - 1)], "arrow")]
    line.append(Segment(" │"))
    return tuple(line)


def _fill(rest: int, flow: str) -> str:
    """Give what goes on from a label to the end of its column."""
    if flow == "none" or rest == 0:
        return " " * rest
    if flow == "pass":
        return "─" * rest
    if flow == "forward" or rest == 1:
        return " " + "─" * (rest - 1)
    return " ◄" + "─" * (rest - 2)


def _flow(picture: Picture, route: Route, column: int) -> str:
    """Give what goes on between a column and the next: none, forward, backward, or pass (a line with no end)."""
    there = [at for at, stop in enumerate(route.stops) if stop is not None]
    if _joint(picture, column) == "same":
        there = [at for at in there if picture.columns[at] == picture.columns[column]]
    if not there or not there[0] <= column < there[-1]:
        return "none"
    if route.forward:
        return "pass" if route.stops[column + 1] is None and _joint(picture, column) == "same" else "forward"
    return "pass" if route.stops[column] is None and _joint(picture, column) == "same" else "backward"


def _row(picture: Picture, widths: list[int], cells: tuple[tuple[str, str, str], ...]) -> Line:
    line: list[Segment] = [Segment("│ ")]
    for column, (text, kind, key) in enumerate(cells):
        line.append(Segment(cut(text, widths[column]).ljust(widths[column]), kind, key))
        if column < len(widths) - 1:
            line.append(Segment(_GAPS[_joint(picture, column)]["none"][0], "frame"))
    line.append(Segment(" │"))
    return tuple(line)


#: What stands between two columns, by how many cells the label before leaves free (0, 1, more): borders of places where
#: one is left or entered, and the line with its arrow.
_GAPS: dict[str, dict[str, tuple[str, ...]]] = {
    "same": {"none": ("   ",), "pass": ("───",), "forward": (" ► ", "─► "), "backward": (" ◄ ", "◄─ ", "── ")},
    "leaving": {"none": (" │  ",), "forward": (" ├► ",), "backward": (" │◄ ",)},
    "entering": {"none": ("  │ ",), "forward": (" ►│ ", "─►│ "), "backward": (" ◄┤ ", "◄─┤ ", "──┤ ")},
    "crossing": {"none": (" │  │ ",), "forward": (" ├─►│ ",), "backward": (" │◄─┤ ",)},
}
#: Where a line goes on from the label; elsewhere it begins at the place's border.
_LINE_BEGINS_AT_LABEL = frozenset({"same", "entering"})


def _joint(picture: Picture, column: int) -> str:
    here, there = picture.columns[column], picture.columns[column + 1]
    if here == there:
        return "same"
    if there is None:
        return "leaving"
    return "entering" if here is None else "crossing"


def _gap_width(picture: Picture, column: int) -> int:
    return len(_GAPS[_joint(picture, column)]["none"][0])


def _wrapped(stop: Stop | None, width: int) -> list[str]:
    lines = _all_lines(stop, width)
    return [*lines[: _MOST_LINES - 1], cut(lines[_MOST_LINES - 1] + "…", width)] if len(lines) > _MOST_LINES else lines


def _all_lines(stop: Stop | None, width: int) -> list[str]:
    return [line for detail in stop.details for line in _wrap(detail, width)] if stop else []


def _wrap(text: str, width: int) -> list[str]:
    """Break a text where names and addresses can be broken."""
    lines = [""]
    for piece in _BREAKABLE.findall(text):
        while len(piece.rstrip()) > width:
            room = width - len(lines[-1])
            lines[-1] += piece[:room]
            piece = piece[room:]  # noqa: PLW2901 - what is left of it
            lines.append("")
        if len(lines[-1]) + len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines if line.strip()]


def _at(lines: list[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""
