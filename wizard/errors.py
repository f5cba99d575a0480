"""The exception tree.

    PlanewrightError          title, cause, next action; `exit_code` of the process that ends with it
    ├── UsageError            a command line that cannot be understood                              (2)
    ├── InputError            a file or an answer that cannot be used; carries every problem found   (2)
    ├── ContractError         a stack's output that is missing or of the wrong type                 (1)
    ├── EditedFileError       an emitted file that a person has edited would be overwritten          (1)
    ├── BlockedError          findings, or a confirmation that was not given, hold the step          (1)
    ├── AccountError          the wrong AWS account, or credentials that will not do                 (1)
    │   └── LoginNeededError  a login that only a person can make has ended; carries its command     (1)
    ├── AwsError              a call to AWS that failed                                              (1)
    ├── DatabaseError         the customer's database could not be looked at from here               (1)
    ├── ServiceError          a step with Springtail's services did not end well on a node           (1)
    ├── PackageMissingError   Springtail's package is not at hand: everything before it is kept      (3)
    ├── EngineError           the engine is missing, too old, or its command failed                  (1)
    │   └── StateLockedError  somebody holds the state's lock                                        (1)
    └── RehearsalError        the embedded parts could not be started                                (1)

Everything a user can meet derives from PlanewrightError; anything else is a bug and reaches the one crash
boundary, in the front end.
"""

from __future__ import annotations

from dataclasses import dataclass


class PlanewrightError(Exception):
    """A failure a person can act on.

    `title` says what did not happen, in one line; `cause` why; `action` what to do next.
    """

    exit_code = 1

    def __init__(self, title: str, *, cause: str = "", action: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.cause = cause
        self.action = action

    def __str__(self) -> str:
        lines = [self.title]
        if self.cause:
            lines.append(f"  why:  {self.cause}")
        if self.action:
            lines.append(f"  next: {self.action}")
        return "\n".join(lines)


class UsageError(PlanewrightError):
    """A command line that cannot be understood."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what a person wrote: where (`database.port`), what, and what to do."""

    path: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}\n    {self.remedy}"


class InputError(PlanewrightError):
    """Input that cannot be used. All problems at once, each with its path and a remedy."""

    exit_code = 2

    def __init__(self, title: str, problems: tuple[Problem, ...] = (), *, cause: str = "", action: str = "") -> None:
        super().__init__(title, cause=cause, action=action)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  - {problem}" for problem in self.problems)])


class ContractError(PlanewrightError):
    """A stack did not hand over what the next one needs."""


class EditedFileError(PlanewrightError):
    """An emitted file was edited by a person; `differences` holds a unified diff per file."""

    def __init__(self, title: str, differences: dict[str, str], *, cause: str = "", action: str = "") -> None:
        super().__init__(title, cause=cause, action=action)
        self.differences = differences

    def __str__(self) -> str:
        return "\n\n".join([super().__str__(), *(text.rstrip() for text in self.differences.values())])


class BlockedError(PlanewrightError):
    """Findings, or a confirmation that was not given, hold this step."""


class AccountError(PlanewrightError):
    """The identity is not the one that was meant, or its credentials will not last."""


class LoginNeededError(AccountError):
    """A login that only a person can make has ended, or was never made. `command` makes it: `aws sso login …`."""

    def __init__(self, title: str, *, command: tuple[str, ...], cause: str = "", action: str = "") -> None:
        super().__init__(title, cause=cause, action=action)
        self.command = command


class AwsError(PlanewrightError):
    """AWS refused or failed a call."""


class DatabaseError(PlanewrightError):
    """The customer's database could not be looked at from here."""


class ServiceError(PlanewrightError):
    """A step with Springtail's services did not end well on a node; the title names both."""


class PackageMissingError(PlanewrightError):
    """Springtail's package is not at hand. What was done before it stays done."""

    exit_code = 3


class EngineError(PlanewrightError):
    """The engine is missing, unusable, or its command failed."""


class StateLockedError(EngineError):
    """Somebody holds the state's lock; the cause says who and since when."""


class RehearsalError(PlanewrightError):
    """The embedded parts could not be started."""
