"""What an estimate leaves out: what is paid for by use, which nobody knows before."""

from __future__ import annotations

from wizard.answers.account import StateBackend
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Topology
from wizard.blueprints.springtail.names import lock_table


def of_shard(shard: ShardAnswers) -> tuple[str, ...]:
    """What a shard's use costs besides; each a sentence's beginning and why."""
    return tuple(
        text
        for text, given in (
            ("NAT gateway: each GB that passes it", True),
            ("traffic out of AWS and between zones and regions: each GB", True),
            ("Redis snapshots: each GB kept beyond the free one", shard.redis.snapshot_retention_days > 0),
            ("events: each SNS message", True),
            ("the state's bucket: each GB and request, usually cents", shard.state.backend is StateBackend.S3),
            ("the lock table: each request and GB, usually less than a cent", bool(lock_table(shard))),
            ("requests to KMS", bool(shard.governance.kms_key_arn) or shard.state.backend is StateBackend.S3),
        )
        if given
    )


def of_deployment(deployment: DeploymentAnswers) -> tuple[str, ...]:
    """What a deployment's use costs besides."""
    private = deployment.topology is Topology.PRIVATE
    return tuple(
        text
        for text, given in (
            ("load balancers: capacity units (LCU), by connections and bytes", True),
            ("interface endpoints: each GB that passes one", private),
            ("peering: each GB that crosses a zone or a region", deployment.peered),
            ("the watcher: one short call of a Lambda function each minute, and its log by the GB", deployment.peered),
            ("Secrets Manager: each 10,000 requests", True),
            ("software of the machine image, if its seller charges for it", True),
        )
        if given
    )


#: What no line of the list shows.
ALWAYS = (
    "taxes, support, credits, reservations, savings plans and negotiated prices: these are list prices on demand",
)
