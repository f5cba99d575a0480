"""A hop as lines of plain text. Pure: the caller prints, colours and redacts."""

from __future__ import annotations

from wizard.verify.hops import Hop, HopState, Verification


def line(hop: Hop) -> str:
    """One line: symbol, word, title, subject, and why when it did not pass."""
    why = f": {hop.reason}" if hop.reason else ""
    on = f" on {hop.waiting_on}" if hop.waiting_on else ""
    return f"{hop.state.symbol} {hop.state.word}{on}  {hop.title} ({hop.subject}){why}"


def details(hop: Hop) -> tuple[str, ...]:
    """What was seen and what to do, a line each, to stand below `line`."""
    remedy = (f"remedy: {hop.remedy}",) if hop.remedy else ()
    return (*(f"seen: {seen}" for seen in hop.evidence), *remedy, *(f"run: {command}" for command in hop.commands))


def totals(verification: Verification) -> str:
    """One line of counts. What is not proven is named as such."""
    counts = verification.counts()
    parts = [f"{counts[state]} {state.word}" for state in HopState if counts[state] or state is HopState.PASSED]
    return f"{len(verification.proven)} of {len(verification.hops)} hops proven: {', '.join(parts)}"
