"""What a target's stacks declare, read out of the files that would be emitted for them."""

from __future__ import annotations

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.stacks import SHARD, stacks_of
from wizard.errors import InputError
from wizard.permissions.emitted import Emitted, read_emitted


def emitted_of(shard: ShardAnswers, deployment: DeploymentAnswers | None = None) -> tuple[Emitted, ...]:
    """Emit the shard's stack, or the deployment's, and read what is declared. Empty for answers that cannot be emitted.

    Code holds no answers, so neither images nor contracts have to be known.
    """
    from generators.springtail import deployment_files, shard_files

    if deployment is None:
        return (read_emitted(SHARD, shard_files(shard, state=None)),)
    try:
        return tuple(
            read_emitted(stack, deployment_files(deployment, shard, stack, pins=None, contract=None, state=None))
            for stack in stacks_of(deployment)
        )
    except InputError:
        return ()
