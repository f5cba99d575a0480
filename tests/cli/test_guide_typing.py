"""Whatever people type at the guide's prompts: never a traceback, and what was answered is never lost."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.cli.guiding import Aws, Script, use
from tests.workspaces import with_examples
from wizard.answers.problems import could_be_secret
from wizard.cli.guide.opening import open_guide
from wizard.cli.guide.talk import Back, Option, Talk, clean
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

WORDS = st.sampled_from(
    [
        "", "?", "<", ":", "::x", ":steps", ":go", ":go sizing", ":go account", ":go topology", ":next", ":findings",
        ":check", ":advanced", ":clear", ":list", ":zzz", "1", "2", "0", "-1", "99999999999999999999", "add", "remove 1",
        "change 1", "on", "answer", "answer 1", "answer shard", "acknowledge", "acknowledge 1", "elsewhere", "check",
        "findings", "files", "show 1", "show main", "difference", "difference README", "answers", "new", "new shard",
        "/prod", "acme-prod", "resume", "back", "yes", "a, b", "k=v", "k=", "@/nowhere", "²", "١", "\x00", "\udcff",
    ]
)  # fmt: skip
TYPED = st.one_of(WORDS, st.text(max_size=20).map(lambda text: text.replace("\n", " ")))
#: These would leave the questions for AWS or the engine.
ELSEWHERE = ("plan", "apply", "verify", "destroy", "status", ":sizes", ":cost", ":network", ":readiness", ":quit", ":q")


@pytest.fixture(autouse=True)
def nobody_asks_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    use(Aws(), monkeypatch)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([":go account", ":go database", ":go topology", ":go sizing", ":go review", ":list"]),
    st.lists(TYPED, max_size=25),
)
@example(":go database", ["", "", "\udcff", "", "\x00"])
def test_nothing_that_is_typed_ends_it_otherwise_than_in_good_order(first: str, typed: list[str]) -> None:
    typed = [text for text in typed if not text.strip().startswith(ELSEWHERE)]
    with TemporaryDirectory() as folder:
        root = with_examples(Path(folder))
        assert open_guide(root, {}, name="acme-prod", lines=Script([first, *typed])) == 0
        for place in Workspace(root).begun():
            Walk(Workspace(root), place)  # what is on disk can be gone on with


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=30))
@example("@")
def test_what_is_typed_into_a_question_is_on_disk_as_it_was_typed(text: str) -> None:
    text = clean(text.replace("\n", " ").replace("\r", " "))
    if text.strip() in {"", "?", "<"} or text.strip().startswith(":"):
        text = f"x{text}"
    assume(not could_be_secret(text))  # what may be one is written nowhere
    with TemporaryDirectory() as folder:
        root = with_examples(Path(folder))
        open_guide(root, {}, name="acme-prod", lines=Script([":go database", "", "", text]))
        draft = Walk(Workspace(root), Workspace(root).place("deployment", "acme-prod")).draft

        assert draft.text("database.name") in {text, text.strip()}


@given(st.text(), st.integers(1, 9))
def test_an_option_is_chosen_or_nothing_is(typed: str, count: int) -> None:
    options = [Option(f"word{number}", "does something") for number in range(count)]
    try:
        word, _ = Talk(Script([typed])).choose("what", options)
    except (EOFError, Back):
        return
    assert word in {option.word for option in options}
