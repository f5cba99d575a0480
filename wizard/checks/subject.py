"""What is checked: answers, and what the workspace knows besides. A value; who makes it reads files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wizard.answers.account import Account
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs
from wizard.blueprints.springtail.facts import Pins
from wizard.permissions.emitted import Emitted
from wizard.readiness.model import Readiness


@dataclass(frozen=True, slots=True)
class Subject:
    """A shard by itself, or a deployment on its shard beside the shard's other deployments.

    `shard_built` and `built` are what their applied stacks handed over, None before that; `pins` are the images that
    nodes boot, None before they were resolved. `apply_needs` is how long credentials have to last for an apply, a margin
    included. `readiness` is what the database said of itself, None before anybody looked.
    """

    shard: ShardAnswers
    deployment: DeploymentAnswers | None = None
    others: tuple[DeploymentAnswers, ...] = ()
    shard_built: ShardOutputs | None = None
    built: InstanceOutputs | None = None
    pins: Pins | None = None
    readiness: Readiness | None = None
    #: What its stacks declare, read out of the files that are emitted for these answers. Empty: they give none yet.
    emitted: tuple[Emitted, ...] = ()
    #: What locks the states by the files that were emitted last, each with its table's name. Empty: none were yet.
    locked_by: frozenset[tuple[str, str]] = frozenset()
    apply_needs: timedelta = timedelta(minutes=30)
    now: datetime = field(default_factory=lambda: datetime.now().astimezone())

    @property
    def account(self) -> Account:
        """The account that everything is built in."""
        return self.shard.account

    @property
    def region(self) -> str:
        """The region that everything is built in."""
        return self.shard.account.region

    @property
    def name(self) -> str:
        """The name of what is checked."""
        return self.deployment.name if self.deployment else self.shard.name
