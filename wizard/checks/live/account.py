"""Whose account it is, and whether the credentials outlast what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from wizard.checks.codes import code
from wizard.checks.live.unread import REGION_OFF
from wizard.checks.subject import Subject
from wizard.facts.access import Caller, CallerFact, RegionStatus
from wizard.facts.asking import Ask, Facts
from wizard.findings import Finding, Severity

#: What an apply is taken to need before one has been seen, with a margin beyond it.
APPLY = timedelta(minutes=30)

WRONG_ACCOUNT = code(
    "ACCOUNT_WRONG",
    Severity.CRITICAL,
    why="everything would be built in an account that nobody meant",
    remedy="use a profile or a role of the account in the answers (account.profile, account.role_arn), or correct account.id",
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
        yield from _lifetime(subject, caller)
    status = facts.value(RegionStatus(region=subject.region))
    if status == "unknown":
        yield REGION_UNKNOWN.at("account.region", f"AWS has no region {subject.region}")
    elif status == "not-opted-in":
        yield REGION_OFF.at("account.region", f"{subject.region} is not enabled for {subject.account.id}")


def _account(subject: Subject, caller: CallerFact) -> Iterator[Finding]:
    meant = subject.account
    if caller.account != meant.id:
        yield WRONG_ACCOUNT.at(
            "account.id", f"the credentials are of account {caller.account} ({caller.arn}); the answers mean {meant.id}"
        )
    if caller.partition != meant.partition.value:
        yield WRONG_ACCOUNT.at(
            "account.partition", f"{caller.arn} is in partition {caller.partition}, not in {meant.partition.value}"
        )
    if caller.is_root:
        yield ROOT.at("account.profile", f"{caller.arn} is the account's root")


def _lifetime(subject: Subject, caller: CallerFact) -> Iterator[Finding]:
    if caller.expires_at is None or caller.renewable:
        return
    left = caller.expires_at - subject.now
    if left < APPLY:
        minutes = max(0, int(left.total_seconds() // 60))
        yield SHORT.at(
            "account.profile",
            f"the credentials ({caller.method}) end at {caller.expires_at:%H:%M} UTC, in {minutes} minutes; an apply may take {int(APPLY.total_seconds() // 60)}",
        )
