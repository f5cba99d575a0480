"""The login that only a person can make: the AWS CLI's own command, in the terminal that the operator sits at."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.aws.cli import found_cli, in_foreground
from wizard.errors import AccountError, LoginNeededError

#: Since which version of the AWS CLI a command is there.
_SINCE: dict[tuple[str, ...], tuple[int, int]] = {("sso", "login"): (2, 0), ("login",): (2, 32)}


def log_in(needed: LoginNeededError, environ: Mapping[str, str]) -> None:
    """Run the command that the error names; the terminal is the command's until it ends.

    Raises AccountError when there is no AWS CLI, when it is too old for the command, or when the login did not succeed.
    """
    arguments = needed.command[1:]
    line = " ".join(needed.command)
    since = next((version for command, version in _SINCE.items() if arguments[: len(command)] == command), (2, 0))
    found = found_cli(needed.command, environ, since=since, failed="nobody can log in")
    # The terminal stays what it is: the CLI shows its code there, and may ask.
    code = in_foreground([found, *arguments], environ)
    if code != 0:
        raise AccountError(
            "the login did not succeed",
            cause=f"{line} ended with {code}; what it said is above",
            action=f"correct what it named, run {line} yourself, then run the command again",
        )
