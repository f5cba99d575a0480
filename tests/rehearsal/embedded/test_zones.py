"""Zones and the endpoint services in them, as the embedded AWS has them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients


def _ids(zones: list[dict[str, Any]]) -> set[str]:
    return {zone["ZoneId"] for zone in zones}


def test_zones_that_are_not_open_are_shown_only_when_all_are_asked_for(client: Clients) -> None:
    ec2 = client("ec2")
    some = ec2.describe_availability_zones()["AvailabilityZones"]
    every = ec2.describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
    assert {zone["OptInStatus"] for zone in some} == {"opt-in-not-required"}
    closed = [zone for zone in every if zone["OptInStatus"] == "not-opted-in"]
    assert {zone["ZoneType"] for zone in closed} == {"local-zone"}
    assert _ids(every) - _ids(some) == _ids(closed) != set()


def test_zones_can_be_asked_for_by_filter_and_by_id(client: Clients) -> None:
    ec2 = client("ec2")
    by_type = ec2.describe_availability_zones(
        AllAvailabilityZones=True, Filters=[{"Name": "zone-type", "Values": ["local-zone"]}]
    )
    assert {zone["ZoneType"] for zone in by_type["AvailabilityZones"]} == {"local-zone"}
    by_id = ec2.describe_availability_zones(AllAvailabilityZones=True, ZoneIds=["use1-az1"])
    assert _ids(by_id["AvailabilityZones"]) == {"use1-az1"}


def test_endpoint_services_are_found_by_name_and_one_that_does_not_exist_is_not(client: Clients) -> None:
    names = ["com.amazonaws.us-east-1.sns", "com.amazonaws.us-east-1.nothing"]
    found = client("ec2").describe_vpc_endpoint_services(Filters=[{"Name": "service-name", "Values": names}])
    assert [service["ServiceName"] for service in found["ServiceDetails"]] == names[:1]


def test_a_zone_that_lacks_a_service_takes_no_endpoint_of_it(client: Clients) -> None:
    ec2 = client("ec2")
    service = "com.amazonaws.us-east-1.elasticloadbalancing"
    [details] = ec2.describe_vpc_endpoint_services(Filters=[{"Name": "service-name", "Values": [service]}])[
        "ServiceDetails"
    ]
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{i}.0/24", AvailabilityZoneId=zone)["Subnet"]
        for i, zone in enumerate(("use1-az3", "use1-az1"))
    ]
    assert [subnet["AvailabilityZone"] in details["AvailabilityZones"] for subnet in subnets] == [False, True]

    with pytest.raises(ClientError, match="does not support the availability zone") as refused:
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=service, VpcEndpointType="Interface", SubnetIds=[subnets[0]["SubnetId"]]
        )
    assert refused.value.response["Error"]["Code"] == "InvalidParameter"
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=service, VpcEndpointType="Interface", SubnetIds=[subnets[1]["SubnetId"]]
    )
