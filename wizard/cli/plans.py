"""A plan, shown: what a person has to see before they say yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.changes.classify import Classed
    from wizard.changes.ignored import Ignored
    from wizard.engine.plans import Change, Loss, PlanView

#: Attributes shown of one changed resource; the run keeps all of them.
SHOWN = 12


def show(view: PlanView, *, stack: str, name: str) -> None:
    """Print the plan: what would be lost or ignored on top, then each change with its class, reason and way back."""
    from wizard.deploy.classes import classes_of
    from wizard.engine.plans import losses_of
    from wizard.engine.settle import drift_of
    from wizard.walk.plan_tree import SYMBOLS

    say(f"Plan of {name} / {stack}: {view.counts}")
    classed = classes_of(view)
    if classed:
        say(f"  {counted(classed)}")
    losses = losses_of(classed)
    if losses:
        say()
        say("✗ this plan destroys or replaces what holds data or names:")
        for loss in losses:
            say(f"  {SYMBOLS[loss.change.kind]} {loss.change.kind:8} {loss.address}  (loses {loss.what})")
    _ignored(classed)
    say()
    for item in classed:
        change = item.change
        if change.kind == "noop":
            continue  # what is asked for and not in the plan stands above
        reason = f"  ({change.reason})" if change.reason else ""
        say(f"  {SYMBOLS[change.kind]} {change.kind:8} {item.cls.symbol} {item.cls.value:18} {change.address}{reason}")
        if change.kind != "create":
            say(f"        why: {item.reason}")
            say(f"        back: {item.rollback}")
        if change.kind in {"update", "replace"}:
            _attributes(change)
    for change in view.imports:
        say(f"  ← import   {change.address}  (id {change.imported}: the state takes it in)")
    if view.outputs and not view.acting:
        say(f"  only outputs change: {', '.join(view.outputs)}")
    for entry in drift_of(view):
        paths = ", ".join(difference.path for difference in entry.differences()) or entry.kind
        say(f"  ! drifted  {entry.address}: AWS no longer has it as the state does ({paths})")


def counted(classed: Iterable[Classed]) -> str:
    """Say how many changes there are of each class, worst first."""
    from wizard.walk.plan_tree import CLASSES

    counts = Counter(item.cls for item in classed)
    return ", ".join(f"{cls.symbol} {counts[cls]} {cls.value}" for cls in CLASSES if counts[cls])


def _ignored(classed: Iterable[Classed]) -> None:
    left = [(item, part) for item in classed for part in item.ignored]
    if not left:
        return
    say()
    say("∅ this is asked for, and would not happen:")
    for item, part in left:
        say(f"  {item.change.address}: {part.told}")
        say(f"        instead: {part.instead}")
    if any(part.refused for _, part in left):
        say("  such a plan is not applied")


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


def as_json(view: PlanView) -> dict[str, Any]:
    """Give the plan for programs. What is asked for and not in the plan stands under `ignored` alone."""
    from wizard.deploy.classes import classes_of
    from wizard.engine.plans import losses_of
    from wizard.engine.settle import drift_of

    counts, classed = view.counts, classes_of(view)
    losses: tuple[Loss, ...] = losses_of(classed)
    return {
        "counts": {"add": counts.add, "change": counts.change, "destroy": counts.remove},
        "classes": dict(Counter(item.cls.value for item in classed)),
        "changes": [_change(item) for item in classed if item.change.kind != "noop"],
        "ignored": [_left(item, part) for item in classed for part in item.ignored],
        "outputs": list(view.outputs),
        "drift": [c.address for c in drift_of(view)],
        "losses": [{"address": loss.address, "loses": loss.what, "data": loss.data} for loss in losses],
    }


def _change(item: Classed) -> dict[str, Any]:
    change = item.change
    return {
        "address": change.address,
        "type": change.type,
        "kind": change.kind,
        "reason": change.reason,
        "class": item.cls.value,
        "why": item.reason,
        "rollback": item.rollback,
        "decided_by": list(item.by),
    }


def _left(item: Classed, part: Ignored) -> dict[str, Any]:
    return {
        "address": item.change.address,
        "attribute": part.attribute,
        "wanted": part.wanted,
        "stays": part.stays,
        "why": part.reason,
        "instead": part.instead,
        "answer": part.key,
        "refused": part.refused,
    }
