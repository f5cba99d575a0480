"""Whether the database's security groups let our load balancer in. Pure.

An interface's groups count together: what any rule of any of them admits is admitted, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network

from wizard.verify.customer.blocks import told, uncovered
from wizard.verify.customer.model import Interface, Rule, Way
from wizard.verify.outcome import Outcome, failed, passed, unseen

#: What prefix lists hold, by id. One that nobody could read is not in it.
Lists = Mapping[str, Sequence[IPv4Network]]


def shut_out(rules: Sequence[Rule], way: Way, lists: Lists, our_groups: Sequence[str]) -> tuple[IPv4Network, ...]:
    """Give the parts of our block that these rules do not admit to the database's port."""
    open_to = [rule for rule in rules if rule.covers(way.port)]
    if any(rule.other_group and rule.other_group in our_groups for rule in open_to):
        return ()
    return uncovered(way.ours, [block for rule in open_to for block in _blocks(rule, lists)])


def judge_rules(
    rules: Sequence[Rule], way: Way, interfaces: Sequence[Interface], lists: Lists, our_groups: Sequence[str] = ()
) -> Outcome:
    """Judge each interface of the database by the rules of its groups. `our_groups` are those of our load balancer that a
    rule over there can name: of the same region."""
    if not interfaces:
        return unseen(
            "which security groups are the database's is not known",
            "no interface of the VPC has its address, and RDS does not know its name",
        )
    for one in interfaces:
        own = [rule for rule in rules if rule.group_id in one.groups]
        out = shut_out(own, way, lists, our_groups)
        evidence = tuple(_near(own, way, lists, our_groups))
        if not out:
            continue
        unread = sorted(
            {r.prefix_list for r in own if r.covers(way.port) and r.prefix_list and r.prefix_list not in lists}
        )
        if unread:
            return unseen(
                f"a rule admits prefix list {', '.join(unread)}, which could not be read",
                "allow ec2:GetManagedPrefixListEntries, or look whether the list holds the transit VPC's block",
                *evidence,
            )
        groups = ", ".join(one.groups)
        all_of_it = out == (way.ours,)
        return failed(
            f"no rule of {groups or 'any group'} admits {way.destination} on TCP {way.port}"
            if all_of_it
            else f"the rules of {groups} admit a part of {way.ours} only, not {told(out)}, on TCP {way.port}",
            "the customer adds the rule; the handoff's step database.rule has the values",
            *evidence,
            commands=tuple(_order(group, way) for group in one.groups[:1]),
        )
    return passed(*dict.fromkeys(line for one in interfaces for line in _admitting(rules, one, way, lists, our_groups)))


def _blocks(rule: Rule, lists: Lists) -> Sequence[IPv4Network]:
    if rule.block is not None:
        return (rule.block,)
    return lists.get(rule.prefix_list, ()) if rule.prefix_list else ()


def _admitting(
    rules: Sequence[Rule], one: Interface, way: Way, lists: Lists, our_groups: Sequence[str]
) -> Iterator[str]:
    """Name the rules by which we come in."""
    for rule in rules:
        ours = rule.other_group in our_groups if rule.other_group else False
        held = any(block.overlaps(way.ours) for block in _blocks(rule, lists))
        if rule.group_id in one.groups and rule.covers(way.port) and (ours or held):
            yield f"{rule.group_id}: {rule.source} on {_ports(rule)}"


def _near(rules: Sequence[Rule], way: Way, lists: Lists, our_groups: Sequence[str]) -> Iterator[str]:
    """Name the rules that look as if they were meant, and why they do not count; those for others are nobody's business."""
    yield "rules that come near:" if rules else "no rule at all"
    for rule in rules:
        ours = any(block.overlaps(way.ours) for block in _blocks(rule, lists))
        if not rule.covers(way.port):
            if ours:
                yield f"{rule.source} on {_ports(rule)}: another port"
        elif rule.other_group and rule.other_group not in our_groups:
            yield f"{rule.other_group} on {_ports(rule)}: interfaces of that group alone"
        elif ours:
            yield f"{rule.source} on {_ports(rule)}: a part of it"
        elif rule.block is not None and str(rule.block) == way.vpc_block:
            yield f"{rule.source} on {_ports(rule)}: the database's own VPC"
        elif rule.prefix_list:
            yield f"{rule.prefix_list} on {_ports(rule)}: {'does not hold us' if rule.prefix_list in lists else 'not read'}"


def _ports(rule: Rule) -> str:
    if rule.covers(0) and rule.covers(65535):
        return "every port"
    name = {"6": "TCP", "tcp": "TCP", "17": "UDP", "udp": "UDP"}.get(rule.protocol, f"protocol {rule.protocol}")
    return f"{name} {rule.from_port}" if rule.from_port == rule.to_port else f"{name} {rule.from_port}-{rule.to_port}"


def _order(group: str, way: Way) -> str:
    return (
        f"aws ec2 authorize-security-group-ingress --region {way.region} --group-id {group} --protocol tcp "
        f"--port {way.port} --cidr {way.destination}"
    )
