"""`planewright rehearse`: the whole journey on embedded parts. No AWS account, nothing but loopback, nothing left running."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.cli.progress import View
    from wizard.rehearsal.faults import Fault
    from wizard.rehearsal.handle import WorldHandle
    from wizard.rehearsal.journey import Outcome
    from wizard.verify.hops import Hop
    from wizard.walk.opening import Wanted


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "rehearse",
        help="the whole journey on embedded parts: no AWS account needed",
        description="An embedded AWS holds the vendor's and the customer's account; the engine, its AWS provider, PostgreSQL "
        "and the commands on the nodes are real. What it proves about a real account is nothing; what it shows is the way.",
    )
    parser.add_argument("--topology", choices=("private", "public"), default="private")
    parser.add_argument(
        "--link",
        choices=("peering", "customer_service"),
        help="of the private topology: a peering (default), or an endpoint service of the customer's",
    )
    parser.add_argument("--headless", action="store_true", help="plain lines, no questions")
    parser.add_argument("--screens", action="store_true", help="practise on the screens: you are the operator")
    parser.add_argument("--plain", action="store_true", help="practise line by line, as `planewright --plain` guides")
    parser.add_argument(
        "--accept-after",
        type=float,
        metavar="SECONDS",
        help="with --screens or --plain: the customer's time to do their part (20)",
    )
    for flag, says in (("presenter", "mask names and addresses"), ("light", "light theme"), ("no-mouse", "no mouse")):
        parser.add_argument(f"--{flag}", action="store_true", help=f"with --screens: {says}")
    parser.add_argument("--keep", action="store_true", help="keep the world at the end, until Enter or Ctrl-C")
    parser.add_argument(
        "--no-accept", action="store_true", help="the customer does nothing: see what verification says then"
    )
    parser.add_argument("--destroy", action="store_true", help="tear everything down at the end, as `destroy` would")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="something is wrong, and verification has to find it; more than once for several; `--fault help` lists them",
    )
    parser.add_argument(
        "--workspace", type=Path, metavar="DIR", help="where to write (default: a new temporary folder)"
    )
    common.engine_flags(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Rehearse; exit 1 unless every hop that can be seen has passed and second plans are empty. With faults, as `verify` exits."""
    from wizard.workspace import Workspace

    if "help" in args.fault:
        return _list_faults()
    args.topology = _world_of(args)
    faults = _faults(args)
    _require_parts()
    if args.screens or args.plain:
        return _practise(args, tuple(fault.name for fault in faults))
    from wizard.rehearsal.handle import start_world
    from wizard.rehearsal.journey import Journey, Options

    with _folder(args.workspace) as folder:
        say("starting the world: embedded AWS, PostgreSQL, the customer …")
        with start_world(args.topology, workspace=folder, log=folder / ".planewright-world.log") as world:
            say(f"embedded AWS at {world.endpoint_url}; workspace {folder}")
            options = Options(args.engine, args.mirror, accept=not args.no_accept, destroy=args.destroy, faults=faults)
            narrator = _Teller(plain=args.headless)
            outcome = Journey(world, Workspace(folder), narrator, options).go()
            _conclude(outcome)
            if args.keep:
                _keep(world, outcome)
    return outcome.exit_code


def _list_faults() -> int:
    from wizard.rehearsal.faults import FAULTS

    for fault in FAULTS:
        say(f"{fault.name} ({', '.join(fault.named)}), {fault.when}")
        say(f"    {fault.does}")
    return 0


def _faults(args: argparse.Namespace) -> tuple[Fault, ...]:
    from wizard.errors import UsageError
    from wizard.rehearsal.faults import chosen

    faults = chosen(args.fault, args.topology)
    if faults and args.no_accept:
        raise UsageError(
            "--fault does not go with --no-accept",
            cause="faults come on around the customer's part",
            action="--fault peering-not-accepted is a customer who does nothing",
        )
    return faults


def _practise(args: argparse.Namespace, faults: tuple[str, ...]) -> int:
    """Open the screens, or the plain guide, on a world; nothing of it is left once they close."""
    from wizard.errors import UsageError
    from wizard.rehearsal.faults import EXPIRING

    if args.screens and args.plain:
        raise UsageError("--screens does not go with --plain", action="choose one of the two")
    if args.plain and (args.presenter or args.light or args.no_mouse):
        raise UsageError("--presenter, --light and --no-mouse are of the screens", action="leave them out with --plain")
    way = "--plain" if args.plain else "--screens"
    open_it = _guide if args.plain else args.open_screens
    shown = args.plain or (common.interactive() and os.environ.get("TERM", "dumb") != "dumb")
    if open_it is None or not shown:
        raise UsageError(
            "the screens cannot be opened here",
            cause="this is no terminal that can show them",
            action="planewright rehearse shows the whole journey without them",
        )
    if EXPIRING in faults:
        raise UsageError(
            f"{way} does not go with --fault {EXPIRING}",
            cause="the world has nobody whom one could log in with again",
            action=f"the told journey shows it, the new login included: leave {way} out",
        )
    if args.headless or args.keep or args.destroy:
        raise UsageError(
            f"{way} goes with none of --headless, --keep, --destroy", action="all of it is up to you there"
        )
    from wizard.rehearsal.practice import ACCEPT_AFTER_S, practice
    from wizard.walk.opening import Wanted

    after = ACCEPT_AFTER_S if args.accept_after is None else args.accept_after
    with _folder(args.workspace) as folder:
        say("starting the world: embedded AWS, PostgreSQL, the customer …")
        log = folder / ".planewright-world.log"
        accept = None if args.no_accept else after
        with practice(args.topology, folder, accept_after=accept, faults=faults, log=log) as practising:
            code = open_it(
                Wanted(
                    folder,
                    engine=args.engine,
                    mirror=None if args.mirror is None else str(args.mirror),
                    mouse=not args.no_mouse,
                    presenter=args.presenter,
                    light=args.light,
                    environ=practising.environ,
                    played=practising.played,
                )
            )
        say(f"The world has ended. What was written is in {folder}")
        say("This was a rehearsal: it proves nothing about a real AWS account.")
    return int(code)


def _guide(wanted: Wanted) -> int:
    """Guide line by line, this process's environment that of the operator for as long."""
    from wizard.cli.guide.opening import open_guide

    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted.environ or before)
    try:
        return open_guide(
            wanted.workspace, os.environ, engine=wanted.engine, mirror=wanted.mirror, played=wanted.played
        )
    finally:
        os.environ.clear()
        os.environ.update(before)


def _world_of(args: argparse.Namespace) -> str:
    """Name the world: a private one whose customer runs an endpoint service is one of its own."""
    from wizard.errors import UsageError

    if args.link is not None and args.topology == "public":
        raise UsageError(
            "the public topology has no link",
            cause="the database is reached over the internet there",
            action=f"planewright rehearse --topology private --link {args.link}",
        )
    return "service" if args.link == "customer_service" else str(args.topology)


def _require_parts() -> None:
    from importlib.util import find_spec

    from wizard.errors import UsageError

    if find_spec("moto") is None or find_spec("cryptography") is None:
        raise UsageError(
            "the rehearsal's parts are not installed",
            cause="moto and an embedded PostgreSQL come with the extra `rehearsal`",
            action="pip install 'planewright[rehearsal]', or `make rehearse` from a checkout",
        )


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    """Give the workspace. It stays: reports and runs are there to be read."""
    import tempfile

    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted.resolve()
        return
    yield Path(tempfile.mkdtemp(prefix="planewright-rehearsal-"))


class _Teller:
    """Tells the journey on a terminal or as plain lines."""

    def __init__(self, *, plain: bool) -> None:
        self._plain = plain
        self._step = 0

    def step(self, title: str) -> None:
        self._step += 1
        say(f"\n{self._step}. {title}")

    def say(self, text: str) -> None:
        say(f"   {text}")

    def view(self) -> AbstractContextManager[View]:
        from wizard.cli.progress import view

        return view(plain=self._plain)

    def hop(self, hop: Hop) -> None:
        from wizard.cli.verify import tell

        tell(hop)


def _conclude(outcome: Outcome) -> None:
    from wizard.verify.plain import totals

    say()
    say(totals(outcome.report.verification))
    say(f"report: {outcome.report.markdown}")
    for seen in outcome.faults:
        say()
        say(f"fault {seen.fault.name} {'was' if seen.over else 'is'} on: {seen.fault.does}")
        for told in seen.said:
            say(f"    {told}")
        say(f"    planewright verify {outcome.deployment} gave exit status {seen.exit_code}")
        if seen.over:
            say(f"    {seen.over}, and it went on")
    if outcome.faults:
        recognised = all(seen.expected for seen in outcome.faults)
        say()
        say("✓ verification recognised it" if recognised else "✗ verification did not say what this fault should show")
        say(f"it ends with the exit status of planewright verify: {outcome.exit_code}")
    else:
        say("✓ rehearsed" if outcome.good else "✗ not everything is proven; the report says what and why")
    say("This was a rehearsal: it proves nothing about a real AWS account.")


def _keep(world: WorldHandle, outcome: Outcome) -> None:
    say("\nThe world is kept. In another terminal:")
    for name, value in world.environ().items():
        say(f"  export {name}={value}")
    say(f"  planewright verify {outcome.deployment} --workspace {outcome.report.markdown.parents[3]}")
    say("Enter ends it.")
    sys.stdin.readline()
