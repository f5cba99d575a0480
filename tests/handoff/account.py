"""All that an account holds of what anybody could have touched: compared before and after the customer's part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from wizard.rehearsal.clients import client

#: Each operation that takes no argument, and what it lists. An account's own defaults are in it like everything else.
_LISTS: Final = {
    "ec2": {
        "describe_addresses": "Addresses",
        "describe_dhcp_options": "DhcpOptions",
        "describe_instances": "Reservations",
        "describe_internet_gateways": "InternetGateways",
        "describe_nat_gateways": "NatGateways",
        "describe_network_acls": "NetworkAcls",
        "describe_network_interfaces": "NetworkInterfaces",
        "describe_route_tables": "RouteTables",
        "describe_security_group_rules": "SecurityGroupRules",
        "describe_security_groups": "SecurityGroups",
        "describe_subnets": "Subnets",
        "describe_tags": "Tags",
        "describe_volumes": "Volumes",
        "describe_vpc_endpoints": "VpcEndpoints",
        "describe_vpc_peering_connections": "VpcPeeringConnections",
        "describe_vpcs": "Vpcs",
    },
    "rds": {
        "describe_db_cluster_parameter_groups": "DBClusterParameterGroups",
        "describe_db_clusters": "DBClusters",
        "describe_db_instances": "DBInstances",
        "describe_db_parameter_groups": "DBParameterGroups",
        "describe_db_subnet_groups": "DBSubnetGroups",
    },
    "route53": {"list_hosted_zones": "HostedZones"},
    "cloudformation": {"describe_stacks": "Stacks"},
    "iam": {"list_roles": "Roles", "list_users": "Users", "list_policies": "Policies"},
    "s3": {"list_buckets": "Buckets"},
    "secretsmanager": {"list_secrets": "SecretList"},
    "ssm": {"describe_parameters": "Parameters"},
}

#: What goes on by itself.
_CLOCKS: Final = frozenset({"LatestRestorableTime"})

Held = dict[str, Any]


def everything(environ: Mapping[str, str]) -> Held:
    """Look at the account of these credentials. The order in which AWS lists things tells nothing, and is sorted away."""
    clients = {service: client(environ, service) for service in _LISTS}
    held = {
        f"{service} {operation}": getattr(clients[service], operation)()[listed]
        for service, operations in _LISTS.items()
        for operation, listed in operations.items()
    }
    # AWS lists no policy of its own among a customer's.
    held["iam list_policies"] = clients["iam"].list_policies(Scope="Local")["Policies"]
    return {key: _sorted(value) for key, value in {**held, **dict(_of_each(clients, held))}.items()}


def _of_each(clients: Mapping[str, Any], held: Held) -> Iterator[tuple[str, Any]]:
    """Give what is asked for one by one: attributes and zones of a VPC, records, parameters of groups that are not AWS's."""
    ec2, dns, rds = clients["ec2"], clients["route53"], clients["rds"]
    for vpc in (vpc["VpcId"] for vpc in held["ec2 describe_vpcs"]):
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            said = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)
            yield f"{vpc} {attribute}", said[attribute[0].upper() + attribute[1:]]
        zones = dns.list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion=ec2.meta.region_name)["HostedZoneSummaries"]
        yield f"{vpc} zones", zones
    for zone in (zone["Id"] for zone in held["route53 list_hosted_zones"]):
        yield f"{zone} records", dns.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    for group in (group["DBParameterGroupName"] for group in held["rds describe_db_parameter_groups"]):
        if not group.startswith("default."):
            found = rds.describe_db_parameters(DBParameterGroupName=group)["Parameters"]
            yield f"{group} parameters", {one["ParameterName"]: one.get("ParameterValue") for one in found}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items() if key not in _CLOCKS}
    if isinstance(value, list):
        return sorted(map(_sorted, value), key=repr)
    return value


def differing(before: Any, after: Any, where: str = "") -> dict[str, tuple[Any, Any]]:
    """Give each leaf in which the two differ, with both sides: nothing where the account is as it was."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = {f"{where}/{key}": (before.get(key), after.get(key)) for key in {**before, **after}}
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = {f"{where}/{number}": pair for number, pair in enumerate(zip(before, after, strict=True))}
    else:
        return {} if before == after else {where: (before, after)}
    return {path: leaf for key, pair in pairs.items() for path, leaf in differing(*pair, key).items()}
