"""Answers of an older Planewright: they go on meaning what they meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspaces import with_examples
from wizard.answers.migrating import Migration, migrate, newer_names, since
from wizard.blueprints import load
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.deploy import drafts, store
from wizard.workspace import Place, Workspace

#: As if 0.1.0 had asked for `db.address`, had let 22 nodes stand by default, and had asked for a colour.
CHANGED = (
    Migration("0.0.9", "deployment", kept={"database.port": 1111}),
    Migration(
        "0.1.0",
        "deployment",
        renamed={"db.address": "database.host"},
        kept={"nodes.fdw.count": 3},
        dropped=frozenset({"db.colour"}),
    ),
    Migration("0.1.0", "shard", renamed={"name": "nobody"}),
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A deployment whose answers were written by 0.0.9."""
    monkeypatch.setattr(load, "MIGRATIONS", CHANGED)
    monkeypatch.setattr(drafts, "MIGRATIONS", CHANGED)
    return aged(Workspace(with_examples(tmp_path)).place("deployment", "acme-prod"))


def aged(place: Place) -> Place:
    text = place.answers.read_text()
    host = next(line for line in text.splitlines() if line.startswith("  host: "))
    text = text.replace(f"{host}\n", "", 1).replace("planewright: 0.1.0", "planewright: 0.0.9")
    lines = [line for line in text.splitlines() if not line.startswith("    count: ")]
    place.answers.write_text(
        "\n".join([*lines, "db:", f"  address: {host.removeprefix('  host: ')}", "  colour: red", ""])
    )
    return place


def test_only_what_came_later_for_this_kind_is_done_the_oldest_first() -> None:
    assert since("0.0.9", "deployment", CHANGED) == (CHANGED[1],)
    assert since("0.0.1", "deployment", tuple(reversed(CHANGED))) == CHANGED[:2]
    assert since("0.1.0", "deployment", CHANGED) == ()


def test_an_old_name_leads_through_all_later_ones() -> None:
    steps = (Migration("1.0.0", "shard", renamed={"a": "b"}), Migration("1.1.0", "shard", renamed={"b": "c.d"}))
    assert newer_names(steps) == {"a": "c.d", "b": "c.d"}
    raw = {"a": 1}
    assert migrate(raw, steps)
    assert raw == {"c": {"d": 1}}


def test_what_was_answered_newly_wins_over_what_stands_under_the_old_name() -> None:
    raw = {"old": "then", "new": "now"}
    migrate(raw, (Migration("1.0.0", "shard", renamed={"old": "new"}),))
    assert raw == {"new": "now"}


def test_answers_that_need_nothing_are_left_alone() -> None:
    raw = {"nodes": {"fdw": {"count": 3}}, "database": {"host": "db"}}
    assert not migrate(raw, (CHANGED[1],))


def test_older_answers_are_read_as_what_they_meant(place: Place) -> None:
    answers = store.load_object(place)
    assert isinstance(answers, DeploymentAnswers)
    assert answers.database.host
    assert answers.nodes.fdw.count == 3, "a default that has changed since does not change what is deployed"
    assert "address:" in place.answers.read_text(), "reading writes nothing"


def test_saving_writes_the_new_form_and_keeps_the_old_file(place: Place) -> None:
    before = place.answers.read_text()
    draft = drafts.load(place, DeploymentAnswers, blueprint="springtail").typing("database.port", "5433")
    drafts.settle(place, draft)
    after = place.answers.read_text()
    assert "address:" not in after
    assert "colour" not in after
    assert "planewright: 0.1.0" in after
    assert "The private topology" in after, "a person's comments stay"
    assert place.answers.with_name("answers.0.0.9.yaml").read_text() == before
    assert store.load_object(place) == draft.answers


def test_what_is_answered_anew_goes_into_a_group_that_an_older_file_did_not_have(place: Place) -> None:
    lines = place.answers.read_text().splitlines(keepends=True)
    begin = lines.index("nodes:\n")
    end = next(at for at in range(begin + 1, len(lines)) if not lines[at].startswith(" "))
    place.answers.write_text("".join([*lines[:begin], *lines[end:]]))
    draft = drafts.load(place, DeploymentAnswers, blueprint="springtail").typing("nodes.fdw.root_volume_gib", "77")
    drafts.settle(place, draft)
    assert store.load_object(place) == draft.answers
    assert "root_volume_gib: 77" in place.answers.read_text()


def test_saving_again_keeps_no_more_files(place: Place) -> None:
    draft = drafts.load(place, DeploymentAnswers, blueprint="springtail")
    drafts.settle(place, draft)
    kept = place.answers.with_name("answers.0.0.9.yaml")
    kept.unlink()
    drafts.settle(place, draft)
    assert not kept.exists()


def test_a_draft_of_old_is_brought_up_once(place: Place) -> None:
    draft = drafts.load(place, DeploymentAnswers, blueprint="springtail")
    place.draft.write_text(
        '{"planewright": "0.0.9", "db": {"address": "db.example.org"}, "_typed": {"db.port": "54x"}}'
    )
    draft = drafts.load(place, DeploymentAnswers, blueprint="springtail")
    assert draft.text("database.host") == "db.example.org"
    assert draft.text("nodes.fdw.count") == "3"
    drafts.save(place, draft.typing("nodes.fdw.count", ""))
    assert drafts.load(place, DeploymentAnswers, blueprint="springtail").text("nodes.fdw.count") == ""
