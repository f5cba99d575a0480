"""What the teardown's screen says. Pure: values in, content out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets.run_words import error_text
from wizard.engine.plans import destructive
from wizard.errors import EditedFileError, PlanewrightError

if TYPE_CHECKING:
    from wizard.deploy.target import Target
    from wizard.walk.destroying import Turn

Mask = Callable[[str], str]
_MUTED = "$foreground 70%"


@dataclass(frozen=True, slots=True)
class Stand:
    """How a teardown stands: stacks that are gone and why, what is done now for which, what ended it."""

    gone: Mapping[str, str]
    now: tuple[str, str]
    error: PlanewrightError | None = None
    remains: tuple[str, ...] | None = None
    bad: bool = False
    going: bool = False
    ours: bool = False
    stopping: bool = False


def said(target: Target | None, stand: Stand, mask: Mask) -> Content:
    """What stands above the plan or the run; without a target, why it cannot be opened."""
    if target is None:
        return error_text(stand.error, mask) if stand.error is not None else Content("")
    if stand.remains is not None:
        lines = [stacks(target, stand), done(target, stand.remains, mask)]
    elif not stand.now[0] and stand.error is None:
        return beginning(target, mask)
    else:
        lines = [stacks(target, stand)]
    if stand.error is not None:
        edited = " · v plans on, and keeps your versions beside the new ones"
        way_on = f"m plans again{edited if isinstance(stand.error, EditedFileError) else ''}"
        lines += [error_text(stand.error, mask), Content.styled(way_on, "bold")]
    elif stand.going:
        lines.append(running(target.name, mask, ours=stand.ours, stopping=stand.stopping))
    return Content("\n").join(lines)


def where(target: Target, mask: Mask) -> str:
    """Account and region."""
    account = target.shard.account
    return f"{mask(account.id)} {account.region}"


def beginning(target: Target, mask: Mask) -> Content:
    """What a teardown does, before anything is done."""
    order = ", then ".join(reversed(target.stacks))
    return Content("\n").join(
        [
            Content.assemble(
                ("Destroy ", "bold $text-error"),
                (mask(target.name), "bold"),
                f": {order}, in account {where(target, mask)}.",
            ),
            Content(
                "Each stack has two plans: one lifts its deletion protection, one destroys it. Both are shown first, and "
                "each takes the name, typed: no single key destroys anything, and a plan changes nothing."
            ),
            Content.assemble(("m makes the first plan.", "bold"), (" Esc goes back.", _MUTED)),
        ]
    )


def stacks(target: Target, stand: Stand) -> Content:
    """How each stack stands, the one that goes first on top."""
    lines = []
    symbol, style = ("✗", "bold $text-error") if stand.bad else ("●", "$text-accent")
    for stack in reversed(target.stacks):
        if stack in stand.gone:
            why = stand.gone[stack]
            told = why if why == "destroyed" else f"nothing to destroy: {why}"
            lines.append(Content.assemble((f"✓ {stack:<9}", "$text-success"), told))
        elif stack == stand.now[0]:
            lines.append(Content.assemble((f"{symbol} {stack:<9}", style), stand.now[1]))
        else:
            lines.append(Content.styled(f"· {stack:<9}to go", _MUTED))
    return Content("\n").join(lines)


def lost(turn: Turn, mask: Mask) -> list[Content]:
    """What is asked before a turn: what it does, and what of it holds data, by name."""
    if turn.planned is None:
        return []
    plan = turn.planned.plan
    here = f"in account {where(turn.planned.target, mask)}"
    losses = destructive(plan.view.changes)
    if turn.kind.name == "LIFT":
        lines = [
            Content.assemble(
                (f"~ This lifts the deletion protection of {turn.stack}", "bold $text-warning"),
                f": {plan.view.counts}, {here}. Nothing is destroyed by it.",
            )
        ]
    else:
        lines = [
            Content.assemble(
                (f"- This destroys {plan.view.counts.remove} resources of {turn.stack}", "bold $text-error"),
                f", {here}.",
            )
        ]
    if losses:
        lines.append(
            Content.styled(
                f"‼ {len(losses)} of these hold data or names, and cannot be brought back:", "bold $text-error"
            )
        )
        lines += [Content.styled(f"  {mask(loss.address)} loses {loss.what}", "$text-error") for loss in losses]
    return lines


def running(name: str, mask: Mask, *, ours: bool, stopping: bool) -> Content:
    """What may be done while a run goes on."""
    if stopping:
        return Content.styled("◼ asked to stop in good order; c again asks for more.", "$text-warning")
    whose = "" if ours else "This run was started before: it is followed here, and then m plans what is left. "
    return Content.styled(f"{whose}It goes on if you leave: destroy {mask(name)} again takes it up.", _MUTED)


def done(target: Target, remains: Sequence[str], mask: Mask) -> Content:
    """All that was to go is gone; what stays, stays on purpose."""
    lines = [Content.styled(f"✓ {mask(target.name)} is destroyed. What is left:", "bold $text-success")]
    lines += [Content(f"  - {mask(item)}") for item in remains]
    return Content("\n").join(lines)
