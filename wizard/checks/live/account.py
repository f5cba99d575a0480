"""Whose account it is, and whether the credentials outlast what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from wizard.checks.codes import code
from wizard.checks.live.unread import CREDENTIALS, REGION_OFF
from wizard.checks.subject import Subject
from wizard.facts.access import Caller, CallerFact, RegionStatus
from wizard.facts.asking import Ask, Facts
from wizard.findings import Finding, Severity

WRONG_ACCOUNT = code(
    "ACCOUNT_WRONG",
    Severity.CRITICAL,
    why="everything would be built in an account that nobody meant",
    remedy="`planewright profiles --identify` lists the profiles with their accounts: name one of the account in the answers "
    "(account.profile, account.role_arn), or correct account.id",
)
ROOT = code(
    "CREDENTIALS_ROOT",
    Severity.HIGH,
    why="root credentials may do everything, no policy bounds them, and AWS advises to keep no keys for them",
    remedy="use a role made for deployments: `planewright policy NAME` writes what it has to be allowed",
)
SHORT = code(
    "CREDENTIALS_SHORT",
    Severity.WARN,
    why="an apply whose credentials end leaves half of a stack behind, and a state that could not be written",
    remedy="log in again right before the apply, or lengthen the role's session",
)
REGION_UNKNOWN = code(
    "REGION_UNKNOWN",
    Severity.CRITICAL,
    why="nothing can be built in a region that AWS does not have",
    remedy="`aws ec2 describe-regions --all-regions` lists them",
)


def _caller(subject: Subject) -> Caller:
    return Caller(profile=subject.account.profile, role_arn=subject.account.role_arn)


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask who calls, and about the region."""
    yield _caller(subject)
    yield RegionStatus(region=subject.region)


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Compare the caller with the answers."""
    caller = facts.value(_caller(subject))
    if caller is not None:
        yield from _account(subject, caller)
        yield from _lifetime(subject, caller, facts.reading(_caller(subject)).at)
    status = facts.value(RegionStatus(region=subject.region))
    if status == "unknown":
        yield REGION_UNKNOWN.at("account.region", f"AWS has no region {subject.region}")
    elif status == "not-opted-in":
        yield REGION_OFF.at(
            "account.region",
            f"{subject.region} is not enabled for {subject.account.id}",
            remedy=f"aws account enable-region --region-name {subject.region}; it takes some minutes. Or choose another "
            "region",
        )


def _account(subject: Subject, caller: CallerFact) -> Iterator[Finding]:
    meant = subject.account
    if caller.account != meant.id:
        yield WRONG_ACCOUNT.at(
            "account.id",
            f"the credentials of {_whose(subject, caller)} are of account {caller.account} ({caller.arn}); the answers "
            f"mean {meant.id}",
        )
    if caller.partition != meant.partition.value:
        yield WRONG_ACCOUNT.at(
            "account.partition", f"{caller.arn} is in partition {caller.partition}, not in {meant.partition.value}"
        )
    if caller.is_root:
        yield ROOT.at("account.profile", f"{caller.arn} is the account's root")


def _whose(subject: Subject, caller: CallerFact) -> str:
    """Say where the credentials came from, as the operator would look for them."""
    if subject.account.role_arn:
        return f"role {subject.account.role_arn}"
    if caller.method == "env":
        return "the environment (AWS_ACCESS_KEY_ID)"
    return f"profile {subject.account.profile}" if subject.account.profile else f"the default chain ({caller.method})"


def _lifetime(subject: Subject, caller: CallerFact, read_at: datetime) -> Iterator[Finding]:
    if caller.expires_at is None or caller.renewable:
        return
    # Recorded facts are judged by the time at which they were read.
    left = caller.expires_at - min(subject.now, read_at)
    end = f"{caller.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if left <= timedelta(0):
        yield CREDENTIALS.at(
            "account.profile",
            f"the credentials ({caller.method}) ended at {end}",
            remedy="get new ones (`aws sso login`, a new session token, a new MFA code), then check again",
        )
    elif left < subject.apply_needs:
        yield SHORT.at(
            "account.profile",
            f"the credentials ({caller.method}) end at {end}, in {_minutes(left)} minutes; an apply is taken to need "
            f"{_minutes(subject.apply_needs)}, a margin included",
        )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
