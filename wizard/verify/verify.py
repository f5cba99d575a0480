"""Verifying a deployment or a shard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wizard import __version__
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, LinkOutputs, ShardOutputs
from wizard.verify.customer.path import with_customer
from wizard.verify.customer.reads import CustomerReads, Side
from wizard.verify.hops import Hop, Verification
from wizard.verify.outcome import Known, Outcome, Probe
from wizard.verify.path import PlannedHop, deployment_path, shard_path
from wizard.verify.probes.table import deployment_probe, shard_probe
from wizard.verify.reads import Reads
from wizard.verify.scene import Scene, ShardScene
from wizard.verify.walk import walk

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession

Clock = Callable[[], datetime]


def now() -> datetime:
    """Give the time, in UTC."""
    return datetime.now(UTC)


def verify(
    deployment: DeploymentAnswers,
    shard: ShardAnswers,
    *,
    outputs: InstanceOutputs,
    shard_outputs: ShardOutputs,
    link: LinkOutputs | None,
    session: AwsSession,
    customers: Mapping[str, CustomerReads] | None = None,
    on_hop: Callable[[Hop], None] = lambda _hop: None,
    clock: Clock = now,
) -> Verification:
    """Look at every hop of a deployment. `on_hop` hears of each as it becomes known, from the calling thread.

    `customers` answer for the customer's own sides, as far as anybody can (`wizard.verify.customer`).

    What AWS refuses to show becomes a hop that is not observable. Raises AccountError when the credentials themselves
    will not do, and AwsError when AWS does not even tell who is asking.
    """
    from wizard.verify.edge import AwsReads

    reads = AwsReads(session)
    return verify_with(
        deployment,
        shard,
        outputs=outputs,
        shard_outputs=shard_outputs,
        link=link,
        reads=reads,
        customers=customers,
        on_hop=on_hop,
        clock=clock,
        endpoint=reads.asked,
    )


def verify_shard(
    shard: ShardAnswers,
    outputs: ShardOutputs,
    session: AwsSession,
    *,
    on_hop: Callable[[Hop], None] = lambda _hop: None,
    clock: Clock = now,
) -> Verification:
    """Look at every hop of a shard; as `verify`."""
    from wizard.verify.edge import AwsReads

    reads = AwsReads(session)
    return verify_shard_with(shard, outputs, reads, on_hop=on_hop, clock=clock, endpoint=reads.asked)


def verify_with(
    deployment: DeploymentAnswers,
    shard: ShardAnswers,
    *,
    outputs: InstanceOutputs,
    shard_outputs: ShardOutputs,
    link: LinkOutputs | None,
    reads: Reads,
    customers: Mapping[str, CustomerReads] | None = None,
    on_hop: Callable[[Hop], None] = lambda _hop: None,
    clock: Clock = now,
    endpoint: str | None = None,
) -> Verification:
    """`verify`, with the questions answered by whoever is given."""
    sides = {name: Side(one) for name, one in (customers or {}).items()}
    scene = Scene(deployment, shard, outputs, shard_outputs, link, reads, clock, sides)
    looks = {name: side.tells for name, side in sides.items()}
    return _verification(
        (deployment.name, shard.name, deployment.topology.value),
        with_customer(deployment_path(deployment, outputs), deployment, outputs, looks),
        deployment_probe(scene),
        reads,
        on_hop=on_hop,
        clock=clock,
        endpoint=endpoint,
    )


def verify_shard_with(
    shard: ShardAnswers,
    outputs: ShardOutputs,
    reads: Reads,
    *,
    on_hop: Callable[[Hop], None] = lambda _hop: None,
    clock: Clock = now,
    endpoint: str | None = None,
) -> Verification:
    """`verify_shard`, with the questions answered by whoever is given."""
    return _verification(
        (shard.name, shard.name, "shard"),
        shard_path(outputs),
        shard_probe(ShardScene(shard, outputs, reads)),
        reads,
        on_hop=on_hop,
        clock=clock,
        endpoint=endpoint,
    )


def _verification(
    of: tuple[str, str, str],
    path: tuple[PlannedHop, ...],
    probe: Probe,
    reads: Reads,
    *,
    on_hop: Callable[[Hop], None],
    clock: Clock,
    endpoint: str | None,
) -> Verification:
    (name, shard, topology) = of
    started, identity, versions = clock(), reads.identity(), {"planewright": __version__}

    def remembering(planned: PlannedHop, known: Known) -> Outcome:
        outcome = probe(planned, known)
        if planned.key == "database.psql" and outcome.seen:
            versions["postgresql"] = str(outcome.seen.get("version"))
        return outcome

    hops = walk(path, remembering, on_hop=on_hop, clock=clock)
    return Verification(
        object=name,
        shard=shard,
        topology=topology,
        hops=hops,
        started_at=started,
        ended_at=clock(),
        identity=identity,
        endpoint=endpoint,
        versions=versions,
    )
