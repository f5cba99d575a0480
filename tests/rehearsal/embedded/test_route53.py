"""A private zone of the vendor that the customer's VPC resolves."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import CUSTOMER


@pytest.fixture
def zone(client: Clients, network: dict[str, str]) -> str:
    made = client("route53").create_hosted_zone(
        Name="db.acme.example",
        CallerReference="one",
        VPC={"VPCId": network["vpc"], "VPCRegion": "us-east-1"},
        HostedZoneConfig={"Comment": "made as the engine's provider makes it"},
    )
    return str(made["HostedZone"]["Id"])


@pytest.fixture
def theirs(client: Clients) -> dict[str, str]:
    vpc = client("ec2", CUSTOMER).create_vpc(CidrBlock="10.90.0.0/16")["Vpc"]["VpcId"]
    return {"VPCId": vpc, "VPCRegion": "us-east-1"}


def associated(client: Clients, zone: str) -> list[str]:
    return [vpc["VPCId"] for vpc in client("route53").get_hosted_zone(Id=zone)["VPCs"]]


def test_a_zone_that_is_made_with_a_vpc_is_private(client: Clients, zone: str, network: dict[str, str]) -> None:
    assert client("route53").get_hosted_zone(Id=zone)["HostedZone"]["Config"]["PrivateZone"] is True
    assert associated(client, zone) == [network["vpc"]]


def test_the_owner_of_the_vpc_associates_it_once_it_is_authorized(
    client: Clients, zone: str, theirs: dict[str, Any], network: dict[str, str]
) -> None:
    mine, customer = client("route53"), client("route53", CUSTOMER)
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        customer.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=theirs)
    mine.create_vpc_association_authorization(HostedZoneId=zone, VPC=theirs)
    assert mine.list_vpc_association_authorizations(HostedZoneId=zone)["VPCs"] == [theirs]
    customer.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=theirs)
    mine.delete_vpc_association_authorization(HostedZoneId=zone, VPC=theirs)
    assert associated(client, zone) == [network["vpc"], theirs["VPCId"]]
    summaries = customer.list_hosted_zones_by_vpc(**theirs)["HostedZoneSummaries"]
    assert [summary["Owner"]["OwningAccount"] for summary in summaries] == ["111111111111"]


def test_the_owner_of_the_zone_cannot_associate_a_foreign_vpc(
    client: Clients, zone: str, theirs: dict[str, Any]
) -> None:
    client("route53").create_vpc_association_authorization(HostedZoneId=zone, VPC=theirs)
    with pytest.raises(ClientError, match="NotAuthorizedException"):
        client("route53").associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=theirs)


def test_an_authorization_that_is_not_there_cannot_be_deleted(
    client: Clients, zone: str, theirs: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="VPCAssociationAuthorizationNotFound"):
        client("route53").delete_vpc_association_authorization(HostedZoneId=zone, VPC=theirs)


def test_a_vpc_has_one_zone_for_a_name(client: Clients, zone: str, network: dict[str, str]) -> None:
    vpc = {"VPCId": network["vpc"], "VPCRegion": "us-east-1"}
    with pytest.raises(ClientError, match="ConflictingDomainExists"):
        client("route53").create_hosted_zone(Name="db.acme.example", CallerReference="two", VPC=vpc)
    client("route53").create_hosted_zone(Name="acme.example", CallerReference="three", VPC=vpc)


def test_the_customer_takes_the_vpc_out_again(
    client: Clients, zone: str, theirs: dict[str, Any], network: dict[str, str]
) -> None:
    client("route53").create_vpc_association_authorization(HostedZoneId=zone, VPC=theirs)
    customer = client("route53", CUSTOMER)
    customer.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=theirs)
    customer.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=theirs)
    assert associated(client, zone) == [network["vpc"]]
    with pytest.raises(ClientError, match="VPCAssociationNotFound"):
        customer.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=theirs)
