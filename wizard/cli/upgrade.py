"""`planewright upgrade NAME`: what leads to what the answers want, step by step, each its own apply with its own yes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.apply import add_confirmation
from wizard.cli.common import say
from wizard.errors import BlockedError, PlanewrightError, UsageError

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.deploy.upgrading.record import Upgrade, Walked
    from wizard.engine.runs import Run
    from wizard.upgrades.steps import Act, Step
    from wizard.upgrades.survey import Survey
    from wizard.workspace import Place


def register(subparsers: Any) -> None:
    """Add the command."""
    from wizard.cli.plan import add_preparation

    parser = common.command(
        subparsers, "upgrade", run, help="step by step to what the answers want, each step its own apply"
    )
    parser.add_argument("name", metavar="NAME", help="a deployment")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--go", action="store_true", help="carry out the steps, each shown and confirmed; goes on with a half-way one"
    )
    what.add_argument("--step", action="store_true", help="as --go, for one step")
    what.add_argument("--resume", action="store_true", help="as --go, of an upgrade that is half-way alone")
    what.add_argument(
        "--abandon", action="store_true", help="give up the one that is half-way: what is done stays; --reason says why"
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=900,
        metavar="SECONDS",
        help="how long what must be seen after a step is waited for (default: 900)",
    )
    add_preparation(parser)
    add_confirmation(parser)


def run(args: argparse.Namespace) -> int:
    """Show, carry out, or give up."""
    if args.abandon:
        return _abandon(args)
    if args.go or args.step or args.resume:
        return _go(args)
    return _show(args)


def _show(args: argparse.Namespace) -> int:
    """Say where it stands and what there is to do. Reads only."""
    from wizard.cli.plan import open_both
    from wizard.deploy.target import open_target
    from wizard.deploy.upgrading.courses import course_of
    from wizard.walk import upgrade_text as text
    from wizard.walk import upgrades

    course_of(open_target(common.workspace_of(args), args.name))  # a shard has no steps: said before anything is asked
    target, site = open_both(args, quiet=args.json, gated=False)
    looked = upgrades.look(target, site)
    survey, half = looked.survey, looked.half
    if survey is None:
        raise TypeError("a look surveys")
    if args.json:
        looked.require_way()
        common.say_json(_document(target.name, half, looked.steps) | _survey(survey))
        return 0
    if half is not None:
        why = f": {half.reason}" if half.reason else ""
        say(f"an upgrade of {target.name} is half-way, begun {half.begun_at:%Y-%m-%d %H:%M} UTC by {half.who}{why}")
    for title, lines in (("where it stands:", [*text.stands(survey)]), ("ways:", [*text.ways(survey.ways)])):
        if lines:
            say("\n".join([title, *lines]))
    looked.require_way()
    if not looked.steps:
        say(f"✓ {target.name} {upgrades.NOTHING}")
        return 0
    say(f"upgrade of {target.name}, {text.counted(len(looked.steps))}, each its own apply:")
    for number, it in enumerate(looked.steps, 1):
        for line in text.step(number, it, survey.written_by(it.step)):
            say(line)
    say()
    say(
        "Before each apply its plan is shown, with the class of every change, and you are asked. Nothing was changed now."
    )
    say(
        f"next: planewright upgrade {target.name} --go{'' if half is None else ' goes on; --abandon --reason WHY gives it up'}"
    )
    return 0


def _go(args: argparse.Namespace) -> int:
    """Carry out what is left, or one step of it."""
    from wizard.cli.plan import open_both
    from wizard.deploy.target import open_target
    from wizard.deploy.upgrading import record
    from wizard.deploy.upgrading.carrying import Carrier
    from wizard.deploy.upgrading.courses import course_of
    from wizard.walk import upgrades

    opened = open_target(common.workspace_of(args), args.name)
    course = course_of(opened)
    if args.resume:
        record.require_going(opened.place)
    target, site = open_both(args, quiet=args.json)
    if upgrades.begin(target, site, course, reason=common.reason_of(args)) is None:
        if args.json:
            common.say_json(_document(target.name, None, ()))
        else:
            say(f"✓ {target.name} {upgrades.NOTHING}")
        return 0
    carrier = Carrier(target, site, course, _Hands(site, args), patience=args.wait)
    try:
        done = upgrades.carry(carrier, enough=lambda: args.step)
    except (PlanewrightError, KeyboardInterrupt):
        if not args.json:
            say(f"the upgrade stays half-way: planewright upgrade {target.name} shows where; --go goes on")
        raise
    _tell_end(target.place, done, args)
    return 0


def _tell_end(place: Place, done: tuple[Walked, ...], args: argparse.Namespace) -> None:
    from wizard.deploy.upgrading import record
    from wizard.walk.upgrade_text import counted

    upgrade = record.load(place)
    assert upgrade is not None  # noqa: S101 - it was begun above
    if args.json:
        common.say_json({**_document(place.name, upgrade, upgrade.steps), "did": [walked.step.key for walked in done]})
    elif upgrade.going:
        say(f"✓ {upgrade.done} of {counted(len(upgrade.steps))} done; next: planewright upgrade {place.name} --go")
    else:
        say(f"✓ the upgrade of {place.name} has ended: {upgrade.done} of {counted(len(upgrade.steps))} done")
        say(f"next: planewright verify {place.name}")


def _abandon(args: argparse.Namespace) -> int:
    """Give up the upgrade that is half-way. What is done stays, and what is half-way is said."""
    from wizard.deploy.target import open_target
    from wizard.walk import upgrades

    reason = common.reason_of(args)
    if not reason:
        raise UsageError(
            "--abandon takes a reason",
            cause="what is half-way stays so, and the history is to say why",
            action=f"planewright upgrade {args.name} --abandon --reason 'why it is given up'",
        )
    target = open_target(common.workspace_of(args), args.name)
    ended, lines = upgrades.give_up(target, reason=reason)
    if args.json:
        common.say_json({**_document(target.name, ended, ended.steps), "half_way": list(lines)})
        return 0
    say(f"the upgrade of {target.name} is given up; what is done stays")
    for line in lines:
        say(f"  {line}")
    say(
        f"next: planewright upgrade {target.name} works out anew what leads to the answers; planewright verify {target.name}"
    )
    return 0


class _Hands:
    """What a terminal does for a step: as `apply` does it."""

    def __init__(self, site: Site, args: argparse.Namespace) -> None:
        self._site = site
        self._args = args

    def plan(self, target: Target, stack: str) -> Planned:
        from wizard.cli.plan import plan_stack

        return plan_stack(target, stack, self._site, self._args)

    def confirm(self, planned: Planned, step: Step) -> str:
        from wizard.walk.upgrades import only_acts, takes_name

        name, args = planned.target.name, self._args
        account, acts = planned.target.shard.account.id, ", ".join(map(str, only_acts(planned, step)))
        asked = f"give this to the nodes in account {account}: {acts}?" if acts else f"apply this to account {account}?"
        refused = f"{step.title}: {'not begun' if acts else 'not applied'}"
        why = takes_name(planned, step)
        if why:
            if not args.json:
                say(f"✗ {step.title}: {why}")
            if args.confirm == name:
                return "--confirm"
            if args.confirm is None and common.confirm(f"Type {name} to go on:", typed=name):
                return "by its name"
            raise BlockedError(
                f"{refused}, the name was not typed",
                cause=why,
                action=f"planewright upgrade {name} --go asks again; --confirm {name} answers without a terminal",
            )
        if args.yes:
            return "--yes"
        if common.confirm(f"{step.title}: {asked} [y/N]"):
            return "asked"
        raise BlockedError(
            refused,
            cause="nobody said yes",
            action=f"planewright upgrade {name} --go asks again; --yes answers without a terminal",
        )

    def start(self, planned: Planned, how: str) -> Run:
        from wizard.deploy import flow

        return flow.start(planned, self._site, how=how, reason=common.reason_of(self._args))

    def attend(self, run: Run) -> None:
        from wizard.cli.apply import attend

        attend(run, quiet=self._args.json)

    def conclude(self, planned: Planned) -> None:
        from wizard.cli.apply import tell
        from wizard.deploy import flow

        concluded = flow.conclude(planned)
        if not self._args.json and not planned.plan.view.empty:
            tell(planned, concluded)

    def act(self, target: Target, act: Act) -> None:
        from wizard.deploy.services import through_ssm
        from wizard.deploy.upgrading.acting import carry_out

        for did in carry_out(target, act, through_ssm(self._site.session)):
            self.tell(f"✓ {did.node:12} {did.step:13} {did.did}")

    def tell(self, line: str) -> None:
        if not self._args.json:
            say(line)


def _document(name: str, upgrade: Upgrade | None, steps: tuple[Walked, ...]) -> dict[str, Any]:
    """Give it for programs."""
    half = None
    if upgrade is not None:
        half = upgrade.model_dump(mode="json", exclude={"steps", "format"}) | {"half_way": upgrade.going}
    return {"name": name, "upgrade": half, "steps": [_as_json(walked) for walked in steps]}


def _as_json(walked: Walked) -> dict[str, Any]:
    told = walked.model_dump(mode="json", exclude={"step", "stopped", "ready", "applied", "started", "seen"})
    step = walked.model_dump(mode="json")["step"]
    acts = {side: [str(act) for act in getattr(walked.step, side)] for side in ("before", "after")}
    return {**step, **acts, "sets": dict(walked.step.sets), **told, "how_far": walked.word, "seen": dict(walked.seen)}


def _survey(survey: Survey) -> dict[str, Any]:
    """Give where it stands, the ways, and what each step writes, for programs."""
    from dataclasses import asdict

    return {
        "stands": [asdict(thing) | {"settled": thing.settled} for thing in survey.things],
        "ways": [asdict(way) for way in survey.ways],
        "writes": {key: list(lines) for key, lines in survey.writes},
    }
