"""What applied stacks leave behind: resources with Planewright's tags, and the contracts that name them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.live.account import Account
from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs

SHARD_TAGS = {"Name": "use1-a", "planewright:shard": "use1-a", "planewright:stack": "shard"}
DEPLOYMENT_TAGS = {
    "planewright:shard": "use1-a",
    "planewright:deployment": "acme-prod",
    "planewright:stack": "instance",
}


def aws_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Give tags as most of AWS's services take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tagged_vpc(account: Account, cidr: str, tags: Mapping[str, str]) -> str:
    """Make a VPC and give its id."""
    specification = [{"ResourceType": "vpc", "Tags": aws_tags(tags)}] if tags else []
    made: Any = account.client("ec2").create_vpc(CidrBlock=cidr, TagSpecifications=specification)
    return str(made["Vpc"]["VpcId"])


def shard_outputs(account: Account) -> ShardOutputs:
    """Give the contract of the shard whose VPC carries its tags: its first subnet is the private one."""
    ec2 = account.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:planewright:stack", "Values": ["shard"]}])["Vpcs"][0]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    private, public = sorted(subnets, key=lambda subnet: str(subnet["CidrBlock"]))
    return ShardOutputs(
        account_id="111111111111",
        region="us-east-1",
        zone_id="use1-az1",
        availability_zone="us-east-1b",
        vpc_id=vpc["VpcId"],
        vpc_cidr=vpc["CidrBlock"],
        private_subnet_id=private["SubnetId"],
        private_subnet_cidr=private["CidrBlock"],
        public_subnet_id=public["SubnetId"],
        public_subnet_cidr=public["CidrBlock"],
        nat_public_ip="198.51.100.7",
        redis_replication_group_id="use1-a-redis",
        redis_user_group_id="use1-a-users",
        redis_host="master.use1-a-redis.example.cache.amazonaws.com",
        redis_port=6379,
        redis_security_group_id="sg-0123456789abcdef0",
        sns_topic_arn="arn:aws:sns:us-east-1:111111111111:use1-a-events",
    )


def bear_watcher_names(account: Account, tags: Mapping[str, str]) -> None:
    """Make what a watcher is made of: role, function, event rule, log group, alarm."""
    name = "acme-prod-watcher"
    role = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}", Tags=aws_tags(tags))
    account.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler="handler.lambda_handler",
        Code={"ZipFile": _zipped("handler.py", "def lambda_handler(event, context): ...")},
        Tags=dict(tags),
    )
    account.client("events").put_rule(Name=name, ScheduleExpression="rate(1 minute)", Tags=aws_tags(tags))
    account.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}", tags=dict(tags))
    account.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{name}-errors",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=5,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        Tags=aws_tags(tags),
    )


def bear_shard_names(account: Account, tags: Mapping[str, str]) -> None:
    """Make what stack `shard` names: the topic and the parts of Redis."""
    account.client("sns").create_topic(Name="use1-a-events", Tags=aws_tags(tags))
    ec2, cache = account.client("ec2"), account.client("elasticache")
    vpc = tagged_vpc(account, "10.97.0.0/16", {})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.97.0.0/24")["Subnet"]["SubnetId"]
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="use1-a-redis",
        CacheSubnetGroupDescription="of a shard",
        SubnetIds=[subnet],
        Tags=aws_tags(tags),
    )
    cache.create_cache_parameter_group(
        CacheParameterGroupName="use1-a-redis-ake",
        CacheParameterGroupFamily="redis7",
        Description="of a shard",
        Tags=aws_tags(tags),
    )
    cache.create_user(
        UserId="use1-a-default",
        UserName="default",
        Engine="redis",
        AccessString="off -@all",
        NoPasswordRequired=True,
        Tags=aws_tags(tags),
    )
    cache.create_user_group(UserGroupId="use1-a-users", Engine="redis", UserIds=["use1-a-default"], Tags=aws_tags(tags))
    cache.create_replication_group(
        ReplicationGroupId="use1-a-redis",
        ReplicationGroupDescription="of a shard",
        Engine="redis",
        CacheNodeType="cache.t4g.medium",
        NumCacheClusters=1,
        CacheSubnetGroupName="use1-a-redis",
        CacheParameterGroupName="use1-a-redis-ake",
        TransitEncryptionEnabled=True,
        Tags=aws_tags(tags),
    )


def _zipped(name: str, text: str) -> bytes:
    with io.BytesIO() as packed:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, text)
        return packed.getvalue()


def instance_outputs(made: Mapping[str, str]) -> InstanceOutputs:
    """Give the contract of the private example. `made` names the transit VPC, the application's, its peering and the zone."""
    arn = "arn:aws:elasticloadbalancing:us-east-1:111111111111"
    peering = {
        "id": made["peering"],
        "peer_account_id": "222222222222",
        "peer_region": "us-east-1",
        "peer_vpc_id": made["application"],
        "peer_cidr": "10.30.0.0/16",
    }
    roles = {"ingestion-0": "ingestion", "proxy-0": "proxy", "fdw-0": "fdw", "fdw-1": "fdw"}
    return InstanceOutputs.model_validate(
        {
            "nodes": {
                key: {"name": f"acme-prod-{key}", "role": role, "instance_id": f"i-{key}", "private_ip": "10.64.0.9"}
                for key, role in roles.items()
            },
            "data_volume_ids": [],
            "slog_volume_id": "vol-0",
            "database_secret_name": "sk/acme/acme-main/aws/dbi/1001/primary_db_password",
            "redis_secret_name": "redis/password/us-east-1/use1-a/1001",
            "proxy_tls_secret_name": "sk/acme/acme-main/aws/dbi/1001/proxy_tls",
            "redis_user_id": "acme-prod-redis",
            "redis_user_name": "acme-prod-redis",
            "redis_access_string": "off",
            "private": {
                "transit_vpc_id": made["transit"],
                "transit_vpc_cidr": "100.64.0.0/24",
                "inbound_nlb_arn": f"{arn}:loadbalancer/net/acme-prod-in/50dc6c495c0c9188",
                "inbound_target_group_arn": f"{arn}:targetgroup/acme-prod-in-db/50dc6c495c0c9188",
                "inbound_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
                "inbound_endpoint_id": "vpce-1",
                "inbound_endpoint_dns": "vpce-1.example",
                "outbound_nlb_arn": f"{arn}:loadbalancer/net/acme-prod-out/50dc6c495c0c9189",
                "outbound_target_group_arn": f"{arn}:targetgroup/acme-prod-out-px/50dc6c495c0c9189",
                "outbound_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-2",
                "outbound_endpoint_id": "vpce-2",
                "outbound_endpoint_dns": "vpce-2.example",
                "private_zone_id": made["zone"],
                "watcher_function_name": "acme-prod-watcher",
                "database_peering": {**peering, "id": "pcx-database", "peer_vpc_id": "vpc-0a1b2c3d4e5f60718"},
                "application_peerings": {"web": peering},
            },
        }
    )
