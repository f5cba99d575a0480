"""Getting into the account while it is checked: one code, one finding, and what the credentials are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.live.account import Account
from tests.live.cases.account import DEVICE, ROLE, WRONG_CODE
from wizard.aws.session import open_session
from wizard.checks.subject import Subject
from wizard.deploy.checking import Checker, Sessions
from wizard.facts.access import Caller, CallerFact, RegionStatus
from wizard.findings import Severity


class Operator:
    """Gives a code when asked, and counts."""

    def __init__(self, account: Account, subject: Subject) -> None:
        self.account, self.subject, self.asked = account, subject, 0

    def code(self, device: str) -> str:
        assert DEVICE in device
        self.asked += 1
        return "123456"

    def sessions(self) -> Sessions:
        answers = self.subject.account
        return {"operator": open_session(answers, environ=self.account.environ(), mfa_code=self.code)}


def caller(account: Account, subject: Subject) -> CallerFact:
    ask = Caller(profile=subject.account.profile, role_arn=subject.account.role_arn)
    found = account.checker_of(subject).read([ask], subject).value(ask)
    assert found is not None
    return found


@pytest.fixture
def with_code(account: Account) -> Operator:
    subject = account.subject(shard={"account.role_arn": ROLE, "account.mfa_serial": DEVICE})
    return Operator(account, subject)


def test_a_code_is_asked_for_once_whatever_one_command_checks_and_reads(with_code: Operator) -> None:
    checker = Checker(with_code.sessions)
    checker.check(with_code.subject)
    checker.check(replace(with_code.subject, apply_needs=timedelta(minutes=1)))
    checker.read([RegionStatus(region="eu-west-1")], with_code.subject)
    assert with_code.asked == 1


def test_a_wrong_code_is_asked_for_once_and_gives_one_critical_finding(account: Account, with_code: Operator) -> None:
    account.fault(refusals={"sts:AssumeRole": ("AccessDenied", WRONG_CODE, 403)})
    findings = Checker(with_code.sessions).check(with_code.subject).findings
    assert with_code.asked == 1
    critical = [it.code for it in findings if it.severity is Severity.CRITICAL]
    assert critical == ["CREDENTIALS_UNUSABLE"]


def test_lasting_keys_of_the_environment_do_not_end(account: Account) -> None:
    found = caller(account, account.subject())
    assert (found.method, found.expires_at, found.renewable) == ("env", None, False)


def test_an_answered_role_ends_for_an_apply_as_nobody_renews_it_there(account: Account) -> None:
    found = caller(account, account.subject(shard={"account.role_arn": ROLE}))
    assert (found.method, found.renewable) == ("assume-role", False)
    assert found.expires_at is not None
    assert found.expires_at > datetime.now(UTC)


def test_a_role_with_a_code_is_told_apart(account: Account) -> None:
    found = caller(account, account.subject(shard={"account.role_arn": ROLE, "account.mfa_serial": DEVICE}))
    assert (found.method, found.renewable) == ("assume-role-mfa", False)
