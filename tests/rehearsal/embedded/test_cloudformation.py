"""A stack that is deleted leaves nothing of what it made."""

from __future__ import annotations

import json

from tests.rehearsal.embedded.conftest import Clients


def test_a_deleted_stack_takes_its_route_and_its_rule_with_it(client: Clients, network: dict[str, str]) -> None:
    ec2, cloudformation = client("ec2"), client("cloudformation")
    other = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=network["vpc"], PeerVpcId=other)["VpcPeeringConnection"]
    table = ec2.create_route_table(VpcId=network["vpc"])["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(VpcId=network["vpc"], GroupName="g", Description="g")["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.98.0.0/16"}]}],
    )
    route = {
        "RouteTableId": table,
        "DestinationCidrBlock": "10.99.0.0/16",
        "VpcPeeringConnectionId": peering["VpcPeeringConnectionId"],
    }
    rule = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.99.0.0/16"}
    template = {
        "Resources": {
            "Route": {"Type": "AWS::EC2::Route", "Properties": route},
            "Rule": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {**rule, "Description": "ours"}},
        }
    }

    def held() -> tuple[list[str], list[int]]:
        routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        return [r["DestinationCidrBlock"] for r in routes if "VpcPeeringConnectionId" in r], [
            r["FromPort"] for r in rules
        ]

    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(template))
    assert held() == (["10.99.0.0/16"], [80, 5432])
    cloudformation.delete_stack(StackName="s")
    assert held() == ([], [80])
