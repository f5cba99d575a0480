"""Three lines about the object under the cursor: where it is, what its state asks for, what was done with it last. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from wizard.deploy.object_state import State

if TYPE_CHECKING:
    from wizard.deploy.details import Details
    from wizard.deploy.overview import Row

Mask = Callable[[str], str]
#: As many lines as there are, always: nothing jumps as the cursor moves.
LINES = 3
_DOT = " · "
_MUTED = "$foreground 70%"
_ADDRESSES = 2


def said(row: Row, details: Details | None, mask: Mask) -> Content:
    """Give the lines; what is read behind the typing is missing until it is there."""
    problem = details.problem if details is not None else ""
    lines = [_where(row, details, mask)]
    lines.append(Content.styled(f"✗ {mask(problem)}", "$text-error") if problem else Content(_asks(row, mask)))
    lines.append(Content.styled(_last_run(details), _MUTED))
    return Content("\n").join(lines)


def _where(row: Row, details: Details | None, mask: Mask) -> Content:
    parts = [row.kind]
    if details is not None:
        parts += [details.topology, f"on {mask(details.shard)}" if details.shard else ""]
        parts.append(f"{mask(details.account)} {details.region}".strip())
    return Content.assemble((mask(row.name), "bold"), (_DOT + _DOT.join(filter(None, parts)), _MUTED))


def _asks(row: Row, mask: Mask) -> str:
    """Say what a state means here, and which key goes on."""
    told = {
        State.UNREADABLE: "its folder cannot be read",
        State.RUNNING: f"a run of {row.stack} goes on: Enter follows it",
        State.FAILED: f"the last run of {row.stack} did not succeed: Enter shows it with its remedy",
        State.UNFINISHED: "its destroy was not carried to the end: Tab d takes it up again",
        State.WAITING: f"waiting on {', '.join(row.waiting_on)}: Enter goes on, Tab v looks again",
        State.DRIFTED: f"drifted since the last apply: {_drift(row, mask)}",
        State.DRAFT: "nothing is applied: Enter goes on with the answers",
        State.APPLIED: _applied(row),
        State.DESTROYED: "its answers are kept: Enter goes on to deploy it again",
    }[row.state]
    draft = "; what was typed since is a draft" if row.draft else ""
    return f"{row.symbol} {told}{draft}"


def _drift(row: Row, mask: Mask) -> str:
    shown = ", ".join(mask(address) for address in row.drifted[:_ADDRESSES])
    more = len(row.drifted) - _ADDRESSES
    return f"{shown} and {more} more" if more > 0 else shown


def _applied(row: Row) -> str:
    if row.verified:
        return "verified: nothing failed, and nobody was waited for"
    if row.waiting_on:
        return f"waiting on {', '.join(row.waiting_on)}: Tab v looks again"
    return (
        "not verified since the last apply: Tab v verifies"
        if row.last != "looked at"
        else "looked at, and not verified: Tab r reads the report"
    )


def _last_run(details: Details | None) -> str:
    if details is None or details.run is None:
        return ""
    request = details.run.request
    how = details.outcome or "without an end so far"
    return f"last run: {request.action} of {request.stack}, {how} · {request.created:%Y-%m-%d %H:%M} UTC"
