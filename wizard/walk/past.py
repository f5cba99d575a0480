"""What was done with an object, as a list and as lines: who, when, with which plan and engine, confirmed how, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Final

from wizard.walk.entries import Entry, Tone

if TYPE_CHECKING:
    from wizard.deploy.record.model import Event
    from wizard.workspace import Place, Workspace

#: Events that carry a plan's digest; a state's own is told where it is restored.
_OF_PLANS: Final = frozenset({"plan", "apply", "destroy", "wait"})
_BAD: Final = frozenset({"failed", "killed"})


def read(workspace: Workspace, place: Place) -> tuple[Event, ...]:
    """Read everything that left a trace, the oldest first; of a deployment with the runs of its shard. Blocks."""
    from wizard.deploy.record.past import history
    from wizard.deploy.target import shard_beneath

    return history(place, shard_beneath(workspace, place))


def details(event: Event) -> Iterator[tuple[str, str]]:
    """Give what is known of an event beside what was done, each with its label."""
    yield from (
        (word, text)
        for word, text in (
            ("by", event.who),
            ("confirmed", event.confirmed),
            ("why", event.reason if event.kind != "acknowledgement" else ""),  # it stands in the line already
            ("plan", event.digest if event.kind in _OF_PLANS else ""),
            ("engine", event.engine),
        )
        if text
    )


def entries(events: Iterable[Event]) -> Iterator[Entry]:
    """Give each event, the newest first."""
    for number, event in reversed([*enumerate(events)]):
        at = event.at.astimezone(UTC)
        told = [*details(event)]
        told += [("outcome", event.outcome)] if event.outcome else []
        told += [("stack", event.stack)] if event.stack else []
        told += [("run", event.run)] if event.run else []
        symbol, tone = _mark(event)
        when, kind = f"{at:%Y-%m-%d %H:%M:%S} UTC", event.kind or "done"
        what = f"{event.object}: {event.what}"
        yield Entry(
            str(number),
            symbol,
            f"{at:%m-%d %H:%M}",
            tone,
            what,
            "",
            (("when", when), ("kind", kind), *told),
            below=True,
        )


def _mark(event: Event) -> tuple[str, Tone]:
    if event.outcome in _BAD:
        return "✗", Tone.BAD
    if event.outcome in {"interrupted", "gave up", "cancelled"}:
        return "■", Tone.WARN
    return ("!", Tone.WARN) if event.kind in {"skipped", "unlock"} else ("·", Tone.QUIET)
