"""Entries as AWS writes them: all pages, and never everything where nothing was asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from wizard.aws import network_reads
from wizard.aws.session import AwsSession


@pytest.fixture
def ec2(session: AwsSession) -> Any:
    return boto3.client("ec2", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")


def asking(**answers: Callable[..., object]) -> Any:
    """A session whose clients know these calls and no other."""
    return SimpleNamespace(client=lambda _: SimpleNamespace(**answers))


def test_route_tables_are_those_of_the_vpcs(session: AwsSession, ec2: Any) -> None:
    wanted, other = (ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"] for cidr in ("10.1.0.0/16", "10.2.0.0/16"))
    ec2.create_route_table(VpcId=wanted)
    ec2.create_route_table(VpcId=other)
    found = list(network_reads.route_tables(session, [wanted]))
    assert [table["VpcId"] for table in found] == [wanted, wanted]


def test_aws_which_takes_no_value_for_every_value_is_not_asked_about_none() -> None:
    session = asking()  # any question would be an error
    assert list(network_reads.route_tables(session, [])) == []
    assert list(network_reads.inbound_rules(session, "group-id", [])) == []


def test_rules_are_the_inbound_ones_of_what_is_asked_for(session: AwsSession, ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    admitted = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "100.64.0.0/24"}]}
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "made", "Value": "acme"}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[admitted], TagSpecifications=tags)
    for rules in (
        network_reads.inbound_rules(session, "group-id", [group]),
        network_reads.inbound_rules(session, "tag:made", ["acme"]),
    ):
        assert [rule["CidrIpv4"] for rule in rules] == ["100.64.0.0/24"]  # the group lets everything out as well


@pytest.mark.parametrize("code", ["InvalidVpcPeeringConnectionID.NotFound", "UnauthorizedOperation"])
def test_a_peering_that_aws_has_forgotten_is_none_and_one_that_may_not_be_read_an_error(code: str) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "DescribeVpcPeeringConnections")

    session = asking(describe_vpc_peering_connections=refuse)
    refused = pytest.raises(ClientError) if code == "UnauthorizedOperation" else nullcontext()
    with refused:
        assert network_reads.peering(session, "pcx-0123456789abcdef0") is None


def test_the_zones_of_a_vpc_are_read_to_the_last_page() -> None:
    pages = {
        "": {"HostedZoneSummaries": [{"HostedZoneId": "Z1"}], "NextToken": "more"},
        "more": {"HostedZoneSummaries": [{"HostedZoneId": "/hostedzone/Z2"}]},
    }
    session = asking(list_hosted_zones_by_vpc=lambda NextToken="", **_: pages[NextToken])  # noqa: N803
    assert list(network_reads.zones_of_vpc(session, "vpc-1", "us-east-1")) == ["Z1", "Z2"]
