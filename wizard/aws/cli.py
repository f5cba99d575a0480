"""The AWS CLI as a program of the operator's: whether it is there, and its commands in the foreground of the terminal."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from wizard.errors import AccountError

_INSTALL = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
#: Seconds for a program to say its version: a cold start of the CLI takes two.
_PATIENCE_S = 30


def found_cli(command: Sequence[str], environ: Mapping[str, str], *, since: tuple[int, int], failed: str) -> str:
    """Give the path of the AWS CLI for one of its commands.

    Raises AccountError, whose title begins with `failed`, when there is none or when it is older than `since`.
    """
    program, line = command[0], " ".join(command)
    found = shutil.which(program, path=environ.get("PATH", ""))
    if found is None:
        raise AccountError(
            f"{failed}: the AWS CLI is not installed",
            cause=f"{line} is its command, and there is no `{program}` on the PATH",
            action=f"install version 2 ({_INSTALL}), then run the command again",
        )
    said = version_said(found, environ)
    number = re.match(r"aws-cli/(\d+)\.(\d+)", said)
    version = (int(number[1]), int(number[2])) if number else (0, 0)
    if version < since:
        raise AccountError(
            f"{failed}: the AWS CLI is too old",
            cause=f"{line} needs version {since[0]}.{since[1]} or later; "
            f"{found} is {said.partition(' ')[0] if number else said or 'of an unknown version'}",
            action=f"install a later version ({_INSTALL}) so that it comes first on the PATH, then run the command again",
        )
    return found


def version_said(found: str, environ: Mapping[str, str]) -> str:
    """Give what a program answers to `--version`; empty when it says nothing."""
    try:
        return subprocess.run(
            [found, "--version"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # where version 1 of the CLI says it
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"not to be run ({error})"


def in_foreground(argv: Sequence[str], environ: Mapping[str, str], *, takes_stop: bool = False) -> int:
    """Run a program that has the terminal until it ends, and give its exit code (negative: the signal that ended it).

    What the person types there is the program's: Ctrl-C reaches it and not us. With `takes_stop` so does Ctrl-Z, for a
    program that sends it on; otherwise it stops both, as in any shell.
    """
    with _theirs(signal.SIGINT, signal.SIGQUIT, *((signal.SIGTSTP,) if takes_stop else ())):
        return subprocess.Popen(list(argv), env=dict(environ)).wait()


@contextmanager
def _theirs(*signals: signal.Signals) -> Iterator[None]:
    """Let signals of the terminal pass us by."""
    if threading.current_thread() is not threading.main_thread():
        yield  # handlers are the main thread's to set, and a signal reaches that one alone
        return
    # Not SIG_IGN: that would be the program's too.
    before = [(number, signal.signal(number, lambda _number, _frame: None)) for number in signals]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
