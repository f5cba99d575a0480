"""CloudTrail's event history: who called what on which resource, as LookupEvents tells it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import CUSTOMER, EmbeddedAws
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.world import connect


def of(trail: Any, key: str, value: str, **more: Any) -> list[dict[str, Any]]:
    found = trail.lookup_events(LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}], **more)
    return list(found["Events"])


def test_a_change_is_told_with_who_made_it_and_on_what(
    aws: EmbeddedAws, client: Clients, network: dict[str, str]
) -> None:
    iam = client("iam")
    iam.create_user(UserName="dana")
    key = iam.create_access_key(UserName="dana")["AccessKey"]
    ec2 = boto3.client(
        "ec2",
        endpoint_url=aws.endpoint_url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        region_name="us-east-1",
    )
    ec2.create_tags(Resources=[network["group"]], Tags=[{"Key": "team", "Value": "data"}])

    [event] = of(client("cloudtrail"), "ResourceName", network["group"])

    assert (event["EventName"], event["Username"], event["ReadOnly"]) == ("CreateTags", "dana", "false")
    assert event["EventSource"] == "ec2.amazonaws.com"
    assert {"ResourceType": "AWS::EC2::SecurityGroup", "ResourceName": network["group"]} in event["Resources"]
    document = json.loads(event["CloudTrailEvent"])
    assert document["userIdentity"]["arn"].endswith(":user/dana")
    assert "errorCode" not in document


def test_reads_are_in_it_too_and_refusals_say_that_they_are(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    ec2.describe_security_groups(GroupIds=[network["group"]])
    with pytest.raises(ClientError):
        ec2.delete_vpc(VpcId=network["vpc"])  # it has a subnet

    trail = client("cloudtrail")
    assert [event["EventName"] for event in of(trail, "ReadOnly", "true")][:1] == ["DescribeSecurityGroups"]
    [refused] = of(trail, "EventName", "DeleteVpc")
    assert json.loads(refused["CloudTrailEvent"])["errorCode"] == "DependencyViolation"


def test_each_account_and_region_has_its_own_and_global_services_are_told_of_in_one(client: Clients) -> None:
    client("ec2", CUSTOMER).create_vpc(CidrBlock="10.90.0.0/16")
    client("iam").create_user(UserName="dana")
    client("ec2", region="eu-west-1").create_vpc(CidrBlock="10.91.0.0/16")

    def names(**where: str) -> list[str]:
        return [event["EventName"] for event in of(client("cloudtrail", **where), "ReadOnly", "false")]

    assert names() == ["CreateUser"]
    assert names(region="eu-west-1") == ["CreateVpc"]
    assert names(account=CUSTOMER) == ["CreateVpc"]


def test_pages_are_of_fifty_at_most_and_one_attribute_is_asked_for(client: Clients) -> None:
    for number in range(3):
        client("iam").create_user(UserName=f"dana-{number}")
    trail = client("cloudtrail")
    asked = [{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}]

    first = trail.lookup_events(LookupAttributes=asked, MaxResults=2)
    rest = trail.lookup_events(LookupAttributes=asked, MaxResults=2, NextToken=first["NextToken"])
    assert (len(first["Events"]), len(rest["Events"]), "NextToken" in rest) == (2, 1, False)
    for refused, code in (
        ({"LookupAttributes": asked * 2}, "InvalidLookupAttributesException"),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "of another lookup"}, "InvalidNextTokenException"),
        (
            {"StartTime": datetime.now(UTC), "EndTime": datetime.now(UTC) - timedelta(hours=1)},
            "InvalidTimeRangeException",
        ),
    ):
        with pytest.raises(ClientError, match=code):
            trail.lookup_events(**refused)


def test_a_call_is_told_of_only_after_a_while_where_the_world_says_so(aws: EmbeddedAws, client: Clients) -> None:
    class Late(Hooks):
        trail_delay = timedelta(minutes=5)

    hooks = Late()
    connect(hooks)
    client("iam").create_user(UserName="dana")

    assert of(client("cloudtrail"), "EventName", "CreateUser") == []
    hooks.ahead = timedelta(minutes=6)
    assert len(of(client("cloudtrail"), "EventName", "CreateUser")) == 1


def test_a_secret_is_in_no_event(client: Clients) -> None:
    client("secretsmanager").create_secret(Name="password", SecretString="correct horse")

    [event] = of(client("cloudtrail"), "EventName", "CreateSecret")
    assert "correct horse" not in event["CloudTrailEvent"]
