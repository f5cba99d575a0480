"""The answers that an apply was planned from: of today's where files are emitted, of the apply before where they lie there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.deploy.objects import a_run
from tests.workspaces import with_examples
from wizard.answers.changed import draft_of
from wizard.deploy import answered
from wizard.deploy.target import Target, open_target
from wizard.workspace import Workspace


def at(hour: int) -> datetime:
    return datetime(2026, 11, 21, hour, tzinfo=UTC)


def a_target(root: Path) -> Target:
    return open_target(Workspace(with_examples(root)), "acme-prod")


def test_a_plan_of_the_files_as_they_lie_there_has_the_answers_of_the_apply_before(tmp_path: Path) -> None:
    target = a_target(tmp_path)
    then = target.answers.model_copy(update={"tags": {"since": "another answer"}})
    first = a_run(target.place, at(1), action="plan")
    answered.keep(first, then)
    a_run(target.place, at(2), of=first)

    again = a_run(target.place, at(3), action="plan")
    answered.keep_applied(again, target.place, "instance")
    newest = a_run(target.place, at(4), of=again)

    now = answered.last_applied(target.place, "instance")
    assert now is not None
    assert (now.run.id, now.answers) == (newest.id, dict(draft_of(then).raw))
    assert [change.key for change in answered.changed_since(now, target.answers) or ()] == ["tags"]


def test_where_no_answers_are_on_record_none_are_made_up(tmp_path: Path) -> None:
    target = a_target(tmp_path)
    plan = a_run(target.place, at(1), action="plan")

    answered.keep_applied(plan, target.place, "instance")
    a_run(target.place, at(2), of=plan)

    found = answered.last_applied(target.place, "instance")
    assert found is not None
    assert found.answers is None
