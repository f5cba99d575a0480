"""Network load balancers and target health."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded.hooks import Hooks, Target, TargetHealth
from wizard.rehearsal.embedded.world import connect


def balancer(client: Clients, network: dict[str, str], **more: Any) -> Any:
    request = {"Subnets": [network["subnet"]]} | more
    return client("elbv2").create_load_balancer(Name="proxy", Type="network", **request)["LoadBalancers"][0]


def address_group(client: Clients, network: dict[str, str]) -> str:
    return client("elbv2").create_target_group(
        Name="db", Protocol="TCP", Port=5432, VpcId=network["vpc"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]


def listen(client: Clients, balancer: Any, group: str) -> None:
    client("elbv2").create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="TCP",
        Port=5432,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )


def health(client: Clients, group: str) -> list[Any]:
    return [
        entry["TargetHealth"]
        for entry in client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    ]


def test_a_network_load_balancer_is_named_as_one_in_its_arn(client: Clients, network: dict[str, str]) -> None:
    made = balancer(client, network, Tags=[{"Key": "a", "Value": "b"}])
    assert ":loadbalancer/net/proxy/" in made["LoadBalancerArn"]
    assert ".elb.us-east-1.amazonaws.com" in made["DNSName"]
    tags = client("elbv2").describe_tags(ResourceArns=[made["LoadBalancerArn"]])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "a", "Value": "b"}]


def test_it_faces_the_internet_unless_it_is_asked_not_to(client: Clients, network: dict[str, str]) -> None:
    assert balancer(client, network)["Scheme"] == "internet-facing"


def test_a_fixed_address_is_read_back_with_its_allocation(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    balancer(
        client,
        network,
        Subnets=[],
        SubnetMappings=[{"SubnetId": network["subnet"], "AllocationId": address["AllocationId"]}],
    )
    zone = client("elbv2").describe_load_balancers()["LoadBalancers"][0]["AvailabilityZones"][0]
    assert zone["LoadBalancerAddresses"] == [
        {"IpAddress": address["PublicIp"], "AllocationId": address["AllocationId"]}
    ]
    assert ec2.describe_addresses()["Addresses"][0]["AssociationId"]


def test_its_interface_stands_in_the_subnet_and_goes_with_it(client: Clients, network: dict[str, str]) -> None:
    made = balancer(client, network, SecurityGroups=[network["group"]])
    ec2 = client("ec2")
    (interface,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert interface["Description"] == f"ELB {made['LoadBalancerArn'].split(':loadbalancer/')[1]}"
    assert interface["SubnetId"] == network["subnet"]
    assert interface["PrivateIpAddress"].startswith("10.20.1.")
    assert [group["GroupId"] for group in interface["Groups"]] == [network["group"]]
    client("elbv2").delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_its_address_is_free_again_when_it_is_gone(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = balancer(
        client, network, Subnets=[], SubnetMappings=[{"SubnetId": network["subnet"], "AllocationId": address}]
    )
    client("elbv2").delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    assert "AssociationId" not in ec2.describe_addresses()["Addresses"][0]
    ec2.release_address(AllocationId=address)


def test_deletion_protection_protects(client: Clients, network: dict[str, str]) -> None:
    elb = client("elbv2")
    arn = balancer(client, network)["LoadBalancerArn"]
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[protection])
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        elb.delete_load_balancer(LoadBalancerArn=arn)
    assert len(elb.describe_load_balancers()["LoadBalancers"]) == 1


def test_a_target_of_a_group_that_no_listener_uses_is_unused(client: Clients, network: dict[str, str]) -> None:
    group = address_group(client, network)
    client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.1.9"}])
    assert health(client, group)[0] == {
        "State": "unused",
        "Reason": "Target.NotInUse",
        "Description": "Target group is not configured to receive traffic",
    }


def test_a_target_that_nobody_has_checked_is_initial_and_never_healthy(
    client: Clients, network: dict[str, str]
) -> None:
    group = address_group(client, network)
    listen(client, balancer(client, network), group)
    client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.1.9"}])
    assert health(client, group)[0]["State"] == "initial"


def test_the_world_says_how_a_target_does(client: Clients, network: dict[str, str]) -> None:
    asked: list[tuple[str, str, str, Target]] = []

    class World(Hooks):
        def target_health(self, account: str, region: str, target_group_arn: str, target: Target) -> TargetHealth:
            asked.append((account, region, target_group_arn, target))
            return TargetHealth("unhealthy", "Target.FailedHealthChecks")

    group = address_group(client, network)
    listen(client, balancer(client, network), group)
    client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.1.9", "Port": 5433}])
    connect(World())
    assert health(client, group)[0]["State"] == "unhealthy"
    assert health(client, group)[0]["Reason"] == "Target.FailedHealthChecks"
    assert asked[0] == ("111111111111", "us-east-1", group, Target("10.20.1.9", 5433))


def test_registering_and_deregistering_twice_is_no_error(client: Clients, network: dict[str, str]) -> None:
    elb, group = client("elbv2"), address_group(client, network)
    for _ in range(2):
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.1.9"}])
    assert len(health(client, group)) == 1
    for _ in range(2):
        elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.1.9"}])
    assert health(client, group) == []


def test_an_address_outside_the_vpc_has_to_name_all_zones(client: Clients, network: dict[str, str]) -> None:
    elb, group = client("elbv2"), address_group(client, network)
    with pytest.raises(ClientError, match="must be 'all'"):
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.90.0.5"}])
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.90.0.5", "AvailabilityZone": "all"}])
    with pytest.raises(ClientError, match="InvalidTarget"):
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "8.8.8.8", "AvailabilityZone": "all"}])


def test_two_load_balancers_cannot_share_a_name(client: Clients, network: dict[str, str]) -> None:
    balancer(client, network)
    with pytest.raises(ClientError, match="DuplicateLoadBalancerName"):
        balancer(client, network)


def test_whether_groups_apply_to_endpoint_traffic_is_read_back(client: Clients, network: dict[str, str]) -> None:
    elb = client("elbv2")
    arn = balancer(client, network, SecurityGroups=[network["group"]])["LoadBalancerArn"]
    key = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
    assert elb.describe_load_balancers()["LoadBalancers"][0][key] == "on"
    elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[network["group"]], **{key: "off"})
    assert elb.describe_load_balancers()["LoadBalancers"][0][key] == "off"
