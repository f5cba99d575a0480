"""Who is calling, and whether the region is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, EndpointConnectionError

from wizard.answers.account import HOME_REGIONS
from wizard.aws.engine_credentials import engine_credentials
from wizard.aws.session import AwsSession
from wizard.facts.access import Caller, CallerFact, RegionStatus

if TYPE_CHECKING:
    from mypy_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef


def caller(session: AwsSession, ask: Caller) -> CallerFact:
    """Ask who is calling (sts:GetCallerIdentity)."""
    del ask
    answer = _identity(session)
    expires = session.credentials_expiry()
    # An apply has the credentials for as long as the engine gets them: the same words as right before it.
    ends = engine_credentials(session).ends
    return CallerFact(
        account=answer["Account"],
        arn=answer["Arn"],
        user_id=answer["UserId"],
        method=session.method,
        expires_at=ends or expires,
        renewable=ends is None and expires is not None,
    )


def _identity(session: AwsSession) -> GetCallerIdentityResponseTypeDef:
    home = HOME_REGIONS[session.partition]
    try:
        return session.client("sts").get_caller_identity()
    except (ClientError, EndpointConnectionError):
        # A region that is off calls good credentials unknown, and one that does not exist has no endpoint.
        if session.region == home:
            raise
        return session.client("sts", home).get_caller_identity()


def region_status(session: AwsSession, ask: RegionStatus) -> str:
    """Read a region's opt-in status (ec2:DescribeRegions), in the partition's first region: it need not be open itself."""
    # By filter: an unknown name in RegionNames is an error of the call.
    found = session.client("ec2", HOME_REGIONS[session.partition]).describe_regions(
        AllRegions=True, Filters=[{"Name": "region-name", "Values": [ask.region]}]
    )["Regions"]
    return next((region.get("OptInStatus", "") for region in found), "unknown")


READERS = {Caller: caller, RegionStatus: region_status}
