"""What a stack holds once it is applied, counted as AWS's quotas count: out of the answers alone.

The counts are those of the modules in `assets/modules`; `tests/checks/test_adds.py` counts there and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wizard.blueprints.springtail.answers import DeploymentAnswers, Topology


class Network(StrEnum):
    """The two networks of ours."""

    SHARD = "shard"
    TRANSIT = "transit"


@dataclass(frozen=True, slots=True)
class Rules:
    """How many rules a security group has, each way."""

    inbound: int = 0
    outbound: int = 0


@dataclass(frozen=True, slots=True)
class Nodes:
    """How many instances of a type a role has."""

    role: str
    instance_type: str
    count: int


@dataclass(frozen=True, slots=True)
class Holds:
    """How many of each resource.

    `security_groups` counts the one that every VPC brings along. `subnets` and `interface_endpoints` are by network,
    `routes` by route table (Name tag, without the object's name), `rules` by security group (likewise); of the group
    `redis`, which is the shard's, a deployment holds the rules that it adds. `groups_per_interface` is the most on one.
    """

    vpcs: int = 0
    internet_gateways: int = 0
    nat_gateways: int = 0
    addresses: int = 0
    network_balancers: int = 0
    security_groups: int = 0
    peerings: int = 0
    groups_per_interface: int = 1
    subnets: Mapping[Network, int] = field(default_factory=dict)
    interface_endpoints: Mapping[Network, int] = field(default_factory=dict)
    routes: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, Rules] = field(default_factory=dict)
    nodes: tuple[Nodes, ...] = ()


def shard_holds() -> Holds:
    """Count the stack `shard`: no answer changes how many resources it has."""
    return Holds(
        vpcs=1,
        internet_gateways=1,
        nat_gateways=1,
        addresses=1,
        security_groups=2,
        subnets={Network.SHARD: 2},
        # Towards the NAT gateway and the gateway endpoint of S3; towards the internet gateway.
        routes={"private": 2, "public": 1},
        rules={"redis": Rules()},
    )


def deployment_holds(deployment: DeploymentAnswers) -> Holds:
    """Count the stack `instance`."""
    if deployment.topology is Topology.PUBLIC:
        return _public(deployment)
    return _private(deployment) if deployment.peered else _service(deployment)


def _public(deployment: DeploymentAnswers) -> Holds:
    clients = len(set(deployment.proxy.client_cidrs))
    return Holds(
        addresses=1,
        network_balancers=1,
        security_groups=3 + 1,
        rules={**_node_rules(), "proxy-nlb": Rules(clients, 1)},
        nodes=_nodes(deployment),
    )


def _private(deployment: DeploymentAnswers) -> Holds:
    peerings = _peerings(deployment)
    applications = len(deployment.applications)
    return Holds(
        vpcs=1,
        network_balancers=2,
        security_groups=3 + 6 + 1,
        peerings=peerings,
        subnets={Network.TRANSIT: 1},
        # In the shard the way to the database; in the transit VPC the way to the proxies, and the watcher's two APIs.
        interface_endpoints={Network.SHARD: 1, Network.TRANSIT: 1 + 2},
        routes={"transit": peerings},
        rules={
            **_node_rules(),
            "inbound-nlb": Rules(1, 1),
            "inbound-endpoint": Rules(3, 0),
            "outbound-nlb": Rules(applications, 1),
            "outbound-endpoint": Rules(applications, 0),
            "watcher": Rules(0, 1),
            "api-endpoints": Rules(1, 0),
        },
        nodes=_nodes(deployment),
    )


def _service(deployment: DeploymentAnswers) -> Holds:
    """Nothing but the nodes and the two ways that PrivateLink gives: there is no transit VPC."""
    return Holds(
        network_balancers=1,
        security_groups=3 + 2,
        interface_endpoints={Network.SHARD: 1},
        rules={
            **_node_rules(),
            "inbound-endpoint": Rules(3, 0),
            "outbound-nlb": Rules(len(deployment.applications), 1),
        },
        nodes=_nodes(deployment),
    )


def _peerings(deployment: DeploymentAnswers) -> int:
    """One to the database's VPC, and one to each other VPC of an application: two VPCs can be peered once only."""
    database = deployment.database.vpc
    if not deployment.peered or database is None:
        return 0
    return 1 + sum(application.vpc_id != database.vpc_id for application in deployment.applications)


def _node_rules() -> dict[str, Rules]:
    """Out of each role: Redis, HTTPS, HTTP and the database; the rest is the mesh of `nodes/security_groups.tf`."""
    out = 4
    return {
        "ingestion": Rules(8, out),
        "proxy": Rules(1, out + 5),
        "fdw": Rules(1, out + 4),
        "redis": Rules(3, 0),
    }


def _nodes(deployment: DeploymentAnswers) -> tuple[Nodes, ...]:
    nodes = deployment.nodes
    return (
        Nodes("ingestion", nodes.ingestion.instance_type, 1),
        Nodes("proxy", nodes.proxy.instance_type, nodes.proxy.count),
        Nodes("fdw", nodes.fdw.instance_type, nodes.fdw.count),
    )
