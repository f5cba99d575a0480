"""What is typed is on disk at once, whole, and readable by hand and by every front end."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.workspaces import with_examples
from wizard.answers.draft import Draft
from wizard.answers.load import read
from wizard.blueprints.load import MODELS
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.deploy import drafts, store
from wizard.errors import InputError
from wizard.workspace import Place, Workspace


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Workspace(with_examples(tmp_path)).place("deployment", "acme-prod")


def load(place: Place) -> Draft[DeploymentAnswers]:
    return drafts.load(place, DeploymentAnswers, blueprint="springtail")


def test_a_draft_begins_with_the_saved_answers_and_leaves_them_alone(place: Place) -> None:
    before = place.answers.read_bytes()
    drafts.save(place, load(place).typing("database.port", "5433"))
    assert load(place).text("database.port") == "5433"
    assert place.answers.read_bytes() == before


def test_answers_of_old_that_lack_some_are_opened_and_ask_for_those_alone(place: Place) -> None:
    text = place.answers.read_text()
    host = next(line for line in text.splitlines() if line.startswith("  host: "))
    port = next(line for line in text.splitlines() if line.startswith("  port: "))
    place.answers.write_text(text.replace(f"{host}\n", "", 1).replace(port, "  port: abc", 1))
    draft = load(place)
    assert {problem.path for problem in draft.problems} == {"database.host", "database.port"}
    assert draft.text("database.port") == "abc"
    settled = draft.typing("database.host", "db.example.org").typing("database.port", "5433")
    assert settled.problems == ()


@pytest.mark.parametrize(
    "wrong", ["databse: {}\n", "database: 5\n", "applications: none\n", "applications: [1]\n", "name: other\n"]
)
def test_what_no_field_could_show_is_refused_and_left_alone(place: Place, wrong: str) -> None:
    lines = place.answers.read_text().splitlines(keepends=True)
    at = next((n for n, line in enumerate(lines) if line.startswith(f"{wrong.partition(':')[0]}:")), len(lines))
    end = next((n for n in range(at + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    place.answers.write_text("".join([*lines[:at], wrong, *lines[end:]]))
    with pytest.raises(InputError):
        load(place)


def test_a_refused_text_is_kept_as_well(place: Place) -> None:
    drafts.save(place, load(place).typing("database.port", "54x"))
    again = load(place)
    assert again.text("database.port") == "54x"
    assert again.answers is None


def test_a_new_object_begins_with_nothing_but_its_name(tmp_path: Path) -> None:
    draft = load(Workspace(tmp_path).place("deployment", "new-one"))
    assert draft.raw["name"] == "new-one"
    assert {asked.key for asked in draft.missing} >= {"shard", "topology", "database.host"}


def test_a_settled_draft_is_the_answers_and_is_gone(place: Place) -> None:
    draft = load(place).typing("database.port", "5433")
    drafts.save(place, draft)
    drafts.settle(place, draft)
    assert "port: 5433" in place.answers.read_text()
    assert "The private topology" in place.answers.read_text(), "a person's comments stay"
    assert not drafts.path_of(place).exists()
    answers = store.load_object(place)
    assert isinstance(answers, DeploymentAnswers)
    assert answers.database.port == 5433


@pytest.mark.parametrize(
    ("key", "pasted"),
    [("database.port", "kJ8s2mQwPz71xLw9Trv0"), ("database.host", "postgresql://springtail:hunter2@db.example.com")],
)
def test_a_password_in_the_wrong_field_is_not_written(place: Place, key: str, pasted: str) -> None:
    draft = load(place).typing(key, pasted)
    assert draft.text(key) == pasted, "it stands in the field"

    drafts.save(place, draft)

    assert "hunter2" not in drafts.path_of(place).read_text()
    assert pasted not in drafts.path_of(place).read_text()


def test_a_draft_with_problems_cannot_be_settled(place: Place) -> None:
    before = place.answers.read_bytes()
    with pytest.raises(InputError) as refused:
        drafts.settle(place, load(place).typing("database.port", "54x"))
    assert [problem.path for problem in refused.value.problems] == ["database.port"]
    assert place.answers.read_bytes() == before


def test_a_draft_may_be_written_by_hand_as_yaml(place: Place) -> None:
    drafts.path_of(place).write_text(place.answers.read_text().replace("port: 5432", "port: 6000"))
    assert load(place).text("database.port") == "6000"


def test_a_draft_is_yaml_for_whoever_reads_it_so(place: Place) -> None:
    drafts.save(place, load(place).typing("database.host", "db.ütf.example.com"))
    raw, _, _ = read(drafts.path_of(place).read_text(), MODELS, source="draft")
    assert raw["name"] == "acme-prod"


def test_a_draft_that_cannot_be_read_says_so_and_stays(place: Place) -> None:
    drafts.path_of(place).write_text("{ not: [closed")
    with pytest.raises(InputError):
        load(place)
    assert drafts.path_of(place).read_text() == "{ not: [closed"


def test_a_draft_is_its_owners_alone(place: Place) -> None:
    drafts.save(place, load(place))
    assert oct(drafts.path_of(place).stat().st_mode & 0o777) == "0o600"


def test_the_keeper_writes_the_newest_and_loses_none_at_the_end(place: Place) -> None:
    keeper, draft = drafts.Keeper(place), load(place)
    for port in range(5000, 5050):
        draft = draft.typing("database.port", str(port))
        keeper.keep(draft)
    keeper.flush()
    assert json.loads(drafts.path_of(place).read_text())["database"]["port"] == 5049
    keeper.keep(draft.typing("database.port", "6000"))
    keeper.close()
    assert load(place).text("database.port") == "6000"


def test_a_draft_that_cannot_be_written_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(drafts, "write_atomic", full)
    keeper = drafts.Keeper(place)
    keeper.keep(load(place))
    with pytest.raises(OSError, match="No space"):
        keeper.flush()
    keeper.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_keeper_whose_writing_broke(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed")

    monkeypatch.setattr(drafts, "write_atomic", broken)
    keeper = drafts.Keeper(place)
    keeper.keep(load(place))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(keeper.flush)
        try:
            with pytest.raises(OSError, match="what writes drafts has ended"):
                waiting.result(60)
        finally:
            keeper._failed = OSError()  # also where it does wait
            with keeper._wake:
                keeper._wake.notify_all()
    keeper.close()


def test_a_draft_that_comes_after_the_keeper_s_end_is_refused(place: Place) -> None:
    keeper = drafts.Keeper(place)
    keeper.close()
    with pytest.raises(OSError, match="has ended"):
        keeper.keep(load(place))
    keeper.flush()
