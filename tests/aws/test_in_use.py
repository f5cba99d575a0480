"""A shard's users, as the account tells by tag."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from wizard.aws.in_use import deployments_on_shard
from wizard.aws.session import AwsSession


def ec2(region: str = "us-east-1") -> Any:
    return boto3.client("ec2", region_name=region, aws_access_key_id="A", aws_secret_access_key="B")


def tags(kind: str, shard: str, deployment: str | None) -> list[dict[str, Any]]:
    pairs = {"planewright:shard": shard} | ({"planewright:deployment": deployment} if deployment else {})
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in pairs.items()]}]


def instance(shard: str, deployment: str, client: Any = None) -> str:
    started = (client or ec2()).run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=tags("instance", shard, deployment)
    )
    return str(started["Instances"][0]["InstanceId"])


def test_a_shard_that_nobody_uses_has_no_users(session: AwsSession) -> None:
    ec2().create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc", "use1-a", None))
    assert deployments_on_shard(session, "use1-a") == ()


def test_instances_vpcs_and_endpoints_each_betray_their_deployment_once(session: AwsSession) -> None:
    instance("use1-a", "acme-prod")
    instance("use1-a", "acme-prod")
    vpc = ec2().create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags("vpc", "use1-a", "globex-prod"))["Vpc"]
    ec2().create_vpc_endpoint(
        VpcId=vpc["VpcId"],
        ServiceName="com.amazonaws.us-east-1.s3",
        TagSpecifications=tags("vpc-endpoint", "use1-a", "initech-prod"),
    )
    assert deployments_on_shard(session, "use1-a") == ("acme-prod", "globex-prod", "initech-prod")


def test_users_of_another_shard_or_region_do_not_count(session: AwsSession) -> None:
    instance("use1-b", "acme-prod")
    instance("use1-a", "globex-prod", ec2("eu-west-1"))
    assert deployments_on_shard(session, "use1-a") == ()


def test_a_terminated_instance_no_longer_counts(session: AwsSession) -> None:
    ec2().terminate_instances(InstanceIds=[instance("use1-a", "acme-prod")])
    assert deployments_on_shard(session, "use1-a") == ()


def test_every_page_of_the_answer_is_read(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        instance("use1-a", f"customer-{number}")
    client = session.client("ec2")
    original = client.describe_instances
    # AWS may cut its answers wherever it likes.
    monkeypatch.setattr(client, "describe_instances", lambda **request: original(**request, MaxResults=1))
    pages = client.get_paginator("describe_instances")
    monkeypatch.setattr(pages, "_method", client.describe_instances)
    monkeypatch.setattr(client, "get_paginator", _only(client, "describe_instances", pages))
    assert deployments_on_shard(session, "use1-a") == ("customer-0", "customer-1", "customer-2")


def _only(client: Any, operation: str, paginator: Any) -> Any:
    original = client.get_paginator
    return lambda name: paginator if name == operation else original(name)
