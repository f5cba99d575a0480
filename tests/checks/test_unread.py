"""What could not be read is told once for each cause: which call, which permission, and what is therefore unchecked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wizard.checks.live import unread
from wizard.facts.access import Caller, RegionStatus
from wizard.facts.asking import Ask, Facts, Read, Reason, Unread
from wizard.facts.prices import Price
from wizard.findings import Finding, Severity

AT = datetime(2026, 11, 21, tzinfo=UTC)
CALLER = Caller(profile="", role_arn="")
STATUS = RegionStatus(region="us-east-1")
OTHER = RegionStatus(region="eu-west-1")
PRICE = Price("us-east-1", "AmazonEC2", ())


def because(reason: Reason, said: str = "no", *, permission: str = "", remedy: str = "", source: str = "") -> Unread:
    return Unread(reason, AT, source, said, permission, remedy)


def found(readings: dict[Ask[Any], Any]) -> list[Finding]:
    return list(unread.check(readings, Facts(readings)))


def test_what_was_read_is_no_finding() -> None:
    assert found({STATUS: Read("opted-in", AT, "ec2:DescribeRegions")}) == []


def test_one_cause_is_one_finding_that_lists_everything_it_leaves_unchecked() -> None:
    [finding] = found({ask: because(Reason.TIMEOUT, source=ask.permissions[0]) for ask in (CALLER, STATUS, OTHER)})

    assert finding.code == "FACT_UNREAD"
    assert finding.what == (
        "no answer in time: ec2:DescribeRegions; sts:GetCallerIdentity (no); unchecked: "
        "whether the region exists and is enabled for the account; whose account this is, and how long the credentials last"
    )


def test_it_weighs_as_much_as_the_heaviest_of_what_it_hides() -> None:
    slow = because(Reason.TIMEOUT)

    assert [f.severity for f in found({PRICE: slow})] == [Severity.INFO]
    assert [f.severity for f in found({PRICE: slow, STATUS: slow})] == [Severity.HIGH]
    assert [f.severity for f in found({PRICE: slow, STATUS: slow, CALLER: slow})] == [Severity.CRITICAL]


def test_each_missing_permission_is_a_finding_of_its_own_to_be_acknowledged_by_its_name() -> None:
    denied = {
        STATUS: because(Reason.DENIED, permission="ec2:DescribeRegions"),
        OTHER: because(Reason.DENIED, permission="ec2:DescribeRegions"),
        PRICE: because(Reason.DENIED, permission="pricing:GetProducts"),
    }

    assert {(f.path, f.severity) for f in found(denied)} == {
        ("facts.ec2:DescribeRegions", Severity.HIGH),
        ("facts.pricing:GetProducts", Severity.INFO),
    }


def test_calls_that_failed_each_in_its_own_way_are_told_apart() -> None:
    failed = {
        STATUS: because(Reason.FAILED, "this", source="ec2:DescribeRegions us-east-1"),
        PRICE: because(Reason.FAILED, "that", source="pricing:GetProducts us-east-1"),
    }

    assert [("this" in f.what, "that" in f.what) for f in found(failed)] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.DENIED, "FACT_DENIED"),
        (Reason.THROTTLED, "FACT_UNREAD"),
        (Reason.TIMEOUT, "FACT_UNREAD"),
        (Reason.UNREACHABLE, "FACT_UNREAD"),
        (Reason.REGION_OFF, "REGION_NOT_ENABLED"),
        (Reason.CREDENTIALS, "CREDENTIALS_UNUSABLE"),
        (Reason.FAILED, "FACT_UNREAD"),
        (Reason.NOT_RECORDED, "FACT_NOT_RECORDED"),
    ],
)
def test_every_reason_has_a_code_and_leaves_something_unchecked(reason: Reason, code: str) -> None:
    [finding] = found({STATUS: because(reason, permission="ec2:X" if reason is Reason.DENIED else "")})

    assert finding.code == code
    assert RegionStatus.unchecks in finding.what


def test_an_ask_that_nobody_asked_is_unread_as_well() -> None:
    assert [finding.code for finding in unread.check([STATUS], Facts())] == ["FACT_NOT_RECORDED"]


def test_a_remedy_that_is_known_goes_before_the_general_one() -> None:
    [finding] = found(
        {STATUS: because(Reason.CREDENTIALS, "ended", remedy="aws sso login"), CALLER: because(Reason.CREDENTIALS)}
    )

    assert finding.remedy == "aws sso login"


def test_a_long_list_of_calls_is_cut_and_its_length_told() -> None:
    slow = {RegionStatus(region=f"r-{n}"): because(Reason.TIMEOUT, source=f"ec2:Call{n}") for n in range(8)}

    [finding] = found(dict(slow))

    assert "ec2:Call4 and 3 more (no)" in finding.what


def test_a_token_in_what_aws_quotes_is_not_shown() -> None:
    [finding] = found({STATUS: because(Reason.FAILED, "POST x-amz-security-token:FwoGZXIvYXdzEXAMPLE")})

    assert "FwoGZXIvYXdzEXAMPLE" not in finding.what
