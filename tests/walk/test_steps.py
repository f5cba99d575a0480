"""Each answer is asked at one step, each finding shown at one, and a step says how it stands."""

from __future__ import annotations

import pytest

from tests.answers.examples import text
from wizard.answers.catalogue import catalogue
from wizard.answers.draft import Draft
from wizard.answers.load import read
from wizard.blueprints.load import MODELS
from wizard.findings import Finding, Severity
from wizard.walk.steps import ASKING, Mark, Step, next_is_open, standings, step_of, steps_of

KINDS = ("deployment", "shard")


def draft(kind: str = "deployment") -> Draft:
    raw, _, model = read(text("private" if kind == "deployment" else "shard"), MODELS, source=kind)
    return Draft(model, raw)


def finding(path: str, severity: Severity = Severity.HIGH) -> Finding:
    return Finding(code="A_CODE", severity=severity, path=path, what="", why="", remedy="")


def marks(*found: Finding, holding: tuple[Finding, ...] = (), **changes: object) -> dict[Step, Mark]:
    given = {"draft": draft(), "checking": False} | changes
    stand = standings("deployment", given["draft"], found, holding=holding, checking=bool(given["checking"]))
    return {standing.step: standing.mark for standing in stand}


@pytest.mark.parametrize("kind", KINDS)
def test_every_question_is_asked_at_a_step_that_asks(kind: str) -> None:
    for asked in catalogue(MODELS["springtail", kind]):
        step = step_of(kind, asked.key)
        assert step in ASKING, asked.key
        assert step in steps_of(kind), asked.key


def test_a_path_into_a_list_is_at_home_where_the_list_is() -> None:
    assert step_of("deployment", "applications[0].cidr") is Step.TOPOLOGY
    assert step_of("deployment", "facts.ec2:DescribeVpcs") is Step.ACCOUNT
    assert step_of("deployment", "nobody.knows") is Step.REVIEW


def test_good_answers_are_done_at_every_step_that_asks() -> None:
    assert {step for step, mark in marks().items() if mark is Mark.DONE} == set(ASKING)


def test_a_refused_answer_holds_its_own_step_only() -> None:
    found = marks(draft=draft().typing("database.port", "54x"))
    assert [step for step, mark in found.items() if mark is Mark.HELD] == [Step.DATABASE]


def test_a_finding_holds_its_step_until_it_is_acknowledged() -> None:
    high = finding("nodes.fdw.count")
    assert marks(high, holding=(high,))[Step.SIZING] is Mark.HELD
    assert marks(high)[Step.SIZING] is Mark.NOTED
    assert marks(finding("nodes.fdw.count", Severity.INFO))[Step.SIZING] is Mark.DONE


def test_next_waits_for_the_check_and_for_what_holds() -> None:
    (account, *_) = standings("deployment", draft(), ())
    assert next_is_open(account, checking=False)
    assert not next_is_open(account, checking=True)
    (held, *_) = standings("deployment", draft().typing("shard", "Not A Name"), ())
    assert not next_is_open(held, checking=False)


def test_while_a_check_is_in_flight_no_step_claims_to_be_done() -> None:
    assert {marks(checking=True)[step] for step in ASKING} == {Mark.CHECKING}
