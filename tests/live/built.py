"""What applied stacks leave behind: resources with Planewright's tags, and the contracts that name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.live.account import Account
from wizard.blueprints.springtail.contracts import ShardOutputs

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
