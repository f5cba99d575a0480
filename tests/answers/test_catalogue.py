"""One declaration: the catalogue derives from the models what every front end needs."""

from __future__ import annotations

from typing import Annotated

import pytest

from tests.answers.examples import example
from wizard.answers.catalogue import Shape, answered, by_key, catalogue
from wizard.answers.question import Question
from wizard.answers.types import Answers
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.cli.pages import pages

MODELS = (ShardAnswers, DeploymentAnswers)


@pytest.mark.parametrize("model", MODELS)
def test_every_question_has_words_and_a_key_and_a_flag_of_its_own(model: type[Answers]) -> None:
    questions = catalogue(model)
    assert all(asked.ask for asked in questions)
    assert len({asked.key for asked in questions}) == len(questions)
    assert len({asked.flag for asked in questions}) == len(questions)


@pytest.mark.parametrize("model", MODELS)
def test_what_a_question_depends_on_is_a_question_too(model: type[Answers]) -> None:
    known = by_key(model)
    for asked in catalogue(model):
        assert set(asked.depends_on) <= set(known), asked.key
        assert bool(asked.depends_on) == (asked.when is not None or asked.needed is not None), asked.key


@pytest.mark.parametrize("model", MODELS)
def test_every_default_is_a_valid_answer(model: type[Answers]) -> None:
    for asked in catalogue(model):
        if asked.has_default and asked.default is not None:
            assert asked.validate(asked.default) == asked.default, asked.key


def test_shapes_bounds_and_options_come_from_the_types() -> None:
    known = by_key(DeploymentAnswers)
    assert (known["nodes.fdw.count"].minimum, known["nodes.fdw.count"].maximum) == (1, 32)
    assert known["nodes.fdw.count"].expected == "a number between 1 and 32"
    assert known["nodes.ingestion.volumes.count"].options == (4, 6, 8)
    assert known["topology"].options == ("private", "public")
    assert known["proxy.client_cidrs"].shape is Shape.LIST
    assert known["tags"].shape is Shape.TABLE
    assert [m.key for m in known["applications"].members][:2] == ["applications[].name", "applications[].account_id"]
    assert by_key(ShardAnswers)["governance.deletion_protection"].shape is Shape.YES_NO


def test_members_of_an_optional_group_are_asked_and_required_where_the_group_applies() -> None:
    asked = by_key(DeploymentAnswers)["database.vpc.cidr"]
    assert asked.required({"topology": "private"})
    assert not asked.applies({"topology": "public"})
    assert not asked.required({"topology": "public"})


def test_an_answer_can_be_needed_because_of_another_one() -> None:
    host = by_key(DeploymentAnswers)["proxy.host"]
    assert host.required({"topology": "private", "proxy.tls": "none"})
    assert host.required({"topology": "public", "proxy.tls": "vendor"})
    assert not host.required({"topology": "public", "proxy.tls": "none"})
    pem = by_key(DeploymentAnswers)["database.ca_pem"]
    assert pem.required({"database.certificate_authority": "pem"})
    assert not pem.applies({"database.certificate_authority": "rds"})


def test_answers_are_read_by_key_with_defaults_filled_in() -> None:
    values = answered(example("private").model_dump(mode="json", exclude_unset=True), DeploymentAnswers)
    assert values["database.vpc.cidr"] == "10.20.0.0/16"
    assert values["nodes.proxy.count"] == 1
    assert set(values) == {asked.key for asked in catalogue(DeploymentAnswers)}


def test_a_field_without_a_question_is_a_mistake_of_the_blueprint() -> None:
    class Group(Answers):
        silent: int = 1

    class Model(Answers):
        group: Group = Group()

    with pytest.raises(TypeError, match=r"Group\.silent is declared without a Question"):
        catalogue(Model)


def test_a_type_that_no_front_end_can_ask_for_is_a_mistake_of_the_blueprint() -> None:
    class Model(Answers):
        odd: Annotated[complex, Question("Odd?")] = 0j

    with pytest.raises(TypeError, match="odd: no front end knows how to ask"):
        catalogue(Model)


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_pages_of_the_docs_are_current(name: str) -> None:
    from tests.answers.examples import EXAMPLES

    page = EXAMPLES.parents[1] / "docs" / name
    assert page.read_text() == pages()[name], "run: python -m wizard.cli.pages"
