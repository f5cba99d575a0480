"""Facts survive a file as they were; whatever is not of this account, region or version is refused by name."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.facts.values import examples
from wizard.aws.facts.readers import readers
from wizard.errors import InputError
from wizard.facts import record
from wizard.facts.access import Caller, CallerFact, RegionStatus
from wizard.facts.asking import Ask, Facts, Read, Reading, Reason, Unread
from wizard.facts.kinds import kinds

AT = datetime(2026, 11, 21, 3, 55, 1, tzinfo=UTC)
OURS = {"account": "111111111111", "region": "us-east-1"}
STATUS = RegionStatus(region="us-east-1")
KINDS = sorted(kinds().values(), key=lambda kind: kind.kind)


def load(text: str) -> Facts:
    return record.load(text, source="facts.json", **OURS)


def refused(text: str) -> str:
    """Give what is said of a file that cannot be used."""
    with pytest.raises(InputError) as error:
        load(text)
    return str(error.value)


def exported(**changes: Any) -> dict[str, Any]:
    """Give a good file's document with one entry, whose keys are changed."""
    document: dict[str, Any] = json.loads(record.dump(Facts({STATUS: Read("opted-in", AT, "ec2:X")}), **OURS))
    document["readings"][0].update(changes)
    return document


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_kind_of_fact_comes_back_as_it_was(kind: type[Ask[Any]], data: st.DataObject) -> None:
    ask = data.draw(examples(kind))
    value = data.draw(examples(kind.gives()))
    facts = Facts({ask: Read(value, AT, "ec2:DescribeX us-east-1")})

    again = load(record.dump(facts, **OURS))

    assert dict(again.items()) == dict(facts.items())


@pytest.mark.parametrize("reason", list(Reason))
def test_what_could_not_be_read_comes_back_with_why(reason: Reason) -> None:
    reading: Reading[str] = Unread(reason, AT, "ec2:DescribeRegions us-east-1", "no", "ec2:DescribeRegions", "ask")

    again = load(record.dump(Facts({STATUS: reading}), **OURS))

    assert again.reading(STATUS) == reading


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_says_what_is_unchecked_without_it_and_which_permission_it_needs(kind: type[Ask[Any]]) -> None:
    assert kind.unchecks
    assert kind.unchecks[0].islower(), "it completes a sentence"
    assert kind.permissions
    assert kind in readers(), "and somebody reads it"


def test_the_same_facts_give_the_same_bytes_in_any_order() -> None:
    one = {STATUS: Read("opted-in", AT, "x"), RegionStatus(region="eu-west-1"): Read("opted-in", AT, "x")}
    other = dict(reversed(one.items()))

    assert record.dump(Facts(one), **OURS) == record.dump(Facts(other), **OURS)


def test_facts_of_another_account_and_region_are_refused_with_both_named() -> None:
    told = refused(json.dumps(exported() | {"account": "222222222222", "region": "eu-west-1"}))

    assert "account: the facts are of 222222222222, the answers say 111111111111" in told
    assert "region: the facts are of eu-west-1, the answers say us-east-1" in told


def test_a_file_of_another_version_is_refused() -> None:
    assert "planewright_facts" in refused(json.dumps(exported() | {"planewright_facts": 2}))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "weather"}, "readings[0]: no ask is called weather"),
        ({"value": 5}, "readings[0]: region_status: input should be a valid string"),
        ({"value": None}, "readings[0]: region_status: input should be a valid string"),
        ({"ask": {}}, "readings[0]: region_status: field required"),
        ({"ask": {"region": "us-east-1", "partition": "aws"}}, "is not a question that this version asks"),
        ({"at": "2026-11-21T03:55:01"}, "readings[0].at: input should have timezone info"),
        ({"at": "yesterday"}, "readings[0].at"),
        ({"unread": {"reason": "denied", "said": "no"}}, "either a value or why it was not read"),
        ({"unread": {"reason": "tired", "said": "no"}}, "readings[0].unread.reason"),
        ({"mood": "good"}, "readings[0].mood: extra inputs are not permitted"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(changes: dict[str, Any], says: str) -> None:
    assert says in refused(json.dumps(exported(**changes)))


def test_an_entry_with_neither_value_nor_reason_is_refused() -> None:
    document = exported()
    del document["readings"][0]["value"]

    assert "either a value or why it was not read" in refused(json.dumps(document))


def test_one_question_answered_twice_is_refused() -> None:
    document = exported()
    document["readings"] *= 2

    assert "readings[1]: region_status of" in refused(json.dumps(document))


def test_every_problem_is_told_at_once() -> None:
    document = exported(value=5) | {"account": "222222222222"}
    document["readings"].append({**document["readings"][0], "kind": "weather"})

    told = refused(json.dumps(document))

    assert all(text in told for text in ("222222222222", "readings[0]", "readings[1]"))


@pytest.mark.parametrize("length", [0, 1, 40, 120, -3])
def test_half_a_file_is_no_facts(length: int) -> None:
    text = record.dump(Facts({STATUS: Read("opted-in", AT, "x")}), **OURS)

    assert "facts.json holds no facts" in refused(text[:length])


def test_a_request_that_aws_quotes_leaves_no_token_in_the_file() -> None:
    said = (
        "SignatureDoesNotMatch (The Canonical String should have been 'POST x-amz-security-token:FwoGZXIvYXdzEXAMPLE')"
    )
    facts = Facts({STATUS: Unread(Reason.CREDENTIALS, AT, "ec2:X", said)})

    assert "FwoGZXIvYXdzEXAMPLE" not in record.dump(facts, **OURS)


def test_who_called_is_told_without_credentials() -> None:
    fact = CallerFact("111111111111", "arn:aws:iam::111111111111:user/o", "AIDA", "env", AT, renewable=False)
    text = record.dump(Facts({Caller(profile="p", role_arn=""): Read(fact, AT, "sts:X")}), **OURS)

    assert {field.name for field in fields(CallerFact)} == set(json.loads(text)["readings"][0]["value"])
    assert not {"secret", "token", "password"} & {
        word for field in fields(CallerFact) for word in field.name.split("_")
    }
