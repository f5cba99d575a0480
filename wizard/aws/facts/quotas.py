"""Service quotas, and what is in use of them. Readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wizard.aws.facts.tags import tags_of
from wizard.aws.session import AwsSession
from wizard.facts.quotas import (
    ASKED,
    Addresses,
    AddressFact,
    BalancerFact,
    Balancers,
    GatewayFact,
    GroupFact,
    InternetGateways,
    NatGatewayFact,
    NatGateways,
    QuotaFact,
    Quotas,
    RouteTableFact,
    RouteTables,
    RunningInstance,
    RunningInstances,
    SecurityGroups,
)

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef
    from mypy_boto3_service_quotas.type_defs import PaginatorConfigTypeDef, ServiceQuotaTypeDef

#: NAT gateways count while they are in one of these states (AWS's VPC user guide).
_NAT_COUNTS = frozenset({"pending", "available", "deleting"})
#: An instance's life beside on-demand has a quota, or a purchase, of its own.
_OTHER_LIVES = frozenset({"spot", "capacity-block", "interruptible-capacity-reservation"})
#: DescribeInstanceTypes takes this many names at once.
_TYPES_AT_ONCE = 100


def quotas(session: AwsSession, ask: Quotas) -> tuple[QuotaFact, ...]:
    """List a service's quotas (servicequotas:ListServiceQuotas); of those that AWS applies no value to, the defaults."""
    client = session.client("service-quotas", ask.region)
    page: PaginatorConfigTypeDef = {"PageSize": 100}
    applied = {
        quota["QuotaCode"]: _quota(quota, ask.service, is_default=False)
        for answer in client.get_paginator("list_service_quotas").paginate(
            ServiceCode=ask.service, PaginationConfig=page
        )
        for quota in answer["Quotas"]
    }
    if ASKED.get(ask.service, frozenset()) <= applied.keys():
        return tuple(applied.values())
    defaults = {
        quota["QuotaCode"]: _quota(quota, ask.service, is_default=True)
        for answer in client.get_paginator("list_aws_default_service_quotas").paginate(
            ServiceCode=ask.service, PaginationConfig=page
        )
        for quota in answer["Quotas"]
    }
    return tuple((defaults | applied).values())


def _quota(quota: ServiceQuotaTypeDef, service: str, *, is_default: bool) -> QuotaFact:
    return QuotaFact(
        service=service,
        code=quota["QuotaCode"],
        name=quota.get("QuotaName", ""),
        value=quota["Value"],
        adjustable=quota.get("Adjustable", False),
        is_default=is_default,
    )


def running_instances(session: AwsSession, ask: RunningInstances) -> tuple[RunningInstance, ...]:
    """List pending and running instances (ec2:DescribeInstances)."""
    ec2 = session.client("ec2", ask.region)
    pages = ec2.get_paginator("describe_instances").paginate(
        Filters=[{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    )
    found = [it for page in pages for reservation in page["Reservations"] for it in reservation["Instances"]]
    of_type = _vcpus(ec2, {it["InstanceType"] for it in found if not it.get("CpuOptions", {}).get("CoreCount")})
    return tuple(
        RunningInstance(
            id=it["InstanceId"],
            instance_type=it["InstanceType"],
            vcpu=_vcpu(it) or of_type.get(it["InstanceType"], 0),
            on_demand=it.get("InstanceLifecycle", "") not in _OTHER_LIVES
            and it.get("Placement", {}).get("Tenancy", "") != "host",
            tags=tags_of(it.get("Tags", [])),
        )
        for it in found
    )


def _vcpu(instance: InstanceTypeDef) -> int:
    options = instance.get("CpuOptions", {})
    return options.get("CoreCount", 0) * options.get("ThreadsPerCore", 1)


def _vcpus(ec2: EC2Client, names: set[str]) -> dict[str, int]:
    """Look up what the instances do not tell themselves (ec2:DescribeInstanceTypes)."""
    wanted: list[Any] = sorted(names)
    return {
        kind["InstanceType"]: kind["VCpuInfo"]["DefaultVCpus"]
        for at in range(0, len(wanted), _TYPES_AT_ONCE)
        for kind in ec2.describe_instance_types(InstanceTypes=wanted[at : at + _TYPES_AT_ONCE])["InstanceTypes"]
    }


def addresses(session: AwsSession, ask: Addresses) -> tuple[AddressFact, ...]:
    """List Elastic IP addresses (ec2:DescribeAddresses)."""
    return tuple(
        AddressFact(it.get("AllocationId", ""), it.get("PublicIp", ""), tags_of(it.get("Tags", [])))
        for it in session.client("ec2", ask.region).describe_addresses()["Addresses"]
        # Neither addresses that the account brought along nor those that a service manages count.
        if it.get("PublicIpv4Pool", "amazon") == "amazon" and not it.get("ServiceManaged")
    )


def internet_gateways(session: AwsSession, ask: InternetGateways) -> tuple[GatewayFact, ...]:
    """List internet gateways (ec2:DescribeInternetGateways)."""
    pages = session.client("ec2", ask.region).get_paginator("describe_internet_gateways").paginate()
    return tuple(
        GatewayFact(it["InternetGatewayId"], tags_of(it.get("Tags", [])))
        for page in pages
        for it in page["InternetGateways"]
    )


def nat_gateways(session: AwsSession, ask: NatGateways) -> tuple[NatGatewayFact, ...]:
    """List NAT gateways that count (ec2:DescribeNatGateways), and where their subnets are (ec2:DescribeSubnets)."""
    ec2 = session.client("ec2", ask.region)
    pages = ec2.get_paginator("describe_nat_gateways").paginate()
    found = [it for page in pages for it in page["NatGateways"] if it.get("State", "") in _NAT_COUNTS]
    wanted = sorted({it["SubnetId"] for it in found if it.get("SubnetId")})
    subnets: list[Any] = ec2.describe_subnets(SubnetIds=wanted)["Subnets"] if wanted else []
    zones = {subnet["SubnetId"]: subnet["AvailabilityZoneId"] for subnet in subnets}
    return tuple(
        NatGatewayFact(it["NatGatewayId"], zones.get(it.get("SubnetId", ""), ""), tags_of(it.get("Tags", [])))
        for it in found
    )


def balancers(session: AwsSession, ask: Balancers) -> tuple[BalancerFact, ...]:
    """List load balancers (elasticloadbalancing:DescribeLoadBalancers)."""
    pages = session.client("elbv2", ask.region).get_paginator("describe_load_balancers").paginate()
    return tuple(
        BalancerFact(it.get("LoadBalancerName", ""), it.get("Type", ""))
        for page in pages
        for it in page["LoadBalancers"]
    )


def security_groups(session: AwsSession, ask: SecurityGroups) -> tuple[GroupFact, ...]:
    """List security groups (ec2:DescribeSecurityGroups)."""
    pages = (
        session.client("ec2", ask.region)
        .get_paginator("describe_security_groups")
        .paginate(PaginationConfig={"PageSize": 1000})
    )
    return tuple(
        GroupFact(
            id=it["GroupId"],
            name=it.get("GroupName", ""),
            vpc_id=it.get("VpcId", ""),
            inbound=_rules(it.get("IpPermissions", [])),
            outbound=_rules(it.get("IpPermissionsEgress", [])),
            inbound_from=tuple(
                sorted(
                    pair["GroupId"]
                    for permission in it.get("IpPermissions", [])
                    for pair in permission.get("UserIdGroupPairs", [])
                    if "GroupId" in pair
                )
            ),
            tags=tags_of(it.get("Tags", [])),
        )
        for page in pages
        for it in page["SecurityGroups"]
    )


def _rules(permissions: Sequence[Mapping[str, Any]]) -> int:
    """Count rules as the quota does: IPv4 and IPv6 apart; ours have no IPv6, so IPv4's and references are the count."""
    return sum(len(it.get(key, [])) for it in permissions for key in ("IpRanges", "UserIdGroupPairs", "PrefixListIds"))


def route_tables(session: AwsSession, ask: RouteTables) -> tuple[RouteTableFact, ...]:
    """List route tables (ec2:DescribeRouteTables)."""
    pages = session.client("ec2", ask.region).get_paginator("describe_route_tables").paginate()
    return tuple(
        RouteTableFact(
            id=it["RouteTableId"],
            vpc_id=it.get("VpcId", ""),
            routes=sum(route.get("Origin", "CreateRoute") == "CreateRoute" for route in it.get("Routes", [])),
            tags=tags_of(it.get("Tags", [])),
        )
        for page in pages
        for it in page["RouteTables"]
    )


READERS = {
    Addresses: addresses,
    Balancers: balancers,
    InternetGateways: internet_gateways,
    NatGateways: nat_gateways,
    Quotas: quotas,
    RouteTables: route_tables,
    RunningInstances: running_instances,
    SecurityGroups: security_groups,
}
