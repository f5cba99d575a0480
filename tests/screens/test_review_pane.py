"""The review: findings are dealt with, files are looked at before they are written, changes are told."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from screens.desk import Desk
from screens.looking import look
from screens.messages import Acknowledged, GoTo
from screens.steps.review import Looked, ReviewPane, Seen
from screens.styles import DARK
from screens.widgets.acknowledge import Acknowledge
from screens.widgets.all_findings import AllFindings
from screens.widgets.file_tree import FileEntry
from screens.widgets.search import SearchLine
from screens.widgets.source_view import SourceView, difference, highlighted
from tests.workspaces import with_examples
from wizard.deploy import flow
from wizard.deploy.emit import emit
from wizard.deploy.gate import acknowledged
from wizard.deploy.render import render
from wizard.findings import Finding, Severity
from wizard.walk.steps import Step
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

ASSETS = Path(__file__).parents[2] / "screens" / "assets"


def finding(severity: Severity, path: str) -> Finding:
    return Finding(
        code=f"IS_{severity.name}", severity=severity, path=path,
        what="three are asked for, two are left", why="AWS refuses the third", remedy="ask for two",
    )  # fmt: skip


FOUND = (
    finding(Severity.CRITICAL, "database.host"),
    finding(Severity.HIGH, "nodes.fdw.count"),
    finding(Severity.HIGH, "nodes.proxy.count"),
    finding(Severity.WARN, "topology"),
)


class Reviewing(App[None]):
    CSS_PATH: ClassVar = [ASSETS / "theme.tcss", ASSETS / "review.tcss"]

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self.animation_level = "none"
        self.walk = walk
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield ReviewPane(self.walk, Desk(self.walk.workspace, {}))

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name
        self.pane.shown()
        self.query_one(AllFindings).focus()

    @property
    def pane(self) -> ReviewPane:
        return self.query_one(ReviewPane)

    def on_acknowledged(self, message: Acknowledged) -> None:
        self.said.append(message)

    def on_go_to(self, message: GoTo) -> None:
        self.said.append(message)

    def text(self, selector: str) -> str:
        return str(self.query_one(selector, Static).content)


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    workspace = Workspace(with_examples(tmp_path))
    return Walk(workspace, workspace.place("deployment", "acme-prod"))


def test_a_file_s_fate_is_what_an_emission_would_do_to_it(walk: Walk) -> None:
    def fate(name: str) -> str:
        [found] = [e.fate for e in look(walk).entries if (e.stack, e.path) == ("instance", name)]
        return found.value

    folder = walk.place.stack("instance")
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text("# somebody's own\n")
    assert (fate("main.tf"), fate("variables.tf")) == ("edited by hand", "new")
    (folder / "main.tf").unlink()

    target = walk.target
    assert target is not None
    files = render(target, "instance", None)
    emit(folder, {**files, "main.tf": b"# as it was emitted once\n", "gone.tf": b"# emitted no more\n"})
    assert (fate("main.tf"), fate("gone.tf"), fate("variables.tf")) == ("changed", "removed", "same")

    (folder / "main.tf").write_bytes(files["main.tf"])
    assert fate("main.tf") == "same", "a person has written what would be emitted now"


@pytest.fixture
def found(walk: Walk) -> Walk:
    """A walk whose check against AWS is back."""
    check = walk.begin_check()
    assert check is not None
    walk.took(check.generation, FOUND)
    return walk


async def settled(pilot: Pilot[None]) -> None:
    """Until no worker is at it and all that it said is shown."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def entry(app: Reviewing, stack: str, path: str) -> FileEntry:
    return next(e for e in app.pane._seen.entries if (e.stack, e.path) == (stack, path))


async def test_a_high_finding_is_let_through_with_a_reason_and_for_its_path_alone(found: Walk) -> None:
    app = Reviewing(found)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "3 hold" in app.text("#review-summary")
        await pilot.press("down", "enter")
        assert isinstance(app.screen, Acknowledge)
        await pilot.press(*"two are enough", "enter")
        await settled(pilot)
        assert [(a.path, a.reason) for a in acknowledged(found.place)] == [("nodes.fdw.count", "two are enough")]
        assert "2 hold" in app.text("#review-summary")
        assert [type(message) for message in app.said] == [Acknowledged]
        shown = str(app.query_one(AllFindings).get_option_at_index(1).prompt)
        assert "✓ acknowledged by" in shown
        assert "two are enough" in shown


async def test_without_a_reason_nothing_is_recorded(found: Walk) -> None:
    app = Reviewing(found)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down", "a")
        await pilot.press("space", "enter")
        assert isinstance(app.screen, Acknowledge)
        assert "a reason is needed" in str(app.screen.query_one("#reason-hint", Static).content)
        await pilot.press("escape")
        await settled(pilot)
        assert acknowledged(found.place) == ()


async def test_a_critical_finding_leads_to_its_field_and_cannot_be_let_through(found: Walk) -> None:
    app = Reviewing(found)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("a")
        assert not isinstance(app.screen, Acknowledge)
        await pilot.press("enter")
        await pilot.pause()
        (said,) = app.said
        assert isinstance(said, GoTo)
        assert (said.step, said.key) == (Step.DATABASE, "database.host")


async def test_files_are_told_new_same_changed_and_edited_by_hand(walk: Walk) -> None:
    assert walk.target is not None
    flow.write(walk.target, "instance")
    folder = walk.place.stack("instance")
    (folder / "main.tf").write_text((folder / "main.tf").read_text() + "# mine\n")
    walk.typed("nodes.fdw.count", "5")
    app = Reviewing(walk)
    async with app.run_test() as pilot:
        await settled(pilot)
        fates = {(e.stack, e.path): e.fate.value for e in app.pane._seen.entries}
        assert fates["instance", "main.tf"] == "edited by hand"
        assert fates["instance", "terraform.tfvars.json"] == "changed"
        assert fates["instance", "versions.tf"] == "same"
        assert fates["link", "main.tf"] == "new"
        assert "# mine" in entry(app, "instance", "main.tf").diff


async def test_the_source_shows_the_difference_and_on_a_key_the_whole(walk: Walk) -> None:
    assert walk.target is not None
    flow.write(walk.target, "instance")
    walk.typed("nodes.fdw.count", "5")
    app = Reviewing(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        source = app.query_one(SourceView)
        assert "terraform.tfvars.json  ~ changed" in app.text("#file-title")
        assert "@@" in source.text
        await pilot.press("d")
        await settled(pilot)
        assert source.text.startswith("{")
        assert "@@" not in source.text


async def test_changed_answers_are_listed_and_lead_to_their_fields(walk: Walk) -> None:
    before = walk.draft.text("nodes.fdw.count")
    walk.typed("nodes.fdw.count", "5")
    app = Reviewing(walk)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("w")
        listed = app.query_one("#changed-answers", OptionList)
        assert [str(option.prompt) for option in listed.options] == [f"~ changed    nodes.fdw.count  {before} → 5"]
        await pilot.press("enter")
        await pilot.pause()
        said = app.said[-1]
        assert isinstance(said, GoTo)
        assert (said.step, said.key) == (Step.SIZING, "nodes.fdw.count")


async def test_what_is_typed_since_is_shown_and_a_look_that_is_late_is_dropped(walk: Walk) -> None:
    app = Reviewing(walk)
    async with app.run_test() as pilot:
        await settled(pilot)
        late = app.pane._number
        walk.typed("nodes.fdw.count", "6")
        app.pane.walk_changed()
        await settled(pilot)
        assert "1 answer changed" in app.text("#review-summary")
        app.pane.post_message(Looked(late, Seen()))
        await pilot.pause()
        assert "1 answer changed" in app.text("#review-summary")


async def test_a_record_that_cannot_be_read_is_told_and_hides_nothing_else(found: Walk) -> None:
    (found.place.path / "acknowledgements.json").write_text("[{]")
    app = Reviewing(found)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "acknowledgements.json cannot be read" in app.text("#review-summary")
        assert app.pane._seen.entries


async def test_while_answers_are_refused_there_are_findings_and_changes_but_no_files(walk: Walk) -> None:
    walk.typed("database.port", "54x")
    app = Reviewing(walk)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "0 of 0 files to write" in app.text("#review-summary")
        assert "1 answer changed" in app.text("#review-summary")


async def test_the_cursor_stays_on_its_finding_when_others_come(found: Walk) -> None:
    app = Reviewing(found)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed = app.query_one(AllFindings)
        listed.highlighted = 2
        listed.show((finding(Severity.CRITICAL, "account.id"), *FOUND), ())
        assert listed.under_cursor == FOUND[2]


async def test_a_long_finding_leaves_its_remedy_on_screen_and_is_copied_whole(walk: Walk) -> None:
    long = finding(Severity.CRITICAL, "account.profile").model_copy(update={"what": "unchecked " * 200})
    app = Reviewing(walk)
    async with app.run_test() as pilot:
        await settled(pilot)
        listed = app.query_one(AllFindings)
        listed.show((long,), ())
        shown = str(listed.get_option_at_index(0).prompt)
        assert len(shown) < 600
        assert "remedy: ask for two" in shown
        assert long.what in listed.copy_text()


def test_hcl_is_highlighted_and_no_character_is_lost() -> None:
    text = '# why\nresource "aws_vpc" "this" {\n  cidr = "10.0.0.0/16" # one\n  count = 3\n\n}\n'
    lines = highlighted("main.tf", text)
    assert "\n".join("".join(piece for _, piece in line) for line in lines) + "\n" == text
    kinds = {piece.strip(): kind for line in lines for kind, piece in line}
    assert kinds["# why"] == "comment"
    assert kinds['"10.0.0.0/16"' if '"10.0.0.0/16"' in kinds else "10.0.0.0/16"] == "string"
    assert kinds["3"] == "number"


def test_a_difference_says_by_its_first_character_what_a_line_is() -> None:
    lines = difference("--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n same\n")
    assert [kind for ((kind, _),) in lines] == ["title", "title", "hunk", "removed", "added", "text"]


async def test_a_text_is_found_in_a_file_and_gone_through_and_round(walk: Walk) -> None:
    app = Reviewing(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        source = app.query_one(SourceView)
        lines = [number for number, line in enumerate(source.text.splitlines()) if "module" in line.lower()]
        assert len(lines) > 2
        app.query_one("#file-tree").focus()
        await pilot.press("slash", *"MODULE", "enter")
        assert f"1 of {len(lines)} found" in app.text("#search-found")
        assert source.has_focus
        await pilot.press("less_than_sign")
        assert f"{len(lines)} of {len(lines)} found" in app.text("#search-found")
        await pilot.press("greater_than_sign", "greater_than_sign")
        assert f"2 of {len(lines)} found" in app.text("#search-found")
        row = source.render_line(lines[1] - source.scroll_offset.y)
        assert [segment.text for segment in row if segment.style and segment.style.reverse] == ["module"]
        await pilot.press("escape")
        assert app.text("#search-found") == ""
        assert not app.query_one(SearchLine).display


async def test_what_is_not_in_a_file_is_said_to_be_not_found(walk: Walk) -> None:
    app = Reviewing(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        await pilot.press("slash", *"nowhere in it")
        assert "not found" in app.text("#search-found")
