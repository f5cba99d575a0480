"""A plan, shown: what a person has to see before they say yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.engine.plans import Change, Loss, PlanView

#: Attributes shown of one changed resource; the run keeps all of them.
SHOWN = 12


def show(view: PlanView, *, stack: str, name: str) -> None:
    """Print the plan: what would be lost on top, then each change, then the counts."""
    from wizard.engine.plans import destructive
    from wizard.walk.plan_tree import SYMBOLS

    say(f"Plan of {name} / {stack}: {view.counts}")
    losses = destructive(view.changes)
    if losses:
        say()
        say("✗ this plan destroys or replaces what holds data or names:")
        for loss in losses:
            say(f"  {SYMBOLS[loss.change.kind]} {loss.change.kind:8} {loss.address}  (loses {loss.what})")
    say()
    for change in view.acting:
        say(
            f"  {SYMBOLS[change.kind]} {change.kind:8} {change.address}{f'  ({change.reason})' if change.reason else ''}"
        )
        if change.kind in {"update", "replace"}:
            _attributes(change)
    if view.outputs and not view.acting:
        say(f"  only outputs change: {', '.join(view.outputs)}")
    for entry in _drift(view):
        paths = ", ".join(difference.path for difference in entry.differences()) or entry.kind
        say(f"  ! drifted  {entry.address}: AWS no longer has it as the state does ({paths})")


def _drift(view: PlanView) -> tuple[Change, ...]:
    """Drift that means something: without what only reads back as empty, or reflects our own resources."""
    from wizard.engine.settle import decide

    return decide(view, {entry.address for entry in view.drift}).drift


def _attributes(change: Change) -> None:
    differences = change.differences()
    for item in differences[:SHOWN]:
        forces = "  (forces the replacement)" if item.forces else ""
        say(f"        {item.path}: {short(item.before)} → {short(item.after)}{forces}")
    if len(differences) > SHOWN:
        say(f"        and {len(differences) - SHOWN} more attributes")


def short(value: Any) -> str:
    """Give a value as it is shown in a line."""
    text = repr(value) if isinstance(value, str) and value != "(known after apply)" else str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def as_json(view: PlanView, losses: tuple[Loss, ...]) -> dict[str, Any]:
    """Give the plan for programs."""
    counts = view.counts
    return {
        "counts": {"add": counts.add, "change": counts.change, "destroy": counts.remove},
        "changes": [{"address": c.address, "type": c.type, "kind": c.kind, "reason": c.reason} for c in view.acting],
        "outputs": list(view.outputs),
        "drift": [c.address for c in _drift(view)],
        "losses": [{"address": loss.address, "loses": loss.what, "data": loss.data} for loss in losses],
    }
