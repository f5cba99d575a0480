"""What probes may ask, and the values they are told. `edge.py` answers from AWS; tests answer from tables.

Facts that wizard.aws reads are taken as they are; here are those that only verification asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wizard.verify.hops import Identity

if TYPE_CHECKING:
    from wizard.aws.commands import NodePing
    from wizard.aws.reads import (
        EndpointFact,
        InstanceFact,
        LoadBalancerFact,
        PeeringFact,
        TargetFact,
        VolumeFact,
    )
    from wizard.facts.network import ServiceSeen


@dataclass(frozen=True, slots=True)
class Listener:
    """A load balancer's listener and where it forwards to."""

    port: int
    protocol: str
    target_group_arns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IngressRule:
    """One inbound rule of a security group. `source` is a CIDR or another group's id."""

    source: str
    protocol: str
    from_port: int
    to_port: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a hosted zone: `values` are addresses or, for an alias or a CNAME, names."""

    name: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """An endpoint of somebody's to a service of ours. `state` is in lower-case letters, as EndpointFact's."""

    endpoint_id: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC."""

    id: str
    state: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway and its public addresses."""

    id: str
    state: str
    public_ips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedisGroup:
    """An ElastiCache replication group."""

    id: str
    status: str
    tls: bool
    encrypted: bool
    user_group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RedisUser:
    """An ElastiCache user. `access` is its access string, `off -@all` or `on ~… +…`."""

    id: str
    name: str
    status: str
    access: str


@dataclass(frozen=True, slots=True)
class RedisUserGroup:
    """An ElastiCache user group."""

    id: str
    status: str
    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command on a node came to. `status` is SSM's, in lower-case letters: success, failed, executiontimedout, …"""

    status: str
    exit_code: int
    output: str
    errors: str = ""


class Reads(Protocol):
    """Read-only questions. What does not exist is None, or missing from the answer: never an error.

    Raises AwsError when AWS refuses or fails a call (a refusal names the permission), AccountError when the
    credentials themselves will not do.
    """

    def identity(self) -> Identity:
        """Who is asking."""

    def instances(self, ids: Sequence[str]) -> dict[str, InstanceFact]:
        """Instances by id."""

    def managed_nodes(self, ids: Sequence[str]) -> dict[str, NodePing]:
        """Instances that SSM knows, by id."""

    def volumes(self, ids: Sequence[str]) -> tuple[VolumeFact, ...]:
        """Volumes, in the order asked."""

    def endpoint(self, endpoint_id: str) -> EndpointFact | None:
        """One interface endpoint."""

    def service(self, name: str) -> ServiceSeen:
        """An endpoint service of somebody else's, as this account sees it."""

    def connections(self, service_id: str) -> tuple[Connection, ...]:
        """Endpoints to an endpoint service of ours."""

    def load_balancer(self, arn: str) -> LoadBalancerFact | None:
        """One load balancer."""

    def listeners(self, load_balancer_arn: str) -> tuple[Listener, ...]:
        """A load balancer's listeners."""

    def targets(self, target_group_arn: str) -> tuple[TargetFact, ...]:
        """Everything registered with a target group."""

    def peering(self, peering_id: str) -> PeeringFact | None:
        """One peering, as its requester sees it."""

    def ingress(self, group_ids: Sequence[str]) -> tuple[IngressRule, ...]:
        """Inbound rules of security groups."""

    def records(self, zone_id: str, name: str) -> tuple[Record, ...]:
        """Records of exactly this name in a hosted zone."""

    def vpc(self, vpc_id: str) -> Vpc | None:
        """One VPC."""

    def nat_gateways(self, vpc_id: str) -> tuple[NatGateway, ...]:
        """NAT gateways of a VPC that are not deleted."""

    def redis_group(self, group_id: str) -> RedisGroup | None:
        """One replication group."""

    def redis_user_group(self, group_id: str) -> RedisUserGroup | None:
        """One user group."""

    def redis_users(self, ids: Sequence[str]) -> dict[str, RedisUser]:
        """Users by id."""

    def run(self, instance_id: str, script: str, *, seconds: int) -> Ran:
        """Run a shell script on a node through SSM and wait for its end, at most so many seconds."""
