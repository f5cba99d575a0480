"""Accounts, refusals, and the answer to what the embedded AWS does not have."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.errors import RehearsalError
from wizard.rehearsal.embedded import CUSTOMER, VENDOR, EmbeddedAws
from wizard.rehearsal.embedded.gate import FAILED, NOT_IMPLEMENTED
from wizard.rehearsal.embedded.hooks import ApiCall, Hooks, Refusal
from wizard.rehearsal.embedded.install import install
from wizard.rehearsal.embedded.patching import add, replace, wrap
from wizard.rehearsal.embedded.world import connect


def test_the_two_keys_lead_to_the_two_accounts(client: Clients) -> None:
    for account in (VENDOR, CUSTOMER):
        identity = client("sts", account).get_caller_identity()
        assert identity["Account"] == account
        assert identity["Arn"] == f"arn:aws:iam::{account}:user/operator"


def test_a_variable_of_the_environment_does_not_change_the_account(
    client: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "999999999999")
    assert client("sts", CUSTOMER).get_caller_identity()["Account"] == CUSTOMER
    client("ec2", CUSTOMER).create_vpc(CidrBlock="10.90.0.0/16")
    assert client("ec2", CUSTOMER).describe_vpcs()["Vpcs"][-1]["OwnerId"] == CUSTOMER


def test_what_one_account_has_the_other_does_not_see(client: Clients) -> None:
    client("ec2", CUSTOMER).create_vpc(CidrBlock="10.90.0.0/16")
    blocks = [vpc["CidrBlock"] for vpc in client("ec2").describe_vpcs()["Vpcs"]]
    assert "10.90.0.0/16" not in blocks


def test_an_assumed_role_acts_in_the_role_s_account(aws: EmbeddedAws, client: Clients) -> None:
    import boto3

    role = f"arn:aws:iam::{CUSTOMER}:role/springtail-handoff"
    given = client("sts").assume_role(RoleArn=role, RoleSessionName="call")["Credentials"]
    assumed = boto3.client(
        "sts",
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    identity = assumed.get_caller_identity()
    assert identity["Account"] == CUSTOMER
    assert "assumed-role/springtail-handoff" in identity["Arn"]


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("ec2", "describe_fpga_images", {}),
        ("elasticache", "describe_events", {}),
        ("lambda", "list_provisioned_concurrency_configs", {"FunctionName": "watcher"}),
        ("route53", "list_cidr_collections", {}),
        ("ssm", "describe_activations", {}),
    ],
)
def test_an_action_it_lacks_is_refused_at_once(
    aws: EmbeddedAws, client: Clients, service: str, operation: str, request_: dict[str, str]
) -> None:
    began = time.monotonic()
    with pytest.raises(ClientError) as refused:
        getattr(client(service), operation)(**request_)
    assert refused.value.response["Error"]["Code"] == NOT_IMPLEMENTED
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert time.monotonic() - began < 10
    assert len(aws.unimplemented) == 1


def test_an_action_that_breaks_is_answered_and_recorded(
    server: EmbeddedAws, client: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.ec2.models.vpcs import VPCBackend

    def broken(*_: object, **__: object) -> None:
        raise KeyError("vpcId")

    client("ec2").describe_vpcs()
    monkeypatch.setattr(VPCBackend, "describe_vpcs", broken)
    with pytest.raises(ClientError, match=FAILED):
        client("ec2").describe_vpcs()
    assert server.failures == ("ec2:DescribeVpcs: KeyError: 'vpcId'",)
    connect(Hooks())


@pytest.mark.parametrize(
    ("service", "operation"), [("ec2", "describe_vpcs"), ("ssm", "list_commands"), ("route53", "list_hosted_zones")]
)
def test_a_request_that_breaks_before_its_action_is_answered_too(
    server: EmbeddedAws, client: Clients, monkeypatch: pytest.MonkeyPatch, service: str, operation: str
) -> None:
    from moto.core.responses import BaseResponse

    def broken(*_: object, **__: object) -> None:
        raise KeyError("region")

    call = getattr(client(service), operation)
    call()
    monkeypatch.setattr(BaseResponse, "get_region_from_url", broken)
    with pytest.raises(ClientError, match=FAILED):
        call()
    assert server.failures == (f"{service}: KeyError: 'region'",)
    connect(Hooks())


class Deny(Hooks):
    denied_actions = frozenset({"elasticloadbalancing:CreateTargetGroup", "s3:CreateBucket", "sns:CreateTopic"})


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("elbv2", "create_target_group", {"Name": "x"}),
        ("s3", "create_bucket", {"Bucket": "state"}),
        ("sns", "create_topic", {"Name": "x"}),
    ],
)
def test_a_denied_action_is_denied(client: Clients, service: str, operation: str, request_: dict[str, str]) -> None:
    connect(Deny())
    with pytest.raises(ClientError, match="AccessDenied") as refused:
        getattr(client(service), operation)(**request_)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 403}


def test_the_simulation_and_the_denial_agree(client: Clients) -> None:
    connect(Deny())
    answer = client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{VENDOR}:user/operator", ActionNames=["sns:CreateTopic", "sns:DeleteTopic"]
    )
    decisions = {entry["EvalActionName"]: entry["EvalDecision"] for entry in answer["EvaluationResults"]}
    assert decisions == {"sns:CreateTopic": "implicitDeny", "sns:DeleteTopic": "allowed"}


@pytest.mark.parametrize("service", ["ec2", "sns", "s3", "route53", "secretsmanager", "lambda"])
def test_the_world_can_make_any_call_fail(client: Clients, service: str) -> None:
    class Expired(Hooks):
        def refuse(self, call: ApiCall) -> Refusal | None:
            return Refusal("ExpiredToken", "The security token included in the request is expired", 403)

    operation = {
        "ec2": "describe_vpcs",
        "sns": "list_topics",
        "s3": "list_buckets",
        "route53": "list_hosted_zones",
        "secretsmanager": "list_secrets",
        "lambda": "list_functions",
    }[service]
    connect(Expired())
    with pytest.raises(ClientError, match="ExpiredToken"):
        getattr(client(service), operation)()


def test_a_call_is_described_to_the_world_as_iam_names_it(client: Clients) -> None:
    calls: list[str] = []

    class Listening(Hooks):
        def refuse(self, call: ApiCall) -> Refusal | None:
            calls.append(f"{call.account} {call.region} {call.permission}")
            return None

    connect(Listening())
    client("elbv2", CUSTOMER, "eu-central-1").describe_load_balancers()
    assert calls == [f"{CUSTOMER} eu-central-1 elasticloadbalancing:DescribeLoadBalancers"]


def test_two_cannot_run_in_one_process(server: EmbeddedAws) -> None:
    with pytest.raises(RehearsalError, match="runs in this process already"):
        EmbeddedAws().start()


def test_installing_twice_changes_nothing(client: Clients) -> None:
    from moto.core.responses import BaseResponse

    before = BaseResponse.call_action
    install()
    assert BaseResponse.call_action is before


def test_a_patch_whose_target_is_gone_says_so() -> None:
    class Moto:
        @staticmethod
        def there() -> int:
            return 1

    with pytest.raises(RehearsalError, match=r"moto 5\.\S+ has no Moto\.gone"):
        wrap(Moto, "gone", lambda original: original())
    with pytest.raises(RehearsalError, match=r"has no Moto\.gone"):
        replace(Moto, "gone", 1)
    with pytest.raises(RehearsalError, match=r"has a Moto\.there of its own"):
        add(Moto, "there", 1)
    wrap(Moto, "there", lambda original: original() + 1)
    assert Moto.there() == 2


def _ask(aws: EmbeddedAws, client: Clients, invocation: str, attempt: int) -> str:
    """Create a VPC as an SDK's n-th attempt at one call, and give its id."""
    ec2 = client("ec2")

    def name(request: Any, **_: Any) -> None:
        request.headers["amz-sdk-invocation-id"] = invocation
        request.headers["amz-sdk-request"] = f"attempt={attempt}; max=3"

    ec2.meta.events.register_last("before-send.ec2", name)
    return str(ec2.create_vpc(CidrBlock="10.91.0.0/16")["Vpc"]["VpcId"])


def test_a_call_whose_answer_was_lost_is_not_done_twice(aws: EmbeddedAws, client: Clients) -> None:
    first = _ask(aws, client, "invocation-1", 1)

    assert _ask(aws, client, "invocation-1", 2) == first
    assert _ask(aws, client, "invocation-2", 1) != first


def test_a_retry_of_what_was_never_answered_is_done(aws: EmbeddedAws, client: Clients) -> None:
    assert _ask(aws, client, "invocation-3", 2).startswith("vpc-")
