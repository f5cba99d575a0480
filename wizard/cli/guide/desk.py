"""What the guide works with: the workspace, one checker per account, the engine's site, the other commands."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide.talk import Talk
from wizard.errors import PlanewrightError
from wizard.workspace import Workspace

if TYPE_CHECKING:
    from wizard.answers.account import Account
    from wizard.deploy.checking import Checker
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.walk.opening import Played


@dataclass(slots=True)
class Desk:
    """The guide's surroundings. `engine` and `mirror` are what the command line named.

    `played` is the customer's part in a rehearsal; None: everything is real.
    """

    workspace: Workspace
    talk: Talk
    engine: str | None = None
    mirror: str | None = None
    played: Played | None = None
    _checkers: dict[Account, Checker] = field(default_factory=dict)

    def checker(self, target: Target) -> Checker:
        """Give the checker of a target's account: what it has read serves the next check."""
        account = target.shard.account
        if account not in self._checkers:
            self._checkers[account] = common.checker(target)
        return self._checkers[account]

    def forget(self, target: Target) -> None:
        """Forget what was read of a target's account: the next check asks everything that does not last."""
        self._checkers.pop(target.shard.account, None)

    def site(self, target: Target) -> Site:
        """Open the engine and the session that plans and applies of a target work with."""
        from wizard.deploy.site import open_site
        from wizard.engine.installed import engines_dir
        from wizard.engine.locate import find_engine

        engine = find_engine(self.engine, search_path=os.environ.get("PATH", ""), engines=engines_dir(os.environ))
        mirror = Path(self.mirror) if self.mirror else None
        return common.opened(
            lambda: open_site(target, environ=os.environ, engine=engine, mirror=mirror, mfa_code=common.mfa_code)
        )

    def command(self, name: str, *arguments: str) -> int:
        """Run another command of the command line here, as it is; what goes wrong, it tells itself."""
        from wizard.cli import run

        return run([name, *arguments, "--workspace", str(self.workspace.root)])

    def engine_flags(self) -> tuple[str, ...]:
        """Give the flags by which another command works with the same engine."""
        return (
            *(("--engine", self.engine) if self.engine else ()),
            *(("--mirror", self.mirror) if self.mirror else ()),
        )


def attempt(doing: Callable[[], Any], *, stopped: str = "stopped") -> Any:
    """Do something that takes its time. An error, or a Ctrl-C, is told, and the guide goes on; None is given then."""
    try:
        return doing()
    except PlanewrightError as error:
        tell_error(error)
    except KeyboardInterrupt:
        say()
        say(f"stopped: {stopped}")
    return None


def tell_error(error: PlanewrightError) -> None:
    """Say what did not happen, why, and what to do."""
    from wizard.redact import Redactor

    say(Redactor().text(f"error: {error}"))
