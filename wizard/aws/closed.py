"""A session that could not be opened, for what need not be looked at: whoever asks it for a client hears why."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NoReturn

from wizard.answers.account import Account
from wizard.aws.session import AwsSession
from wizard.errors import AwsError, PlanewrightError


class ClosedSession(AwsSession):
    """Stands where a session would stand. Its error is no AccountError: the operator's own credentials are fine."""

    def __init__(self, account: Account, error: PlanewrightError) -> None:
        self.account = account
        self._error = error

    def client(self, service: str, region: str | None = None) -> Any:
        """Raise what opening the session raised."""
        del service, region
        self._raise()

    def call(self, doing: str) -> AbstractContextManager[None]:
        """Raise what opening the session raised."""
        del doing
        self._raise()

    def _raise(self) -> NoReturn:
        raise AwsError(self._error.title, cause=self._error.cause, action=self._error.action) from self._error
