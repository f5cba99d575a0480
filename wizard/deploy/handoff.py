"""The customer's bundle of a deployment: made of what was applied, written where it can be sent from.

contract + answers + readiness ─► steps ─► files ─► deployments/NAME/handoff/ (or where one says)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import __version__
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.deploy import readiness
from wizard.deploy.customer_side import outputs_of
from wizard.deploy.emit import Emitted, emit
from wizard.errors import InputError
from wizard.handoff.model import Step
from wizard.handoff.steps import beforehand, handoff

if TYPE_CHECKING:
    from generators.handoff.bundle import Format
    from wizard.deploy.target import Target


@dataclass(frozen=True, slots=True)
class Handed:
    """What was written, and where."""

    folder: Path
    steps: tuple[Step, ...]
    files: tuple[str, ...]
    emitted: Emitted


def steps_of(target: Target) -> tuple[Step, ...]:
    """Give the customer's steps of a deployment.

    Raises InputError for a shard, and where it or its shard was not applied: the ids in every step come from there.
    """
    if not isinstance(target.answers, DeploymentAnswers):
        raise InputError(
            f"{target.place.name} is a shard, and no customer's",
            cause="only a deployment asks anything of a customer",
            action="name a deployment",
        )
    outputs = outputs_of(target)
    known = readiness.load(target.place)
    if outputs is None and (first := beforehand(target.deployment, target.shard, known)):
        return first
    if outputs is None:
        raise InputError(
            f"there is nothing to hand over of {target.place.name} yet",
            cause="the steps name what was built, and the shard or the deployment was not applied",
            action=f"planewright apply {target.place.name}",
        )
    return handoff(target.deployment, target.shard, *outputs, known)


def write(
    target: Target,
    folder: Path | None = None,
    *,
    formats: frozenset[Format] | None = None,
    expires: Mapping[str, datetime] | None = None,
    force: bool = False,
) -> Handed:
    """Write the bundle. A file that a person edited is EditedFileError, unless `force` sets it aside.

    `expires` is when each request that nobody accepted ends, where it was looked at.
    """
    from generators.handoff.bundle import Format, bundle
    from generators.handoff.page import Cover

    steps = steps_of(target)
    cover = Cover(target.deployment.name, target.shard.account.id, __version__, expires=expires or {})
    files = bundle(steps, cover, frozenset(Format) if formats is None else formats)
    into = folder if folder is not None else target.place.handoff
    return Handed(into, steps, tuple(files), emit(into, files, force=force))
