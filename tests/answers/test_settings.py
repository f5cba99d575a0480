"""`--set key=value` is read by the question's own type, and every wrong one is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.answers.settings import apply_settings
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.errors import InputError


def apply(*settings: str, raw: dict[str, Any] | None = None) -> dict[str, Any]:
    return apply_settings(raw or {}, settings, DeploymentAnswers)


def refused(*settings: str) -> dict[str, tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        apply(*settings)
    return {problem.path: (problem.what, problem.remedy) for problem in caught.value.problems}


def test_values_are_read_by_the_type_of_the_question() -> None:
    raw = apply(
        "database.port=5433", "identifiers.instance=0007", "topology=private", "nodes.ingestion.volumes.count=6"
    )
    assert raw["database"]["port"] == 5433
    assert raw["identifiers"]["instance"] == "0007"
    assert raw["topology"] == "private"
    assert raw["nodes"]["ingestion"]["volumes"]["count"] == 6
    assert apply_settings({}, ["governance.deletion_protection=no"], ShardAnswers) == {
        "governance": {"deletion_protection": False}
    }


@pytest.mark.parametrize("text", ["203.0.113.0/24,198.51.100.17/32", "[203.0.113.0/24, 198.51.100.17/32]"])
def test_a_list_is_written_with_commas_or_as_yaml(text: str) -> None:
    assert apply(f"proxy.client_cidrs={text}")["proxy"]["client_cidrs"] == ["203.0.113.0/24", "198.51.100.17/32"]


def test_tables_take_one_entry_or_all() -> None:
    assert apply("tags.cost.center=x=y", raw={"tags": {"team": "data"}})["tags"] == {
        "team": "data",
        "cost.center": "x=y",
    }
    assert apply("tags={a: b, c: d}")["tags"] == {"a": "b", "c": "d"}
    assert apply("tags=a=b, c=d")["tags"] == {"a": "b", "c": "d"}


def test_members_of_a_list_are_set_one_by_one_or_whole() -> None:
    raw = apply("applications[0].name=web", "applications[0].account_id=000000000001", "applications[1].name=jobs")
    assert raw["applications"] == [{"name": "web", "account_id": "000000000001"}, {"name": "jobs"}]
    whole = apply(
        "applications=[{name: web, account_id: 012345678901, region: us-east-1, vpc_id: vpc-12345678, cidr: 10.0.0.0/16}]"
    )
    assert whole["applications"][0]["account_id"] == "012345678901"


def test_what_was_there_stays_and_the_original_is_untouched() -> None:
    raw = {"database": {"host": "a.b"}}
    assert apply("database.port=1", raw=raw) == {"database": {"host": "a.b", "port": 1}}
    assert raw == {"database": {"host": "a.b"}}


def test_every_wrong_setting_is_named_with_a_remedy() -> None:
    found = refused("database.prt=1", "nodes.fdw.count=many", "database.vpc=x", "name=acme", "applications[3].name=ab")
    assert found["database.prt"][1] == "did you mean database.port?"
    assert found["nodes.fdw.count"][0] == 'expected a number between 1 and 32, got "many"'
    assert found["database.vpc"][1].startswith("set one of database.vpc.account_id")
    assert found["name"][0] == "this is no question"
    assert found["applications[3].name"] == ("[3] comes after 0 members", "the next is applications[0]")


def test_a_value_pasted_without_its_key_is_not_repeated() -> None:
    found = refused("hunter2-canary", "database.password=hunter2-canary")
    assert "hunter2-canary" not in str(found)
    assert "seed-secrets" in found["database.password"][1]


@given(
    st.text(max_size=40),
    st.sampled_from(
        ["", "tags=", "tags.", "applications=", "applications[0].", "database.port=", "proxy.client_cidrs="]
    ),
)
def test_whatever_is_typed_a_wrong_setting_is_a_problem(text: str, before: str) -> None:
    outcome: object = None
    try:
        outcome = apply(before + text)
    except InputError as error:
        outcome = error.problems
    assert outcome or outcome == {}
