"""What was typed since the answers were saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspaces import with_examples
from wizard.answers.changed import ChangedAnswer, changed_answers, changed_in_effect
from wizard.walk.walk import Walk
from wizard.workspace import Workspace


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    workspace = Workspace(with_examples(tmp_path))
    return Walk(workspace, workspace.place("deployment", "acme-prod"))


def test_nothing_typed_is_nothing_changed(walk: Walk) -> None:
    assert changed_answers(walk.draft, walk.draft) == ()


def test_each_changed_answer_is_told_with_what_was_there(walk: Walk) -> None:
    saved = walk.draft
    walk.typed("nodes.fdw.count", "7")
    walk.typed("database.host", "")
    found = {answer.key: answer for answer in changed_answers(saved, walk.draft)}
    assert found["nodes.fdw.count"] == ChangedAnswer("nodes.fdw.count", saved.text("nodes.fdw.count"), "7")
    assert (found["database.host"].after, found["database.host"].word) == ("", "taken back")
    assert len(found) == 2


def test_a_text_that_was_refused_counts_as_typed(walk: Walk) -> None:
    saved = walk.draft
    walk.typed("database.port", "54x")
    assert [answer.after for answer in changed_answers(saved, walk.draft)] == ["54x"]


def test_a_member_of_a_list_is_told_field_by_field(walk: Walk) -> None:
    saved = walk.draft
    walk.add_group("applications")
    index = len(walk.draft.given["applications"]) - 1
    walk.typed(f"applications[{index}].name", "reports")
    assert ChangedAnswer(f"applications[{index}].name", "", "reports") in changed_answers(saved, walk.draft)


def test_a_new_object_shows_all_its_answers(walk: Walk) -> None:
    assert {answer.word for answer in changed_answers(None, walk.draft)} == {"added"}


def test_a_default_that_is_written_down_or_left_out_is_no_change_of_what_was_applied(walk: Walk) -> None:
    without = replace(walk.draft, raw={**walk.draft.raw, "database": {**walk.draft.raw["database"]}})
    without.raw["database"].pop("port", None)
    written = without.typing("database.port", "5432")
    assert [one.key for one in changed_answers(without, written)] == ["database.port"]
    assert changed_in_effect(without, written) == changed_in_effect(written, without) == ()
    other = without.typing("database.port", "5433")
    assert changed_in_effect(without, other) == (ChangedAnswer("database.port", "", "5433"),)
    assert changed_in_effect(other, without) == (ChangedAnswer("database.port", "5433", ""),)
