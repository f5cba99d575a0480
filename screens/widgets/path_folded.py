"""Draws a data path in a narrow room: one stop a line, its place above it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from screens.widgets.data_path import Picture, Route, Stop
from screens.widgets.path_segments import Line, Segment, States, cut, detail_kind, said


def folded(picture: Picture, width: int, states: States) -> Iterator[Line]:
    """Give the lines of all routes, one below the other."""
    labels = max(len(stop.label) for route in picture.routes for stop in route.stops if stop) + 1
    for number, route in enumerate(picture.routes):
        if number:
            yield ()
        if route.title:
            yield (Segment(cut(route.title, width), "title"),)
        yield from _folded_route(picture, route, width, labels, states)


def _folded_route(picture: Picture, route: Route, width: int, labels: int, states: States) -> Iterator[Line]:
    place: int | None = -1
    order = route.in_order
    for number, (column, stop) in enumerate(order):
        if picture.columns[column] != place:
            place = picture.columns[column]
            if place is not None:
                here = picture.places[place]
                text = cut(" · ".join((here.label, *here.details)), width - 2)
                yield Segment("┌ " if number == 0 else "├ "), Segment(text, "place")
        yield _folded_stop(stop, width, labels, states, last=number == len(order) - 1)


def _folded_stop(stop: Stop, width: int, labels: int, states: States, *, last: bool) -> Line:
    state = stop.state(states)
    word = cut(said(state), width - 5 - labels)
    room = max(0, width - 4 - labels - (len(word) + 1 if word else 0))
    detail = cut(" · ".join(stop.details), room)
    return (
        Segment("└─► " if last else "│ ▼ ", "arrow"),
        Segment(stop.label.ljust(labels), "stop", stop.key),
        Segment(detail.ljust(room) if word else detail, detail_kind(stop), stop.key),
        Segment(f" {word}" if word else "", state.value if state else "frame", stop.key),
    )
