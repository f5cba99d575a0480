"""Every finding's bad case, checked against the embedded AWS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.live.account import Account, Case
from tests.live.cases import CASES
from wizard.checks.live import age, unread
from wizard.checks.run import ENGINE, PLANS, registered
from wizard.deploy.checking import Checker, check_recorded
from wizard.deploy.needed import emitted_of
from wizard.findings import Severity


@pytest.fixture(scope="module")
def warm() -> dict[str, Checker]:
    """Checkers of accounts' answers, with all that they have read."""
    return {}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_bad_case_gives_its_finding(account: Account, case: Case, warm: dict[str, Checker]) -> None:
    case.prepare(account)
    subject = account.subject(case.topology, shard=case.shard, deployment=case.deployment)
    beside = case.beside(account)
    subject = replace(subject, **beside)
    if "emitted" not in beside:
        subject = replace(subject, emitted=emitted_of(subject.shard, subject.deployment))
    checker = account.checker_of(subject)
    if case.answers_only:
        checker = warm.setdefault(repr(subject.account), checker)
    checked = checker.check(subject)
    if case.recorded is not None:
        checked = check_recorded(subject, case.recorded(checked.facts))
    found = [finding for finding in checked.findings if finding.code == case.code]
    matching = [finding for finding in found if finding.path == case.path and finding.severity is case.severity]
    assert matching, f"{case.code} at {case.path!r} as {case.severity.value}, but found: {found}"
    told = " ".join(f"{finding.what} {finding.remedy}" for finding in matching)
    assert all(text in told for text in case.says), told


@pytest.mark.parametrize("topology", ["private", "public"])
def test_good_answers_in_a_prepared_account_have_nothing_above_info(account: Account, topology: str) -> None:
    above = [f for f in account.check(account.subject(topology)).findings if f.severity is not Severity.INFO]
    assert above == []


def test_every_code_has_a_bad_case() -> None:
    """Those of runs are in tests/engine, those of plans in tests/changes, those of facts in a file in tests/deploy."""
    elsewhere = {code.name for code in (*ENGINE, *PLANS, age.OLD, unread.NOT_RECORDED)}
    assert {code.name for code in registered()} - elsewhere - {case.code for case in CASES} == set()
