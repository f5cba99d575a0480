"""What is typed is never lost: it is taken, or it stands in its field with what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers.examples import text
from wizard.answers.catalogue import catalogue
from wizard.answers.draft import Draft
from wizard.answers.load import read
from wizard.answers.typed import accept
from wizard.blueprints.load import MODELS
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.errors import InputError


@pytest.fixture(scope="module")
def draft() -> Draft[DeploymentAnswers]:
    raw, _, _ = read(text("private"), MODELS, source="private")
    return Draft(DeploymentAnswers, raw)


KEYS = [asked.key for asked in catalogue(DeploymentAnswers) if not asked.members]


def test_good_answers_are_answers(draft: Draft[DeploymentAnswers]) -> None:
    assert draft.problems == ()
    assert draft.answers is not None
    assert draft.answers.name == "acme-prod"


def test_what_is_accepted_is_shown_as_it_was_meant(draft: Draft[DeploymentAnswers]) -> None:
    typed = draft.typing("database.port", " 5433 ")
    assert typed.text("database.port") == "5433"
    assert typed.answers is not None
    assert typed.answers.database.port == 5433
    assert draft.text("database.port") == "5432", "the draft before is as it was"


def test_what_is_refused_stays_in_its_field_with_the_problem(draft: Draft[DeploymentAnswers]) -> None:
    typed = draft.typing("database.port", "54x")
    assert typed.text("database.port") == "54x"
    assert [problem.path for problem in typed.problems] == ["database.port"]
    assert typed.answers is None
    assert typed.typing("database.port", "5432").answers == draft.answers


def test_an_emptied_field_is_asked_again_only_if_it_has_no_default(draft: Draft[DeploymentAnswers]) -> None:
    assert draft.typing("database.port", "").problems == (), "5432 stands"
    missing = draft.typing("database.host", "")
    assert [asked.key for asked in missing.missing] == ["database.host"]
    assert [problem.path for problem in missing.problems] == ["database.host"]


def test_a_refused_answer_is_not_called_missing_as_well(draft: Draft[DeploymentAnswers]) -> None:
    typed = draft.typing("database.host", "not a host")
    assert typed.missing == ()
    assert len([problem for problem in typed.problems if problem.path == "database.host"]) == 1


def test_questions_follow_the_answers(draft: Draft[DeploymentAnswers]) -> None:
    private = {asked.key for asked in draft.questions}
    public = {asked.key for asked in draft.typing("topology", "public").questions}
    assert "transit.vpc_cidr" in private - public
    assert "proxy.client_cidrs" in public - private


def test_a_group_that_is_taken_out_takes_its_texts_with_it_and_leaves_the_others(
    draft: Draft[DeploymentAnswers],
) -> None:
    two = draft.with_group("applications").typing("applications[1].cidr", "10.x").typing("applications[1].name", "api")
    assert two.text("applications[1].cidr") == "10.x"
    one = two.without_group("applications", 0)
    assert one.text("applications[0].cidr") == "10.x"
    assert one.text("applications[0].name") == "api"
    none = one.without_group("applications", 0)
    assert none.refused == {}
    assert none.answers is not None


@given(st.sampled_from(KEYS), st.text(max_size=40))
def test_whatever_is_typed_is_kept_or_understood(key: str, typed: str) -> None:
    raw, _, _ = read(text("private"), MODELS, source="private")
    draft = Draft(DeploymentAnswers, raw).typing(key, typed)
    if key in draft.refused:
        assert draft.text(key) == typed
        assert any(problem.path.startswith(key) for problem in draft.problems), "at the key, or at a member of its list"
    else:
        shown = draft.text(key)
        again = draft.typing(key, shown)
        assert again.raw == draft.raw, "what a field shows can be typed again"


def test_every_text_that_a_field_shows_is_accepted(draft: Draft[DeploymentAnswers]) -> None:
    for key in KEYS:
        shown = draft.text(key)
        if shown:
            accept(draft.asked(key), shown)
    with pytest.raises(InputError):
        accept(draft.asked("database.port"), "no number")
