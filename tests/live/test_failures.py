"""Whatever happens between here and AWS: a check ends in time, says what it could not read, and uses what it could."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

from tests.live.account import PREPARED, Account
from tests.live.proxy import Fault, Proxy, cut, garbage, hang, refused, server_error, throttled
from tests.live.server import Server
from wizard.aws.facts.gather import gather
from wizard.aws.session import Patience
from wizard.checks.live import unread as live
from wizard.checks.run import asks_of, check_facts
from wizard.deploy.checking import Checked, Checker
from wizard.facts.asking import Read, Unread
from wizard.findings import Finding, Severity

#: Nothing here is further than this machine, but the machine may be busy.
STEADY = Patience(5, 30, 1)
RETRYING = Patience(5, 12, 4)
HASTY = Patience(0.5, 0.5, 1)
DEADLINE_S = 30.0
UNREAD = {code.name for code in (live.DENIED, live.UNREAD, live.REGION_OFF, live.CREDENTIALS)}


@pytest.fixture(scope="module")
def proxy(server: Server) -> Iterator[Proxy]:
    with Proxy(server.endpoint_url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def steady(server: Server, proxy: Proxy) -> Any:
    """Sessions without retries, for all tests to which it does not matter: clients take long to make."""
    return Account(server, endpoint_url=proxy.endpoint_url, patience=STEADY).sessions()


@pytest.fixture(scope="module")
def retrying(server: Server, proxy: Proxy) -> Any:
    """Sessions that try again."""
    return Account(server, endpoint_url=proxy.endpoint_url, patience=RETRYING).sessions()


@pytest.fixture(scope="module")
def good(server: Server, proxy: Proxy, steady: Any) -> tuple[Checked, frozenset[str]]:
    """What a check reads when nothing fails, and which calls it makes for that."""
    server.tell(reset=True, quotas=PREPARED)
    proxy.tell()
    account = Account(server, endpoint_url=proxy.endpoint_url)
    return Checker(lambda: steady).check(account.subject()), frozenset(proxy.calls)


@pytest.fixture
def far(server: Server, proxy: Proxy) -> Iterator[Account]:
    """A prepared account behind the proxy."""
    server.tell(reset=True, quotas=PREPARED)
    proxy.tell()
    yield Account(server, endpoint_url=proxy.endpoint_url, patience=RETRYING)
    proxy.tell()


def check(account: Account, deadline_s: float = DEADLINE_S) -> Checked:
    return account.checker(deadline_s=deadline_s).check(account.subject())


def unread(checked: Checked) -> list[Finding]:
    return [finding for finding in checked.findings if finding.code in UNREAD]


def kinds_read(checked: Checked) -> set[str]:
    return {ask.kind for ask, reading in checked.facts.items() if isinstance(reading, Read)}


def test_without_faults_all_is_read_through_the_proxy(good: tuple[Checked, frozenset[str]]) -> None:
    checked, calls = good
    assert unread(checked) == []
    assert {"ec2:DescribeRegions", "sts:GetCallerIdentity"} <= calls


def test_every_call_is_one_that_its_ask_declares(good: tuple[Checked, frozenset[str]]) -> None:
    """What an ask declares is what an operator's policy gets, and what a finding names."""
    checked, calls = good
    assert calls - {permission for ask in checked.facts for permission in ask.permissions} == set()


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        (server_error(), "FACT_UNREAD", "ServiceUnavailable"),
        (server_error(status=500), "FACT_UNREAD", "InternalError"),
        (cut(), "FACT_UNREAD", "the endpoint cannot be reached"),
        (cut(within=True), "FACT_UNREAD", "the answer was cut"),
        (garbage(), "FACT_UNREAD", "the answer is a web page, and not AWS's"),
        (refused("*", "OptInRequired", status=401), "REGION_NOT_ENABLED", "OptInRequired"),
    ],
    ids=lambda it: f"{it.does}-{it.code or it.status}" if isinstance(it, Fault) else "",
)
def test_when_everything_fails_the_check_says_that_nothing_was_checked(
    far: Account, proxy: Proxy, steady: Any, fault: Fault, code: str, says: str
) -> None:
    proxy.tell(fault)
    everything_is_unread(Checker(lambda: steady, deadline_s=DEADLINE_S).check(far.subject()), far, code, says)


@pytest.mark.parametrize(
    ("fault", "patience", "deadline_s", "says"),
    [(throttled(), STEADY, 15, "AWS limits the rate of calls"), (hang(), HASTY, 10, "no answer in time")],
)
def test_when_aws_is_slow_the_check_does_not_wait_for_it(
    far: Account, proxy: Proxy, fault: Fault, patience: Patience, deadline_s: float, says: str
) -> None:
    """Throttled calls wait longer and longer for their turn: some meet the deadline there."""
    proxy.tell(fault)
    far.patience = patience
    everything_is_unread(check(far, deadline_s=deadline_s), far, "FACT_UNREAD", says)


def everything_is_unread(checked: Checked, account: Account, code: str, says: str) -> None:
    """Nothing passes for checked, and what is unchecked is named."""
    assert kinds_read(checked) == set()
    found = unread(checked)
    assert {finding.code for finding in found} == {code}
    told = " ".join(finding.what for finding in found)
    assert says in told
    assert [ask.unchecks for ask in asks_of(account.subject()) if ask.unchecks not in told] == []
    assert all(finding.severity.rank >= min(ask.weight.rank for ask in checked.facts) for finding in found)


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "AuthFailure", "RequestExpired"])
def test_credentials_that_aws_does_not_take_are_one_finding(far: Account, proxy: Proxy, steady: Any, code: str) -> None:
    proxy.tell(refused("*", code, status=403))
    (finding,) = unread(Checker(lambda: steady).check(far.subject()))
    assert (finding.code, finding.severity) == ("CREDENTIALS_UNUSABLE", Severity.CRITICAL)
    assert code in finding.what


def test_an_endpoint_that_is_down_is_said_to_be(far: Account) -> None:
    far.endpoint_url, far.patience = "http://127.0.0.1:9", HASTY
    found = unread(check(far))
    assert {finding.code for finding in found} == {"FACT_UNREAD"}
    assert all("the endpoint cannot be reached" in finding.what for finding in found)


def test_a_check_ends_at_its_deadline_when_aws_is_silent_for_longer(far: Account, proxy: Proxy) -> None:
    proxy.tell(hang())
    far.patience = Patience(60, 60, 4)
    began = time.monotonic()
    checked = check(far, deadline_s=0.5)
    took = time.monotonic() - began
    assert kinds_read(checked) == set()
    assert all("no answer within 0.5 s" in finding.what for finding in unread(checked))
    assert took < 30, "it waited for the calls, not for its deadline"


def test_a_role_that_sts_is_silent_about_keeps_nobody_longer_than_any_other_call(far: Account, proxy: Proxy) -> None:
    proxy.tell(hang("sts:AssumeRole"))
    far.patience = HASTY
    subject = far.subject(shard={"account.role_arn": "arn:aws:iam::111111111111:role/deployer"})
    began = time.monotonic()
    checked = far.checker_of(subject).check(subject)
    assert time.monotonic() - began < 30, "botocore itself would have waited for a minute, five times over"
    assert kinds_read(checked) == set()
    assert [finding.severity for finding in unread(checked)] == [Severity.CRITICAL], "one cause, one finding"


@pytest.mark.parametrize(
    "fault",
    [server_error(times=1), cut(times=1), cut(times=1, within=True), hang(times=1), throttled(times=1)],
    ids=lambda fault: str(fault.does),
)
def test_one_failure_that_a_retry_mends_is_no_finding(far: Account, proxy: Proxy, retrying: Any, fault: Fault) -> None:
    proxy.tell(fault)
    assert unread(Checker(lambda: retrying, deadline_s=4 * DEADLINE_S).check(far.subject())) == []
    assert len(proxy.calls) > len(set(proxy.calls)), "nothing was tried again"


def test_what_one_broken_call_hides_does_not_hide_the_rest(far: Account, proxy: Proxy, steady: Any) -> None:
    proxy.tell(server_error("ec2:DescribeRegions"))
    wrong = far.subject(shard={"account.id": "333333333333"})
    checked = Checker(lambda: steady, deadline_s=DEADLINE_S).check(wrong)
    assert "ACCOUNT_WRONG" in {finding.code for finding in checked.findings}, "the caller could be read"
    (hidden,) = unread(checked)
    assert "ec2:DescribeRegions" in hidden.what


def calls_that_a_check_makes() -> list[str]:
    """Each action that an ask of a check declares. Subjects' fields do not matter: asks of one kind make one call."""
    subjects = [Account(cast("Server", None)).subject(topology) for topology in ("private", "public")]
    return sorted({p for subject in subjects for ask in asks_of(subject) for p in ask.permissions})


@pytest.mark.parametrize("call", calls_that_a_check_makes())
@pytest.mark.parametrize("how", ["broken", "denied"])
def test_each_call_that_cannot_be_made_is_named_with_what_is_unchecked(
    far: Account, proxy: Proxy, steady: Any, good: tuple[Checked, frozenset[str]], call: str, how: str
) -> None:
    checked, calls = good
    if call not in calls:
        pytest.skip("not called for these answers")
    proxy.tell(server_error(call) if how == "broken" else refused(call, "AccessDenied", status=403))
    asks = {ask for ask in checked.facts if call in ask.permissions}
    facts = checked.facts.with_readings(dict(gather(steady, asks, deadline_s=DEADLINE_S)))
    found = [
        finding
        for finding in check_facts(far.subject(), asks_of(far.subject()), facts)
        if finding not in checked.findings
    ]
    told = " ".join(finding.what for finding in found)
    assert call.partition(":")[2] in told, f"{call} could not be made, and nobody says so"
    # Of a call that only tries whether it may be made, the refusal is the answer.
    may = {"FACT_UNREAD"} if how == "broken" else {"FACT_DENIED", "PERMISSION_MISSING"}
    assert may & {finding.code for finding in found}
    hidden = {ask.unchecks for ask in asks if isinstance(facts.reading(ask), Unread)}
    assert all(unchecks in told for unchecks in hidden)
