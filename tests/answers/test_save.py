"""Answers are written for people: every question beside its answer, and nobody's comment lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.answers.examples import NAMES, example, text
from tests.answers.strategies import deployments
from wizard import __version__
from wizard.answers.save import dump, update
from wizard.blueprints.load import build, parse
from wizard.blueprints.springtail.answers import DeploymentAnswers


def private(**changes: object) -> DeploymentAnswers:
    answers = example("private")
    assert isinstance(answers, DeploymentAnswers)
    return answers.model_copy(update=changes)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_reads_back_the_same_and_twice_the_same_bytes(name: str) -> None:
    answers = example(name)
    written = dump(answers)
    assert parse(written, source="dumped") == answers
    assert dump(parse(written, source="dumped")) == written


def test_every_question_stands_above_its_answer() -> None:
    written = dump(private())
    assert "  # Database port\n  port: 5432\n" in written
    assert f"planewright: {__version__}\n" in written


def test_advanced_answers_are_written_only_when_they_are_not_the_default() -> None:
    assert "root_volume_gib" not in dump(private())
    nodes = private().nodes
    larger = nodes.model_copy(update={"fdw": nodes.fdw.model_copy(update={"root_volume_gib": 64})})
    assert "root_volume_gib: 64" in dump(private(nodes=larger))


def test_questions_that_do_not_apply_are_not_written() -> None:
    written = dump(example("public"))
    assert "transit:" not in written
    assert "applications:" not in written


def test_the_version_that_writes_is_recorded_over_the_one_that_wrote() -> None:
    assert f"planewright: {__version__}\n" in dump(private(planewright="0.0.1"))


def test_an_update_without_a_change_touches_nothing() -> None:
    for name in NAMES:
        assert update(text(name), example(name)) == text(name)


def test_an_update_keeps_comments_and_order_and_touches_only_what_changed() -> None:
    before = text("private").replace("port: 5432", "port: 5432  # their firewall knows this one")
    before = before.replace("  user: springtail\n", "  user: springtail\n  # agreed with Eve\n")
    database = private().database.model_copy(update={"host": "db2.acme.example.com"})
    after = update(before, private(database=database))
    changed = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert changed == [("  host: db.acme.example.com", "  host: db2.acme.example.com")]


def test_an_update_adds_what_is_new_with_its_question() -> None:
    package = private().package.model_copy(update={"s3_uri": "s3://bucket/springtail.tgz", "sha256": "a" * 64})
    after = update(text("private"), private(package=package))
    assert "package:\n  # Springtail package." in after
    assert parse(after, source="updated") == private(package=package)


def test_an_update_takes_away_what_is_no_more() -> None:
    public = example("public")
    assert isinstance(public, DeploymentAnswers)
    database = private().database.model_copy(update={"vpc": None})
    after = update(text("private"), private(database=database, topology=public.topology))
    assert "vpc_id: vpc-0a1b2c3d4e5f60718" not in after


@settings(max_examples=25, deadline=None)
@given(deployments(), deployments())
def test_updating_any_file_to_any_answers_gives_these_answers(old: dict[str, object], new: dict[str, object]) -> None:
    before = build(old, DeploymentAnswers, source="old")
    after = build(new, DeploymentAnswers, source="new")
    assert parse(update(dump(before), after), source="updated") == after
