"""A rebuild of a lost state in plain lines: what was found for each address, and what was not. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.drift.taking_in import Place, Standing

if TYPE_CHECKING:
    from wizard.deploy.state.rebuilding import Rebuild


def lines(rebuild: Rebuild, *, found: bool = True) -> Iterator[str]:
    """Say it. Without `found`, only what was not found plainly: the plan that is shown beside it has the rest."""
    known = rebuild.of(Standing.FOUND)
    yield f"{len(known)} of {len(rebuild.places)} addresses were found in AWS"
    for place in rebuild.places:
        if found or place.standing is not Standing.FOUND:
            yield f"  {_line(place)}"
    for change in rebuild.planned.plan.view.acting:
        if change.kind == "update" and found:
            paths = ", ".join(difference.path for difference in change.differences())
            yield f"  ~ {change.address}: changed in place ({paths})"
    for stray in rebuild.strays:
        named = f", {stray.name}" if stray.name else ""
        yield f"  ! {stray.id} ({stray.type}{named}) carries our tags, and is none of these"
    if rebuild.unread:
        yield f"  ! {rebuild.unread}"


def _line(place: Place) -> str:
    match place.standing:
        case Standing.FOUND:
            return f"← {place.address}: {place.id}{' (as you said)' if place.given else ''}"
        case Standing.CHOOSE:
            return f"? {place.address}: {' or '.join(place.others)}: {place.why}"
        case Standing.NEVER:
            return f"+ {place.address}: {place.why}"
        case Standing.MISSING | Standing.UNKNOWN:
            empty = ", and empty" if place.holds_data else ""
            return f"+ {place.address}: {place.why}; it would be made anew{empty}"
