"""What the customer pastes is read whatever a chat did to it; what is no answer is refused, and nothing of it is repeated."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify import world
from tests.workspaces import with_examples
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.deploy import store
from wizard.deploy.customer_side import read_answer
from wizard.deploy.target import open_target
from wizard.errors import InputError
from wizard.verify.customer.pasted import PastedReads, read_pasted
from wizard.verify.customer.path import DATABASE
from wizard.verify.customer.reads import Look
from wizard.verify.hops import HopState, Verification
from wizard.verify.report import to_json, to_markdown
from wizard.verify.verify import verify_with
from wizard.workspace import Workspace

VPC = "vpc-0a1b2c3d4e5f60718"
CANARY = "c4n4ry-do-not-keep"


def tables(*routes: dict[str, Any], vpc: str = VPC) -> dict[str, Any]:
    own = {"DestinationCidrBlock": "10.20.0.0/16", "GatewayId": "local", "State": "active", "Origin": CANARY}
    return {
        "RouteTables": [
            {
                "RouteTableId": "rtb-0123456789abcdef0",
                "VpcId": vpc,
                "OwnerId": CANARY,
                "Tags": [{"Key": "Name", "Value": CANARY}],
                "Associations": [{"Main": True, "RouteTableAssociationId": CANARY}],
                "Routes": [own, *routes],
            }
        ]
    }


RIGHT = {"DestinationCidrBlock": "100.64.0.0/24", "VpcPeeringConnectionId": "pcx-0123456789abcdef0", "State": "active"}
RULES = {
    "SecurityGroupRules": [
        {
            "SecurityGroupRuleId": "sgr-0123456789abcdef0",
            "GroupId": "sg-0123456789abcdef0",
            "GroupOwnerId": CANARY,
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 5432,
            "ToPort": 5432,
            "CidrIpv4": "100.64.0.0/24",
            "Description": CANARY,
        }
    ]
}
GROUPS = {
    "SecurityGroups": [
        {
            "GroupId": "sg-0123456789abcdef0",
            "GroupName": CANARY,
            "VpcId": VPC,
            "IpPermissions": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 5432,
                    "ToPort": 5432,
                    "IpRanges": [{"CidrIp": "100.64.0.0/24", "Description": CANARY}],
                    "UserIdGroupPairs": [{"GroupId": "sg-0fedcba9876543210", "UserId": CANARY}],
                }
            ],
        }
    ]
}


def outputs() -> InstanceOutputs:
    value = world.outputs().model_dump()
    value["private"]["database_peering"]["id"] = RIGHT["VpcPeeringConnectionId"]
    return InstanceOutputs.model_validate(value)


def judged(text: str) -> Verification:
    """The path with what was pasted, while the load balancer times out."""
    reads = world.FakeReads()
    reads.peerings[RIGHT["VpcPeeringConnectionId"]] = world.a_peering(RIGHT["VpcPeeringConnectionId"])
    state = world.a_target("10.20.1.10", "unhealthy", "Target.Timeout", "timed out")
    reads.known_targets = {**reads.known_targets, "tg-in": (state,)}
    return verify_with(
        world.deployment(),
        world.shard(),
        outputs=outputs(),
        shard_outputs=world.shard_outputs(),
        link=world.LINK,
        reads=reads,
        customers={DATABASE: PastedReads(read_pasted(text, vpc_id=VPC))},
    )


def states(text: str) -> dict[str, HopState]:
    return {hop.key: hop.state for hop in judged(text).hops if hop.key.startswith("customer.")}


BOTH = {"customer.routes": HopState.PASSED, "customer.rules": HopState.PASSED}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(tables(RIGHT)) + json.dumps(RULES),
        json.dumps(RULES, indent=4) + "\n" + json.dumps(tables(RIGHT), indent=4),
        json.dumps([tables(RIGHT), RULES]),
        json.dumps({"answers": {"first": tables(RIGHT), "second": [RULES]}}),
        json.dumps(tables(RIGHT)["RouteTables"]) + json.dumps(GROUPS["SecurityGroups"]),
        f"$ aws ec2 [--region]\n```json\n{json.dumps(tables(RIGHT))}\n```\nand {{then}}:\n{json.dumps(GROUPS)}\n~ $ [",
        "\ufeff" + json.dumps(tables(RIGHT)).replace('"', "“") + json.dumps(RULES).replace('"', "”"),
        json.dumps(tables(RIGHT)).replace("100.64.0.0/24", "100.64.\r\n   0.0/24") + json.dumps(RULES).replace(
            "sg-0123456789abcdef0", "sg-01234567\n89abcdef0"
        ),
        (json.dumps(tables(RIGHT)) + json.dumps(RULES)) * 2,
    ],
)  # fmt: skip
def test_either_order_and_whatever_is_around_it_is_read(text: str) -> None:
    assert states(text) == BOTH


def test_one_answer_judges_one_hop_and_the_other_command_is_left() -> None:
    assert states(json.dumps(tables(RIGHT))) == {"customer.routes": HopState.PASSED}
    assert states(json.dumps(RULES)) == {"customer.rules": HopState.PASSED}
    left = next(hop for hop in judged(json.dumps(RULES)).hops if hop.key == "inbound.health").commands
    assert [line.split()[2] for line in left] == ["describe-route-tables"]


def test_an_outbound_rule_lets_nobody_in_and_still_tells_whose_group_it_is() -> None:
    outbound = {"SecurityGroupRules": [RULES["SecurityGroupRules"][0] | {"IsEgress": True}]}
    failure = judged(json.dumps(outbound)).first_failure
    assert failure is not None
    assert failure.key == "customer.rules"
    assert "no rule of sg-0123456789abcdef0 admits 100.64.0.0/24" in failure.reason


def test_once_route_and_rule_are_right_the_acl_is_what_is_asked_for_next() -> None:
    failure = judged(json.dumps([tables(RIGHT), RULES])).first_failure
    assert failure is not None
    assert "a network ACL in the customer's" in failure.reason
    assert [line.split()[2] for line in failure.commands] == ["describe-network-acls", "describe-network-interfaces"]


def test_a_pasted_table_without_the_route_fails_as_the_route() -> None:
    failure = judged(json.dumps([tables(), RULES])).first_failure
    assert failure is not None
    assert (failure.key, failure.subject) == ("customer.routes", f"{VPC} to {RIGHT['VpcPeeringConnectionId']}")
    assert "rtb-0123456789abcdef0 (the main table) has no route to 100.64.0.0/24" in failure.reason


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ("no, sorry", "there is no JSON in it"),
        (json.dumps(tables(RIGHT))[:-40], "cut off"),
        (json.dumps({"Vpcs": []}), "there are no RouteTables"),
        ("An error occurred (UnauthorizedOperation) when calling the DescribeRouteTables operation: You …", "ended with"),
        (json.dumps(tables(RIGHT, vpc="vpc-0fedcba9876543210")), "the database is in vpc-0a1b2c3d4e5f60718"),
        (json.dumps({"RouteTables": []}), "another account or region"),
        (json.dumps({"RouteTables": [{"RouteTableId": CANARY, "VpcId": VPC}]}), "RouteTableId is of another form"),
        (json.dumps({"RouteTables": [{"RouteTableId": "rtb-0123456789abcdef0", "VpcId": VPC, "Routes": CANARY}]}), "Routes"),
        (json.dumps(tables({"DestinationCidrBlock": CANARY, "GatewayId": "x"})), "DestinationCidrBlock"),
        (json.dumps({"SecurityGroupRules": [{"SecurityGroupRuleId": 7}]}), "SecurityGroupRuleId is of another form"),
        (json.dumps(RULES) + json.dumps(tables(RIGHT))[:-5], "cut off"),
        ("[" * 100_000, "broken"),
        ("[" * 900 + "]" * 900, "there are no RouteTables"),
        (" " * 8_000_001, "8 MB"),
    ],
    ids=lambda value: value[:30] if len(value) < 60 else "long",
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_words_that_repeat_nothing_of_it(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_pasted(text, vpc_id=VPC)
    assert says in str(refused.value)
    assert refused.value.action
    assert CANARY not in str(refused.value)


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_read_or_refused(before: str, after: str) -> None:
    for text in (before, before + json.dumps(RULES) + after, json.dumps(RULES)[: len(before)]):
        with suppress(InputError):
            read_pasted(text, vpc_id=VPC)


def test_nothing_of_what_was_pasted_is_kept_but_what_was_judged() -> None:
    secret = json.dumps({"password": CANARY, "Reservations": [{"UserData": CANARY}]})
    other = {"DestinationCidrBlock": "172.31.0.0/16", "TransitGatewayId": "tgw-0123456789abcdef0", "State": "active"}
    odd = {"DestinationCidrBlock": "100.64.0.0/26", "GatewayId": CANARY, "State": CANARY}
    text = secret + json.dumps(tables(RIGHT, other, odd)) + CANARY + json.dumps([RULES, GROUPS])
    seen = judged(text)
    kept = to_json(seen) + to_markdown(seen) + repr(read_pasted(text, vpc_id=VPC))

    assert CANARY not in kept
    assert "172.31.0.0/16" not in to_json(seen)  # a route of theirs that is none of our business
    assert "leads to something else" in to_json(seen)


def test_only_a_deployment_that_is_peered_and_applied_asks_for_an_answer(tmp_path: Path) -> None:
    workspace = Workspace(with_examples(tmp_path))
    for name in ("use1-a", "acme-prod"):
        with pytest.raises(InputError, match="asks nothing that could be pasted"):
            read_answer(open_target(workspace, name), json.dumps(tables(RIGHT)))
    store.save_contract(workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(workspace.place("deployment", "acme-prod"), "instance", outputs())
    read = read_answer(open_target(workspace, "acme-prod"), json.dumps(tables(RIGHT)))
    assert read.tells == {Look.ROUTES}
