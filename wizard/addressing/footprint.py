"""How many addresses a deployment takes in each subnet."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Topology
from wizard.blueprints.springtail.contracts import InstanceOutputs

#: What a load balancer is given room for before AWS makes it, though it begins with one address.
FREE_FOR_A_LOAD_BALANCER = 8


@dataclass(frozen=True, slots=True)
class Footprint:
    """Addresses taken in the shard's private and public subnet, and in the deployment's transit subnet."""

    private: int = 0
    public: int = 0
    transit: int = 0

    def __sub__(self, other: Footprint) -> Footprint:
        """Give what is more than the other; never less than nothing."""
        return Footprint(
            max(0, self.private - other.private),
            max(0, self.public - other.public),
            max(0, self.transit - other.transit),
        )


def of_shard(shard: ShardAnswers) -> Footprint:
    """Count stack `shard`: Redis, its primary and its replicas, beside the nodes; the NAT gateway in public."""
    return Footprint(private=1 + shard.redis.replicas, public=1)


def of_deployment(deployment: DeploymentAnswers) -> Footprint:
    """Count stack `instance`. One network interface with one address for each of these:

    | subnet  | private topology                                            | public topology |
    |---------|-------------------------------------------------------------|-----------------|
    | private | nodes, inbound endpoint, outbound load balancer             | nodes           |
    | public  | -                                                           | load balancer   |
    | transit | inbound load balancer, outbound endpoint, the watcher's own, endpoints of two APIs | - |

    Through a service of the customer's there is no transit VPC.
    """
    nodes = 1 + deployment.nodes.proxy.count + deployment.nodes.fdw.count
    if deployment.topology is Topology.PRIVATE:
        return Footprint(private=nodes + 2, transit=5 if deployment.peered else 0)
    return Footprint(private=nodes, public=1)


def of_built(built: InstanceOutputs) -> Footprint:
    """Count what an applied stack `instance` has, in the same way."""
    nodes = len(built.nodes)
    if built.public:
        return Footprint(private=nodes, public=1)
    return Footprint(private=nodes + 2, transit=5 if built.private else 0)


def still_to_come(deployment: DeploymentAnswers, built: InstanceOutputs | None) -> Footprint:
    """Count what an apply of these answers would add."""
    wanted = of_deployment(deployment)
    return wanted - of_built(built) if built else wanted
