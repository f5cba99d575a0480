"""`planewright handoff NAME --do`: the customer's steps done for them, with a role of theirs and their consent."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.doing.acting import Consent, Order, Outcome
    from wizard.deploy.doing.decided import Doing
    from wizard.deploy.target import Target


def register(parser: argparse.ArgumentParser) -> None:
    """Add the flags, in a group of their own."""
    group = parser.add_argument_group(
        "to do the customer's steps for them",
        "Without --apply nothing is changed: each call is shown as a line of the AWS CLI. The consent and every call are "
        "kept, with who and when.",
    )
    group.add_argument("--do", action="store_true", help="look at their account, and show the calls that are left")
    group.add_argument("--undo", action="store_true", help="with --do: take back what was done instead")
    group.add_argument("--apply", action="store_true", help="with --do: make the calls, once the consent is typed")
    group.add_argument(
        "--only", action="append", default=[], metavar="KEY", help="this step alone; also more than once"
    )
    group.add_argument(
        "--profile", default="", help="an AWS profile of theirs (default: the way that the answers know)"
    )
    group.add_argument("--role-arn", default="", metavar="ARN", help="a role of theirs")
    group.add_argument("--external-id", default="", metavar="ID", help="what that role asks for")
    group.add_argument("--account", default="", metavar="ID", help="which account of theirs, where there are several")
    group.add_argument(
        "--consent", metavar="ID", help="the account's id, typed: their consent, where nobody can be asked for it here"
    )
    group.add_argument("--restart", metavar="ID", help="the database instance's id, typed: restarts it, with --only")
    group.add_argument("--route-tables", default="", metavar="IDS", help="for the steps of --only, with commas between")
    group.add_argument("--security-group", default="", metavar="ID", help="the database's")
    group.add_argument("--db-instance", default="", metavar="ID", help="where its name is not the endpoint's")
    group.add_argument("--db-cluster", default="", metavar="ID", help="where its name is not the endpoint's")
    group.add_argument("--parameter-group", default="", metavar="NAME", help="what a new parameter group is called")


def run(target: Target, args: argparse.Namespace) -> int:
    """Show the calls; with --apply, and the consent, make them. Exit 1 when a step cannot be done, or a call was refused."""
    from wizard.deploy.doing.opening import orders
    from wizard.walk import doing_text

    operator = common.session_of(target)
    documents: list[dict[str, Any]] = []
    bad = False
    for order in orders(target, operator, _wish(args), _way(args)):
        shown = order.doing()
        if not args.json:
            for line in doing_text.shown(shown):
                say(line)
        outcome = _act(target, order, shown, args) if args.apply else None
        documents.append(_document(shown, outcome))
        bad = bad or bool(doing_text.open_steps(shown)) or (outcome is not None and outcome.error is not None)
        if outcome is not None and outcome.error is not None:
            if args.json:
                common.say_json({"name": target.name, "sites": documents})
            raise outcome.error
    if args.json:
        common.say_json({"name": target.name, "sites": documents})
    elif not args.apply:
        say("nothing was changed: --apply makes these calls, once their account's id is typed")
    return 1 if bad else 0


def _act(target: Target, order: Order, shown: Doing, args: argparse.Namespace) -> Outcome | None:
    from wizard.deploy.doing.opening import do
    from wizard.walk import doing_text

    if not shown.any_moves:
        if not args.json:
            say(doing_text.nothing(shown))
        return None
    outcome = do(
        target,
        order,
        shown,
        _consent(shown, args),
        told=lambda made: None if args.json else say(doing_text.made_line(made)),
    )
    if not args.json:
        for line in doing_text.ended(shown, outcome):
            say(line)
    return outcome


def _consent(shown: Doing, args: argparse.Namespace) -> Consent:
    from datetime import UTC, datetime

    from wizard.deploy.doing.acting import Consent
    from wizard.engine.processes import me
    from wizard.walk import doing_text

    typed, restart = args.consent or "", args.restart or ""
    if args.consent is None and not args.json:
        typed = common.typed(doing_text.asked(shown))
    if shown.restart and args.restart is None and typed == shown.site.account_id and not args.json:
        restart = common.typed(doing_text.asked_restart(shown))
    return Consent(typed, me(), datetime.now(UTC), restart)


def _wish(args: argparse.Namespace) -> Any:
    from wizard.deploy.doing.deciding import Wish
    from wizard.deploy.doing.theirs import Named

    tables = tuple(filter(None, args.route_tables.split(",")))
    named = Named(tables, args.security_group, args.db_instance, args.db_cluster, args.parameter_group)
    return Wish(tuple(args.only), args.undo, named)


def _way(args: argparse.Namespace) -> Any:
    from wizard.deploy.doing.opening import Way

    return Way(args.account, args.profile, args.role_arn, args.external_id)


def _document(shown: Doing, outcome: Outcome | None) -> dict[str, Any]:
    region = shown.site.region
    document: dict[str, Any] = {
        "account": shown.site.account_id,
        "region": region,
        "undo": shown.undo,
        "digest": shown.digest,
        "steps": [
            {
                "key": part.step.key,
                "stand": part.stand.value,
                "notes": list(part.notes),
                "why": part.why,
                "calls": [call.line(region) for call in part.calls],
            }
            for part in shown.parts
        ],
    }
    if outcome is not None:
        document["made"] = [
            {"key": made.key, "line": made.line, "ended": made.ended.value, "why": made.why, "request": made.request}
            for made in outcome.made
        ]
        document["not_made"] = [line for _, line in outcome.not_made]
    return document
