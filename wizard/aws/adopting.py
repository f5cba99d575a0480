"""What AWS has under the ids of a shard that something else made. Reads, and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.adopting import Given, NatSeen, RedisSeen, Seen, SubnetSeen, VpcSeen

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_elasticache import ElastiCacheClient
    from mypy_boto3_elasticache.type_defs import ReplicationGroupTypeDef

_EVERYWHERE = "0.0.0.0/0"
_NOT_THERE = frozenset({"ReplicationGroupNotFoundFault", "ReplicationGroupNotFound"})
_NO_TOPIC = frozenset({"NotFound", "InvalidParameter"})


def look(session: AwsSession, given: Given) -> Seen:
    """Read all of it. Raises AwsError, which names the permission, where AWS refuses a call."""
    account = session.identity().account
    ec2 = session.client("ec2")
    with session.call("read the shard's network"):
        private = _subnet(ec2, given.private_subnet_id)
        public = _subnet(ec2, given.public_subnet_id)
        vpc = _vpc(ec2, private.vpc_id) if private else None
        nat = _nat(ec2, private.way_out) if private and private.way_out.startswith("nat-") else None
    with session.call("read the shard's Redis"):
        redis = _redis(session.client("elasticache"), ec2, given.redis_replication_group_id)
    with session.call("read the shard's topic"):
        topic = _topic(session, given.sns_topic_arn, account)
    return Seen(account, session.region, private, public, vpc, nat, redis, topic)


def _subnet(ec2: EC2Client, subnet_id: str) -> SubnetSeen | None:
    found = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": [subnet_id]}])["Subnets"]
    if not found:
        return None
    one = found[0]
    return SubnetSeen(
        one["SubnetId"],
        one["VpcId"],
        one["CidrBlock"],
        one["AvailabilityZoneId"],
        one["AvailabilityZone"],
        _way_out(ec2, one["SubnetId"], one["VpcId"]),
    )


def _way_out(ec2: EC2Client, subnet_id: str, vpc_id: str) -> str:
    """Give where the default route leads: of the subnet's own table or, where it has none, of the VPC's main one."""
    own = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [subnet_id]}])["RouteTables"]
    tables = (
        own
        or ec2.describe_route_tables(
            Filters=[{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "association.main", "Values": ["true"]}]
        )["RouteTables"]
    )
    for route in (route for table in tables for route in table["Routes"]):
        if route.get("DestinationCidrBlock") == _EVERYWHERE:
            return route.get("NatGatewayId") or route.get("GatewayId") or route.get("TransitGatewayId") or ""
    return ""


def _vpc(ec2: EC2Client, vpc_id: str) -> VpcSeen:
    one = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    support = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsSupport")["EnableDnsSupport"]
    names = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")["EnableDnsHostnames"]
    return VpcSeen(vpc_id, one["CidrBlock"], support.get("Value", False), names.get("Value", False))


def _nat(ec2: EC2Client, nat_id: str) -> NatSeen | None:
    found = ec2.describe_nat_gateways(Filters=[{"Name": "nat-gateway-id", "Values": [nat_id]}])["NatGateways"]
    if not found:
        return None
    addresses = [address["PublicIp"] for address in found[0].get("NatGatewayAddresses", []) if address.get("PublicIp")]
    return NatSeen(nat_id, found[0]["State"], addresses[0] if addresses else "")


def _redis(cache: ElastiCacheClient, ec2: EC2Client, group_id: str) -> RedisSeen | None:
    try:
        group = cache.describe_replication_groups(ReplicationGroupId=group_id)["ReplicationGroups"][0]
    except ClientError as error:
        if error_code(error) in _NOT_THERE:
            return None
        raise
    nodes = group.get("NodeGroups", [])
    endpoint = nodes[0].get("PrimaryEndpoint", {}) if nodes else {}
    groups, notifications = _member(cache, ec2, group)
    return RedisSeen(
        group_id,
        group.get("Status", ""),
        endpoint.get("Address", ""),
        endpoint.get("Port", 0),
        group.get("ClusterEnabled", False),
        group.get("TransitEncryptionEnabled", False) and group.get("TransitEncryptionMode", "required") == "required",
        tuple(group.get("UserGroupIds", [])),
        groups,
        notifications,
    )


def _member(
    cache: ElastiCacheClient, ec2: EC2Client, group: ReplicationGroupTypeDef
) -> tuple[tuple[tuple[str, str], ...], str]:
    """Give the security groups, each with its VPC, and the notifications that are on: members tell, the group does not."""
    members = group.get("MemberClusters", [])
    if not members:
        return (), ""
    one = cache.describe_cache_clusters(CacheClusterId=members[0])["CacheClusters"][0]
    ids = [it["SecurityGroupId"] for it in one.get("SecurityGroups", [])]
    found = ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": ids}]) if ids else None
    groups = tuple((it["GroupId"], it["VpcId"]) for it in (found["SecurityGroups"] if found else []))
    name = one.get("CacheParameterGroup", {}).get("CacheParameterGroupName", "")
    pages = cache.get_paginator("describe_cache_parameters").paginate(CacheParameterGroupName=name) if name else ()
    parameters = (it for page in pages for it in page.get("Parameters", []))
    said = (it.get("ParameterValue", "") for it in parameters if it.get("ParameterName") == "notify-keyspace-events")
    return groups, next(said, "")


def _topic(session: AwsSession, arn: str, account: str) -> str | None:
    """Give the ARN as AWS has it; None for a topic that is not there, or of another account or region."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[3:5] != [session.region, account]:  # arn:aws:sns:REGION:ACCOUNT:NAME
        return None
    try:
        found = session.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    except ClientError as error:
        if error_code(error) in _NO_TOPIC:
            return None
        raise
    return found.get("TopicArn", arn)
