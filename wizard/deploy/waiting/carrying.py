"""Carrying out the plan that was confirmed: exactly that one, of the very answers that it was confirmed with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from wizard.checks.live.unread import CREDENTIALS, UNREAD
from wizard.deploy import flow
from wizard.deploy.exclusive import exclusive, require_idle
from wizard.deploy.gate import acknowledged, holding, require_clear
from wizard.deploy.site import checked, open_site
from wizard.deploy.target import Target, open_target
from wizard.deploy.waiting.records import Request
from wizard.engine import follow, runs
from wizard.engine.installed import engines_dir
from wizard.engine.locate import find_engine
from wizard.errors import BlockedError, EngineError, InputError
from wizard.files import digest
from wizard.workspace import Workspace

#: Findings that say that nothing was found out: another time it may be.
_UNANSWERED: Final = frozenset({UNREAD.name, CREDENTIALS.name})


def carry_out(request: Request, environ: Mapping[str, str]) -> str | None:
    """Apply the plan, follow it, hand over; gives the run's id. None where it can be tried again as it is: another command
    works on the object, or AWS gave no answer to a check.

    Raises PlanewrightError where the plan is not what was confirmed any more, or its apply did not succeed.
    """
    target = open_target(Workspace(Path(request.workspace)), request.object_name)
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(target.place))
            require_idle(target, request.stack)
        except BlockedError:
            return None
        return _carry_out(target, request, environ)


def _carry_out(target: Target, request: Request, environ: Mapping[str, str]) -> str | None:
    require_same_answers(target, request)
    engine = find_engine(request.engine or None, search_path=environ.get("PATH", ""), engines=engines_dir(environ))
    mirror = Path(request.mirror) if request.mirror else None
    site = open_site(target, environ=environ, engine=engine, mirror=mirror)
    findings = checked(target, site).findings
    if {finding.code for finding in holding(findings, acknowledged(target.place))} & _UNANSWERED:
        return None
    require_clear(target.place, findings)
    planned = flow.reopen(target, site, runs.load(target.place.runs / request.plan_run))
    if planned.plan.digest != request.plan_digest:
        raise EngineError(
            "the plan is not the one that was confirmed",
            cause=f"run {request.plan_run} has digest {planned.plan.digest[:19]}…, confirmed was {request.plan_digest[:19]}…",
            action=f"planewright apply {request.object_name} shows a plan anew; find out who altered the file",
        )
    started = flow.start(planned, site)
    flow.require_success(started, follow.to_end(started))
    flow.conclude(planned)
    return started.id


def require_same_answers(target: Target, request: Request) -> None:
    """Raise InputError where the answers are others than those that the plan was confirmed with."""
    if answers_digest(target) != request.answers_digest:
        raise InputError(
            "the answers have changed since the plan was confirmed: nothing was applied",
            cause=f"{request.who} confirmed run {request.plan_run}, which is of the answers as they were then",
            action=f"planewright apply {request.object_name} plans what they say now, and asks",
        )


def answers_digest(target: Target) -> str:
    """What the answers of a target and its shard are known by."""
    own, shard = target.place.answers.read_bytes(), target.shard_place.answers.read_bytes()
    return digest(own + b"\0" + shard)
