"""Regions that are closed, the root's key, and quotas in pages: as AWS answers them."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import EmbeddedAws
from wizard.rehearsal.embedded.accounts import ROOT_KEY
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.world import connect


def test_regions_are_told_by_filter_and_closed_ones_only_when_all_are_asked_for(client: Clients) -> None:
    ec2 = client("ec2")
    wanted = [{"Name": "region-name", "Values": ["ap-east-1", "us-east-1", "eu-west-9"]}]
    assert [it["RegionName"] for it in ec2.describe_regions(Filters=wanted)["Regions"]] == ["us-east-1"]
    found = ec2.describe_regions(Filters=wanted, AllRegions=True)["Regions"]
    assert {it["RegionName"]: it["OptInStatus"] for it in found} == {
        "ap-east-1": "not-opted-in",
        "us-east-1": "opt-in-not-required",
    }
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        ec2.describe_regions(RegionNames=["eu-west-9"])


def test_regions_of_another_partition_are_not_told(client: Clients) -> None:
    names = {it["RegionName"] for it in client("ec2").describe_regions(AllRegions=True)["Regions"]}
    assert "us-east-1" in names
    assert not names & {"cn-north-1", "us-gov-west-1"}


@pytest.mark.parametrize(("region", "code"), [("ap-east-1", "AuthFailure"), ("eu-west-9", "SignatureDoesNotMatch")])
def test_what_is_signed_for_a_closed_region_is_refused(client: Clients, region: str, code: str) -> None:
    with pytest.raises(ClientError, match=code):
        client("ec2", region=region).describe_vpcs()


def test_the_roots_key_is_the_roots(aws: EmbeddedAws) -> None:
    environment = aws.environment()
    sts = boto3.client(
        "sts",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=ROOT_KEY,
        aws_secret_access_key="rehearsal",
        region_name="us-east-1",
    )
    identity = sts.get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::111111111111:root"
    assert identity["Account"] == "111111111111"


def test_quotas_come_in_pages_and_those_without_an_applied_value_only_as_defaults(client: Clients) -> None:
    class Some(Hooks):
        unapplied_quotas = frozenset({"L-F678F1CE"})

    connect(Some())
    quotas = client("service-quotas")
    pages = list(
        quotas.get_paginator("list_service_quotas").paginate(ServiceCode="vpc", PaginationConfig={"PageSize": 5})
    )
    codes = [it["QuotaCode"] for page in pages for it in page["Quotas"]]
    assert (len(pages), len(codes), len(set(codes))) == (3, 11, 11)
    assert "L-F678F1CE" not in codes
    defaults = quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    assert "L-F678F1CE" in {it["QuotaCode"] for it in defaults}
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-F678F1CE")
