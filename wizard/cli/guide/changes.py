"""A plan in words: how much of what, what would be lost first, then each change where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide.talk import Talk

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.walk.plan_tree import GroupRow

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
    for kind, count in tree.tally.told:
        say(f"  {count} to {_DONE[kind]}")
    if tree.losses:
        say("what holds data or names, and would be destroyed or replaced:")
    for loss in tree.losses:
        say(f"  {loss.change.kind}: {loss.address}. Lost is {loss.what}.")
    for change in tree.drift:
        say(f"  drifted: {change.address}: AWS no longer has it as it was left")
    lines = list(rows(planned))
    if 0 < len(lines) <= AT_ONCE:
        for line in lines:
            say(line)
    elif lines:
        say("its modules; `changes` lists every change:")
        for row in tree.rows():
            if isinstance(row, GroupRow):
                say(f"  {row.label}: {_tally(row)}")


def rows(planned: Planned, search: str = "") -> Iterator[str]:
    """Give each module with its changes; with a text, those whose address or type holds it."""
    from wizard.walk.plan_tree import GroupRow, plan_tree

    for row in plan_tree({planned.stack: planned.plan.view}).rows(search=search):
        indent = "  " * (row.depth + 1)
        if isinstance(row, GroupRow):
            kind = "stack" if row.depth == 0 and row.tally.total else ""
            yield f"{indent}{f'{kind} ' if kind else ''}{row.label}: {_tally(row)}"
        elif row.drifted:
            yield f"{indent}drifted: {row.label}"
        else:
            why = f" ({row.change.reason})" if row.change.reason else ""
            loses = f". Lost is {row.loses}." if row.loses else ""
            yield f"{indent}{row.change.kind}: {row.label}{why}{loses}"


def attributes(planned: Planned, search: str = "") -> Iterator[str]:
    """Give what changes of each resource that is updated or replaced, attribute by attribute."""
    from wizard.cli.plans import short

    found = False
    for change in planned.plan.view.acting:
        if change.kind not in {"update", "replace"} or search.lower() not in change.address.lower():
            continue
        found = True
        yield f"  {change.kind}: {change.address}"
        for item in change.differences():
            forces = "; this forces the replacement" if item.forces else ""
            yield f"     {item.path}: from {short(item.before)} to {short(item.after)}{forces}"
    if not found:
        yield "  none: nothing that is there already changes"


def confirmed(talk: Talk, planned: Planned) -> bool:
    """Take the typed name where something would be lost; nothing else is asked for here."""
    from wizard.engine.plans import destructive

    losses = destructive(planned.plan.view.changes)
    if not losses:
        return True
    name = planned.target.name
    say(f"{len(losses)} of these hold data or names, and cannot be brought back.")
    if talk.typed(f"type {name} to go on", name):
        return True
    say("not confirmed: the name was not typed. Nothing was changed.")
    return False


def _tally(row: GroupRow) -> str:
    return ", ".join(f"{count} to {kind}" for kind, count in row.tally.told) or "drifted"
