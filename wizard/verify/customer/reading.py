"""AWS's own JSON into values: of a session of the customer's, or as somebody pasted it. Pure.

Only what is judged is taken, and only in the form that AWS gives it: no name, tag or description comes through, and no
text that is no id, block or number. What is of another form is `Malformed`, which repeats nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Any, Final

from wizard.verify.customer.model import Acl, AclEntry, Interface, Route, RouteTable, Rule

Thing = Mapping[str, Any]

_ID: Final = re.compile(r"[a-z]{1,8}-[0-9a-f]{8,32}")
_TARGETS: Final = (
    "VpcPeeringConnectionId",
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "InstanceId",
    "NetworkInterfaceId",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
)
_NAMED: Final = {"tcp": "6", "udp": "17", "icmp": "1", "all": "-1"}


class Malformed(ValueError):  # noqa: N818 - read as the statement that it is
    """Something is not as AWS writes it. Its text names the field, and nothing that was in it."""


def route_table(it: Thing) -> RouteTable:
    """Read one of DescribeRouteTables."""
    associations = _things(it, "Associations")
    return RouteTable(
        id=_id(it, "RouteTableId"),
        vpc_id=_id(it, "VpcId"),
        main=any(one.get("Main") is True for one in associations),
        subnets=tuple(_id(one, "SubnetId") for one in associations if one.get("SubnetId")),
        routes=tuple(route for one in _things(it, "Routes") if (route := _route(one)) is not None),
    )


def _route(it: Thing) -> Route | None:
    target = next((str(it[key]) for key in _TARGETS if it.get(key)), "")
    named = target if target == "local" or _ID.fullmatch(target) else "something else"
    blackhole = it.get("State") == "blackhole"
    if it.get("DestinationCidrBlock"):
        block = _block(it, "DestinationCidrBlock")
        return Route(str(block), named, blackhole, (block,))
    if it.get("DestinationPrefixListId"):
        return Route(_id(it, "DestinationPrefixListId"), named, blackhole, None)
    return None  # IPv6


def group(it: Thing) -> str:
    """Read which security group something is of."""
    return _id(it, "GroupId")


def rule(it: Thing) -> Rule | None:
    """Read one of DescribeSecurityGroupRules; None for one that is outbound, or of IPv6."""
    if it.get("IsEgress") is True or it.get("CidrIpv6"):
        return None
    other = it.get("ReferencedGroupInfo") or {}
    return Rule(
        id=_id(it, "SecurityGroupRuleId"),
        group_id=_id(it, "GroupId"),
        protocol=_protocol(it.get("IpProtocol")),
        from_port=_number(it.get("FromPort", -1), "FromPort"),
        to_port=_number(it.get("ToPort", -1), "ToPort"),
        block=_block(it, "CidrIpv4") if it.get("CidrIpv4") else None,
        prefix_list=_id(it, "PrefixListId") if it.get("PrefixListId") else "",
        other_group=_id(other, "GroupId") if isinstance(other, Mapping) and other.get("GroupId") else "",
    )


def rules_of_group(it: Thing) -> Iterator[Rule]:
    """Read the inbound rules of one of DescribeSecurityGroups."""
    group = _id(it, "GroupId")
    for permission in _things(it, "IpPermissions"):
        protocol = _protocol(permission.get("IpProtocol"))
        low = _number(permission.get("FromPort", -1), "FromPort")
        high = _number(permission.get("ToPort", -1), "ToPort")
        for one in _things(permission, "IpRanges"):
            yield Rule("", group, protocol, low, high, block=_block(one, "CidrIp"))
        for one in _things(permission, "PrefixListIds"):
            yield Rule("", group, protocol, low, high, prefix_list=_id(one, "PrefixListId"))
        for one in _things(permission, "UserIdGroupPairs"):
            yield Rule("", group, protocol, low, high, other_group=_id(one, "GroupId"))


def acl(it: Thing) -> Acl:
    """Read one of DescribeNetworkAcls."""
    return Acl(
        id=_id(it, "NetworkAclId"),
        vpc_id=_id(it, "VpcId"),
        subnets=tuple(_id(one, "SubnetId") for one in _things(it, "Associations")),
        entries=tuple(_entry(one) for one in _things(it, "Entries") if one.get("CidrBlock")),
    )


def _entry(it: Thing) -> AclEntry:
    ports = it.get("PortRange") or {}
    if not isinstance(ports, Mapping) or it.get("RuleAction") not in {"allow", "deny"}:
        raise Malformed("an entry of a network ACL")
    return AclEntry(
        number=_number(it.get("RuleNumber"), "RuleNumber"),
        egress=it.get("Egress") is True,
        allow=it["RuleAction"] == "allow",
        protocol=_protocol(it.get("Protocol")),
        block=_block(it, "CidrBlock"),
        from_port=_number(ports.get("From", 0), "PortRange"),
        to_port=_number(ports.get("To", 65535), "PortRange"),
    )


def interface(it: Thing) -> Interface:
    """Read one of DescribeNetworkInterfaces."""
    addresses = [one.get("PrivateIpAddress") for one in _things(it, "PrivateIpAddresses")] or [
        it.get("PrivateIpAddress")
    ]
    return Interface(
        id=_id(it, "NetworkInterfaceId"),
        vpc_id=_id(it, "VpcId"),
        subnet_id=_id(it, "SubnetId"),
        addresses=tuple(_address(one) for one in addresses if one),
        groups=tuple(_id(one, "GroupId") for one in _things(it, "Groups")),
    )


def blocks(entries: Iterable[Thing]) -> tuple[IPv4Network, ...]:
    """Read GetManagedPrefixListEntries: the blocks of IPv4."""
    return tuple(_block(one, "Cidr") for one in entries if ":" not in str(one.get("Cidr", "")))


def _things(it: Thing, key: str) -> list[Thing]:
    value = it.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise Malformed(key)
    return value


def _id(it: Thing, key: str) -> str:
    value = it.get(key)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed(key)
    return value


def _block(it: Thing, key: str) -> IPv4Network:
    try:
        return IPv4Network(str(it.get(key)))
    except (AddressValueError, NetmaskValueError, ValueError):
        raise Malformed(key) from None


def _address(value: object) -> str:
    try:
        return str(IPv4Address(str(value)))
    except AddressValueError:
        raise Malformed("PrivateIpAddress") from None


def _number(value: object, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(key)
    return value


def _protocol(value: object) -> str:
    text = _NAMED.get(str(value), str(value))
    if not re.fullmatch(r"-1|\d{1,3}|icmpv6", text):
        raise Malformed("protocol")
    return text
