"""The policies of the shipped examples, as somebody in security would review them.

Regenerate after a change that is meant, and read the difference: `PLANEWRIGHT_UPDATE_GOLDEN=1 pytest tests/permissions`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.permissions.samples import deployment, emitted, shard
from wizard.blueprints.springtail.contracts import InstanceOutputs, PeeringOutput, PrivateOutputs
from wizard.files import to_json
from wizard.permissions.grants import Stage
from wizard.permissions.policies import Audience, Policy, policies
from wizard.rehearsal.embedded.policies import Policies

GOLDEN = Path(__file__).parent / "golden"
CASES: tuple[tuple[str, Audience], ...] = (
    ("shard", "operator"),
    ("private", "operator"),
    ("public", "operator"),
    ("private", "check"),
    ("private", "customer"),
    ("public", "customer"),
)


def of(topology: str, audience: Audience, **beside: Any) -> tuple[Policy, ...]:
    own = None if topology == "shard" else deployment(topology)
    return policies(audience, shard(), own, emitted(topology), **beside)


@pytest.mark.parametrize(("topology", "audience"), CASES)
def test_the_policies_are_those_that_were_reviewed(topology: str, audience: Audience) -> None:
    folder = GOLDEN / f"{topology}-{audience}"
    found = {f"{policy.name}.json": to_json(policy.document) for policy in of(topology, audience)}
    if os.environ.get("PLANEWRIGHT_UPDATE_GOLDEN"):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, text in found.items():
            (folder / name).write_text(text)

    assert found == {path.name: path.read_text() for path in folder.iterdir()}


def test_whoever_only_checks_may_change_nothing() -> None:
    for topology in ("shard", "private", "public"):
        for policy in of(topology, "check"):
            for statement in policy.document["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                looks = ("Describe", "Get", "List", "Simulate")
                assert all(action.split(":")[1].startswith(looks) for action in actions), statement


def test_whoever_only_checks_reads_no_secret_and_no_state() -> None:
    (policy,) = of("private", "check")
    decide = Policies([policy.document]).decide
    region = {"aws:RequestedRegion": ("us-east-1",)}

    secret = "arn:aws:secretsmanager:us-east-1:111111111111:secret:sk/acme/acme-main/aws/dbi/1001/proxy_tls-AbCdEf"
    assert decide("secretsmanager:GetSecretValue", secret, region).decision == "implicitDeny"
    assert (
        decide("s3:GetObject", "arn:aws:s3:::planewright-state-111111111111-us-east-1/x", region).decision != "allowed"
    )


def test_the_stages_of_an_operator_add_up_to_the_whole() -> None:
    def actions(stage: Stage | None) -> set[str]:
        found: set[str] = set()
        for policy in of("private", "operator", stage=stage):
            for statement in policy.document["Statement"]:
                found |= {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
        return found

    assert set().union(*(actions(stage) for stage in Stage)) == actions(None)
    assert "ec2:CreateVpc" not in actions(Stage.READ)
    assert "ec2:DeleteVpc" not in actions(Stage.READ) | actions(Stage.DO)


def test_a_customer_gets_three_policies_for_each_account() -> None:
    assert [policy.name for policy in of("private", "customer")] == [
        "acme-prod-customer-222222222222-read",
        "acme-prod-customer-222222222222-do",
        "acme-prod-customer-222222222222-undo",
    ]
    assert [policy.name for policy in of("public", "customer")] == [
        "globex-prod-customer-read",
        "globex-prod-customer-do",
        "globex-prod-customer-undo",
    ]


def allows(found: tuple[Policy, ...], action: str, arn: str, **context: str) -> bool:
    known = {key.replace("__", ":"): (value,) for key, value in context.items()}
    return Policies(policy.document for policy in found).decide(action, arn, known).decision == "allowed"


def test_the_customer_of_the_public_topology_is_asked_for_a_rule_and_nothing_else() -> None:
    found = of("public", "customer", stage=Stage.DO)

    assert allows(found, "ec2:AuthorizeSecurityGroupIngress", "arn:aws:ec2:eu-west-1:333333333333:security-group/sg-1")
    assert not allows(found, "ec2:CreateRoute", "arn:aws:ec2:eu-west-1:333333333333:route-table/rtb-1")
    assert not allows(found, "ec2:AcceptVpcPeeringConnection", "arn:aws:ec2:eu-west-1:333333333333:vpc/vpc-1")


def test_the_customer_may_route_and_open_ports_in_their_own_vpc_alone() -> None:
    found = of("private", "customer", stage=Stage.DO)
    table = "arn:aws:ec2:us-east-1:222222222222:route-table/rtb-1"
    own = "arn:aws:ec2:us-east-1:222222222222:vpc/vpc-0a1b2c3d4e5f60718"

    assert allows(found, "ec2:CreateRoute", table, ec2__Vpc=own)
    assert not allows(found, "ec2:CreateRoute", table, ec2__Vpc=own.replace("vpc-0a", "vpc-0f"))
    group = "arn:aws:ec2:us-east-1:222222222222:security-group/sg-1"
    assert allows(found, "ec2:AuthorizeSecurityGroupIngress", group, ec2__Vpc=own)
    assert not allows(found, "ec2:AuthorizeSecurityGroupIngress", group, ec2__Vpc=own.replace("vpc-0a", "vpc-0f"))


def test_once_a_peering_and_a_zone_exist_the_customer_is_held_to_them() -> None:
    found = of("private", "customer", stage=Stage.DO, built=built())
    own = {"ec2__AccepterVpc": "arn:aws:ec2:us-east-1:222222222222:vpc/vpc-0a1b2c3d4e5f60718"}
    peerings = "arn:aws:ec2:us-east-1:222222222222:vpc-peering-connection/"

    assert allows(found, "ec2:AcceptVpcPeeringConnection", f"{peerings}pcx-1", **own)
    assert not allows(found, "ec2:AcceptVpcPeeringConnection", f"{peerings}pcx-9", **own)
    zone = "arn:aws:route53:::hostedzone/"
    vpc = {"route53__VPCs": "VPCId=vpc-0b1c2d3e4f5061728,VPCRegion=us-east-1"}
    assert allows(found, "route53:AssociateVPCWithHostedZone", f"{zone}Z1", **vpc)
    assert not allows(found, "route53:AssociateVPCWithHostedZone", f"{zone}Z9", **vpc)


@pytest.mark.parametrize(
    ("host", "allowed", "refused"),
    [
        ("orders.abc.us-east-1.rds.amazonaws.com", "db:orders", "db:payroll"),
        ("orders.cluster-abc.us-east-1.rds.amazonaws.com", "cluster:orders", "cluster:payroll"),
    ],
)
def test_parameters_of_rds_may_be_changed_for_the_database_of_the_answers(
    host: str, allowed: str, refused: str
) -> None:
    found = policies("customer", shard(), deployment("private", database__host=host), (), stage=Stage.DO)
    arn, action = "arn:aws:rds:us-east-1:222222222222:", "rds:RebootDBInstance"

    assert allows(found, action, f"{arn}{allowed}")
    assert not allows(found, action, f"{arn}{refused}")


def test_a_database_that_is_not_on_rds_asks_for_nothing_of_rds() -> None:
    texts = [to_json(policy.document) for policy in of("private", "customer")]

    assert not any("rds:" in text for text in texts)


def test_a_shard_by_itself_asks_nothing_of_a_customer() -> None:
    assert of("shard", "customer") == ()


def built() -> InstanceOutputs:
    def peering(peering_id: str, vpc: str) -> PeeringOutput:
        return PeeringOutput(
            id=peering_id, peer_account_id="222222222222", peer_region="us-east-1", peer_vpc_id=vpc, peer_cidr=""
        )

    names = set(PrivateOutputs.model_fields) - {"private_zone_id", "database_peering", "application_peerings"}
    return InstanceOutputs(
        nodes={},
        data_volume_ids=[],
        slog_volume_id="",
        database_secret_name="",
        redis_secret_name="",
        redis_user_id="",
        redis_user_name="",
        redis_access_string="",
        private=PrivateOutputs(
            **dict.fromkeys(names, ""),
            private_zone_id="Z1",
            database_peering=peering("pcx-1", "vpc-0a1b2c3d4e5f60718"),
            application_peerings={"web": peering("pcx-2", "vpc-0b1c2d3e4f5061728")},
        ),
    )
