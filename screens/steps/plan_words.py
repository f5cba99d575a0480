"""What the plan step says. Pure: values in, content out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from textual.content import Content

from screens.plan_state import Standings, State
from screens.widgets.change_details import KIND_STYLES
from screens.widgets.notes import MUTED
from wizard.engine.plans import Loss
from wizard.errors import EditedFileError, PlanewrightError
from wizard.findings import Finding
from wizard.walk.plan_tree import SYMBOLS, ChangeRow, PlanTree

Mask = Callable[[str], str]


def stacks(standings: Standings, mask: Mask) -> Content:
    """Each stack in a line, the chosen one marked where there are several."""
    chosen, several = standings.chosen, len(standings.stacks) > 1
    lines = [
        Content.assemble(
            "❯ " if stack == chosen and several else "  ",
            (f"{standing.state.symbol} {standing.state.value:10} ", standing.state.style),
            (f"{stack:9}", "bold"),
            f" {mask(standing.said)}",
        )
        for stack in standings.stacks
        for standing in [standings[stack]]
    ]
    return Content("\n").join(lines)


def losses(tree: PlanTree, mask: Mask) -> Iterator[Content]:
    """What would be lost, each in a line, below how much it is."""
    count = len(tree.losses)
    verb = "change destroys or replaces" if count == 1 else "changes destroy or replace"
    yield Content.styled(f"✗ {count} {verb} what holds data or names:", "bold $text-error")
    for loss in tree.losses:
        yield _loss(loss, mask)


def _loss(loss: Loss, mask: Mask) -> Content:
    kind = loss.change.kind
    return Content.assemble(
        (f"  {SYMBOLS[kind]} {kind} ", KIND_STYLES[kind]), (mask(loss.address), "bold"), f"  loses {mask(loss.what)}"
    )


def said(standings: Standings, *, held: str, error: PlanewrightError | None, mask: Mask) -> Content | None:
    """Why there is no plan, or how one is made; None when nothing is to be said."""
    if held:
        return Content.styled(f"✗ held: {mask(held)}", "$text-error")
    if error is not None:
        return Content.styled(mask(str(error)), "$text-error") + _way_on(error)
    if not standings.stacks:
        return Content("· The answers are not complete yet: there is nothing to plan.")
    chosen = standings.chosen
    if standings[chosen].refused:
        return Content("\n").join(_refused(standings[chosen].refused, mask))
    if not standings.busy and not standings.views() and standings[chosen].state is State.TO_PLAN:
        return Content(f"m makes the plan of {chosen}. Planning changes nothing of what is there.")
    return None


def _refused(findings: tuple[Finding, ...], mask: Mask) -> Iterator[Content]:
    for finding in findings:
        yield Content.styled(f"∅ would be ignored: {mask(finding.what)}", "$text-error")
        yield Content.assemble(("  instead: ", MUTED), mask(finding.remedy))


def _way_on(error: PlanewrightError) -> Content:
    edited = " · v plans on, and keeps your versions beside the new ones"
    keys = f"m plans again · ^y copies this{edited if isinstance(error, EditedFileError) else ''}"
    return Content.styled(f"\n\n{keys}", MUTED)


def _changes(tree: PlanTree | None) -> Iterator[ChangeRow]:
    rows = tree.rows() if tree is not None else ()
    return (row for row in rows if isinstance(row, ChangeRow))


def _class(row: ChangeRow) -> str:
    return f"{row.classed.cls.value if row.classed is not None else 'drifted':18}"


def copied(standings: Standings, tree: PlanTree | None) -> str:
    """What is said of the stacks, and what would change, as text."""
    changes = [f"{row.change.kind:8} {_class(row)} {row.change.address}" for row in _changes(tree)]
    said = [f"{stack}: {standings[stack].state.value} {standings[stack].said}" for stack in standings.stacks]
    return "\n".join([*said, *changes])
