"""What the customer runs where nobody gave us a role: one line each, ids filled in, read-only. Pure.

What they print goes to `planewright verify NAME --pasted FILE`, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence

from wizard.verify.customer.model import Way


def deciding(way: Way, addresses: Sequence[str]) -> tuple[str, str]:
    """Give the two lines that decide between a route and a rule: the VPC's route tables, the rules of the database's groups."""
    return (_routes(way), _rules(way, addresses))


def beyond(way: Way, addresses: Sequence[str]) -> tuple[str, str]:
    """Give the lines for what is left: the VPC's network ACLs, and which subnet the database is in."""
    return (acls(way), f"{_interfaces(way, addresses)} --output json")


def acls(way: Way) -> str:
    """Give the line that shows the VPC's network ACLs."""
    return (
        f"aws ec2 describe-network-acls --region {way.region} --filters Name=vpc-id,Values={way.vpc_id} --output json"
    )


def _routes(way: Way) -> str:
    return (
        f"aws ec2 describe-route-tables --region {way.region} --filters Name=vpc-id,Values={way.vpc_id} --output json"
    )


def _rules(way: Way, addresses: Sequence[str]) -> str:
    # Which groups are the database's, only the interface tells: one line asks for both.
    groups = f"{_interfaces(way, addresses)} --query \"join(',', NetworkInterfaces[].Groups[].GroupId)\" --output text"
    return (
        f"aws ec2 describe-security-group-rules --region {way.region} "
        f'--filters "Name=group-id,Values=$({groups})" --output json'
    )


def _interfaces(way: Way, addresses: Sequence[str]) -> str:
    return (
        f"aws ec2 describe-network-interfaces --region {way.region} --filters Name=vpc-id,Values={way.vpc_id} "
        f"Name=addresses.private-ip-address,Values={','.join(addresses)}"
    )
