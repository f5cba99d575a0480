"""The command line: a thin front end over the core, sibling of the screens.

Exit codes: 0 done; 1 findings or a failed step; 2 bad usage or bad input; 3 Springtail's package is not at hand;
130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from wizard import __version__
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from wizard.walk.opening import Opener

#: Command -> module of this package, what it does. Only the module of the command that runs is imported.
COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("new", "answer the questions of a shard or a deployment"),
    "adopt": ("adopt", "stand deployments on a shard that something else made"),
    "list": ("listing", "shards and deployments of the workspace, and where each stands"),
    "sizes": ("sizes", "instance types that would do for a role"),
    "check": ("check", "findings of the saved answers"),
    "policy": ("policy", "least-privilege IAM policies of the operator and of the customer"),
    "cost": ("cost", "what a month costs by AWS's price list, and what is not known"),
    "network": ("network", "address blocks, where they meet, and which are free"),
    "profiles": ("profiles", "the AWS profiles there are, and whose account each is"),
    "readiness": ("readiness", "what the customer's database says of itself"),
    "generate": ("generate", "emit OpenTofu from the answers"),
    "diff": ("diff", "what differs from what was emitted and applied: versions, files, answers"),
    "plan": ("plan", "show what an apply would change"),
    "apply": ("apply", "plan each stack in order, confirm, apply, hand over outputs"),
    "upgrade": ("upgrade", "step by step to what the answers want, each step its own apply"),
    "watch": ("watch", "follow a run, or see one again"),
    "cancel": ("cancel", "stop a run gracefully"),
    "drift": ("drift", "what AWS has otherwise than the state, by whom, and three ways on"),
    "status": ("status", "what is true now: runs, locks, what a dead run left"),
    "outputs": ("outputs", "typed outputs of the stacks"),
    "seed-secrets": ("seed_secrets", "put the passwords where nodes fetch them, and enable the Redis user"),
    "handoff": ("handoff", "what the customer gets: page, script, OpenTofu, CloudFormation, policies"),
    "verify": ("verify", "prove the data path hop by hop, and write the report"),
    "report": ("report", "the record of a call, in Markdown, HTML and JSON; and whether one was altered"),
    "history": ("history", "all that was done: who, when, which plan, and why"),
    "bundle": ("bundle", "journals, facts, reports and versions for support, in one redacted file"),
    "prepare": ("prepare", "package, settings, environment and Redis of Springtail's services; starts none"),
    "start": ("start_services", "start Springtail's services in their order, until they are well"),
    "stop": ("stop_services", "stop Springtail's services in the reverse order"),
    "session": ("session", "an interactive shell on a node, through SSM"),
    "destroy": ("destroy", "lift the protection, show, confirm, destroy"),
    "unlock": ("unlock", "release the state lock of a run that is dead"),
    "state": ("state", "the engine's states: list, back up, restore, unlock, recover"),
    "engine": ("engine", "which engine is used, and one of Planewright's own: fetched, verified, installed"),
    "rehearse": ("rehearse", "the whole journey on embedded parts: no AWS account needed"),
}

CRASH_EXIT = 70


def parser_of(command: str | None) -> argparse.ArgumentParser:
    """Give the parser, with the flags of this command alone."""
    parser = argparse.ArgumentParser(
        prog="planewright",
        description="A guided deployment wizard for database data planes on AWS.",
        epilog="planewright COMMAND --help says more. Without a command, in a terminal, it opens the screens "
        "(--open NAME, --presenter, --light, --no-mouse); --plain guides line by line instead. Start with: planewright rehearse",
    )
    parser.add_argument("--version", action="version", version=f"planewright {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        if name == command:
            importlib.import_module(f"wizard.cli.{module}").register(subparsers)
        else:
            subparsers.add_parser(name, help=summary)
    return parser


def run(arguments: Sequence[str], *, screens: Opener | None = None) -> int:
    """Parse, run the command, and turn every outcome into an exit code and a text for people.

    `screens` opens the other front end, for a command that wants it: this one does not know it.
    """
    return guarded(lambda: _run(arguments, screens))


def _run(arguments: Sequence[str], screens: Opener | None) -> int:
    command = next((a for a in arguments if not a.startswith("-")), None)
    args, rest = parser_of(command).parse_known_args(arguments)
    # `new` takes one flag per question, known only once its questions are loaded.
    args.rest = rest
    args.open_screens = screens
    if rest and not getattr(args, "takes_rest", False):
        parser_of(command).parse_args(arguments)
    return int(args.run(args))


def guarded(work: Callable[[], int]) -> int:
    """Turn every outcome of this front end's work into an exit code and a text for people."""
    try:
        return work()
    except SystemExit as leaving:  # argparse has printed already
        return leaving.code if isinstance(leaving.code, int) else 2
    except PlanewrightError as error:
        sys.stderr.write(f"✗ {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); a run that was started goes on without us.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one crash boundary of this front end
        from wizard.cli.crash import report

        report(error)
        return CRASH_EXIT
