"""Flags and outputs that commands share."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession
    from wizard.deploy.checking import Checker
    from wizard.deploy.target import Target
    from wizard.findings import Finding
    from wizard.workspace import Workspace

Opened = TypeVar("Opened")


def command(subparsers: Any, name: str, run: Any, *, help: str, json_output: bool = True) -> argparse.ArgumentParser:  # noqa: A002
    """Add a command's parser with the flags that every command has."""
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=help, description=help)
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path(os.environ.get("PLANEWRIGHT_WORKSPACE", ".")),
        metavar="DIR",
        help="where shards and deployments live (default: the current folder)",
    )
    if json_output:
        parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(run=run)
    return parser


def engine_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of the commands that run the engine."""
    parser.add_argument(
        "--engine",
        metavar="tofu|terraform|PATH|container:IMAGE",
        help="which engine (default: tofu, terraform, Planewright's own)",
    )
    parser.add_argument(
        "--mirror",
        type=Path,
        metavar="DIR",
        help="a provider filesystem mirror (default: one that is found, else the registry)",
    )


def force_flags(parser: argparse.ArgumentParser) -> None:
    """Flags of the commands that emit: to set a person's edits aside, which takes a reason."""
    parser.add_argument("--force", action="store_true", help="overwrite edited files; your version is kept beside them")
    parser.add_argument(
        "--reason", default="", metavar="WHY", help="why this is done, for the history; --force takes one"
    )


def require_reason(args: argparse.Namespace) -> None:
    """Raise UsageError where an edit of somebody's is to be overwritten, and nobody says why."""
    from wizard.errors import UsageError

    if getattr(args, "force", False) and not reason_of(args):
        raise UsageError(
            "--force takes a reason",
            cause="what a person edited by hand is set aside by it, and the history is to say why",
            action="--force --reason 'why their version is not wanted'",
        )


def reason_of(args: argparse.Namespace) -> str:
    """Give why this is done, as it was typed; empty where nobody said."""
    return str(getattr(args, "reason", "")).strip()


def workspace_of(args: argparse.Namespace) -> Workspace:
    """Give the workspace that the flags name."""
    from wizard.workspace import Workspace

    return Workspace(args.workspace.resolve())


def checker(target: Target) -> Checker:
    """Give what checks a target against AWS, asking for an MFA code or a login here if one is needed."""
    from dataclasses import replace

    from wizard.deploy.checking import checker_of

    found = checker_of(target, environ=os.environ, mfa_code=mfa_code)
    return replace(found, sessions=lambda: opened(found.sessions))


def opened(opening: Callable[[], Opened]) -> Opened:
    """Open something that needs AWS. When a login has ended, offer to make it here, and open once more.

    Without a terminal, or after a no, the error that names the command is raised on.
    """
    from wizard.errors import LoginNeededError

    try:
        return opening()
    except LoginNeededError as error:
        command = " ".join(error.command)
        if not confirm(f"{error.title}: {error.cause}\nLog in now ({command})? [y/N]"):
            raise
        from wizard.aws.login import log_in

        log_in(error, os.environ)
    return opening()


def session_of(target: Target) -> AwsSession:
    """Open the operator's session, which is of the account that the answers name, or AccountError."""
    from wizard.aws.session import open_session, require_account

    account = target.shard.account

    def opening() -> AwsSession:
        session = open_session(account, environ=os.environ, mfa_code=mfa_code)
        require_account(session.identity(), account)
        return session

    return opened(opening)


def say(text: str = "") -> None:
    """Print a line for people."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say_json(value: Any) -> None:
    """Print a JSON document for programs."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def say_findings(findings: Iterable[Finding]) -> None:
    """Print findings, worst first, each with why and remedy."""
    from wizard.findings import worst_first

    for finding in worst_first(tuple(findings)):
        where = f"  {finding.path}" if finding.path else ""
        say(f"{finding.severity.symbol} {finding.severity.value:8} {finding.code}{where}")
        say(f"    {finding.what}")
        say(f"    why:    {finding.why}")
        say(f"    remedy: {finding.remedy}")


def text_of(source: str, *, action: str) -> str:
    """Read a file, or the standard input for `-`. InputError, with `action` as the way on, when it cannot be read."""
    from wizard.errors import InputError

    try:
        return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source} cannot be read", cause=str(error), action=action) from None


def interactive() -> bool:
    """Whether a person can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirm(question: str, *, typed: str | None = None) -> bool:
    """Ask for a yes, or for `typed` letter by letter. Without a terminal the answer is no."""
    if not interactive():
        return False
    answer = input(f"{question} ").strip()
    return answer == typed if typed else answer.lower() in {"y", "yes"}


def require_typed(name: str, question: str, given: str | None, *, refused: str) -> None:
    """Take an object's name for a yes: `given` with the command, or typed when asked. Raises BlockedError, `refused`, else."""
    from wizard.errors import BlockedError

    if given == name or (given is None and confirm(question, typed=name)):
        return
    raise BlockedError(
        refused, cause="its name was not typed", action=f"type {name} when asked, or give --confirm {name}"
    )


def typed(question: str) -> str:
    """Ask for a word, and give what was typed. Without a terminal nothing was."""
    return input(f"{question} ").strip() if interactive() else ""


def mfa_code(device: str) -> str:
    """Ask for the code of an MFA device; without a terminal, say that nobody can be asked."""
    from getpass import getpass

    from wizard.errors import AccountError

    if not interactive():
        raise AccountError(
            "the role asks for an MFA code, and there is nobody to ask",
            cause=f"device {device}; this is not a terminal",
            action="run it in a terminal, or use credentials that need no code",
        )
    return getpass(f"MFA code of {device}: ")
