"""Who is calling, and whether the region is open."""

from __future__ import annotations

from wizard.aws.session import AwsSession
from wizard.facts.access import Caller, CallerFact, RegionStatus

#: Ways of getting credentials that end with a code or a login that only a person can give.
_NEEDS_A_PERSON = frozenset({"sso", "assume-role-mfa", "env"})


def caller(session: AwsSession, ask: Caller) -> CallerFact:
    """Ask who is calling (sts:GetCallerIdentity)."""
    del ask
    answer = session.client("sts").get_caller_identity()
    expires = session.credentials_expiry()
    return CallerFact(
        account=answer["Account"],
        arn=answer["Arn"],
        user_id=answer["UserId"],
        method=session.method,
        expires_at=expires,
        renewable=expires is None or session.method not in _NEEDS_A_PERSON,
    )


def region_status(session: AwsSession, ask: RegionStatus) -> str:
    """Read a region's opt-in status (ec2:DescribeRegions)."""
    # By filter: an unknown name in RegionNames is an error of the call.
    found = session.client("ec2").describe_regions(
        AllRegions=True, Filters=[{"Name": "region-name", "Values": [ask.region]}]
    )["Regions"]
    return next((region.get("OptInStatus", "") for region in found), "unknown")


READERS = {Caller: caller, RegionStatus: region_status}
