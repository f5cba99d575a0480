"""A check asks only what it does not know, keeps only what lasts, and never takes silence for an answer."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.live.account import changed
from wizard.aws.facts import gather
from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks import run
from wizard.checks.codes import Code
from wizard.checks.subject import Subject
from wizard.deploy.checking import FRESH, Checker, check_recorded, checker_of
from wizard.deploy.target import Target
from wizard.errors import AccountError, AwsError
from wizard.facts import record
from wizard.facts.access import RegionStatus
from wizard.facts.asking import Ask, Facts, Read, Reading, Reason, Unread
from wizard.facts.prices import Price
from wizard.findings import Finding, Severity
from wizard.rehearsal.answers import example
from wizard.workspace import Workspace

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
OURS = {"account": "111111111111", "region": "us-east-1"}
LIMITED = Code("LIMITED", (Severity.CRITICAL,), "made up for these tests", "none")


def subject(shard: Mapping[str, Any] | None = None, deployment: Mapping[str, Any] | None = None) -> Subject:
    on = build(changed(example("shard"), shard or {}), ShardAnswers, source="shard")
    answers = build(changed(example("private"), deployment or {}), DeploymentAnswers, source="private")
    return Subject(on, answers, now=NOON)


def status(region: str) -> RegionStatus:
    """A fact that may change at any time."""
    return RegionStatus(region=region)


def price(node: str) -> Price:
    """A fact that lasts for a day."""
    return Price("us-east-1", "AmazonEC2", (("instanceType", node),))


def asks(of: Subject) -> Iterator[Ask[Any]]:
    """Ask of three answers: the region, the database's region, and an instance type."""
    assert of.deployment is not None
    assert of.deployment.database.vpc is not None
    yield status(of.region)
    yield status(of.deployment.database.vpc.region)
    yield price(of.deployment.nodes.fdw.instance_type)


def findings(of: Subject, facts: Facts) -> Iterator[Finding]:
    """Complain of a region that is off."""
    if facts.value(status(of.region)) == "not-opted-in":
        yield LIMITED.at("account.region", f"{of.region} is off")


@dataclass
class Aws:
    """Stands where AWS is asked: it notes what it is asked, and keeps silent about regions that it is told to hide."""

    clock: datetime = NOON
    asked: list[frozenset[Ask[Any]]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    region: str = "opted-in"

    def checker(self, shelf: Path | None = None, sessions: Callable[[], Any] = dict) -> Checker:
        return Checker(sessions, shelf=shelf, now=lambda: self.clock)

    def gather(self, sessions: Any, asks: Iterable[Ask[Any]], **limits: Any) -> Iterator[tuple[Ask[Any], Reading[Any]]]:
        del sessions, limits
        self.asked.append(frozenset(asks))
        for ask in asks:
            yield ask, self._reading(ask)

    def _reading(self, ask: Ask[Any]) -> Reading[Any]:
        if isinstance(ask, RegionStatus) and ask.region in self.hidden:
            return Unread(Reason.TIMEOUT, self.clock, "ec2:DescribeRegions", "no answer within 20 s")
        return Read(self.region if isinstance(ask, RegionStatus) else (), self.clock, ask.permissions[0])


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws()
    monkeypatch.setattr(gather, "gather", aws.gather)
    monkeypatch.setattr(run, "LIVE", (SimpleNamespace(asks=asks, check=findings),))
    return aws


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "facts" / "shelf.json"


ELSEWHERE = {"database.vpc.region": "eu-west-1"}
ALL = frozenset({status("us-east-1"), status("eu-west-1"), price("r6i.xlarge")})


def test_a_second_check_asks_nothing_and_finds_the_same(aws: Aws) -> None:
    checker = aws.checker()
    aws.region = "not-opted-in"
    first = checker.check(subject(deployment=ELSEWHERE))
    second = checker.check(subject(deployment=ELSEWHERE))

    assert (first.asked, second.asked) == (3, 0)
    assert aws.asked == [ALL]
    assert "LIMITED" in {finding.code for finding in first.findings}
    assert (second.findings, dict(second.facts.items())) == (first.findings, dict(first.facts.items()))


def test_after_one_changed_answer_only_what_it_brought_in_is_asked(aws: Aws) -> None:
    checker = aws.checker()
    checker.check(subject())
    checked = checker.check(subject(deployment=ELSEWHERE))

    assert aws.asked[1:] == [{status("eu-west-1")}]
    assert frozenset(checked.facts) == ALL
    back = checker.check(subject())
    assert back.asked == 0, "and what was known before is known still"
    assert frozenset(back.facts) == ALL - {status("eu-west-1")}, "with what is of no account any more left out"


def test_what_could_not_be_read_is_asked_again_and_what_could_is_not(aws: Aws) -> None:
    checker = aws.checker()
    aws.hidden = {"eu-west-1"}
    first = checker.check(subject(deployment=ELSEWHERE))
    aws.hidden = set()
    second = checker.check(subject(deployment=ELSEWHERE))

    assert [finding.code for finding in first.findings if finding.code.startswith("FACT")] == ["FACT_UNREAD"]
    assert not [finding for finding in second.findings if finding.code.startswith("FACT")]
    assert aws.asked[1:] == [{status("eu-west-1")}]


def test_what_was_read_once_and_then_is_not_is_unknown_again(aws: Aws) -> None:
    checker = aws.checker()
    checker.check(subject())
    aws.clock += FRESH + timedelta(seconds=1)
    aws.hidden = {"us-east-1"}

    checked = checker.check(subject())

    assert checked.facts.value(status("us-east-1")) is None, "an old answer is no answer"


def test_what_changes_is_true_for_minutes_and_what_lasts_for_as_long_as_it_says(aws: Aws) -> None:
    checker = aws.checker()
    checker.check(subject())
    aws.clock += FRESH
    assert checker.check(subject()).asked == 0
    aws.clock += timedelta(seconds=1)
    checker.check(subject())
    aws.clock += Price.keep
    checker.check(subject())

    assert aws.asked[1:] == [{status("us-east-1")}, {status("us-east-1"), price("r6i.xlarge")}]


def test_a_clock_that_was_set_back_makes_nothing_true_for_longer(aws: Aws) -> None:
    checker = aws.checker()
    checker.check(subject())
    aws.clock -= timedelta(days=30)

    assert checker.check(subject()).asked == 2


def test_each_reading_is_told_as_it_comes_and_how_many_there_will_be(aws: Aws) -> None:
    checker = aws.checker()
    told: list[Any] = []

    def on_reading(ask: Ask[Any], reading: Reading[Any]) -> None:
        told.append((ask, isinstance(reading, Read)))

    aws.hidden = {"eu-west-1"}
    checker.check(subject(deployment=ELSEWHERE), on_reading=on_reading, on_asks=told.append)

    assert told[0] == 3
    assert set(told[1:]) == {(status("us-east-1"), True), (status("eu-west-1"), False), (price("r6i.xlarge"), True)}
    told.clear()
    checker.check(subject(), on_reading=on_reading, on_asks=told.append)
    assert told == [], "nothing is read, so nothing is told"


def test_the_shelf_serves_the_next_program_with_what_lasts_and_no_more(aws: Aws, shelf: Path) -> None:
    aws.checker(shelf).check(subject())
    aws.checker(shelf).check(subject())

    assert aws.asked[1:] == [{status("us-east-1")}]
    assert {entry["kind"] for entry in json.loads(shelf.read_text())["readings"]} == {"price"}
    assert stat.S_IMODE(shelf.stat().st_mode) == 0o600


def test_the_shelf_does_not_hand_out_what_is_past_its_time(aws: Aws, shelf: Path) -> None:
    aws.checker(shelf).check(subject())
    aws.clock += Price.keep + timedelta(seconds=1)
    aws.checker(shelf).check(subject(deployment={"nodes.fdw.instance_type": "r6i.2xlarge"}))

    assert price("r6i.2xlarge") in aws.asked[1]
    kept = json.loads(shelf.read_text())["readings"]
    assert [entry["ask"]["filters"] for entry in kept] == [[["instanceType", "r6i.2xlarge"]]], "and throws it out"


def test_what_could_not_be_read_is_never_shelved(aws: Aws, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence(sessions: Any, asks: Iterable[Ask[Any]], **limits: Any) -> Iterator[tuple[Ask[Any], Reading[Any]]]:
        del sessions, limits
        return ((ask, Unread(Reason.TIMEOUT, NOON, "x", "nothing")) for ask in asks)

    monkeypatch.setattr(gather, "gather", silence)
    aws.checker(shelf).check(subject())

    assert json.loads(shelf.read_text())["readings"] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: text.replace("111111111111", "222222222222"),
        lambda text: text.replace('"planewright_facts": 1', '"planewright_facts": 2'),
        lambda text: text.replace('"kind": "price"', '"kind": "weather"'),
        lambda text: "\udcff",
    ],
    ids=["half", "empty", "another account", "another version", "another kind", "no text"],
)
def test_a_shelf_that_is_not_ours_or_not_whole_is_asked_anew_and_mended(
    aws: Aws, shelf: Path, spoil: Callable[[str], str]
) -> None:
    aws.checker(shelf).check(subject())
    good = shelf.read_text()
    shelf.write_text(spoil(good), errors="surrogateescape")

    assert aws.checker(shelf).check(subject()).asked == 2
    assert shelf.read_text() == good


def test_a_shelf_that_cannot_be_read_or_written_holds_no_check(aws: Aws, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for shelf in (tmp_path / "file" / "below a file", tmp_path):
        assert aws.checker(shelf).check(subject()).asked == 2


def test_facts_of_another_account_take_another_checker(aws: Aws) -> None:
    checker = aws.checker()
    checker.check(subject())

    with pytest.raises(ValueError, match="222222222222"):
        checker.check(subject(shard={"account.id": "222222222222"}))
    with pytest.raises(ValueError, match="eu-west-1"):
        checker.check(subject(shard={"account.region": "eu-west-1"}))


def test_a_session_that_cannot_be_opened_is_one_finding_with_its_way_on(aws: Aws) -> None:
    def refuse() -> Any:
        raise AccountError("could not open an AWS session", cause="no credentials", action="aws sso login")

    told: list[Ask[Any]] = []
    checked = aws.checker(sessions=refuse).check(subject(), on_reading=lambda ask, _: told.append(ask))

    [finding] = [finding for finding in checked.findings if finding.severity is Severity.CRITICAL]
    assert (finding.code, finding.remedy) == ("CREDENTIALS_UNUSABLE", "aws sso login")
    assert "no credentials" in finding.what
    assert "region exists" in finding.what
    assert aws.asked == []
    assert set(told) == {status("us-east-1"), price("r6i.xlarge")}


def test_a_session_is_opened_once_and_tried_again_when_it_could_not_be(aws: Aws) -> None:
    opened: list[str] = []

    def sessions() -> Any:
        opened.append("tried")
        if len(opened) == 1:
            raise AwsError("could not open an AWS session")
        return {}

    checker = aws.checker(sessions=sessions)
    assert "FACT_UNREAD" in {finding.code for finding in checker.check(subject()).findings}
    assert "FACT_UNREAD" not in {finding.code for finding in checker.check(subject()).findings}
    checker.check(subject(deployment=ELSEWHERE))
    assert len(opened) == 2


def test_facts_in_a_file_give_the_findings_of_the_check_that_wrote_them(aws: Aws) -> None:
    aws.region, aws.hidden = "not-opted-in", {"eu-west-1"}
    of = subject(deployment=ELSEWHERE)
    live = aws.checker().check(of)
    file = record.load(record.dump(live.facts, **OURS), source="facts.json", **OURS)

    recorded = check_recorded(of, file)

    assert {"LIMITED", "FACT_UNREAD"} <= {finding.code for finding in live.findings}
    assert tuple(f for f in recorded.findings if f.code != "FACTS_OLD") == live.findings
    assert recorded.asked == 0


def test_facts_of_other_answers_leave_unchecked_what_they_lack(aws: Aws) -> None:
    facts = aws.checker().check(subject()).facts

    [finding] = [f for f in check_recorded(subject(deployment=ELSEWHERE), facts).findings if "RECORDED" in f.code]

    assert finding.severity is RegionStatus.weight
    assert "region_status" in finding.what
    assert RegionStatus.unchecks in finding.what


@pytest.mark.parametrize(
    ("age", "severity", "says"),
    [
        (timedelta(0), Severity.INFO, "2026-11-21 12:00 UTC, moments ago"),
        (timedelta(minutes=90), Severity.INFO, "1 hour ago"),
        (timedelta(hours=23, minutes=59), Severity.INFO, "23 hours ago"),
        (timedelta(days=1), Severity.WARN, "1 day ago"),
        (timedelta(days=40), Severity.WARN, "40 days ago"),
        (timedelta(minutes=-5), Severity.INFO, "moments ago"),
    ],
)
def test_facts_in_a_file_say_how_old_they_are(aws: Aws, age: timedelta, severity: Severity, says: str) -> None:
    facts = aws.checker().check(subject()).facts

    [finding] = [f for f in check_recorded(replace(subject(), now=NOON + age), facts).findings if f.code == "FACTS_OLD"]

    assert finding.severity is severity
    assert says in finding.what


def test_what_came_from_the_shelf_does_not_make_facts_old(aws: Aws, shelf: Path) -> None:
    aws.checker(shelf).check(subject())
    aws.clock += Price.keep
    facts = aws.checker(shelf).check(subject()).facts

    [finding] = [f for f in check_recorded(replace(subject(), now=aws.clock), facts).findings if f.code == "FACTS_OLD"]

    assert finding.severity is Severity.INFO


def test_a_rehearsed_world_has_a_shelf_of_its_own(tmp_path: Path) -> None:
    of = subject()
    workspace = Workspace(tmp_path)
    place = workspace.place("shard", of.shard.name)
    target = Target(workspace, place, of.shard, of.shard, place)

    def shelf(**environ: str) -> Path | None:
        return checker_of(target, environ=environ).shelf

    assert shelf() == place.hidden / "facts" / "111111111111-us-east-1.json"
    assert shelf(AWS_ENDPOINT_URL="http://127.0.0.1:4566") not in {
        shelf(),
        shelf(AWS_ENDPOINT_URL="http://127.0.0.1:1"),
    }
    assert shelf(AWS_PROFILE="vendor") == shelf()
