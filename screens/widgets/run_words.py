"""What a run's view says, styled: head, totals, verdict, one resource. Pure: values in, content out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from textual.content import Content

from wizard.engine.events import Diagnostic, Failed, Finished, InFlight, RunState
from wizard.engine.runs import Request, Result
from wizard.engine.verdict import CUT, journal_cut
from wizard.engine.verdict import verdict as error_of
from wizard.errors import PlanewrightError
from wizard.redact import Redactor
from wizard.walk.journal import Moment
from wizard.walk.run_news import duration, time_left
from wizard.walk.run_news import totals as totals_of
from wizard.walk.run_rows import Note, Row, clock_of, remedy_of, said, why_of

Mask = Callable[[str], str]
_BAR = 24


def head(request: Request, mask: Mask) -> Content:
    """What runs, by whom, with which engine."""
    engine = f"{request.engine_kind} {request.engine_version}"
    when = f"{request.created:%Y-%m-%d %H:%M:%S} UTC"
    beside = " · ".join((mask(request.object_name), when, mask(request.who), engine))
    return Content.assemble((f"{request.action} {request.stack}", "bold"), (f"  {beside}", "$text-muted"))


def bar(state: RunState, width: int = _BAR) -> Content:
    """How much is done, as a bar: never without the numbers beside it."""
    share = min(state.done / state.total, 1.0) if state.total else 0.0
    filled = int(share * width)
    style = "$text-error" if state.failed_count or state.error_count else "$text-success"
    return Content.assemble(("█" * filled, style), ("░" * (width - filled), "$text-muted"))


def totals(state: RunState, elapsed: timedelta, earlier: Sequence[timedelta], *, going: bool, width: int) -> Content:
    """The bar with what is done, failed and in flight; below it, while it goes on, what is done now and what is left."""
    counts = [totals_of(state)]
    if going or state.in_flight:
        counts.append(f"{len(state.in_flight)} in flight")
    counts.append(duration(elapsed))
    first = Content.assemble(bar(state, min(_BAR, width // 3)), "  ", (" · ".join(counts), "bold"))
    parts: list[tuple[str, str]] = []
    if going:
        if state.interrupted:
            parts.append(("◼ stopping in good order", "bold $text-warning"))
        elif state.phase != "finished":
            parts.append((f"… {state.phase}", "$text-accent"))
        left = time_left(earlier, elapsed)
        if left:
            parts.append((left, "$text-muted"))
    second = Content(" · ").join([Content.styled(text, style) for text, style in parts])
    return Content("\n").join([first, second]) if going else first


def verdict(
    request: Request, state: RunState, result: Result | None, broken: PlanewrightError | None, mask: Mask
) -> Content:
    """How a run ended, why, and the way on."""
    error = broken or (error_of(request, state, result) if result is not None else None)
    if error is not None:
        return error_text(error, mask)
    if result is None:
        return Content.styled("… the run goes on somewhere else", "$text-accent")
    lines = [Content.styled(f"✓ succeeded: {_came_of(state)}", "bold $text-success")]
    if journal_cut(request, state, result):
        lines.append(Content.styled(f"! {CUT.format(run=request.id)}", "$text-warning"))
    if state.warning_count:
        lines += [Content.styled(f"! warning: {mask(why_of(item))}", "$text-warning") for item in state.warnings[:3]]
    return Content("\n").join(lines)


def _came_of(state: RunState) -> str:
    done = state.summary
    if done is None:
        return str(state.planned or "no changes")
    return f"{done.add} added, {done.change} changed, {done.remove} destroyed"


def error_text(error: PlanewrightError, mask: Mask) -> Content:
    """An error as title, next action and cause; redacted. The cause may be long: the way on is seen without scrolling."""
    clean = Redactor().text
    lines = [Content.styled(f"✗ {mask(clean(error.title))}", "bold $text-error")]
    if error.action:
        lines.append(Content.assemble(("next: ", "bold"), mask(clean(error.action))))
    if error.cause:
        lines.append(Content.assemble(("why:  ", "bold"), mask(clean(error.cause))))
    problems = getattr(error, "problems", ())
    lines += [Content(mask(clean(f"- {item.path}: {item.what}; {item.remedy}"))) for item in problems]
    return Content("\n").join(lines)


def detail(row: Row | None, told: Sequence[Moment], now: datetime, name: str, mask: Mask) -> Content:
    """One resource: how it stands, why it failed and the way on, what the engine said of it."""
    if row is None:
        return Content.styled("↑ ↓ choose a resource: its history, its error and the way on stand here.", "$text-muted")
    if isinstance(row, Note):
        return Content(row.text)
    symbol, word = said(row)
    style = {"✗": "bold $text-error", "…": "$text-accent", "✓": "$text-success"}[symbol]
    took = clock_of(row, now)
    since = f", since {row.started_at:%H:%M:%S} UTC" if isinstance(row, InFlight) else ""
    lines = [
        Content.styled(mask(row.address), "bold"),
        Content.styled(f"{symbol} {word}" + (f", {took}{since}" if took else ""), style),
    ]
    if isinstance(row, Failed | InFlight | Finished) and row.id:
        lines.append(Content(f"id {mask(row.id)}"))
    if isinstance(row, Failed) and row.diagnostic is None:
        lines.append(Content("The engine says why once the work beside it has ended."))
    diagnostic = row if isinstance(row, Diagnostic) else row.diagnostic if isinstance(row, Failed) else None
    if diagnostic is not None:
        lines.append(Content.assemble(("remedy: ", "bold"), mask(remedy_of(diagnostic, name))))
        lines.append(Content.assemble(("why:    ", "bold"), mask(why_of(diagnostic))))
        told = [item for item in told if not item.what.startswith("Error: ")]  # it stands above
    clean = Redactor().text
    lines += [Content(f"{item.at:%H:%M:%S}  {mask(clean(' '.join(item.what.split())))}") for item in told]
    return Content("\n").join([line for line in lines if line.plain])
