"""The login that only a person can make: the AWS CLI's own command, in the terminal that the operator sits at."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping

from wizard.errors import AccountError, LoginNeededError

#: Since which version of the AWS CLI a command is there.
_SINCE: dict[tuple[str, ...], tuple[int, int]] = {("sso", "login"): (2, 0), ("login",): (2, 32)}
_INSTALL = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
#: Seconds for the CLI to say its version: a cold start of it takes two.
_PATIENCE_S = 30


def log_in(needed: LoginNeededError, environ: Mapping[str, str]) -> None:
    """Run the command that the error names; the terminal is the command's until it ends.

    Raises AccountError when there is no AWS CLI, when it is too old for the command, or when the login did not succeed.
    """
    program, *arguments = needed.command
    line = " ".join(needed.command)
    found = shutil.which(program, path=environ.get("PATH", ""))
    if found is None:
        raise AccountError(
            "nobody can log in: the AWS CLI is not installed",
            cause=f"{line} is its command, and there is no `{program}` on the PATH",
            action=f"install version 2 ({_INSTALL}), then run the command again",
        )
    _require_version(found, tuple(arguments), line, environ)
    # The terminal stays what it is: the CLI shows its code there, and may ask.
    code = subprocess.run([found, *arguments], env=dict(environ), check=False).returncode
    if code != 0:
        raise AccountError(
            "the login did not succeed",
            cause=f"{line} ended with {code}; what it said is above",
            action=f"correct what it named, run {line} yourself, then run the command again",
        )


def _require_version(found: str, arguments: tuple[str, ...], line: str, environ: Mapping[str, str]) -> None:
    needed = next((since for command, since in _SINCE.items() if arguments[: len(command)] == command), (2, 0))
    version, said = _version(found, environ)
    if version < needed:
        raise AccountError(
            "nobody can log in: the AWS CLI is too old",
            cause=f"{line} needs version {needed[0]}.{needed[1]} or later; {found} is {said or 'of an unknown version'}",
            action=f"install a later version ({_INSTALL}) so that it comes first on the PATH, then run the command again",
        )


def _version(found: str, environ: Mapping[str, str]) -> tuple[tuple[int, int], str]:
    try:
        told = subprocess.run(
            [found, "--version"],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # where version 1 says it
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        return (0, 0), f"not to be run ({error})"
    number = re.match(r"aws-cli/(\d+)\.(\d+)", told)
    return ((int(number[1]), int(number[2])) if number else (0, 0)), told.split(maxsplit=1)[0] if told else ""
