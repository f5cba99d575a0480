"""What a network is made of, as AWS writes it: each answer's entries, all pages of them.

For whoever takes other parts of the same answers: the caller turns them into values of its own, inside `session.call`,
which tells what AWS refuses. botocore's errors come through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import (
        RouteTableTypeDef,
        SecurityGroupRuleTypeDef,
        VpcPeeringConnectionTypeDef,
    )

    from wizard.aws.session import AwsSession


def peering(session: AwsSession, peering_id: str) -> VpcPeeringConnectionTypeDef | None:
    """One peering. AWS forgets deleted and expired ones after a while: None then."""
    ec2 = session.client("ec2")
    try:
        answer = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering_id])
    except ClientError as error:
        if error_code(error) == "InvalidVpcPeeringConnectionID.NotFound":
            return None
        raise
    return next(iter(answer["VpcPeeringConnections"]), None)


def route_tables(session: AwsSession, vpc_ids: Sequence[str]) -> Iterator[RouteTableTypeDef]:
    """All route tables of VPCs; none of none."""
    if vpc_ids:  # a filter without values would let everything through
        pages = session.client("ec2").get_paginator("describe_route_tables")
        for page in pages.paginate(Filters=[{"Name": "vpc-id", "Values": list(vpc_ids)}]):
            yield from page["RouteTables"]


def inbound_rules(session: AwsSession, filtered_by: str, values: Sequence[str]) -> Iterator[SecurityGroupRuleTypeDef]:
    """Inbound rules of security groups by a filter of AWS's (`group-id`, `tag:KEY`); none by no value."""
    if values:
        pages = session.client("ec2").get_paginator("describe_security_group_rules")
        for page in pages.paginate(Filters=[{"Name": filtered_by, "Values": list(values)}]):
            yield from (rule for rule in page["SecurityGroupRules"] if not rule.get("IsEgress"))


def zones_of_vpc(session: AwsSession, vpc_id: str, region: str) -> Iterator[str]:
    """Ids of the private zones that a VPC is associated with. botocore has no paginator for it."""
    route53, token = session.client("route53"), ""
    while True:
        answer = (
            route53.list_hosted_zones_by_vpc(VPCId=vpc_id, VPCRegion=region, NextToken=token)  # type: ignore[arg-type]
            if token
            else route53.list_hosted_zones_by_vpc(VPCId=vpc_id, VPCRegion=region)  # type: ignore[arg-type]
        )
        yield from (zone["HostedZoneId"].removeprefix("/hostedzone/") for zone in answer["HostedZoneSummaries"])
        token = answer.get("NextToken", "")
        if not token:
            return
