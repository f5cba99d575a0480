"""Somebody else's account, a region that is not there, a call that is refused."""

from __future__ import annotations

from tests.live.account import Account, Case
from wizard.findings import Severity


def _denied(account: Account) -> None:
    account.fault(denied={"ec2:DescribeRegions"})


def _throttled(account: Account) -> None:
    account.fault(refusals={"ec2:DescribeRegions": ("RequestLimitExceeded", "Request limit exceeded.", 503)})


CASES = (
    Case(
        "ACCOUNT_WRONG",
        "the credentials belong to another account",
        Severity.CRITICAL,
        "account.id",
        ("111111111111", "333333333333"),
        shard={"account.id": "333333333333"},
    ),
    Case(
        "FACT_DENIED",
        "the operator may not list regions",
        Severity.HIGH,
        "facts.ec2:DescribeRegions",
        ("ec2:DescribeRegions", "unchecked", "region"),
        prepare=_denied,
    ),
    Case(
        "FACT_UNREAD",
        "AWS throttles",
        Severity.HIGH,
        "facts.region_status",
        ("ec2:DescribeRegions", "limits the rate", "unchecked"),
        prepare=_throttled,
    ),
)
