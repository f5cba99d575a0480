"""IAM's decisions in the embedded AWS, by policies that somebody made; and calls that an allow list refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import VENDOR
from wizard.rehearsal.embedded.hooks import ApiCall, Hooks
from wizard.rehearsal.embedded.policies import Policies
from wizard.rehearsal.embedded.world import connect
from wizard.rehearsal.operator import Operator

VPC = "arn:aws:ec2:us-east-1:111111111111:vpc/vpc-1"


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ((), "implicitDeny"),
        ((allow("ec2:CreateVpc"),), "allowed"),
        ((allow("EC2:createvpc"),), "allowed"),
        ((allow("ec2:Create*", VPC),), "allowed"),
        ((allow(["s3:*", "ec2:CreateVp?"], ["arn:aws:s3:::x", "arn:aws:ec2:*:*:vpc/*"]),), "allowed"),
        ((allow("ec2:CreateVpc", VPC.upper()),), "implicitDeny"),
        ((allow("ec2:CreateVpc", "arn:aws:ec2:us-east-1:111111111111:subnet/*"),), "implicitDeny"),
        ((allow(), deny("ec2:*")), "explicitDeny"),
        ((allow(), deny("s3:*")), "allowed"),
        (({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},), "allowed"),
        (({"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"},), "implicitDeny"),
        (({"Effect": "Allow", "Action": "*", "NotResource": VPC},), "implicitDeny"),
    ],
)
def test_a_deny_wins_over_an_allow_and_an_allow_over_nothing(
    statements: tuple[dict[str, Any], ...], decision: str
) -> None:
    assert Policies([document(*statements)]).decide("ec2:CreateVpc", VPC, {}).decision == decision


@pytest.mark.parametrize(
    ("condition", "values", "allowed"),
    [
        ({"StringEquals": {"a:Key": "one"}}, ("one",), True),
        ({"StringEquals": {"A:KEY": ["one", "two"]}}, ("two",), True),
        ({"StringEquals": {"a:Key": "one"}}, ("ONE",), False),
        ({"StringEqualsIgnoreCase": {"a:Key": "one"}}, ("ONE",), True),
        ({"StringEquals": {"a:Key": "one"}}, None, False),
        ({"StringEqualsIfExists": {"a:Key": "one"}}, None, True),
        ({"StringEqualsIfExists": {"a:Key": "one"}}, ("two",), False),
        ({"StringNotEquals": {"a:Key": "one"}}, None, True),
        ({"StringNotEquals": {"a:Key": "one"}}, ("one",), False),
        ({"StringLike": {"a:Key": "o*"}}, ("one",), True),
        ({"StringNotLike": {"a:Key": "o*"}}, ("one",), False),
        ({"ArnEquals": {"a:Key": "arn:aws:iam::*:role/x"}}, ("arn:aws:iam::1:role/x",), True),
        ({"Bool": {"a:Key": "true"}}, ("true",), True),
        ({"Bool": {"a:Key": True}}, ("true",), True),
        ({"Null": {"a:Key": "true"}}, None, True),
        ({"Null": {"a:Key": "true"}}, ("one",), False),
        ({"ForAllValues:StringEquals": {"a:Key": ["one", "two"]}}, ("one", "two"), True),
        ({"ForAllValues:StringEquals": {"a:Key": ["one"]}}, ("one", "two"), False),
        ({"ForAllValues:StringEquals": {"a:Key": ["one"]}}, None, True),
        ({"ForAnyValue:StringEquals": {"a:Key": ["one"]}}, ("one", "two"), True),
        ({"ForAnyValue:StringEquals": {"a:Key": ["one"]}}, None, False),
        ({"StringEquals": {"a:Key": "one"}, "Null": {"b:Key": "false"}}, ("one",), False),
    ],
    ids=str,
)
def test_conditions(condition: dict[str, Any], values: tuple[str, ...] | None, allowed: bool) -> None:
    context = {} if values is None else {"a:key": values}

    verdict = Policies([document(allow(Condition=condition))]).decide("ec2:CreateVpc", VPC, context)

    assert (verdict.decision == "allowed") is allowed


def test_a_key_that_was_not_given_is_named() -> None:
    policies = Policies([document(allow(Condition={"StringEquals": {"ec2:InstanceType": "t3.micro"}}))])

    assert policies.decide("ec2:RunInstances", "*", {}).lacks == ("ec2:InstanceType",)
    assert policies.decide("ec2:RunInstances", "*", {"ec2:instancetype": ("t3.micro",)}).lacks == ()


def test_an_operator_that_nobody_taught_it_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        Policies([document(allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))]).decide(
            "ec2:CreateVpc", VPC, {"aws:SourceIp": ("10.0.0.1",)}
        )


def test_what_the_boundary_does_not_allow_is_not_allowed() -> None:
    policies = Policies([document(allow())], document(allow("s3:*")))

    assert policies.decide("s3:GetObject", "*", {}).decision == "allowed"
    verdict = policies.decide("ec2:CreateVpc", VPC, {})
    assert (verdict.decision, verdict.within_boundary) == ("implicitDeny", False)


def test_inline_attached_and_groups_policies_are_simulated_together(client: Clients) -> None:
    iam = client("iam")
    iam.create_user(UserName="anna")
    iam.create_group(GroupName="all")
    iam.add_user_to_group(GroupName="all", UserName="anna")
    iam.put_user_policy(UserName="anna", PolicyName="a", PolicyDocument=json.dumps(document(allow("ec2:CreateVpc"))))
    arn = iam.create_policy(PolicyName="b", PolicyDocument=json.dumps(document(allow("ec2:DeleteVpc"))))["Policy"][
        "Arn"
    ]
    iam.attach_user_policy(UserName="anna", PolicyArn=arn)
    iam.put_group_policy(GroupName="all", PolicyName="c", PolicyDocument=json.dumps(document(allow("s3:*"))))

    answer = iam.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{VENDOR}:user/anna",
        ActionNames=["ec2:CreateVpc", "ec2:DeleteVpc", "s3:GetObject", "iam:CreateUser"],
        ResourceArns=[VPC, "arn:aws:s3:::x/y"],
    )["EvaluationResults"]

    assert {it["EvalActionName"]: it["EvalDecision"] for it in answer} == {
        "ec2:CreateVpc": "allowed",
        "ec2:DeleteVpc": "allowed",
        "s3:GetObject": "allowed",
        "iam:CreateUser": "implicitDeny",
    }
    # One result for an action, with each resource inside of it, as IAM answers today.
    assert [it["EvalResourceName"] for it in answer[0]["ResourceSpecificResults"]] == [VPC, "arn:aws:s3:::x/y"]


def test_a_role_is_not_found_without_its_path(client: Clients) -> None:
    iam = client("iam")
    iam.create_role(RoleName="r", Path="/aws-reserved/", AssumeRolePolicyDocument=json.dumps(document()))

    with pytest.raises(ClientError) as refused:
        iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{VENDOR}:role/r", ActionNames=["ec2:CreateVpc"])
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"


def test_a_call_that_the_hooks_do_not_allow_is_refused_as_for_want_of_permission(client: Clients) -> None:
    class Held(Hooks):
        def allows(self, call: ApiCall) -> bool:
            return call.permission != "ec2:CreateVpc"

    connect(Held())

    client("ec2").describe_vpcs()
    with pytest.raises(ClientError) as refused:
        client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    assert refused.value.response["Error"]["Code"] == "UnauthorizedOperation"
    assert "ec2:CreateVpc" in str(refused.value)


def call(permission: str, *, key: str = "AKIAPLANEWRIGHTVENDR", agent: str = "planewright/1 Boto3/1") -> ApiCall:
    service, action = permission.split(":")
    return ApiCall(VENDOR, "us-east-1", service, action, key, agent)


@pytest.mark.parametrize(
    "agent",
    [
        "APN/1.0 HashiCorp/1.0 Terraform/1.12.2 (+https://www.terraform.io) terraform-provider-aws/5.100.0",
        "APN/1.0 HashiCorp/1.0 OpenTofu/1.10.6",
        "Boto3/1.40 md/Botocore planewright/0.1.0",
    ],
)
def test_the_operator_s_programs_are_held_to_their_list(agent: str) -> None:
    operator = Operator(VENDOR)
    assert operator.may(call("ec2:CreateVpc", agent=agent)), "without a list everything goes"

    operator.hold(["ec2:DescribeVpcs"])

    assert operator.may(call("ec2:DescribeVpcs", agent=agent))
    assert not operator.may(call("ec2:CreateVpc", agent=agent))
    assert operator.used == {"ec2:CreateVpc", "ec2:DescribeVpcs"}


def test_others_are_neither_held_nor_noted() -> None:
    operator = Operator(VENDOR)
    operator.hold([])

    assert operator.may(call("ec2:CreateVpc", agent="Boto3/1.40 of a test"))
    assert operator.may(call("ec2:CreateVpc", key="AKIAPLANEWRIGHTCUSTO"))
    assert operator.may(call("ec2:CreateVpc", key="ASIAOFANASSUMEDROLE0"))
    assert operator.used == set()


def test_calls_need_the_permission_that_iam_knows_them_by() -> None:
    assert call("lambda:Invoke").permission == "lambda:InvokeFunction"
    assert call("s3:HeadBucket").permission == "s3:ListBucket"
    assert call("ec2:CreateVpc").permission == "ec2:CreateVpc"
