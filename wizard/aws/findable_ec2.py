"""What EC2 has of the types that a stack's plan would make: attributes by the provider's names, and tags. Readers.

What carries tags is asked for by the tag that tells whose it is; what has none, by what it hangs on. What is gone and merely
still listed is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.ownership import DEPLOYMENT_TAG, SHARD_TAG
from wizard.drift.known_by import Candidate
from wizard.drift.taking_in import Wanted, plain

Reader = Callable[[AwsSession, Sequence[Wanted]], Iterator[Candidate]]

#: EC2 takes so many values of a filter.
_VALUES: Final = 200
_OVER: Final = frozenset(
    {"deleted", "deleting", "rejected", "failed", "expired", "terminated", "shutting-down", "error"}
)


def _tags(item: Mapping[str, Any], key: str = "Tags") -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get(key, [])}


def _state(item: Mapping[str, Any]) -> str:
    state = item.get("State") or item.get("Status") or item.get("ServiceState") or ""
    if isinstance(state, dict):
        state = state.get("Name") or state.get("Code") or ""
    return str(state).lower()


def _pages(session: AwsSession, call: str, listed: str, key: str, values: Sequence[str]) -> Iterator[dict[str, Any]]:
    ec2: Any = session.client("ec2")
    distinct = list(dict.fromkeys(value for value in values if value))
    for begin in range(0, len(distinct), _VALUES):
        filters = [{"Name": key, "Values": distinct[begin : begin + _VALUES]}]
        if ec2.can_paginate(call):
            for page in ec2.get_paginator(call).paginate(Filters=filters):
                yield from page[listed]
        else:
            yield from getattr(ec2, call)(Filters=filters)[listed]


def _whose(some: Sequence[Wanted]) -> Iterator[tuple[str, str]]:
    """Give the filters that find them: a deployment's tag, or the shard's for what is the shard's own."""
    for tag in (DEPLOYMENT_TAG, SHARD_TAG):
        values = {
            one.tags[tag]
            for one in some
            if tag in one.tags and (tag == DEPLOYMENT_TAG or DEPLOYMENT_TAG not in one.tags)
        }
        yield from ((f"tag:{tag}", value) for value in sorted(values))


def _tagged(
    call: str,
    listed: str,
    facts: Callable[[dict[str, Any]], Mapping[str, str]],
    note: Callable[[dict[str, Any]], str] = lambda _: "",
) -> Reader:
    def read(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
        for key, value in _whose(some):
            for item in _pages(session, call, listed, key, [value]):
                if _state(item) not in _OVER:
                    yield Candidate(facts(item), _tags(item), note(item))

    return read


def _values(some: Sequence[Wanted], key: str) -> list[str]:
    return [one.values[key] for one in some if key in one.values]


def _internet_gateway(item: dict[str, Any]) -> dict[str, str]:
    attached = next((it["VpcId"] for it in item.get("Attachments", [])), "")
    return {"id": item["InternetGatewayId"], "vpc_id": attached}


def _nat(item: dict[str, Any]) -> dict[str, str]:
    address = next((it["AllocationId"] for it in item.get("NatGatewayAddresses", []) if it.get("AllocationId")), "")
    return {"id": item["NatGatewayId"], "subnet_id": item["SubnetId"], "allocation_id": address}


def _instances(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for key, value in _whose(some):
        for group in _pages(session, "describe_instances", "Reservations", key, [value]):
            for item in group["Instances"]:
                if _state(item) not in _OVER:
                    note = f"{_state(item)}, launched {item['LaunchTime']:%Y-%m-%d %H:%M} UTC, {item['ImageId']}"
                    yield Candidate({"id": item["InstanceId"]}, _tags(item), note)


def _of_volume(item: dict[str, Any]) -> str:
    on = ", ".join(f"{it['Device']} of {it['InstanceId']}" for it in item.get("Attachments", []))
    return f"{item['Size']} GiB, made {item['CreateTime']:%Y-%m-%d %H:%M} UTC, {on or 'attached to nothing'}"


def _default_groups(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for item in _pages(session, "describe_security_groups", "SecurityGroups", "vpc-id", _values(some, "vpc_id")):
        if item["GroupName"] == "default":
            yield Candidate({"id": item["GroupId"], "vpc_id": item["VpcId"]})


def _rules(*, egress: bool) -> Reader:
    def read(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
        groups = _values(some, "security_group_id")
        for item in _pages(session, "describe_security_group_rules", "SecurityGroupRules", "group-id", groups):
            if item["IsEgress"] is egress:
                yield Candidate(
                    {
                        "security_group_rule_id": item["SecurityGroupRuleId"],
                        "security_group_id": item["GroupId"],
                        "ip_protocol": item["IpProtocol"],
                        "from_port": plain(item.get("FromPort")),
                        "to_port": plain(item.get("ToPort")),
                        "cidr_ipv4": item.get("CidrIpv4", ""),
                        "referenced_security_group_id": item.get("ReferencedGroupInfo", {}).get("GroupId", ""),
                    }
                )

    return read


def _routes(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    tables = _values(some, "route_table_id")
    for item in _pages(session, "describe_route_tables", "RouteTables", "route-table-id", tables):
        for route in item["Routes"]:
            if route.get("Origin") == "CreateRoute" and "DestinationCidrBlock" in route:
                yield Candidate(
                    {
                        "route_table_id": item["RouteTableId"],
                        "destination_cidr_block": route["DestinationCidrBlock"],
                    }
                )


def _associations(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    subnets = _values(some, "subnet_id")
    for item in _pages(session, "describe_route_tables", "RouteTables", "association.subnet-id", subnets):
        for association in item["Associations"]:
            if association.get("SubnetId"):
                yield Candidate({"subnet_id": association["SubnetId"], "route_table_id": item["RouteTableId"]})


def _attachments(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for item in _pages(session, "describe_volumes", "Volumes", "volume-id", _values(some, "volume_id")):
        for it in item.get("Attachments", []):
            if it.get("State") in {"attached", "attaching", "busy"}:
                yield Candidate(
                    {"device_name": it["Device"], "volume_id": it["VolumeId"], "instance_id": it["InstanceId"]}
                )


def _peering_options(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    found = _pages(
        session,
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        "vpc-peering-connection-id",
        _values(some, "vpc_peering_connection_id"),
    )
    for item in found:
        if _state(item) == "active":
            yield Candidate({"vpc_peering_connection_id": item["VpcPeeringConnectionId"]})


READERS: Final[Mapping[str, Reader]] = {
    "aws_vpc": _tagged("describe_vpcs", "Vpcs", lambda it: {"id": it["VpcId"], "cidr_block": it["CidrBlock"]}),
    "aws_default_security_group": _default_groups,
    "aws_subnet": _tagged(
        "describe_subnets",
        "Subnets",
        lambda it: {"id": it["SubnetId"], "cidr_block": it["CidrBlock"], "vpc_id": it["VpcId"]},
    ),
    "aws_internet_gateway": _tagged("describe_internet_gateways", "InternetGateways", _internet_gateway),
    "aws_eip": _tagged(
        "describe_addresses", "Addresses", lambda it: {"id": it["AllocationId"]}, lambda it: str(it["PublicIp"])
    ),
    "aws_nat_gateway": _tagged("describe_nat_gateways", "NatGateways", _nat),
    "aws_route_table": _tagged(
        "describe_route_tables", "RouteTables", lambda it: {"id": it["RouteTableId"], "vpc_id": it["VpcId"]}
    ),
    "aws_route": _routes,
    "aws_route_table_association": _associations,
    "aws_security_group": _tagged(
        "describe_security_groups",
        "SecurityGroups",
        lambda it: {"id": it["GroupId"], "name": it["GroupName"], "vpc_id": it["VpcId"]},
    ),
    "aws_vpc_security_group_ingress_rule": _rules(egress=False),
    "aws_vpc_security_group_egress_rule": _rules(egress=True),
    "aws_vpc_endpoint": _tagged(
        "describe_vpc_endpoints",
        "VpcEndpoints",
        lambda it: {"id": it["VpcEndpointId"], "vpc_id": it["VpcId"], "service_name": it["ServiceName"]},
        _state,
    ),
    "aws_vpc_endpoint_service": _tagged(
        "describe_vpc_endpoint_service_configurations",
        "ServiceConfigurations",
        lambda it: {"id": it["ServiceId"]},
        lambda it: str(it["ServiceName"]),
    ),
    "aws_vpc_peering_connection": _tagged(
        "describe_vpc_peering_connections",
        "VpcPeeringConnections",
        lambda it: {
            "id": it["VpcPeeringConnectionId"],
            "vpc_id": it["RequesterVpcInfo"].get("VpcId", ""),
            "peer_vpc_id": it["AccepterVpcInfo"].get("VpcId", ""),
        },
        _state,
    ),
    "aws_vpc_peering_connection_options": _peering_options,
    "aws_instance": _instances,
    "aws_ebs_volume": _tagged(
        "describe_volumes",
        "Volumes",
        lambda it: {"id": it["VolumeId"], "availability_zone": it["AvailabilityZone"]},
        _of_volume,
    ),
    "aws_volume_attachment": _attachments,
}
