"""What joins two networks: peering and PrivateLink."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded import CUSTOMER, VENDOR
from wizard.rehearsal.embedded.world import world

DNS = {"AllowDnsResolutionFromRemoteVpc": True}


def customer_vpc(client: Clients, cidr: str = "10.90.0.0/16") -> str:
    return str(client("ec2", CUSTOMER).create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])


def request_peering(client: Clients, network: dict[str, str], peer: str) -> str:
    made = client("ec2").create_vpc_peering_connection(VpcId=network["vpc"], PeerVpcId=peer, PeerOwnerId=CUSTOMER)
    return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])


def shown(client: Clients, peering: str, account: str = VENDOR) -> Any:
    answer = client("ec2", account).describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])
    return answer["VpcPeeringConnections"][0]


def test_a_side_sets_its_own_options_once_the_peering_is_active(client: Clients, network: dict[str, str]) -> None:
    peering = request_peering(client, network, customer_vpc(client))
    mine, theirs = client("ec2"), client("ec2", CUSTOMER)
    set_mine = {"VpcPeeringConnectionId": peering, "RequesterPeeringConnectionOptions": DNS}
    set_theirs = {"VpcPeeringConnectionId": peering, "AccepterPeeringConnectionOptions": DNS}
    with pytest.raises(ClientError, match="not active"):
        mine.modify_vpc_peering_connection_options(**set_mine)
    theirs.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        mine.modify_vpc_peering_connection_options(**set_theirs)
    mine.modify_vpc_peering_connection_options(**set_mine)
    options = shown(client, peering)["RequesterVpcInfo"]["PeeringOptions"]
    assert options["AllowDnsResolutionFromRemoteVpc"] is True
    assert shown(client, peering)["AccepterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] is False
    theirs.modify_vpc_peering_connection_options(**set_theirs)
    assert shown(client, peering, CUSTOMER)["AccepterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"]


def test_each_account_has_tags_of_its_own_on_a_peering_and_finds_it_by_them(
    client: Clients, network: dict[str, str]
) -> None:
    peering = request_peering(client, network, customer_vpc(client))
    for account, side in ((VENDOR, "requester"), (CUSTOMER, "accepter")):
        assert shown(client, peering, account)["Tags"] == []
        client("ec2", account).create_tags(Resources=[peering], Tags=[{"Key": "side", "Value": side}])

    assert shown(client, peering)["Tags"] == [{"Key": "side", "Value": "requester"}]
    assert shown(client, peering, CUSTOMER)["Tags"] == [{"Key": "side", "Value": "accepter"}]
    mine = [{"Name": "tag:side", "Values": ["requester"]}]
    assert len(client("ec2").describe_vpc_peering_connections(Filters=mine)["VpcPeeringConnections"]) == 1
    assert client("ec2", CUSTOMER).describe_vpc_peering_connections(Filters=mine)["VpcPeeringConnections"] == []


def test_overlapping_networks_fail(client: Clients, network: dict[str, str]) -> None:
    peering = request_peering(client, network, customer_vpc(client, "10.20.128.0/17"))
    assert shown(client, peering)["Status"]["Code"] == "failed"


def test_peerings_are_found_by_filter_and_missing_ones_are_an_error(client: Clients, network: dict[str, str]) -> None:
    one, other = (
        request_peering(client, network, customer_vpc(client, cidr)) for cidr in ("10.90.0.0/16", "10.91.0.0/16")
    )
    client("ec2", CUSTOMER).accept_vpc_peering_connection(VpcPeeringConnectionId=other)
    active = [{"Name": "status-code", "Values": ["active"]}]
    found = client("ec2").describe_vpc_peering_connections(Filters=active)["VpcPeeringConnections"]
    assert [peering["VpcPeeringConnectionId"] for peering in found] == [other]
    assert shown(client, one)["Status"]["Code"] == "pending-acceptance"
    with pytest.raises(ClientError, match=r"InvalidVpcPeeringConnectionI[dD]\.NotFound"):
        shown(client, "pcx-0123456789abcdef0")


@pytest.fixture
def service(client: Clients, network: dict[str, str]) -> Any:
    balancer = client("elbv2").create_load_balancer(
        Name="in", Type="network", Subnets=[network["subnet"]], Scheme="internal"
    )
    return client("ec2").create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[balancer["LoadBalancers"][0]["LoadBalancerArn"]], AcceptanceRequired=True
    )["ServiceConfiguration"]


def connect_to(client: Clients, service: Any, account: str, zone: str = "us-east-1a") -> Any:
    ec2 = client("ec2", account)
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="endpoint", Description="endpoint", VpcId=vpc)["GroupId"]
    return ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=service["ServiceName"],
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]


def state(client: Clients, endpoint: Any, account: str = VENDOR) -> str:
    answer = client("ec2", account).describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    return str(answer["VpcEndpoints"][0]["State"])


def test_only_an_allowed_account_sees_the_service(client: Clients, service: Any) -> None:
    with pytest.raises(ClientError, match="InvalidServiceName"):
        connect_to(client, service, CUSTOMER)
    client("ec2").modify_vpc_endpoint_service_permissions(
        ServiceId=service["ServiceId"], AddAllowedPrincipals=[f"arn:aws:iam::{CUSTOMER}:root"]
    )
    assert state(client, connect_to(client, service, CUSTOMER), CUSTOMER) == "pendingAcceptance"


def test_a_connection_waits_until_it_is_accepted_and_can_be_rejected(client: Clients, service: Any) -> None:
    endpoint = connect_to(client, service, VENDOR)
    assert state(client, endpoint) == "pendingAcceptance"
    ec2 = client("ec2")
    which = {"ServiceId": service["ServiceId"], "VpcEndpointIds": [endpoint["VpcEndpointId"]]}
    assert ec2.accept_vpc_endpoint_connections(**which)["Unsuccessful"] == []
    assert state(client, endpoint) == "available"
    (connection,) = ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"]
    assert connection["VpcEndpointState"] == "available"
    ec2.reject_vpc_endpoint_connections(**which)
    assert state(client, endpoint) == "rejected"


def test_without_acceptance_a_connection_is_available_at_once(client: Clients, service: Any) -> None:
    client("ec2").modify_vpc_endpoint_service_configuration(ServiceId=service["ServiceId"], AcceptanceRequired=False)
    assert state(client, connect_to(client, service, VENDOR)) == "available"


def test_an_endpoint_stands_in_its_subnet_behind_its_groups(client: Clients, service: Any) -> None:
    endpoint = connect_to(client, service, VENDOR)
    ec2 = client("ec2")
    (interface,) = ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]
    assert interface["PrivateIpAddress"].startswith("10.30.1.")
    assert [group["GroupId"] for group in interface["Groups"]] == [group["GroupId"] for group in endpoint["Groups"]]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_an_endpoint_is_named_by_region_and_by_zone(client: Clients, service: Any) -> None:
    endpoint = connect_to(client, service, VENDOR)
    tail = f"{service['ServiceId']}.us-east-1.vpce.amazonaws.com"
    regional, zonal = (entry["DnsName"] for entry in endpoint["DnsEntries"])
    assert regional.startswith(f"{endpoint['VpcEndpointId']}-")
    assert regional.endswith(f".{tail}")
    assert zonal == regional.replace(f".{tail}", f"-us-east-1a.{tail}")


def test_an_endpoint_of_aws_answers_to_the_service_s_own_name(client: Clients, network: dict[str, str]) -> None:
    endpoint = client("ec2").create_vpc_endpoint(
        VpcId=network["vpc"],
        ServiceName="com.amazonaws.us-east-1.sts",
        VpcEndpointType="Interface",
        SubnetIds=[network["subnet"]],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    assert endpoint["DnsEntries"][-1]["DnsName"] == "sts.us-east-1.amazonaws.com"


def test_a_zone_that_the_service_lacks_is_refused(client: Clients, service: Any) -> None:
    with pytest.raises(ClientError, match="does not support the availability zone"):
        connect_to(client, service, VENDOR, zone="us-east-1b")
    assert client("ec2").describe_vpc_endpoints()["VpcEndpoints"] == []


def test_a_service_with_connections_and_its_balancer_stay(client: Clients, service: Any) -> None:
    ec2, elb = client("ec2"), client("elbv2")
    ec2.modify_vpc_endpoint_service_configuration(ServiceId=service["ServiceId"], AcceptanceRequired=False)
    endpoint = connect_to(client, service, VENDOR)
    answer = ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])
    assert answer["Unsuccessful"][0]["Error"]["Code"] == "ExistingVpcEndpointConnections"
    with pytest.raises(ClientError, match="ResourceInUse"):
        elb.delete_load_balancer(LoadBalancerArn=service["NetworkLoadBalancerArns"][0])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
    assert ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[service["ServiceId"]])["Unsuccessful"] == []


def test_a_request_that_nobody_accepts_expires_after_seven_days(client: Clients, network: dict[str, str]) -> None:
    peering, accepted = (
        request_peering(client, network, customer_vpc(client, cidr)) for cidr in ("10.90.0.0/16", "10.91.0.0/16")
    )
    theirs = client("ec2", CUSTOMER)
    theirs.accept_vpc_peering_connection(VpcPeeringConnectionId=accepted)
    until = shown(client, peering)["ExpirationTime"]
    assert timedelta(days=6, hours=23) < until - datetime.now(UTC) <= timedelta(days=7)

    world().hooks.ahead = timedelta(days=7)

    assert shown(client, peering)["Status"]["Code"] == "expired"
    assert "ExpirationTime" not in shown(client, peering)
    assert shown(client, accepted)["Status"]["Code"] == "active"
    with pytest.raises(ClientError, match="InvalidStateTransition"):
        theirs.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)


def test_an_endpoint_moves_to_another_zone_only_once_its_load_balancer_is_there(
    client: Clients, network: dict[str, str]
) -> None:
    ec2, elb = client("ec2"), client("elbv2")
    other = ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.20.2.0/24", AvailabilityZone="us-east-1b")["Subnet"]
    balancer = elb.create_load_balancer(Name="in", Type="network", Scheme="internal", Subnets=[network["subnet"]])
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]
    service = ec2.create_vpc_endpoint_service_configuration(AcceptanceRequired=False, NetworkLoadBalancerArns=[arn])
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network["vpc"],
        VpcEndpointType="Interface",
        ServiceName=service["ServiceConfiguration"]["ServiceName"],
        SubnetIds=[network["subnet"]],
    )["VpcEndpoint"]["VpcEndpointId"]
    move = {"VpcEndpointId": endpoint, "AddSubnetIds": [other["SubnetId"]], "RemoveSubnetIds": [network["subnet"]]}
    with pytest.raises(ClientError, match="does not support the availability zone"):
        ec2.modify_vpc_endpoint(**move)

    elb.set_subnets(LoadBalancerArn=arn, Subnets=[network["subnet"], other["SubnetId"]])
    ec2.modify_vpc_endpoint(**move)

    moved = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
    assert moved["SubnetIds"] == [other["SubnetId"]]
    stands = ec2.describe_network_interfaces(NetworkInterfaceIds=moved["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert [interface["SubnetId"] for interface in stands] == [other["SubnetId"]]
    assert stands[0]["PrivateIpAddress"].startswith("10.20.2.")


def test_a_load_balancer_has_an_interface_in_each_of_its_subnets_and_none_elsewhere(
    client: Clients, network: dict[str, str]
) -> None:
    ec2, elb = client("ec2"), client("elbv2")
    other = ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.20.2.0/24", AvailabilityZone="us-east-1b")["Subnet"]
    balancer = elb.create_load_balancer(Name="in", Type="network", Scheme="internal", Subnets=[network["subnet"]])
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]

    def stands() -> set[str]:
        of = [{"Name": "description", "Values": [f"ELB {arn.split(':loadbalancer/')[1]}"]}]
        return {it["SubnetId"] for it in ec2.describe_network_interfaces(Filters=of)["NetworkInterfaces"]}

    answer = elb.set_subnets(LoadBalancerArn=arn, Subnets=[network["subnet"], other["SubnetId"]])
    assert {zone["ZoneName"] for zone in answer["AvailabilityZones"]} == {"us-east-1a", "us-east-1b"}
    assert stands() == {network["subnet"], other["SubnetId"]}

    elb.set_subnets(LoadBalancerArn=arn, Subnets=[network["subnet"]])
    assert stands() == {network["subnet"]}
