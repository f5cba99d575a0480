"""Plan: what an apply would change, stack after stack, in words. Planning changes nothing of what is there."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from wizard.cli.common import say
from wizard.cli.guide import changes, checking
from wizard.cli.guide.desk import attempt, tell_error
from wizard.cli.guide.talk import Jump, Option
from wizard.errors import EditedFileError, PlanewrightError
from wizard.walk.finished import Stand
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way
    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target


def go(way: Way) -> None:
    """Plan the stack whose turn it is, and look at the plan. Goes on to the apply with a plan, or past it without."""
    target = way.walk.settle()
    stack = _due(way, target)
    if len(target.stacks) > 1:
        say(f"stacks in their order: {', '.join(target.stacks)}. Now: {stack}.")
    while True:
        planned = _made(way, target, stack)
        if planned is None:
            stack = _without_plan(way, target, stack)
            continue
        changes.tell(planned)
        word = _looked_at(way, planned)
        if word == "apply":
            way.planned = planned
            return
        if word == "on":
            return
        if word != "again":
            stack = word


def _due(way: Way, target: Target) -> str:
    """Give the stack whose turn it is: the first that is not applied as the answers are."""
    stands = way.progress().stands
    due = [s for s in target.stacks if stands.get(s) is not Stand.APPLIED and s not in way.settled_stacks]
    return next(iter((*due, *(s for s in target.stacks if s not in way.settled_stacks))), target.stacks[0])


def _made(way: Way, target: Target, stack: str) -> Planned | None:
    """Make the plan; None, with the reason said, when there can be none."""
    found: Planned | None = attempt(
        lambda: _plan(way, target, stack, force=False), stopped="no plan was made, and nothing was changed"
    )
    return found


def _plan(way: Way, target: Target, stack: str, *, force: bool) -> Planned | None:
    from wizard.cli.plan import prepare_stack, waiting
    from wizard.cli.progress import view
    from wizard.deploy import flow
    from wizard.deploy.exclusive import exclusive

    say(f"planning {stack}: opening the engine and the account's session")
    site = way.desk.site(target)
    say(f"account {site.identity.account}, {target.shard.account.region}, as {site.identity.arn}")
    for note in site.mirror.notes:
        say(f"note: {note}")
    _require_clear(way, target, site)
    reason = waiting(target, stack, site)
    if reason is not None:
        say(f"{stack} waits: {reason}")
        return None
    with exclusive(target.place):
        say("writing the files, initialising the engine: please wait")
        try:
            ready = prepare_stack(target, stack, site, Namespace(force=force))
        except EditedFileError as error:
            if force or not _set_aside(way, error):
                raise
            why = way.talk.ask("why, for the history (Enter: nothing is said)")
            ready = prepare_stack(target, stack, site, Namespace(force=True, reason=why))
        say("planning: please wait")
        with view(plain=True) as renderer:
            return flow.plan(ready, on_state=renderer.update)


def _set_aside(way: Way, error: EditedFileError) -> bool:
    """Show what a person has edited, and ask whether their versions may be kept beside the new ones."""
    tell_error(PlanewrightError(error.title, cause=error.cause, action=error.action))
    way.talk.tell(line for text in error.differences.values() for line in text.splitlines())
    return way.talk.sure("plan all the same, and keep your versions beside the new ones")


def _require_clear(way: Way, target: Target, site: Site) -> None:
    """Hold at findings, as every front end does; what was found is the walk's too."""
    from wizard.deploy.gate import require_clear
    from wizard.deploy.site import engine_findings
    from wizard.deploy.target import subject_of
    from wizard.findings import worst_first

    check = way.walk.begin_check()
    found = way.desk.checker(target).check(subject_of(target)).findings
    findings = worst_first((*found, *engine_findings(target, site.engine)))
    if check is not None:
        way.walk.took(check.generation, findings)
    require_clear(target.place, findings)


def _looked_at(way: Way, planned: Planned) -> str:
    """Look at a plan until somebody decides: `apply`, `again`, `on`, or another stack's name."""
    empty = planned.plan.view.empty
    options = [
        Option("apply", "read and keep its outputs: nothing is to be applied" if empty else "apply exactly this plan"),
        Option("changes", "every change by stack and module, or those whose address or class a text finds", "TEXT"),
        Option("attributes", "of what is there already: why it has its class, the way back, what changes", "TEXT"),
        Option("again", "plan again"),
        *_other_stacks(planned.target, planned.stack),
        Option("on", "go on without applying: the plan is kept as a run"),
    ]
    while True:
        word, rest = way.talk.choose("what now", options, default="apply" if empty else "")
        if word == "changes":
            way.talk.tell(changes.rows(planned, rest))
        elif word == "attributes":
            way.talk.tell(changes.attributes(planned, rest))
        elif word == "stack":
            return _named(planned.target, planned.stack, rest)
        elif word != "apply" or changes.confirmed(way.talk, planned):
            return word


def _without_plan(way: Way, target: Target, stack: str) -> str:
    """Ask what to do where no plan could be made; give the stack to plan then."""
    options = [
        Option("again", "plan again"),
        Option("findings", "everything that is wrong or risky"),
        Option("review", "back to the review, to mend or acknowledge what holds"),
        *_other_stacks(target, stack),
        Option("on", "go on without a plan: runs, secrets, what the customer does, verifying"),
    ]
    while True:
        word, rest = way.talk.choose("what now", options)
        if word == "again":
            return stack
        if word == "stack":
            return _named(target, stack, rest)
        if word == "review":
            raise Jump(Step.REVIEW)
        if word == "on":
            raise Jump(Step.APPLY)
        checking.tell_findings(way, way.walk.findings)


def _other_stacks(target: Target, stack: str) -> list[Option]:
    others = ", ".join(other for other in target.stacks if other != stack)
    return [Option("stack", f"plan another stack instead: {others}", "NAME")] if others else []


def _named(target: Target, stack: str, typed: str) -> str:
    """Give the stack of a name; without one the next, and after the last the first."""
    found = [other for other in target.stacks if typed and other.startswith(typed.lower())]
    return found[0] if found else target.stacks[(target.stacks.index(stack) + 1) % len(target.stacks)]
