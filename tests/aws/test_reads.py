"""Facts of a data path, read from an account that has one; what is gone is None, not an error."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.aws.conftest import ACCOUNT_ID
from wizard.aws import reads
from wizard.aws.session import AwsSession


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")  # type: ignore[call-overload]


@pytest.fixture
def network(session: AwsSession) -> dict[str, str]:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.64.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.64.0.0/18", AvailabilityZone="us-east-1a")["Subnet"]
    return {"vpc": vpc, "subnet": subnet["SubnetId"], "zone_id": subnet["AvailabilityZoneId"]}


def balancer(network: dict[str, str]) -> str:
    made = client("elbv2").create_load_balancer(
        Name="acme-in", Type="network", Scheme="internal", Subnets=[network["subnet"]]
    )
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def test_instances_tell_their_state_and_whether_only_imdsv2_is_answered(
    session: AwsSession, network: dict[str, str]
) -> None:
    started = client("ec2").run_instances(
        ImageId="ami-12c6146b",
        InstanceType="c6i.xlarge",
        MinCount=1,
        MaxCount=1,
        SubnetId=network["subnet"],
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    )["Instances"][0]
    found = reads.instances(session, [started["InstanceId"], "i-0123456789abcdef0"])
    fact = found.pop(started["InstanceId"])
    assert found == {}
    assert (fact.state, fact.instance_type, fact.subnet_id) == ("running", "c6i.xlarge", network["subnet"])
    assert fact.private_ip == started["PrivateIpAddress"]
    assert (fact.imds_tokens, fact.imds_hop_limit) == ("required", 1)


def test_asking_for_nothing_asks_aws_nothing(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    # A filter without values would let every instance of the account through.
    monkeypatch.setattr(session.client("ec2"), "get_paginator", None)
    assert reads.instances(session, []) == {}
    assert reads.volumes(session, []) == ()


def test_volumes_tell_where_they_are_attached_in_the_order_asked(session: AwsSession, network: dict[str, str]) -> None:
    ec2 = client("ec2")
    started = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=network["subnet"])
    instance = started["Instances"][0]["InstanceId"]
    made = [
        ec2.create_volume(Size=8, AvailabilityZone="us-east-1a", Encrypted=encrypted)["VolumeId"]
        for encrypted in (True, False)
    ]
    ec2.attach_volume(VolumeId=made[0], InstanceId=instance, Device="/dev/sdf")
    loose, attached = reads.volumes(session, [made[1], "vol-0123456789abcdef0", made[0]])
    assert (loose.state, loose.attached_to, loose.encrypted) == ("available", "", False)
    assert (attached.state, attached.attached_to, attached.device) == ("in-use", instance, "/dev/sdf")
    assert (attached.attachment, attached.encrypted, attached.size_gib) == ("attached", True, 8)


def test_an_endpoint_tells_its_names_zones_and_addresses(session: AwsSession, network: dict[str, str]) -> None:
    made = client("ec2").create_vpc_endpoint(
        VpcId=network["vpc"],
        ServiceName="com.amazonaws.us-east-1.sns",
        VpcEndpointType="Interface",
        SubnetIds=[network["subnet"]],
    )["VpcEndpoint"]
    fact = reads.endpoint(session, made["VpcEndpointId"])
    assert fact is not None
    assert fact.state == "available"
    assert fact.subnet_ids == (network["subnet"],)
    assert fact.zone_ids == (network["zone_id"],)
    assert fact.dns_names
    interfaces = client("ec2").describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])
    assert fact.private_ips == tuple(i["PrivateIpAddress"] for i in interfaces["NetworkInterfaces"])
    assert len(fact.private_ips) == 1
    assert reads.endpoint(session, "vpce-0123456789abcdef0") is None


def test_a_load_balancer_tells_its_state_and_zones(session: AwsSession, network: dict[str, str]) -> None:
    arn = balancer(network)
    fact = reads.load_balancer(session, arn)
    assert fact is not None
    assert (fact.scheme, fact.zones) == ("internal", ("us-east-1a",))
    assert fact.state in {"active", "provisioning"}
    client("elbv2").delete_load_balancer(LoadBalancerArn=arn)
    assert reads.load_balancer(session, arn) is None


def test_targets_tell_address_port_and_health_and_a_group_that_is_gone_has_none(
    session: AwsSession, network: dict[str, str]
) -> None:
    elbv2 = client("elbv2")
    group = elbv2.create_target_group(
        Name="acme-in-db", Protocol="TCP", Port=5432, VpcId=network["vpc"], TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    assert reads.target_health(session, group) == ()
    elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.20.0.7", "Port": 5432, "AvailabilityZone": "all"}])
    (target,) = reads.target_health(session, group)
    assert (target.address, target.port, target.state) == ("10.20.0.7", 5432, "healthy")
    elbv2.delete_target_group(TargetGroupArn=group)
    assert reads.target_health(session, group) == ()


def test_a_peering_tells_its_status_before_and_after_the_customer_accepts(
    session: AwsSession, network: dict[str, str]
) -> None:
    ec2 = client("ec2")
    theirs = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=network["vpc"], PeerVpcId=theirs, PeerOwnerId=ACCOUNT_ID)
    peering_id = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    before = reads.peering(session, peering_id)
    assert before is not None
    assert before.status == "pending-acceptance"
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=peering_id,
        RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True},
    )
    after = reads.peering(session, peering_id)
    assert after is not None
    assert (after.status, after.requester_dns, after.accepter_dns) == ("active", True, False)
    assert reads.peering(session, "pcx-0123456789abcdef0") is None


def test_an_endpoint_service_is_found_by_its_name_and_no_other(session: AwsSession, network: dict[str, str]) -> None:
    ec2, arn = client("ec2"), balancer(network)
    made = [
        ec2.create_vpc_endpoint_service_configuration(AcceptanceRequired=required, NetworkLoadBalancerArns=[arn])[
            "ServiceConfiguration"
        ]["ServiceName"]
        for required in (False, True)
    ]
    fact = reads.endpoint_service(session, made[1])
    assert fact is not None
    assert (fact.name, fact.load_balancer_arns) == (made[1], (arn,))
    assert reads.endpoint_service(session, "com.amazonaws.vpce.us-east-1.vpce-svc-0") is None
