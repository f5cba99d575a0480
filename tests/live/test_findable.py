"""What a rebuild looks for is found in an AWS that has it, beside other people's and what is gone: each type by its own call."""

from __future__ import annotations

import io
import json
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.live.account import Account
from tests.live.built import DEPLOYMENT_TAGS, aws_tags
from wizard.aws.facts.names import private_zones
from wizard.aws.findable import READERS, candidates
from wizard.drift.known_by import RULES
from wizard.drift.taking_in import Place, Standing, Wanted, all_placed
from wizard.errors import AwsError
from wizard.facts.names import PrivateZones

ASSUME = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
OTHERS = {**DEPLOYMENT_TAGS, "planewright:deployment": "other"}


class Made:
    """Things of ours in an AWS, each with what a plan would say of it and the id that it has to be found by."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.wanted: list[Wanted] = []
        self.ids: dict[str, str] = {}

    def want(self, type_: str, id_: str, tagged: str = "", /, **values: str) -> None:
        tags = {**DEPLOYMENT_TAGS, "Name": tagged} if tagged else dict(DEPLOYMENT_TAGS)
        address = f"{type_}.n{len(self.wanted)}"
        self.wanted.append(Wanted(address, type_, values, tags))
        self.ids[address] = id_

    def found(self) -> dict[str, Place]:
        session = self.account.sessions()["operator"]
        return {place.address: place for place in all_placed(self.wanted, candidates(session, self.wanted))}


def ec2_tags(kind: str, name: str, tags: dict[str, str] = DEPLOYMENT_TAGS) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": aws_tags({**tags, "Name": name})}]


def network(made: Made) -> str:
    ec2 = made.account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=ec2_tags("vpc", "acme-transit"))["Vpc"]["VpcId"]
    ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=ec2_tags("vpc", "acme-transit", OTHERS))
    made.want("aws_vpc", vpc, "acme-transit", cidr_block="10.9.0.0/16")
    subnet = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.9.0.0/24",
        AvailabilityZone="us-east-1b",
        TagSpecifications=ec2_tags("subnet", "acme-transit"),
    )["Subnet"]["SubnetId"]
    made.want("aws_subnet", subnet, "acme-transit", cidr_block="10.9.0.0/24", vpc_id=vpc)
    (default,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    made.want("aws_default_security_group", default["GroupId"], vpc_id=vpc)
    gateway = ec2.create_internet_gateway(TagSpecifications=ec2_tags("internet-gateway", "acme"))["InternetGateway"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
    made.want("aws_internet_gateway", gateway["InternetGatewayId"], "acme", vpc_id=vpc)
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=ec2_tags("route-table", "acme-transit"))["RouteTable"]
    own = table["RouteTableId"]
    made.want("aws_route_table", own, "acme-transit", vpc_id=vpc)
    ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway["InternetGatewayId"])
    made.want("aws_route", f"{own}_0.0.0.0/0", route_table_id=own, destination_cidr_block="0.0.0.0/0")
    ec2.associate_route_table(RouteTableId=own, SubnetId=subnet)
    made.want("aws_route_table_association", f"{subnet}/{own}", subnet_id=subnet)
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=ec2_tags("elastic-ip", "acme-proxy"))
    made.want("aws_eip", address["AllocationId"], "acme-proxy")
    return str(subnet)


def groups(made: Made) -> None:
    ec2 = made.account.client("ec2")
    vpc = next(one for one in made.wanted if one.type == "aws_subnet").values["vpc_id"]
    ids = {}
    for name in ("acme-proxy", "acme-fdw"):
        tags = ec2_tags("security-group", name)
        ids[name] = ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc, TagSpecifications=tags)[
            "GroupId"
        ]
        made.want("aws_security_group", ids[name], name, name=name, vpc_id=vpc)
    proxy, fdw = ids.values()
    opened = {
        "cidr_ipv4": {"IpRanges": [{"CidrIp": "198.51.100.0/24"}]},
        "referenced_security_group_id": {"UserIdGroupPairs": [{"GroupId": proxy}]},
    }
    values = {"cidr_ipv4": "198.51.100.0/24", "referenced_security_group_id": proxy}
    for key, source in opened.items():
        rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **source}
        for type_, do in (
            ("aws_vpc_security_group_ingress_rule", ec2.authorize_security_group_ingress),
            ("aws_vpc_security_group_egress_rule", ec2.authorize_security_group_egress),
        ):
            (said,) = do(GroupId=fdw, IpPermissions=[rule])["SecurityGroupRules"]
            known = {"security_group_id": fdw, "ip_protocol": "tcp", "from_port": "5432", "to_port": "5432"}
            nothing = dict.fromkeys(values, "")
            made.want(type_, said["SecurityGroupRuleId"], **known, **nothing | {key: values[key]})


def volumes(made: Made, subnet: str) -> None:
    ec2 = made.account.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    (node,) = ec2.run_instances(
        ImageId=image,
        InstanceType="m5.large",
        SubnetId=subnet,
        MinCount=1,
        MaxCount=1,
        TagSpecifications=ec2_tags("instance", "acme-ingestion-0"),
    )["Instances"]
    made.want("aws_instance", node["InstanceId"], "acme-ingestion-0")
    disks = [
        ec2.create_volume(AvailabilityZone="us-east-1b", Size=8, TagSpecifications=ec2_tags("volume", name, tags))[
            "VolumeId"
        ]
        for name, tags in (("acme-data-0", DEPLOYMENT_TAGS), ("acme-data-1", DEPLOYMENT_TAGS), ("acme-data-0", OTHERS))
    ]
    ec2.attach_volume(Device="/dev/sdf", VolumeId=disks[0], InstanceId=node["InstanceId"])
    made.want("aws_ebs_volume", disks[0], "acme-data-0", availability_zone="us-east-1b")
    made.want("aws_ebs_volume", disks[1], "acme-data-1", availability_zone="us-east-1b")
    attached = {"device_name": "/dev/sdf", "volume_id": disks[0], "instance_id": node["InstanceId"]}
    made.want("aws_volume_attachment", ":".join(attached.values()), **attached)


def roles(made: Made) -> None:
    iam = made.account.client("iam")
    iam.create_role(RoleName="acme-fdw", AssumeRolePolicyDocument=ASSUME, Tags=aws_tags(DEPLOYMENT_TAGS))
    iam.put_role_policy(RoleName="acme-fdw", PolicyName="node", PolicyDocument=POLICY)
    arn = iam.create_policy(PolicyName="own", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="acme-fdw", PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName="acme-fdw", Tags=aws_tags(DEPLOYMENT_TAGS))
    made.want("aws_iam_role", "acme-fdw", name="acme-fdw")
    made.want("aws_iam_role_policy", "acme-fdw:node", role="acme-fdw", name="node")
    made.want("aws_iam_role_policy_attachment", f"acme-fdw/{arn}", role="acme-fdw", policy_arn=arn)
    made.want("aws_iam_instance_profile", "acme-fdw", name="acme-fdw")


def kept(made: Made) -> None:
    client, tags = made.account.client, aws_tags(DEPLOYMENT_TAGS)
    client("ssm").put_parameter(Name="/planewright/acme/ca", Value="x", Type="String", Tags=tags)
    made.want("aws_ssm_parameter", "/planewright/acme/ca", name="/planewright/acme/ca")
    secret = client("secretsmanager").create_secret(Name="acme/db", Tags=tags)["ARN"]
    made.want("aws_secretsmanager_secret", secret, name="acme/db")
    topic = client("sns").create_topic(Name="acme-events", Tags=tags)["TopicArn"]
    made.want("aws_sns_topic", topic, name="acme-events")
    client("logs").create_log_group(logGroupName="/aws/lambda/acme", tags=DEPLOYMENT_TAGS)
    made.want("aws_cloudwatch_log_group", "/aws/lambda/acme", name="/aws/lambda/acme")


def balancer(made: Made, subnet: str) -> None:
    elb, tags = made.account.client("elbv2"), aws_tags(DEPLOYMENT_TAGS)
    vpc = next(one for one in made.wanted if one.type == "aws_subnet").values["vpc_id"]
    own = elb.create_load_balancer(Name="acme-out", Subnets=[subnet], Type="network", Scheme="internal", Tags=tags)
    arn = own["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(Name="acme-out", Protocol="TCP", Port=5432, VpcId=vpc, TargetType="ip", Tags=tags)[
        "TargetGroups"
    ][0]["TargetGroupArn"]
    action = {"Type": "forward", "TargetGroupArn": group}
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="TCP", Port=5432, DefaultActions=[action])
    made.want("aws_lb", arn, name="acme-out")
    made.want("aws_lb_target_group", group, name="acme-out")
    made.want("aws_lb_listener", listener["Listeners"][0]["ListenerArn"], load_balancer_arn=arn, port="5432")


def names(made: Made) -> None:
    route53 = made.account.client("route53")
    own = next(one for one in made.wanted if one.type == "aws_subnet").values["vpc_id"]
    default = made.account.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    for vpc, reference, tags in ((own, "1", DEPLOYMENT_TAGS), (default[0]["VpcId"], "2", OTHERS)):
        zone = route53.create_hosted_zone(
            Name="db.acme.example", CallerReference=reference, VPC={"VPCRegion": "us-east-1", "VPCId": vpc}
        )["HostedZone"]["Id"].rsplit("/", 1)[-1]
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=aws_tags(tags))
        if tags is DEPLOYMENT_TAGS:
            record = {"Name": "db.acme.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.9"}]}
            change = {"Action": "CREATE", "ResourceRecordSet": record}
            route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
            made.want("aws_route53_zone", zone, name="db.acme.example")
            made.want("aws_route53_record", f"{zone}_db.acme.example_A", zone_id=zone, name="db.acme.example", type="A")


def watcher(made: Made) -> None:
    functions, events = made.account.client("lambda"), made.account.client("events")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", "")
    role = made.account.client("iam").get_role(RoleName="acme-fdw")["Role"]["Arn"]
    arn = functions.create_function(
        FunctionName="acme-watcher",
        Runtime="python3.12",
        Role=role,
        Handler="handler.main",
        Code={"ZipFile": packed.getvalue()},
        Tags=DEPLOYMENT_TAGS,
    )["FunctionArn"]
    functions.put_function_event_invoke_config(FunctionName="acme-watcher", MaximumRetryAttempts=0)
    functions.add_permission(
        FunctionName="acme-watcher",
        StatementId="schedule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )
    events.put_rule(Name="acme-watcher", ScheduleExpression="rate(1 minute)", Tags=aws_tags(DEPLOYMENT_TAGS))
    events.put_targets(Rule="acme-watcher", Targets=[{"Id": "terraform-7", "Arn": arn}])
    made.want("aws_lambda_function", "acme-watcher", function_name="acme-watcher")
    made.want("aws_lambda_function_event_invoke_config", "acme-watcher", function_name="acme-watcher")
    scheduled = {"function_name": "acme-watcher", "statement_id": "schedule"}
    made.want("aws_lambda_permission", "acme-watcher/schedule", **scheduled)
    made.want("aws_cloudwatch_event_rule", "acme-watcher", name="acme-watcher")
    made.want("aws_cloudwatch_event_target", "acme-watcher/terraform-7", rule="acme-watcher", arn=arn)


@pytest.fixture
def made(account: Account) -> Made:
    made = Made(account)
    subnet = network(made)
    groups(made)
    volumes(made, subnet)
    roles(made)
    kept(made)
    balancer(made, subnet)
    names(made)
    watcher(made)
    return made


def test_each_is_found_by_its_import_id_and_neither_anybody_elses_nor_what_is_gone_is_taken(made: Made) -> None:
    found = made.found()

    assert {address: (place.standing, place.id) for address, place in found.items()} == {
        address: (Standing.FOUND, id_) for address, id_ in made.ids.items()
    }
    looked_for = {one.type for one in made.wanted}
    assert len(looked_for) > 30, "the others are looked for in a rehearsal's world"
    assert looked_for < RULES.keys()

    ec2, client = made.account.client("ec2"), made.account.client
    by_type = {one.type: one for one in made.wanted}
    volume = by_type["aws_ebs_volume"]  # the one that is attached to nothing
    ec2.delete_volume(VolumeId=made.ids[volume.address])
    ec2.terminate_instances(InstanceIds=[made.ids[by_type["aws_instance"].address]])
    client("secretsmanager").delete_secret(SecretId="acme/db", RecoveryWindowInDays=7)
    client("lambda").remove_permission(FunctionName="acme-watcher", StatementId="schedule")
    client("ssm").delete_parameter(Name="/planewright/acme/ca")
    gone = {
        "aws_ebs_volume",
        "aws_instance",
        "aws_secretsmanager_secret",
        "aws_lambda_permission",
        "aws_ssm_parameter",
    }

    found = made.found()

    for type_ in gone:
        assert found[by_type[type_].address].standing is Standing.MISSING, type_


class Zones:
    """Route 53 with one zone, which tells one VPC a page. The embedded AWS tells all of them at once."""

    def __init__(self, *vpcs: str) -> None:
        self.vpcs = vpcs

    def client(self, _service: str) -> Any:
        return self

    def get_paginator(self, _call: str) -> Any:
        zone = {"Id": "/hostedzone/Z1", "Name": "db.acme.example.", "Config": {"PrivateZone": True}}
        return SimpleNamespace(paginate=lambda: [{"HostedZones": [zone]}])

    def get_hosted_zone(self, **_: Any) -> dict[str, Any]:
        return {"VPCs": []}

    def list_tags_for_resources(self, **_: Any) -> dict[str, Any]:
        return {"ResourceTagSets": []}

    def list_vpc_association_authorizations(
        self,
        HostedZoneId: str,  # noqa: N803 - as boto3 has it
        NextToken: str = "0",  # noqa: N803
    ) -> dict[str, Any]:
        if HostedZoneId != "Z1":
            raise ClientError({"Error": {"Code": "NoSuchHostedZone"}}, "ListVPCAssociationAuthorizations")
        at = int(NextToken)
        more = {"NextToken": str(at + 1)} if at + 1 < len(self.vpcs) else {}
        return {"HostedZoneId": "Z1", "VPCs": [{"VPCId": self.vpcs[at]}], **more}


def test_the_vpcs_that_a_zone_is_open_to_are_read_to_the_last_page() -> None:
    zones: Any = Zones("vpc-1", "vpc-2", "vpc-3")
    type_ = "aws_route53_vpc_association_authorization"
    wanted = [Wanted("a", type_, {"zone_id": zone, "vpc_id": "vpc-3"}) for zone in ("Z1", "gone")]

    found = READERS[type_](zones, wanted)

    assert [it.facts["vpc_id"] for it in found] == ["vpc-1", "vpc-2", "vpc-3"]
    (zone,) = private_zones(zones, PrivateZones("db.acme.example"))
    assert zone.authorized_vpc_ids == ("vpc-1", "vpc-2", "vpc-3")


def test_a_call_that_is_refused_is_named_and_never_taken_for_nothing_there(account: Account) -> None:
    made = Made(account)
    made.want("aws_ebs_volume", "", "acme-data-0")
    account.fault(denied=["ec2:DescribeVolumes"])

    with pytest.raises(AwsError, match="look for aws_ebs_volume") as refused:
        made.found()
    assert "ec2:DescribeVolumes" in str(refused.value)
