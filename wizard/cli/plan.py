"""`planewright plan NAME`: show what an apply would change, and keep the plan so that exactly it can be applied."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned, Ready
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "plan", run, help="show what an apply would change")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("--stack", help="only this stack")
    add_preparation(parser)


def add_preparation(parser: argparse.ArgumentParser) -> None:
    """Add the flags of every command that plans."""
    common.engine_flags(parser)
    parser.add_argument(
        "--acknowledge", action="append", default=[], metavar="CODE=REASON", help="go on in spite of a high finding"
    )
    common.force_flags(parser)


def run(args: argparse.Namespace) -> int:
    """Plan every stack whose inputs are known."""
    from wizard.deploy.exclusive import exclusive

    target, site = open_both(args, quiet=args.json)
    with exclusive(target.place):
        return _plan(target, site, args)


def _plan(target: Target, site: Site, args: argparse.Namespace) -> int:
    documents: dict[str, Any] = {}
    for stack in chosen(target, args.stack):
        reason = waiting(target, stack, site)
        if reason is not None:
            documents[stack] = {"waiting": reason}
            tell_waiting(stack, reason, args)
            continue
        planned = plan_stack(target, stack, site, args)
        documents[stack] = _document(planned)
    if args.json:
        common.say_json({"name": target.name, "stacks": documents})
    return 0


def open_both(args: argparse.Namespace, *, quiet: bool = False, gated: bool = True) -> tuple[Target, Site]:
    """Open target and site, hold at findings unless told otherwise, and say in which account this is."""
    import os

    from wizard.deploy.gate import acknowledge, require_clear
    from wizard.deploy.site import checked, open_site
    from wizard.deploy.target import open_target
    from wizard.engine.installed import engines_dir
    from wizard.engine.locate import find_engine

    common.require_reason(args)
    target = open_target(common.workspace_of(args), args.name)
    engine = find_engine(args.engine, search_path=os.environ.get("PATH", ""), engines=engines_dir(os.environ))
    site = common.opened(
        lambda: open_site(target, environ=os.environ, engine=engine, mirror=args.mirror, mfa_code=common.mfa_code)
    )
    if gated:
        findings = checked(target, site).findings
        acknowledge(target.place, findings, getattr(args, "acknowledge", []))
        require_clear(target.place, findings)
    if not quiet:
        say(f"{target.name} · account {site.identity.account} · {target.shard.account.region} · {site.identity.arn}")
        for note in site.mirror.notes:
            say(f"! {note}")
    return target, site


def chosen(target: Target, stack: str | None) -> tuple[str, ...]:
    """Give the stacks that the flags name, in order."""
    from wizard.errors import UsageError

    if stack is None:
        return target.stacks
    if stack not in target.stacks:
        raise UsageError(
            f"{target.name} has no stack {stack}",
            cause=f"its stacks: {', '.join(target.stacks)}",
            action="name one of them",
        )
    return (stack,)


def waiting(target: Target, stack: str, site: Site) -> str | None:
    """Say in one line what a stack waits for, or None when it can be planned."""
    from wizard.deploy import flow
    from wizard.errors import ContractError

    try:
        flow.require_contract(target, stack)
    except ContractError as error:
        # The first stack's missing shard is the operator's to apply; a later one simply follows the stack before it.
        if stack == target.stacks[0]:
            raise
        return f"{error.title}; {error.action}"
    wait = flow.waiting_on_customer(target, stack, site)
    return f"on {wait.on}: {wait.why}; {wait.action}" if wait else None


def tell_waiting(stack: str, reason: str, args: argparse.Namespace) -> None:
    """Say that a stack waits, and for what."""
    if not args.json:
        say(f"… {stack} waits: {reason}")


def plan_stack(target: Target, stack: str, site: Site, args: argparse.Namespace) -> Planned:
    """Prepare and plan one stack, and show it."""
    from wizard.deploy import flow

    ready = prepare_stack(target, stack, site, args)
    return flow.plan(ready) if getattr(args, "json", False) else plan_shown(ready)


def prepare_stack(target: Target, stack: str, site: Site, args: argparse.Namespace) -> Ready:
    """Make a stack ready for its plans, and say what that took."""
    from wizard.deploy import flow

    ready = flow.prepare(target, stack, site, force=getattr(args, "force", False), reason=common.reason_of(args))
    if not getattr(args, "json", False):
        for made in ready.made:
            say(f"+ made for the state: {made}")
        if ready.engine.environment.note:
            say(f"! {ready.engine.environment.note}")
    return ready


def plan_shown(
    ready: Ready,
    *,
    destroy: bool = False,
    variables: Mapping[str, Any] | None = None,
    targets: Sequence[str] = (),
) -> Planned:
    """Plan a stack that is ready, and show the plan."""
    from wizard.cli.plans import show
    from wizard.cli.progress import view
    from wizard.deploy import flow

    with view() as renderer:
        planned = flow.plan(ready, destroy=destroy, variables=variables, targets=targets, on_state=renderer.update)
    say()
    show(planned.plan.view, stack=ready.stack, name=ready.target.name)
    say()
    return planned


def _document(planned: Planned) -> dict[str, Any]:
    from wizard.cli.plans import as_json

    plan = planned.plan
    return {"run": plan.run.id, "digest": plan.digest, **as_json(plan.view)}
