"""What probes may ask, and the values they are told. `edge.py` answers from AWS; tests answer from tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wizard.verify.hops import Identity


@dataclass(frozen=True, slots=True)
class Instance:
    """An EC2 instance. `launched_at` tells how long a node has had to boot."""

    id: str
    state: str
    private_ip: str
    type: str
    zone: str
    launched_at: datetime | None


@dataclass(frozen=True, slots=True)
class ManagedNode:
    """What SSM knows of an instance's agent. `ping` is Online, ConnectionLost or Inactive."""

    id: str
    ping: str
    agent: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a volume is attached."""

    instance_id: str
    state: str
    device: str


@dataclass(frozen=True, slots=True)
class Volume:
    """An EBS volume."""

    id: str
    state: str
    encrypted: bool
    size_gib: int
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An interface endpoint. `state` is as AWS writes it, lower case (`available`, `pendingacceptance`)."""

    id: str
    state: str
    service: str
    subnet_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadBalancer:
    """A network load balancer. `addresses` are its fixed public ones, if it has any."""

    arn: str
    state: str
    reason: str
    scheme: str
    zones: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listener:
    """A load balancer's listener and where it forwards to."""

    port: int
    protocol: str
    target_group_arns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A registered target and its health: initial, healthy, unhealthy, unused, draining, unavailable."""

    id: str
    port: int
    health: str
    reason: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Peering:
    """A peering. `dns_on_our_side` is the requester's DNS-resolution option."""

    id: str
    status: str
    message: str
    expires_at: datetime | None
    dns_on_our_side: bool


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
    """What a command on a node came to. `status` is SSM's, lower case: success, failed, timedout, undeliverable, …"""

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

    def instances(self, ids: Sequence[str]) -> dict[str, Instance]:
        """Instances by id."""

    def managed_nodes(self, ids: Sequence[str]) -> dict[str, ManagedNode]:
        """Instances that SSM knows, by id."""

    def volumes(self, ids: Sequence[str]) -> dict[str, Volume]:
        """Volumes by id."""

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        """One interface endpoint."""

    def load_balancer(self, arn: str) -> LoadBalancer | None:
        """One load balancer."""

    def listeners(self, load_balancer_arn: str) -> tuple[Listener, ...]:
        """A load balancer's listeners."""

    def targets(self, target_group_arn: str) -> tuple[Target, ...]:
        """Everything registered with a target group."""

    def peering(self, peering_id: str) -> Peering | None:
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
