"""Grants as policy documents: valid, small enough, and no wider than what is granted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from tests.permissions.samples import DEMANDING, grants, shard
from wizard.permissions.documents import LIMIT, documents, size
from wizard.permissions.grants import Condition, Grant, Stage, Where
from wizard.permissions.needed import operator_grants
from wizard.permissions.places import Places
from wizard.rehearsal.embedded.policies import Policies

HERE = Where("Here", ("arn:aws:ec2:us-east-1:111111111111:vpc/*",))
ANYWHERE = Where("Any")
CASES = [(topology, demands) for topology in ("shard", "private", "public") for demands in ({}, DEMANDING)]


def grant(action: str, where: Where = HERE, stage: Stage = Stage.DO) -> Grant:
    return Grant(action, stage, where, "shard")


def statements(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [statement for document in found for statement in document["Statement"]]


@pytest.mark.parametrize(("topology", "demands"), CASES, ids=str)
def test_each_document_is_valid_by_itself_and_fits_into_a_managed_policy(
    topology: str, demands: dict[str, str]
) -> None:
    found = documents(grants(topology, demands))

    assert json.loads(json.dumps(found)) == list(found)
    for document in found:
        assert document["Version"] == "2012-10-17"
        assert size(document) <= LIMIT
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(sids) == len(set(sids))
        assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in sids), "AWS takes letters and digits alone"
        assert all(statement["Action"] and statement["Resource"] for statement in document["Statement"])


@pytest.mark.parametrize(("topology", "demands"), CASES, ids=str)
def test_the_documents_allow_every_grant_where_it_is_needed(topology: str, demands: dict[str, str]) -> None:
    needed = grants(topology, demands)
    policies = Policies(documents(needed))

    for one in needed:
        context = {c.key: c.values for c in one.where.conditions} | {"aws:RequestedRegion": ("us-east-1",)}
        for arn in one.where.examples:
            assert policies.decide(one.action, arn, context).decision == "allowed", (one.action, arn)


@pytest.mark.parametrize("topology", ["shard", "private", "public"])
def test_nothing_that_makes_or_takes_away_is_allowed_everywhere(topology: str) -> None:
    wide = {
        action
        for statement in statements(documents(grants(topology)))
        if statement["Resource"] == "*" and set(statement.get("Condition", {})) <= {"StringEquals"}
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
        if not re.match(r"[a-z0-9-]+:(Describe|Get|List|Lookup|Simulate)", action)
    }

    # These know no resource. A key is made with our tag, or not at all.
    assert wide <= {"route53:CreateHostedZone", "ssm:CancelCommand", "kms:CreateKey", "kms:TagResource"}


@pytest.mark.parametrize(
    ("action", "arn", "context"),
    [
        ("ec2:TerminateInstances", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", {}),
        (
            "ec2:DeleteVolume",
            "arn:aws:ec2:us-east-1:111111111111:volume/vol-1",
            {"aws:ResourceTag/planewright:deployment": ("somebody-else",)},
        ),
        ("ec2:CreateVpc", "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1", {}),
        ("ec2:CreateVpc", "arn:aws:ec2:us-east-1:999999999999:vpc/vpc-1", {}),
        ("iam:CreateRole", "arn:aws:iam::111111111111:role/administrator", {}),
        (
            "iam:PassRole",
            "arn:aws:iam::111111111111:role/acme-prod-proxy",
            {"iam:PassedToService": ("lambda.amazonaws.com",)},
        ),
        (
            "iam:AttachRolePolicy",
            "arn:aws:iam::111111111111:role/acme-prod-proxy",
            {"iam:PolicyARN": ("arn:aws:iam::aws:policy/AdministratorAccess",)},
        ),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111111111111:secret:other-AbCdEf", {}),
        ("ssm:GetParameter", "arn:aws:ssm:us-east-1:111111111111:parameter/others/password", {}),
        ("s3:GetObject", "arn:aws:s3:::planewright-state-111111111111-us-east-1/shard/use1-a/shard.tfstate", {}),
        ("ssm:SendCommand", "arn:aws:ec2:us-east-1:111111111111:instance/i-1", {}),
        ("ec2:DescribeVpcs", "*", {"aws:RequestedRegion": ("eu-west-1",)}),
    ],
    ids=lambda value: value if isinstance(value, str) and ":" in value and "arn" not in value else "",
)
def test_what_is_not_ours_is_not_allowed(action: str, arn: str, context: dict[str, tuple[str, ...]]) -> None:
    policies = Policies(documents(grants("private")))

    verdict = policies.decide(action, arn, {"aws:RequestedRegion": ("us-east-1",), **context})

    assert verdict.decision == "implicitDeny"


def test_roles_are_made_within_the_boundary_that_the_answers_name() -> None:
    policies = Policies(documents(grants("private", DEMANDING)))
    role = "arn:aws:iam::111111111111:role/acme-prod-proxy"

    assert policies.decide("iam:CreateRole", role, {}).decision == "implicitDeny"
    bound = {"iam:PermissionsBoundary": (DEMANDING["governance.permissions_boundary_arn"],)}
    assert policies.decide("iam:CreateRole", role, bound).decision == "allowed"


def test_states_are_locked_by_the_items_of_their_own_object_in_the_one_table() -> None:
    policies = Policies(documents(grants("shard", {"state.lock": "dynamodb"})))
    table = "arn:aws:dynamodb:us-east-1:111111111111:table/planewright-state-lock"
    own = "planewright-state-111111111111-us-east-1/shard/use1-a/shard.tfstate"

    def decided(action: str, arn: str = table, item: str = own) -> str:
        return policies.decide(action, arn, {"dynamodb:LeadingKeys": (item,)}).decision

    for action in ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"):
        assert decided(action) == decided(action, item=f"{own}-md5") == "allowed"
        assert decided(action, item=own.replace("use1-a", "use1-b")) == "implicitDeny"
        assert decided(action, arn=f"{table}-of-others") == "implicitDeny"
    assert decided("dynamodb:DescribeTable") == decided("dynamodb:CreateTable") == "allowed"
    assert decided("dynamodb:DeleteTable") == "implicitDeny", "the table outlives every destroy"


@pytest.mark.parametrize(("lock", "deletes"), [("file", True), ("both", True), ("dynamodb", False)])
def test_objects_of_the_state_are_deleted_only_where_one_of_them_is_the_lock(lock: str, deletes: bool) -> None:
    needed = grants("shard", {"state.lock": lock})

    assert ("s3:DeleteObject" in {one.action for one in needed}) is deletes
    assert any(one.service == "dynamodb" for one in needed) is (lock != "file")


def test_what_locked_before_is_still_locked_by_and_given_back() -> None:
    """Files say what locks a state until the next plan; whoever could not look there could not change it either."""
    to_file = Places(shard(), None, locked_by={("both", "old-locks")})
    to_table = Places(shard(**{"state.lock": "dynamodb"}), None, locked_by={("file", "")})

    allowed = {(one.action, one.where.resources) for one in operator_grants(to_file, ())}
    table = "arn:aws:dynamodb:us-east-1:111111111111:table/old-locks"
    for action in ("GetItem", "PutItem", "DeleteItem"):
        assert (f"dynamodb:{action}", (table,)) in allowed
    assert "s3:DeleteObject" in {one.action for one in operator_grants(to_table, ())}


def test_actions_of_one_place_are_one_statement_in_order() -> None:
    (document,) = documents([grant("ec2:DeleteVpc"), grant("ec2:CreateVpc"), grant("ec2:CreateVpc")])

    assert document["Statement"] == [
        {
            "Sid": "Here",
            "Effect": "Allow",
            "Action": ["ec2:CreateVpc", "ec2:DeleteVpc"],
            "Resource": "arn:aws:ec2:us-east-1:111111111111:vpc/*",
        }
    ]


def test_what_is_allowed_everywhere_is_not_allowed_again_somewhere() -> None:
    (document,) = documents([grant("ec2:DescribeVpcs", ANYWHERE), grant("ec2:DescribeVpcs"), grant("ec2:CreateVpc")])

    assert [(it["Sid"], it["Action"]) for it in document["Statement"]] == [
        ("Any", "ec2:DescribeVpcs"),
        ("Here", "ec2:CreateVpc"),
    ]


def test_conditions_of_one_operator_stand_together() -> None:
    where = Where(
        "Two", ("*",), (Condition("StringEquals", "a:b", ("1",)), Condition("StringEquals", "c:d", ("2", "3")))
    )

    (document,) = documents([grant("ec2:CreateVpc", where)])

    assert document["Statement"][0]["Condition"] == {"StringEquals": {"a:b": "1", "c:d": ["2", "3"]}}


def test_a_statement_that_is_too_long_by_itself_is_cut_by_its_actions() -> None:
    actions = [f"ec2:Describe{'Something' * 3}{number}" for number in range(400)]

    found = documents([grant(action, ANYWHERE) for action in actions])

    assert len(found) > 1
    assert all(size(document) <= LIMIT for document in found)
    kept = [action for statement in statements(found) for action in statement["Action"]]
    assert sorted(kept) == sorted(actions)


def test_the_same_grants_in_another_order_give_the_same_documents() -> None:
    needed = grants("private")

    assert documents(reversed(needed)) == documents(needed)
