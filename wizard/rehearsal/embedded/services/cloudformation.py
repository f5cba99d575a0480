"""CloudFormation: a stack that is deleted takes its routes and security-group rules with it. moto leaves these behind."""

from __future__ import annotations

from typing import Any


def _delete_route(route: Any, account_id: str, region: str) -> None:
    block = route.destination_cidr_block
    _ec2(account_id, region).delete_route(route_table_id=route.route_table.id, destination_cidr_block=block)


def _delete_rule(rule: Any, account_id: str, region: str) -> None:
    said = rule.properties
    _ec2(account_id, region).revoke_security_group_ingress(
        group_name_or_id=rule.security_group.id,
        ip_protocol=said["IpProtocol"],
        from_port=said.get("FromPort"),
        to_port=said.get("ToPort"),
        ip_ranges=[{"CidrIp": said["CidrIp"], "Description": said.get("Description")}] if "CidrIp" in said else [],
    )


def _ec2(account_id: str, region: str) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[account_id][region]


def install() -> None:
    """Have stacks delete what they made."""
    from moto.ec2.models.route_tables import Route
    from moto.ec2.models.security_groups import SecurityGroupIngress

    # moto asks a model for `delete` first, and neither has one.
    Route.delete = _delete_route
    SecurityGroupIngress.delete = _delete_rule
