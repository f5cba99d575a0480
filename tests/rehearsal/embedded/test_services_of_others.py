"""Endpoint services of another account: shown to those alone whom their owner allows."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import CUSTOMER, VENDOR


def service(client: Clients) -> tuple[str, str]:
    """A service of the customer's that allows nobody: its id and its name."""
    ec2, elb = client("ec2", CUSTOMER), client("elbv2", CUSTOMER)
    vpc = ec2.create_vpc(CidrBlock="10.91.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.91.1.0/24", AvailabilityZoneId="use1-az2")["Subnet"]["SubnetId"]
    balancer = elb.create_load_balancer(Name="theirs", Type="network", Subnets=[subnet])["LoadBalancers"][0]
    made = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]])
    return made["ServiceConfiguration"]["ServiceId"], made["ServiceConfiguration"]["ServiceName"]


def test_a_service_is_shown_to_those_alone_whom_its_owner_allows(client: Clients) -> None:
    service_id, name = service(client)
    with pytest.raises(ClientError, match="InvalidServiceName"):
        client("ec2").describe_vpc_endpoint_services(ServiceNames=[name])

    ours = f"arn:aws:iam::{VENDOR}:root"
    allow = client("ec2", CUSTOMER).modify_vpc_endpoint_service_permissions
    allow(ServiceId=service_id, AddAllowedPrincipals=[ours])

    (shown,) = client("ec2").describe_vpc_endpoint_services(ServiceNames=[name])["ServiceDetails"]
    zone = client("ec2").describe_availability_zones(ZoneIds=["use1-az2"])["AvailabilityZones"][0]["ZoneName"]
    assert (shown["Owner"], shown["AvailabilityZones"]) == (CUSTOMER, [zone])
    allow(ServiceId=service_id, RemoveAllowedPrincipals=[ours])
    with pytest.raises(ClientError, match="InvalidServiceName"):
        client("ec2").describe_vpc_endpoint_services(ServiceNames=[name])


def test_an_owner_sees_their_own_service_once(client: Clients) -> None:
    _, name = service(client)

    found = client("ec2", CUSTOMER).describe_vpc_endpoint_services()["ServiceNames"]

    assert found.count(name) == 1
