"""Logging in from wherever a login turns out to be needed: the AWS CLI's own command, in this terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from screens.outside import Errand, lend
from wizard.errors import LoginNeededError

if TYPE_CHECKING:
    from wizard.aws.session import Identity
    from wizard.deploy.target import Target


class LoggingIn(Errand):
    """Finds out which login is needed, has it made, and makes sure whose credentials these are now."""

    title_text: ClassVar[str] = "Log in"
    beginning: ClassVar[str] = "… looking for the login that is needed"

    def begin(self) -> LoginNeededError | Identity:
        """Give the login that is needed, or who calls when none is."""
        target = self.opening()
        try:
            return self._identity(target)
        except LoginNeededError as error:
            return error

    def _identity(self, target: Target) -> Identity:
        from wizard.aws.session import open_session, require_account

        account = target.shard.account
        session = open_session(account, environ=self.desk.environ, mfa_code=self.desk.mfa_code)
        identity = session.identity()
        require_account(identity, account)
        self.desk.logged_in(target)
        return identity

    def took(self, what: Any) -> None:
        """Have the login made, or say that there is none to make."""
        if not isinstance(what, LoginNeededError):
            self.app.notify(
                self._mask(f"✓ AWS takes these credentials: {what.arn}. Checking again."), title="Log in", markup=False
            )
            self.dismiss("done")
            return
        error = self._log_in(what)
        if error is not None:
            self.fail(error)
            return
        self.say("… looking whose credentials these are")
        self.work_on(lambda: self._identity(self.opening()))

    def _log_in(self, needed: LoginNeededError) -> Any:
        from wizard.aws.login import log_in

        return lend(self.app, " ".join(needed.command), lambda: log_in(needed, self.desk.environ))
