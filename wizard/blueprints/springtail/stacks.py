"""Springtail's stacks, in the order they are applied. Destroying goes the other way."""

from __future__ import annotations

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Topology
from wizard.blueprints.springtail.contracts import InstanceOutputs, LinkOutputs, ShardOutputs
from wizard.contracts import Contract

SHARD = "shard"
INSTANCE = "instance"
LINK = "link"

OUTPUTS: dict[str, type[Contract]] = {SHARD: ShardOutputs, INSTANCE: InstanceOutputs, LINK: LinkOutputs}

#: Which stack's contract each stack takes as its variable `contract`.
NEEDS: dict[str, str] = {INSTANCE: SHARD, LINK: INSTANCE}


def stacks_of(answers: ShardAnswers | DeploymentAnswers) -> tuple[str, ...]:
    """Stacks of an object. `link` exists only where a customer has something to accept."""
    if isinstance(answers, ShardAnswers):
        return (SHARD,)
    if answers.topology is Topology.PRIVATE:
        return (INSTANCE, LINK)
    return (INSTANCE,)
