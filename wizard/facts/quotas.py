"""Service quotas, and what is in use of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.facts.network import Tags


@dataclass(frozen=True, slots=True)
class QuotaFact:
    """A quota's value in the account. `is_default`: AWS tells no applied value, so that its default holds."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class Quotas(Ask[tuple[QuotaFact, ...]]):
    """All quotas of a service (`ec2`, `vpc`, `elasticloadbalancing`) in a region."""

    kind: ClassVar[str] = "quotas"
    unchecks: ClassVar[str] = "whether the quotas leave room"
    permissions: ClassVar[tuple[str, ...]] = (
        "servicequotas:ListServiceQuotas",
        "servicequotas:ListAWSDefaultServiceQuotas",
    )

    region: str
    service: str


@dataclass(frozen=True, slots=True)
class RunningInstance:
    """An instance that is pending or running. `on_demand` is False for Spot, capacity blocks and dedicated hosts."""

    id: str
    instance_type: str
    vcpu: int
    on_demand: bool
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class RunningInstances(Ask[tuple[RunningInstance, ...]]):
    """All instances of a region that count against quotas of vCPUs."""

    kind: ClassVar[str] = "running_instances"
    unchecks: ClassVar[str] = "how many vCPUs are in use"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInstances", "ec2:DescribeInstanceTypes")

    region: str


@dataclass(frozen=True, slots=True)
class AddressFact:
    """An Elastic IP address that counts against the quota: not one of the account's own range, nor of a service's."""

    id: str
    public_ip: str
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class Addresses(Ask[tuple[AddressFact, ...]]):
    """All Elastic IP addresses of a region."""

    kind: ClassVar[str] = "addresses"
    unchecks: ClassVar[str] = "how many Elastic IP addresses are in use"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeAddresses",)

    region: str


@dataclass(frozen=True, slots=True)
class GatewayFact:
    """An internet gateway."""

    id: str
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class InternetGateways(Ask[tuple[GatewayFact, ...]]):
    """All internet gateways of a region."""

    kind: ClassVar[str] = "internet_gateways"
    unchecks: ClassVar[str] = "how many internet gateways are in use"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeInternetGateways",)

    region: str


@dataclass(frozen=True, slots=True)
class NatGatewayFact:
    """A NAT gateway that is pending, available or deleting: such count. `zone_id` is its subnet's."""

    id: str
    zone_id: str
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class NatGateways(Ask[tuple[NatGatewayFact, ...]]):
    """All NAT gateways of a region, by zone."""

    kind: ClassVar[str] = "nat_gateways"
    unchecks: ClassVar[str] = "how many NAT gateways the zone has"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeNatGateways", "ec2:DescribeSubnets")

    region: str


@dataclass(frozen=True, slots=True)
class BalancerFact:
    """A load balancer. `kind`: network, application or gateway."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Balancers(Ask[tuple[BalancerFact, ...]]):
    """All load balancers of a region, without the classic ones."""

    kind: ClassVar[str] = "balancers"
    unchecks: ClassVar[str] = "how many load balancers are in use"
    permissions: ClassVar[tuple[str, ...]] = ("elasticloadbalancing:DescribeLoadBalancers",)

    region: str


@dataclass(frozen=True, slots=True)
class GroupFact:
    """A security group, with how many rules it has each way. `inbound_from` are the groups that inbound rules name."""

    id: str
    name: str
    vpc_id: str
    inbound: int
    outbound: int
    inbound_from: tuple[str, ...]
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class SecurityGroups(Ask[tuple[GroupFact, ...]]):
    """All security groups of a region."""

    kind: ClassVar[str] = "security_groups"
    unchecks: ClassVar[str] = "how many security groups, and rules in them, are in use"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeSecurityGroups",)

    region: str


@dataclass(frozen=True, slots=True)
class RouteTableFact:
    """A route table. `routes` are those that somebody made: neither the VPC's own nor propagated ones."""

    id: str
    vpc_id: str
    routes: int
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class RouteTables(Ask[tuple[RouteTableFact, ...]]):
    """All route tables of a region."""

    kind: ClassVar[str] = "route_tables"
    unchecks: ClassVar[str] = "how many routes the route tables have"
    permissions: ClassVar[tuple[str, ...]] = ("ec2:DescribeRouteTables",)

    region: str


#: Quotas that a deployment uses up, by service. What AWS applies to none of them is read from its defaults.
ASKED: dict[str, frozenset[str]] = {
    "ec2": frozenset({"L-1216C47A", "L-0263D0A3"}),
    "vpc": frozenset(
        {
            "L-F678F1CE",
            "L-A4707A72",
            "L-FE5A380F",
            "L-29B6F2EB",
            "L-7E9ECCDB",
            "L-DC9F7029",
            "L-8312C5BB",
            "L-93826ACB",
            "L-2AFB9258",
            "L-0EA8095F",
            "L-E79EC296",
            "L-407747CB",
        }
    ),
    "elasticloadbalancing": frozenset({"L-69A177A2"}),
}
