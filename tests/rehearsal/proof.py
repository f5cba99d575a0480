"""The path proof on a world in which a part of a deployment was built by hand: the very verification, from real reads.

Only what leads to the database is there. The other hops are bad from the start; what matters is what comes to that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.verify import world as well
from wizard.aws.session import AwsSession, open_session
from wizard.blueprints.load import parse
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import Topology
from wizard.rehearsal.faults import Fault
from wizard.rehearsal.world import World
from wizard.verify.hops import HopState, Verification
from wizard.verify.verify import verify


@dataclass(frozen=True)
class Proof:
    """A world, what stands in it, and the hops that are bad because it was not built."""

    world: World
    outputs: InstanceOutputs
    shard: ShardAnswers
    deployment: DeploymentAnswers
    missing: frozenset[str] = frozenset()

    def session(self) -> AwsSession:
        """A session of the operator's, as a command opens one."""
        return open_session(self.shard.account, environ=self.world.environ())

    def verified(self, session: AwsSession | None = None, outputs: InstanceOutputs | None = None) -> Verification:
        """Verify, as the command does."""
        zones = client(self.world.own(), "ec2").describe_availability_zones()["AvailabilityZones"]
        [zone] = [zone["ZoneName"] for zone in zones if zone["ZoneId"] == self.shard.zone_id]
        shard_outputs = well.shard_outputs().model_copy(
            update={"zone_id": self.shard.zone_id, "availability_zone": zone}
        )
        return verify(
            self.deployment,
            self.shard,
            outputs=outputs or self.outputs,
            shard_outputs=shard_outputs,
            link=well.LINK,
            session=session or self.session(),
        )

    def bad(self, found: Verification) -> list[str]:
        """Keys of the hops that are bad, and would not be anyway."""
        return [hop.key for hop in found.in_state(HopState.FAILED, HopState.WAITING) if hop.key not in self.missing]


def proof(world: World, instance: str, **private: Any) -> Proof:
    """Make a proof of what was built: the ingestion node, and for the private topology the way to the database."""
    topology = world.topology
    texts = world.answers()
    shard, deployment = parse(texts.shard, source="test"), parse(texts.deployment, source="test")
    assert isinstance(shard, ShardAnswers)
    assert isinstance(deployment, DeploymentAnswers)
    outputs = well.outputs(topology)
    nodes = outputs.nodes | {"ingestion-0": outputs.nodes["ingestion-0"].model_copy(update={"instance_id": instance})}
    update: dict[str, Any] = {"nodes": nodes}
    if outputs.private is not None:
        update["private"] = outputs.private.model_copy(update=private)
    made = Proof(world, outputs.model_copy(update=update), shard, deployment)
    missing = frozenset(made.bad(made.verified()))
    return Proof(world, made.outputs, shard, deployment, missing)


def shows(fault: Fault, topology: Topology, found: Verification) -> None:
    """Assert that the fault's hop was named, with the register's words for what to do."""
    expected, hop = fault.named[topology], fault.hop_in(found)
    if expected is None:
        return
    assert hop is not None
    assert fault.recognised(found), f"{fault.name}: {hop.key} {hop.state} {hop.reason}"
    pattern = ".*".join(re.escape(part.strip()) for part in expected.remedy.split("…"))
    assert re.search(pattern, hop.remedy), f"{fault.name}: {hop.remedy}"
