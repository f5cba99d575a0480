"""Security groups: a rule that refers to a group keeps its description, and takes its tags with it when it goes."""

from __future__ import annotations

from typing import Any

from wizard.rehearsal.embedded.patching import wrap, wrap_property
from wizard.rehearsal.embedded.services.answers import failure


def _described(value: str | None, rule: Any) -> str | None:
    return value or rule.source_group.get("Description")


def _without_description(group: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if key != "Description"}


def _equal(_original: Any, rule: Any, other: Any) -> bool:
    """Compare as AWS does: a description makes no other rule of it. Nothing is changed on the way: threads share rules."""
    return _identity(rule) == _identity(other)


def _identity(rule: Any) -> tuple[Any, ...]:
    ports = () if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    source = tuple(sorted(_without_description(rule.source_group).items()))
    addresses = (rule.ip_range.get("CidrIp"), rule.ip_range.get("CidrIpv6"))
    return (rule.ip_protocol, ports, addresses, source, rule.prefix_list_id)


def _modify_rules(original: Any, backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    group = backend.get_security_group_by_name_or_id(group_id)
    for rule_id, new in rules.items():
        if str(new.get("IpProtocol")) == "-1":
            # every protocol has no ports, and moto asks for them
            new.setdefault("FromPort", -1)
            new.setdefault("ToPort", -1)
        original(backend, group_id, {rule_id: new})
        rule = group.get_rule(rule_id)
        if str(new.get("IpProtocol")) == "-1":
            rule.from_port = rule.to_port = None
        if referenced := new.get("ReferencedGroupId"):
            rule.ip_range = {}
            rule.source_group = {"GroupId": referenced, "Description": new.get("Description")}


def _revoke(original: Any, backend: Any, group_name_or_id: str, *args: Any, **named: Any) -> None:
    """moto keeps the tags of what is revoked."""
    group = backend.get_security_group_by_name_or_id(group_name_or_id, named.get("vpc_id"))
    before = _rules(group)
    original(backend, group_name_or_id, *args, **named)
    for gone in before - _rules(group):
        backend.tags.pop(gone, None)


def _rules(group: Any) -> set[str]:
    return set() if group is None else {rule.id for rule in (*group.ingress_rules, *group.egress_rules)}


def _delete(original: Any, backend: Any, name: str | None = None, group_id: str | None = None) -> Any:
    """Refuse while a network interface or another group's rule still uses it."""
    if group_id and (users := _users(backend, group_id)):
        raise failure("DependencyViolation", f"resource {group_id} has a dependent object: {users[0]}")
    deleted = original(backend, name, group_id)
    backend.tags.pop(group_id, None)  # moto keeps the tags of what is deleted
    return deleted


def _users(backend: Any, group_id: str) -> list[str]:
    interfaces = [
        interface.id
        for interface in list(backend.enis.values())
        if any(group.id == group_id for group in interface.group_set)
    ]
    referring = [
        group.id
        for groups in list(backend.groups.values())
        for group in list(groups.values())
        if group.id != group_id
        and any(rule.source_group.get("GroupId") == group_id for rule in [*group.ingress_rules, *group.egress_rules])
    ]
    return interfaces + referring


def install() -> None:
    """Correct security groups."""
    from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

    wrap_property(SecurityGroupRule, "description", _described)
    wrap(SecurityGroupRule, "__eq__", _equal)
    wrap(SecurityGroupBackend, "modify_security_group_rules", _modify_rules)
    wrap(SecurityGroupBackend, "revoke_security_group_ingress", _revoke)
    wrap(SecurityGroupBackend, "revoke_security_group_egress", _revoke)
    wrap(SecurityGroupBackend, "delete_security_group", _delete)
