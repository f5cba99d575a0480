"""What the screens have at hand: the workspace, the environment, one checker per account. Known to every pane."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.errors import LoginNeededError
from wizard.workspace import Place, Workspace

if TYPE_CHECKING:
    from wizard.answers.account import Account
    from wizard.deploy.checking import Checker
    from wizard.deploy.drafts import Keeper
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.walk.opening import Played
    from wizard.walk.speculation import Speculation
    from wizard.walk.walk import Walk


@dataclass(slots=True)
class Desk:
    """The application's surroundings. Methods that call AWS or the engine block: call them from workers alone.

    `engine` and `mirror` are what the command line named. `mfa_code` asks the person at the terminal. `login_wanted` is
    called, in a worker, when a login turns out to be needed. `played` is the
    customer's part in a rehearsal; None: everything is real.
    """

    workspace: Workspace
    environ: Mapping[str, str]
    engine: str | None = None
    mirror: str | None = None
    mfa_code: Callable[[str], str] | None = None
    login_wanted: Callable[[LoginNeededError], None] | None = None
    played: Played | None = None
    #: What is made ahead; None where nothing is.
    ahead: Speculation | None = None
    _checkers: dict[Account, tuple[Checker, threading.Lock]] = field(default_factory=dict)
    _keepers: list[Keeper] = field(default_factory=list)
    _logins: dict[Account, LoginNeededError] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def walk(self, place: Place) -> Walk:
        """Open an object for a screen; what is typed is saved behind the typing."""
        # pydantic and all the models: half a second that the first screen does not need
        from wizard.deploy.drafts import Keeper
        from wizard.walk.walk import Walk

        keeper = Keeper(place)
        self._keepers.append(keeper)
        return Walk(self.workspace, place, keep=keeper.keep)

    def checker(self, target: Target) -> tuple[Checker, threading.Lock]:
        """Give the checker of a target's account, and the lock under which it may be used."""
        from wizard.deploy.checking import checker_of

        account = target.shard.account
        with self._lock:
            if account not in self._checkers:
                made = checker_of(target, environ=self.environ, mfa_code=self.mfa_code)
                self._checkers[account] = (made, threading.Lock())
            return self._checkers[account]

    def forget(self, target: Target) -> None:
        """Forget what was read of a target's account: the next checker asks everything that does not last."""
        with self._lock:
            self._checkers.pop(target.shard.account, None)

    def site(self, target: Target) -> Site:
        """Open the engine and the session that plans and applies of a target work with."""
        with self.noting(target):
            return self._site(target, self.mfa_code)

    def _site(self, target: Target, mfa_code: Callable[[str], str] | None) -> Site:
        from pathlib import Path

        from wizard.deploy.site import open_site
        from wizard.engine.installed import engines_dir
        from wizard.engine.locate import find_engine

        engine = find_engine(self.engine, search_path=self.environ.get("PATH", ""), engines=engines_dir(self.environ))
        mirror = Path(self.mirror) if self.mirror else None
        return open_site(target, environ=self.environ, engine=engine, mirror=mirror, mfa_code=mfa_code)

    def look_ahead(self) -> None:
        """Let plans be made ahead from now on; the person is asked nothing for them."""
        from wizard.walk.speculation import Speculation

        self.ahead = Speculation(lambda target: self._site(target, None))

    @contextmanager
    def noting(self, target: Target) -> Iterator[None]:
        """Remember a login that turns out to be needed inside, so that it is offered; the error goes on."""
        try:
            yield
        except LoginNeededError as error:
            new = target.shard.account not in self._logins
            self._logins[target.shard.account] = error
            if new and self.login_wanted is not None:
                self.login_wanted(error)
            raise

    def login_needed(self, target: Target) -> LoginNeededError | None:
        """Give the login that a target's account was found to need and that nobody has made since."""
        return self._logins.get(target.shard.account)

    def logged_in(self, target: Target) -> None:
        """Forget what was read, and refused, in the name of who was not logged in."""
        self._logins.pop(target.shard.account, None)
        self.forget(target)

    def flush(self) -> None:
        """Wait until every draft is on disk. Raises OSError if one could not be written."""
        for keeper in self._keepers:
            keeper.flush()

    def close(self) -> None:
        """Write every draft and end; a desk is not used after it."""
        if self.ahead is not None:
            self.ahead.close()
        for keeper in self._keepers:
            keeper.close()
