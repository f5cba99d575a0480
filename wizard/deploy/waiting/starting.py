"""Beginning a wait with a plan that was confirmed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import wizard
from wizard.deploy.waiting.carrying import answers_digest
from wizard.deploy.waiting.records import FOLDER, Request, Wait, waiting
from wizard.engine import runs
from wizard.engine.processes import me
from wizard.errors import AccountError, BlockedError, EngineError
from wizard.files import private_dir

if TYPE_CHECKING:
    from wizard.deploy.flow import Planned
    from wizard.deploy.site import Site

#: A request can be accepted for seven days; a day more, so that its end is seen and told.
LONGEST: Final = timedelta(days=8)
_PATIENCE_S: Final = 60


def begin(planned: Planned, site: Site, *, environ: Mapping[str, str], engine: str = "", mirror: str = "") -> Wait:
    """Let a process of its own wait, and apply exactly this plan then. The plan has to be confirmed before.

    Raises BlockedError where somebody waits already, AccountError where a wait could never log in, EngineError where the
    process does not start.
    """
    target = planned.target
    require_possible(target.name, waiting(target.place), site)
    now = datetime.now(UTC)
    request = Request(
        id=runs.new_id(now),
        workspace=str(target.workspace.root.absolute()),
        object_name=target.name,
        stack=planned.stack,
        plan_run=planned.plan.run.id,
        plan_digest=planned.plan.digest,
        answers_digest=answers_digest(target),
        who=me(),
        created_at=now.isoformat(),
        until=(now + LONGEST).isoformat(),
        engine=engine,
        mirror=str(Path(mirror).absolute()) if mirror else "",
    )
    wait = Wait(private_dir(private_dir(target.place.hidden / FOLDER) / request.id), request)
    request.write(wait.path / "request.json")
    launch(wait, environ)
    return wait


def require_possible(name: str, other: Wait | None, site: Site) -> None:
    """Raise what stands in the way of a wait, before a plan is made for it."""
    if other is not None:
        raise BlockedError(
            f"somebody waits for the customer of {name} already",
            cause=f"{other.request.who} confirmed run {other.request.plan_run}",
            action=f"planewright status {name} tells how it stands, planewright cancel {name} ends it",
        )
    if site.session.method == "assume-role-mfa":
        raise AccountError(
            "nobody could be asked for an MFA code while it waits",
            cause="the role asks for a code each time that its credentials end",
            action=f"once the customer has accepted: planewright apply {name}",
        )


def launch(wait: Wait, environ: Mapping[str, str]) -> None:
    """Start the process; returns once it waits. Its environment goes to no disk and into no process list."""
    with wait.log.open("ab") as log:
        wait.log.chmod(0o600)
        process = subprocess.Popen(
            [sys.executable, "-m", "wizard.deploy.waiting.waiter", str(wait.path.absolute())],
            cwd=Path(wizard.__file__).parent.parent,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        process.wait(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.returncode != 0:
        raise EngineError(
            "nobody could be left to wait",
            cause=f"the process ended with {process.returncode}",
            action=f"look into {wait.log}",
        )
