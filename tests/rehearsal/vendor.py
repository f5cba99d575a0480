"""The private path, built by hand through boto3: as much of what the stacks make as the rehearsed world has to act on."""

from __future__ import annotations

import base64
import io
import json
import lzma
import time
import zipfile
from dataclasses import dataclass
from typing import Any

from wizard.rehearsal.clients import client
from wizard.rehearsal.world import World

SHARD, NODES, PUBLIC, TRANSIT = "10.64.0.0/16", "10.64.0.0/18", "10.64.64.0/24", "100.64.0.0/24"
TRANSIT_SUBNET = "100.64.0.0/25"
SECRET = "sk/acme/main/aws/dbi/1001/primary_db_password"
CONFIG = "/planewright/acme/node-config-ingestion"
AUTHORITY = "/planewright/acme/database-ca"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@dataclass
class Built:
    ec2: Any
    peering: str
    balancer: str
    instance: str
    endpoint_dns: str
    target_group: str
    transit_table: str
    nodes_table: str
    endpoint_group: str
    nat_route: dict[str, str]
    function: str
    endpoint: str
    transit: str
    role: str


def build(world: World, watcher: bytes) -> Built:
    environment = world.environ()
    ec2, iam = client(environment, "ec2"), client(environment, "iam")
    elb = client(environment, "elbv2")
    shard = ec2.create_vpc(CidrBlock=SHARD)["Vpc"]["VpcId"]
    transit = ec2.create_vpc(CidrBlock=TRANSIT)["Vpc"]["VpcId"]
    nodes, public, far = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId="use1-az1")["Subnet"]["SubnetId"]
        for vpc, cidr in ((shard, NODES), (shard, PUBLIC), (transit, TRANSIT_SUBNET))
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=shard)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    nodes_table = table(ec2, shard, nodes, NatGatewayId=nat)
    table(ec2, shard, public, GatewayId=gateway)

    node_group, endpoint_group = group(ec2, shard, "node"), group(ec2, shard, "endpoint")
    ec2.authorize_security_group_ingress(
        GroupId=endpoint_group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": node_group}]}
        ],
    )
    role, instance = launch(ec2, iam, nodes, node_group)

    peering = ec2.create_vpc_peering_connection(
        VpcId=transit, PeerOwnerId="222222222222", PeerVpcId=world.customer.premises.database.id
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    transit_table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [transit]}])["RouteTables"][0][
        "RouteTableId"
    ]
    ec2.create_route(RouteTableId=transit_table, DestinationCidrBlock="10.20.0.0/16", VpcPeeringConnectionId=peering)

    balancer = elb.create_load_balancer(Name="acme-in", Type="network", Scheme="internal", Subnets=[far])[
        "LoadBalancers"
    ][0]
    target_group = elb.create_target_group(
        Name="acme-in-db", Protocol="TCP", Port=5432, VpcId=transit, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="TCP",
        Port=5432,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
    )
    service = ec2.create_vpc_endpoint_service_configuration(
        AcceptanceRequired=False, NetworkLoadBalancerArns=[balancer["LoadBalancerArn"]]
    )["ServiceConfiguration"]["ServiceName"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=shard,
        ServiceName=service,
        VpcEndpointType="Interface",
        SubnetIds=[nodes],
        SecurityGroupIds=[endpoint_group],
    )["VpcEndpoint"]
    for api in ("elasticloadbalancing", "sns"):
        ec2.create_vpc_endpoint(
            VpcId=transit,
            ServiceName=f"com.amazonaws.us-east-1.{api}",
            VpcEndpointType="Interface",
            SubnetIds=[far],
            SecurityGroupIds=[group(ec2, transit, api, port=443)],
            PrivateDnsEnabled=True,
        )
    configure(world)
    function = schedule(world, watcher, target_group, far, group(ec2, transit, "watcher"), iam)
    wait_for(elb, balancer["LoadBalancerArn"])
    return Built(
        ec2,
        peering,
        balancer["LoadBalancerArn"],
        instance,
        endpoint["DnsEntries"][0]["DnsName"],
        target_group,
        transit_table,
        nodes_table,
        endpoint_group,
        {"RouteTableId": nodes_table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": nat},
        function,
        endpoint["VpcEndpointId"],
        transit,
        role,
    )


def launch(ec2: Any, iam: Any, subnet: str, node_group: str) -> tuple[str, str]:
    """Launch an ingestion node that may use SSM, with a boot program to be read; give its role and its id."""
    role = make_role(iam, "acme-ingestion")
    iam.attach_role_policy(RoleName="acme-ingestion", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")
    iam.create_instance_profile(InstanceProfileName="acme-ingestion")
    iam.add_role_to_instance_profile(InstanceProfileName="acme-ingestion", RoleName="acme-ingestion")
    program = base64.b85encode(lzma.compress(b"BOOT_VERSION = 7\n")).decode()
    user_data = f"#!/bin/bash\npython3 -c \"$unpack\" > boot.py <<'END'\n{program}\nEND\nPW_CONFIG_PARAMETER={CONFIG}\n"
    image = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"][0]["ImageId"]
    instance = ec2.run_instances(
        ImageId=image,
        InstanceType="r6i.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[node_group],
        IamInstanceProfile={"Name": "acme-ingestion"},
        UserData=user_data,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "planewright:role", "Value": "ingestion"}]}],
    )["Instances"][0]["InstanceId"]
    return role, str(instance)


def table(ec2: Any, vpc: str, subnet: str, **target: str) -> str:
    made = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=made, SubnetId=subnet)
    ec2.create_route(RouteTableId=made, DestinationCidrBlock="0.0.0.0/0", **target)
    return str(made)


def group(ec2: Any, vpc: str, name: str, port: int | None = None) -> str:
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    if port:
        ec2.authorize_security_group_ingress(
            GroupId=made, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="100.64.0.0/24"
        )
    return str(made)


def make_role(iam: Any, name: str) -> str:
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"])


def configure(world: World) -> None:
    ssm, secrets = client(world.environ(), "ssm"), client(world.environ(), "secretsmanager")
    config = {"role": "ingestion", "deployment": "acme", "database": {"ca": {"parameter": AUTHORITY}}}
    ssm.put_parameter(Name=CONFIG, Type="String", Value=json.dumps(config))
    ssm.put_parameter(Name=AUTHORITY, Type="String", Value=world.postgres.certificates.authority)
    users = [{"username": world.database_user, "password": world.database_password}]
    secrets.create_secret(Name=SECRET, SecretString=json.dumps(users))


def schedule(world: World, code: bytes, target_group: str, subnet: str, security_group: str, iam: Any) -> str:
    functions, events = client(world.environ(), "lambda"), client(world.environ(), "events")
    topic = client(world.environ(), "sns").create_topic(Name="events")["TopicArn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", code)
    variables = {
        "DATABASE_HOST": world.customer.premises.host,
        "DATABASE_PORT": "5432",
        "TARGET_GROUP_ARN": target_group,
        "SNS_TOPIC_ARN": topic,
    }
    arn = functions.create_function(
        FunctionName="acme-watcher",
        Runtime="python3.12",
        Role=make_role(iam, "acme-watcher"),
        Handler="handler.lambda_handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=20,
        Environment={"Variables": variables},
        VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [security_group]},
    )["FunctionArn"]
    events.put_rule(Name="acme-watcher", ScheduleExpression="rate(1 minute)", State="ENABLED")
    events.put_targets(Rule="acme-watcher", Targets=[{"Id": "watcher", "Arn": arn}])
    return "acme-watcher"


def wait_for(elb: Any, arn: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"] == "active":
            return
    raise AssertionError("the load balancer never became active")
