"""What the settling step may take for our own resources, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.engine.plans import read_plan
from wizard.engine.settle import Settlement, decide

RULE = {
    "id": "sgr-1",
    "security_group_id": "sg-ours",
    "cidr_ipv4": "10.20.0.0/16",
    "description": "To the database",
    "from_port": 5432,
    "to_port": 5432,
    "ip_protocol": "tcp",
}
ELEMENT = {
    "cidr_blocks": ["10.20.0.0/16"],
    "description": "To the database",
    "from_port": 5432,
    "to_port": 5432,
    "protocol": "tcp",
    "ipv6_cidr_blocks": [],
    "prefix_list_ids": [],
    "security_groups": [],
    "self": False,
}


def settled(
    drifted: str, before: dict[str, Any], after: dict[str, Any], *state: tuple[str, dict[str, Any]]
) -> Settlement:
    """Judge one drifted resource beside a refreshed state, one module deep."""
    kind = drifted.partition(".")[0]
    change = {"actions": ["update"], "before": before, "after": after}
    resources = [{"mode": "managed", "type": item, "values": values} for item, values in state]
    document = {
        "resource_drift": [{"address": drifted, "type": kind, "name": "x", "change": change}],
        "prior_state": {"values": {"root_module": {"child_modules": [{"resources": resources}]}}},
    }
    return decide(read_plan(document), set())


def group(*elements: dict[str, Any], rules: tuple[dict[str, Any], ...] = (RULE,)) -> Settlement:
    return settled(
        "aws_security_group.x",
        {"id": "sg-ours", "egress": []},
        {"id": "sg-ours", "egress": list(elements)},
        *(("aws_vpc_security_group_egress_rule", rule) for rule in rules),
    )


def test_a_group_that_now_lists_the_rules_of_this_state_is_no_drift() -> None:
    assert group(ELEMENT).apply


def test_rules_that_aws_merged_into_one_element_are_each_looked_for() -> None:
    second = RULE | {"id": "sgr-2", "cidr_ipv4": "10.30.0.0/16"}
    merged = ELEMENT | {"cidr_blocks": ["10.20.0.0/16", "10.30.0.0/16"]}

    assert group(merged, rules=(RULE, second)).apply
    assert not group(merged).apply


@pytest.mark.parametrize(
    "foreign",
    [
        {"cidr_blocks": ["0.0.0.0/0"]},
        {"from_port": 22, "to_port": 22},
        {"protocol": "udp"},
        {"description": "temporary"},
    ],
    ids=["address", "port", "protocol", "description"],
)
def test_a_rule_of_somebody_elses_stays_drift(foreign: dict[str, Any]) -> None:
    got = group(ELEMENT, ELEMENT | foreign)

    assert not got.apply
    assert [entry.address for entry in got.drift] == ["aws_security_group.x"]


def test_a_rule_of_another_group_explains_nothing() -> None:
    assert not group(ELEMENT, rules=(RULE | {"security_group_id": "sg-other"},)).apply


def test_a_rule_that_is_gone_stays_drift() -> None:
    got = settled(
        "aws_security_group.x",
        {"id": "sg-ours", "egress": [ELEMENT]},
        {"id": "sg-ours", "egress": []},
        ("aws_vpc_security_group_egress_rule", RULE),
    )
    assert not got.apply


def test_a_policy_that_came_back_spelled_otherwise_is_the_same_policy() -> None:
    got = settled(
        "aws_iam_role.x",
        {"id": "node", "inline_policy": [], "managed_policy_arns": []},
        {"id": "node", "inline_policy": [{"name": "p", "policy": '{"a":1,"b":2}'}], "managed_policy_arns": ["arn:m"]},
        ("aws_iam_role_policy", {"role": "node", "name": "p", "policy": '{"b": 2, "a": 1}'}),
        ("aws_iam_role_policy_attachment", {"role": "node", "policy_arn": "arn:m"}),
    )
    assert got.apply


def test_an_address_that_our_gateway_took_is_no_drift_and_one_that_was_taken_away_is() -> None:
    before, after = {"id": "eipalloc-1", "private_ip": ""}, {"id": "eipalloc-1", "private_ip": "10.0.0.9"}

    assert settled("aws_eip.x", before, after, ("aws_nat_gateway", {"allocation_id": "eipalloc-1"})).apply
    assert not settled("aws_eip.x", before, after, ("aws_nat_gateway", {"allocation_id": "eipalloc-2"})).apply


def test_an_attribute_that_reflects_nothing_is_never_explained() -> None:
    got = settled(
        "aws_security_group.x",
        {"id": "sg-ours", "description": "a"},
        {"id": "sg-ours", "description": "tcp"},
        ("aws_vpc_security_group_egress_rule", RULE),
    )
    assert not got.apply
