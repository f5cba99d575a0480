"""Instances, groups, dry runs and images."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.services.images import UBUNTU_PARAMETER
from wizard.rehearsal.embedded.world import connect


def image(client: Clients, arch: str = "arm64", region: str = "us-east-1") -> str:
    name = UBUNTU_PARAMETER.format(arch=arch)
    return str(client("ssm", region=region).get_parameter(Name=name)["Parameter"]["Value"])


def launch(client: Clients, **more: Any) -> Any:
    request = {"ImageId": image(client), "InstanceType": "c6gn.medium", "MinCount": 1, "MaxCount": 1} | more
    return client("ec2").run_instances(**request)["Instances"][0]


def attribute(client: Clients, instance: Any, name: str) -> Any:
    answer = client("ec2").describe_instance_attribute(InstanceId=instance["InstanceId"], Attribute=name)
    return answer[name[0].upper() + name[1:]]["Value"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ap-southeast-2"])
@pytest.mark.parametrize(("arch", "architecture"), [("amd64", "x86_64"), ("arm64", "arm64")])
def test_stock_ubuntu_is_found_by_its_public_parameter(
    client: Clients, region: str, arch: str, architecture: str
) -> None:
    (found,) = client("ec2", region=region).describe_images(ImageIds=[image(client, arch, region)])["Images"]
    assert found["Architecture"] == architecture
    assert found["OwnerId"] == "099720109477"
    assert found["BlockDeviceMappings"][0]["Ebs"]["VolumeType"] == "gp3"


def test_ids_of_images_differ_from_region_to_region(client: Clients) -> None:
    assert image(client, region="us-east-1") != image(client, region="eu-central-1")


def test_public_parameters_are_listed_by_path(client: Clients) -> None:
    path = UBUNTU_PARAMETER.split("/amd64/")[0].replace("{arch}", "").rsplit("/current", 1)[0]
    found = client("ssm").get_parameters_by_path(Path=path, Recursive=True)["Parameters"]
    assert len(found) == 2


def test_an_unknown_image_or_type_is_refused(client: Clients, network: dict[str, str]) -> None:
    with pytest.raises(ClientError, match=r"InvalidAMIID\.NotFound"):
        launch(client, ImageId="ami-0123456789abcdef0", SubnetId=network["subnet"])
    with pytest.raises(ClientError, match="InvalidInstanceType"):
        launch(client, InstanceType="c99.huge", SubnetId=network["subnet"])


def test_an_image_of_another_architecture_is_refused(client: Clients, network: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="does not match the architecture"):
        launch(client, InstanceType="c6i.large", SubnetId=network["subnet"])


def test_a_type_that_the_zone_does_not_have_is_refused(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    offers = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["c8gd.4xlarge"]}]
    )["InstanceTypeOfferings"]
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    lacking = next(zone for zone in zones if zone not in {offer["Location"] for offer in offers})
    subnet = ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.20.7.0/24", AvailabilityZone=lacking)["Subnet"]
    with pytest.raises(ClientError, match="Unsupported"):
        launch(client, InstanceType="c8gd.4xlarge", SubnetId=subnet["SubnetId"])


def test_what_was_asked_for_at_launch_is_read_back(client: Clients, network: dict[str, str]) -> None:
    root = {"VolumeSize": 20, "VolumeType": "gp3", "Throughput": 250, "Iops": 4000, "Encrypted": True}
    instance = launch(
        client,
        NetworkInterfaces=[
            {
                "DeviceIndex": 0,
                "SubnetId": network["subnet"],
                "Groups": [network["group"]],
                "AssociatePublicIpAddress": False,
            }
        ],
        BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": root}],
        DisableApiTermination=True,
        InstanceInitiatedShutdownBehavior="terminate",
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    )
    ec2 = client("ec2")
    ec2.monitor_instances(InstanceIds=[instance["InstanceId"]])
    found = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    assert [group["GroupId"] for group in found["SecurityGroups"]] == [network["group"]]
    assert "PublicIpAddress" not in found
    assert "Association" not in found["NetworkInterfaces"][0]
    assert found["Monitoring"] == {"State": "enabled"}
    assert found["MetadataOptions"]["HttpTokens"] == "required"
    assert attribute(client, instance, "disableApiTermination") is True
    assert attribute(client, instance, "instanceInitiatedShutdownBehavior") == "terminate"
    (volume,) = ec2.describe_volumes()["Volumes"]
    assert (volume["Throughput"], volume["Iops"], volume["Size"]) == (250, 4000, 20)


def test_shutdown_behaviour_is_changed_and_monitoring_ends(client: Clients, network: dict[str, str]) -> None:
    instance = launch(client, SubnetId=network["subnet"], Monitoring={"Enabled": True})
    ec2 = client("ec2")
    ec2.modify_instance_attribute(
        InstanceId=instance["InstanceId"], InstanceInitiatedShutdownBehavior={"Value": "terminate"}
    )
    ec2.unmonitor_instances(InstanceIds=[instance["InstanceId"]])
    assert attribute(client, instance, "instanceInitiatedShutdownBehavior") == "terminate"
    assert ec2.describe_instances()["Reservations"][0]["Instances"][0]["Monitoring"]["State"] == "disabled"


def test_a_protected_instance_is_not_terminated(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    instance = launch(client, SubnetId=network["subnet"], DisableApiTermination=True)["InstanceId"]
    with pytest.raises(ClientError, match="OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
    ec2.terminate_instances(InstanceIds=[instance])


def test_a_terminated_instance_leaves_no_interface(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    instance = launch(client, SubnetId=network["subnet"], SecurityGroupIds=[network["group"]])["InstanceId"]
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=network["group"])
    ec2.terminate_instances(InstanceIds=[instance])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    ec2.delete_security_group(GroupId=network["group"])


def test_a_nat_gateway_stands_in_its_subnet_and_leaves_it_empty(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    gateway = ec2.create_nat_gateway(SubnetId=network["subnet"], AllocationId=address["AllocationId"])["NatGateway"]
    (shown,) = ec2.describe_nat_gateways()["NatGateways"]
    (placed,) = shown["NatGatewayAddresses"]
    assert placed["PrivateIp"].startswith("10.20.1.")
    assert placed["PublicIp"] == address["PublicIp"]
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=network["subnet"])
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    ec2.release_address(AllocationId=address["AllocationId"])
    ec2.delete_subnet(SubnetId=network["subnet"])
    ec2.delete_security_group(GroupId=network["group"])
    ec2.delete_vpc(VpcId=network["vpc"])


def test_fixed_addresses_are_public_and_each_its_own(client: Clients) -> None:
    addresses = [client("ec2").allocate_address(Domain="vpc")["PublicIp"] for _ in range(5)]
    assert all(ipaddress.ip_address(address).is_global for address in addresses)
    assert len(set(addresses)) == 5


def permission(source: str, description: str) -> dict[str, Any]:
    pair = {"GroupId": source, "Description": description}
    return {"IpProtocol": "tcp", "FromPort": 6379, "ToPort": 6379, "UserIdGroupPairs": [pair]}


def test_a_rule_that_refers_to_a_group_keeps_its_description(client: Clients, network: dict[str, str]) -> None:
    ec2, group = client("ec2"), network["group"]
    other = ec2.create_security_group(GroupName="redis", Description="redis", VpcId=network["vpc"])["GroupId"]
    made = ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission(group, "nodes to Redis")])
    (rule,) = made["SecurityGroupRules"]
    shown = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])["SecurityGroupRules"]
    assert shown[0]["Description"] == "nodes to Redis"
    assert shown[0]["ReferencedGroupInfo"]["GroupId"] == group
    with pytest.raises(ClientError, match=r"InvalidPermission\.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission(group, "in other words")])
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=group)


def test_a_revoked_rule_takes_its_tags_with_it(client: Clients, network: dict[str, str]) -> None:
    group = client("ec2").create_security_group(GroupName="tagged", Description="d", VpcId=network["vpc"])["GroupId"]
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "of", "Value": "ours"}]}]
    port = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/24"}
    client("ec2").authorize_security_group_ingress(GroupId=group, **port, TagSpecifications=tags)
    ours = [{"Name": "key", "Values": ["of"]}]
    assert client("ec2").describe_tags(Filters=ours)["Tags"] != []

    client("ec2").revoke_security_group_ingress(GroupId=group, **port)

    assert client("ec2").describe_tags(Filters=ours)["Tags"] == []


def test_a_rule_is_changed_in_place(client: Clients, network: dict[str, str]) -> None:
    ec2, group = client("ec2"), network["group"]
    other = ec2.create_security_group(GroupName="redis", Description="redis", VpcId=network["vpc"])["GroupId"]
    made = ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[permission(group, "old")])
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    new = {"IpProtocol": "-1", "ReferencedGroupId": group, "Description": "new"}
    ec2.modify_security_group_rules(
        GroupId=other, SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": new}]
    )
    (shown,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    assert (shown["IpProtocol"], shown["Description"]) == ("-1", "new")


def test_a_dry_run_creates_nothing(client: Clients, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    for attempt in (
        lambda: ec2.create_vpc(CidrBlock="10.99.0.0/16", DryRun=True),
        lambda: ec2.create_subnet(VpcId=network["vpc"], CidrBlock="10.20.9.0/24", DryRun=True),
        lambda: ec2.create_volume(AvailabilityZone="us-east-1a", Size=10, DryRun=True),
        lambda: ec2.allocate_address(Domain="vpc", DryRun=True),
        lambda: launch(client, SubnetId=network["subnet"], DryRun=True),
    ):
        with pytest.raises(ClientError, match="DryRunOperation") as refused:
            attempt()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert len(ec2.describe_vpcs()["Vpcs"]) == before
    assert ec2.describe_volumes()["Volumes"] == []
    assert ec2.describe_addresses()["Addresses"] == []
    assert ec2.describe_instances()["Reservations"] == []


def test_a_dry_run_tells_what_is_wrong_with_a_launch(client: Clients, network: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="InvalidInstanceType"):
        launch(client, InstanceType="c99.huge", SubnetId=network["subnet"], DryRun=True)


def test_a_dry_run_proves_a_missing_permission(client: Clients) -> None:
    class World(Hooks):
        denied_actions = frozenset({"ec2:CreateVpc"})

    connect(World())
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        client("ec2").create_vpc(CidrBlock="10.99.0.0/16", DryRun=True)
