"""A plan in words: how much of what, what would be lost first, then each change where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.talk import Talk

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.walk.plan_tree import GroupRow, PlanTree

#: So many rows are said at once; of a longer plan its modules first.
AT_ONCE = 40
_DONE = {
    "create": "create",
    "update": "update in place",
    "replace": "replace: destroyed and made anew",
    "delete": "delete",
    "forget": "forget: it stays in AWS, and the state no longer knows it",
}


def tell(planned: Planned) -> None:
    """Say what a plan would do, worst first."""
    from wizard.walk.plan_tree import GroupRow, plan_tree

    view = planned.plan.view
    say()
    if view.empty:
        say(f"plan of {planned.stack}: no changes. An apply would do nothing.")
    elif view.acting:
        say(f"plan of {planned.stack}: {view.counts}")
    else:
        say(f"plan of {planned.stack}: only outputs change: {', '.join(view.outputs)}")
    tree = plan_tree({planned.stack: view})
    for line in _head(tree):
        say(line)
    lines = list(_rows(tree))
    if len(lines) <= AT_ONCE:
        for line in lines:
            say(line)
        return
    say("its modules; `changes` lists every change:")
    for row in tree.rows():
        if isinstance(row, GroupRow):
            say(f"  {row.label}: {_tally(row)}")


def _head(tree: PlanTree) -> Iterator[str]:
    """How much of what, by kind and by class; what would be ignored or lost; what has drifted."""
    from wizard.walk.plan_tree import CLASSES

    for kind, count in tree.tally.told:
        yield f"  {count} to {_DONE[kind]}"
    by_class = [f"{tree.classes[cls]} {cls.value}" for cls in CLASSES if tree.classes.get(cls)]
    if by_class:
        yield f"by class: {', '.join(by_class)}"
    if tree.ignored:
        yield "asked for, and it would not happen:"
    for item in tree.ignored:
        for part in item.ignored:
            yield f"  {item.change.address}: {part.told}. Instead: {part.instead}."
    if tree.losses:
        yield "what holds data or names, and would be destroyed or replaced:"
    for loss in tree.losses:
        yield f"  {loss.change.kind}: {loss.address}. Lost is {loss.what}."
    for change in tree.drift:
        yield f"  drifted: {change.address}: AWS no longer has it as it was left"


def rows(planned: Planned, search: str = "") -> Iterator[str]:
    """Give each module with its changes; with a text, those whose address, type or class holds it."""
    from wizard.walk.plan_tree import plan_tree

    return _rows(plan_tree({planned.stack: planned.plan.view}), search)


def _rows(tree: PlanTree, search: str = "") -> Iterator[str]:
    from wizard.walk.plan_tree import GroupRow

    for row in tree.rows(search=search):
        indent = "  " * (row.depth + 1)
        if isinstance(row, GroupRow):
            kind = "stack" if row.depth == 0 and row.tally.total else ""
            yield f"{indent}{f'{kind} ' if kind else ''}{row.label}: {_tally(row)}"
        elif row.drifted:
            yield f"{indent}drifted: {row.label}"
        else:
            why = f" ({row.change.reason})" if row.change.reason else ""
            loses = f". Lost is {row.loses}." if row.loses else ""
            cls = row.classed.cls.value if row.classed is not None else ""
            kind = "asked for" if row.change.kind == "noop" else row.change.kind
            yield f"{indent}{kind}: {row.label}{why}; {cls}{loses}"


def attributes(planned: Planned, search: str = "") -> Iterator[str]:
    """Give what changes of each resource that is there already: its class, why, the way back, attribute by attribute."""
    from wizard.cli.plans import short
    from wizard.deploy.classes import classes_of

    found = False
    for item in classes_of(planned.plan.view):
        change = item.change
        if change.kind in {"create", "forget", "noop"} or search.lower() not in change.address.lower():
            continue
        found = True
        yield f"  {change.kind}: {change.address}; {item.cls.value}"
        yield f"     why: {item.reason}"
        yield f"     back: {item.rollback}"
        if change.kind == "delete":
            continue
        for differs in change.differences():
            forces = "; this forces the replacement" if differs.forces else ""
            yield f"     {differs.path}: from {short(differs.before)} to {short(differs.after)}{forces}"
    if not found:
        yield "  none: nothing that is there already changes"


def confirmed(talk: Talk, planned: Planned) -> bool:
    """Take the typed name where something would be lost; refuse what would ignore an answer. No more is asked here."""
    from wizard.engine.plans import destructive

    if refused(planned):
        say("not applied: a plan that ignores what was answered is refused. Nothing was changed.")
        return False
    losses = destructive(planned.plan.view.changes)
    if not losses:
        return True
    name = planned.target.name
    say(f"{len(losses)} of these hold data or names, and cannot be brought back.")
    if talk.typed(f"type {name} to go on", name):
        return True
    say("not confirmed: the name was not typed. Nothing was changed.")
    return False


def refused(planned: Planned) -> bool:
    """Whether the plan would leave as it is what was answered."""
    from wizard.deploy.classes import findings_of

    return bool(findings_of(planned.plan.view))


def _tally(row: GroupRow) -> str:
    return ", ".join(f"{count} to {kind}" for kind, count in row.tally.told) or "none of them is in the plan"
