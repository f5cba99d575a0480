"""A form asks what the catalogue asks; what is typed goes to the walk at once, and nothing typed is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from screens.help import about
from screens.messages import GroupAdded, GroupRemoved, Typed
from screens.widgets.choice import Choice, ChooseOne, Picker, Radios, fits_row
from screens.widgets.field import LABEL, Field
from screens.widgets.form import Form, keys_at
from screens.widgets.line import Box, Line
from screens.widgets.notes import by_field, notes_of
from screens.widgets.row import Row
from tests.screens.asking import Asking, finding, walk_in
from wizard.answers.catalogue import Shape, catalogue
from wizard.blueprints.load import MODELS
from wizard.errors import Problem
from wizard.findings import Severity
from wizard.walk.steps import Step
from wizard.walk.walk import Walk


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    return walk_in(tmp_path, "acme-prod")


def asking(walk: Walk, *keys: str) -> Asking:
    return Asking(walk, lambda walk: Form(walk, *(keys or keys_at(walk, Step.DATABASE))))


def text_of(field: Field) -> str:
    return " ".join(field.render().plain.split())


def typed(app: Asking) -> list[tuple[str, str]]:
    return [(it.key, it.text) for it in app.said if isinstance(it, Typed)]


async def focus(pilot: Pilot[None], key: str) -> Field:
    app = pilot.app
    assert isinstance(app, Asking)
    assert app.form.focus_on(key)
    await pilot.pause()
    return app.form.field(key)


def line(field: Field) -> Line:
    assert isinstance(field.editor, Line)
    return field.editor


async def test_every_question_of_every_object_has_a_field_that_holds_its_answer(tmp_path: Path) -> None:
    for kind, name in (("deployment", "acme-prod"), ("shard", "use1-a")):
        walk = walk_in(tmp_path / kind, name, kind)  # type: ignore[arg-type]
        keys = [asked.key for asked in catalogue(MODELS["springtail", kind])]
        async with asking(walk, *keys).run_test() as pilot:
            form = pilot.app.query_one(Form)
            form.action_advanced()
            await pilot.pause()
            there = {field.key: field for field in form.fields()}
            groups = {asked.key for asked in catalogue(MODELS["springtail", kind]) if asked.shape is Shape.GROUPS}
            assert set(keys) - groups <= set(there)
            assert {key: field.editor.value for key, field in there.items()} == {
                key: walk.draft.text(key) for key in there
            }


def test_every_question_fits_into_its_column() -> None:
    for model in MODELS.values():
        for asked in catalogue(model):
            assert len(asked.ask) <= LABEL - 3, asked.key


async def test_what_is_typed_is_said_at_every_key_and_the_problem_stands_below(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        field = await focus(pilot, "database.port")
        await pilot.press("end", *"x")
        assert typed(app) == [("database.port", "5432x")]
        assert "✗ problem: expected a number between 1 and 65535" in text_of(field)
        await pilot.press("backspace")
        assert "problem" not in text_of(field)


async def test_a_refresh_leaves_cursor_focus_and_half_typed_text_alone(walk: Walk) -> None:
    app = asking(walk, "tags", "database.host")
    async with app.run_test() as pilot:
        field = await focus(pilot, "tags")
        await pilot.press("home", *"a=1 , ")  # the walk writes it as `a=1, customer=acme`
        assert walk.draft.text("tags") == "a=1, customer=acme"
        assert field.editor.value == "a=1 , customer=acme"
        app.check(finding("tags"))
        await pilot.pause()
        assert app.focused is field.editor
        assert field.editor.value == "a=1 , customer=acme"
        assert line(field).cursor_position == len("a=1 , ")


async def test_an_answer_to_an_earlier_key_does_not_take_back_a_later_one(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        field = await focus(pilot, "database.user")
        app.deaf = True  # the walk is busy
        await pilot.press("end", *"ab")
        walk.typed("database.user", "springtaila")
        app.tell()
        assert field.editor.value == "springtailab"
        walk.typed("database.user", "springtailab")
        app.tell()
        walk.typed("database.user", "other")  # by somebody else, once all is taken
        app.tell()
        assert field.editor.value == "other"


async def test_a_field_says_default_required_and_bounds_in_words(tmp_path: Path) -> None:
    walk = walk_in(tmp_path, "new-one")
    app = asking(walk)
    async with app.run_test():
        fields = {field.key: field for field in app.form.fields()}
        assert line(fields["database.host"]).placeholder == "required"
        assert line(fields["database.port"]).placeholder == "default: 5432 · 1 to 65535"
        assert line(fields["database.profile"]).placeholder == "optional"
        assert fields["database.host"].lacking
        assert "problem" not in text_of(fields["database.host"])


async def test_what_is_required_follows_the_other_answers(walk: Walk) -> None:
    app = asking(walk, "topology", "proxy.host")
    async with app.run_test() as pilot:
        walk.typed("proxy.host", "")
        app.tell()
        assert line(app.form.field("proxy.host")).placeholder == "required"
        walk.typed("topology", "public")
        walk.typed("proxy.tls", "none")
        app.tell()
        await pilot.pause()
        assert line(app.form.field("proxy.host")).placeholder == "optional"


async def test_a_question_that_does_not_apply_is_hidden_and_holds_what_was_typed(walk: Walk) -> None:
    app = asking(walk, "topology", "database.vpc.cidr")
    async with app.run_test() as pilot:
        walk.typed("topology", "public")
        app.tell()
        assert not app.form.field("database.vpc.cidr").display
        assert not app.form.focus_on("database.vpc.cidr")
        walk.typed("topology", "private")
        app.tell()
        await pilot.pause()
        assert app.form.field("database.vpc.cidr").display
        assert app.form.field("database.vpc.cidr").editor.value == "10.20.0.0/16"


async def test_findings_follow_each_check_with_symbol_word_and_code(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        field = app.form.field("database.host")
        app.check(finding("database.host"), finding("database.host", Severity.WARN, "OTHER"))
        await pilot.pause()
        assert "‼ high A_CODE: three are asked for" in text_of(field)
        assert "! warn OTHER" in text_of(field)
        assert field.help_text.count("remedy: ask for two") == 2
        tall = field.size.height
        app.check()
        await pilot.pause()
        assert "A_CODE" not in text_of(field)
        assert field.size.height < tall


async def test_help_stands_under_the_focused_field_and_moves_nothing(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        before = [field.region for field in app.form.fields()]
        field = await focus(pilot, "database.user")
        assert "Its password is asked for" in text_of(field)
        assert [field.region for field in app.form.fields()] == before


async def test_few_options_are_a_row_and_the_arrows_choose(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        field = await focus(pilot, "database.certificate_authority")
        assert isinstance(field.editor, Radios)
        await pilot.press("right")
        assert typed(app) == [("database.certificate_authority", "pem")]
        await pilot.pause()
        box = app.form.field("database.ca_pem")
        assert box.display  # it applies now
        assert isinstance(box.editor, Box)
        await pilot.press("backspace")
        assert walk.draft.text("database.certificate_authority") == ""
        assert "(●) rds (default)" in field.editor.render().plain


async def test_many_options_are_a_list_with_a_filter(tmp_path: Path) -> None:
    walk = walk_in(tmp_path, "use1-a", "shard")
    app = asking(walk, "log_retention_days", "account.region")
    async with app.run_test() as pilot:
        app.form.action_advanced()
        await pilot.pause()
        field = await focus(pilot, "log_retention_days")
        assert isinstance(field.editor, Picker)
        await pilot.press("enter")
        assert isinstance(app.screen, ChooseOne)
        await pilot.press(*"36")
        assert app.screen.query_one(OptionList).option_count == 1
        await pilot.press("enter")
        await pilot.pause()
        assert walk.draft.text("log_retention_days") == "365"
        await pilot.press("enter", "down", "escape")
        assert walk.draft.text("log_retention_days") == "365"


async def test_a_text_can_be_chosen_from_what_is_known_or_typed(walk: Walk) -> None:
    app = asking(walk, "shard")
    async with app.run_test() as pilot:
        app.form.suggest("shard", [Choice("use1-a", "one"), Choice("euc1-b", "two"), Choice("use1-a", "again")])
        await focus(pilot, "shard")
        await pilot.press("f2")
        assert app.screen.query_one(OptionList).option_count == 2
        await pilot.press("down", "enter")
        await pilot.pause()
        assert typed(app) == [("shard", "euc1-b")]
        await pilot.press("end", *"c")
        assert walk.draft.text("shard") == "euc1-bc"


async def test_a_list_is_pasted_with_one_entry_on_each_line(tmp_path: Path) -> None:
    from textual.events import Paste

    walk = walk_in(tmp_path, "globex-prod")
    app = asking(walk, "proxy.client_cidrs")
    async with app.run_test() as pilot:
        field = await focus(pilot, "proxy.client_cidrs")
        await pilot.press("ctrl+u")
        field.editor.post_message(Paste("203.0.113.0/24\n198.51.100.0/24\n"))
        await pilot.pause()
        assert walk.draft.given["proxy.client_cidrs"] == ["203.0.113.0/24", "198.51.100.0/24"]
        assert "2 entries." in text_of(field)


async def test_groups_are_added_filled_and_removed_by_key(walk: Walk) -> None:
    app = asking(walk, "applications")
    async with app.run_test(size=(100, 40)) as pilot:
        app.query_one("#add").focus()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.said[-1], GroupAdded)
        await pilot.press(*"api")
        assert walk.draft.text("applications[1].name") == "api"
        first = app.query(Row).filter(".member").first()
        first.focus()
        await pilot.pause()
        await pilot.press("delete")
        assert "Delete once more" in first.text  # something was typed into it
        await pilot.press("delete")
        await pilot.pause()
        assert isinstance(app.said[-1], GroupRemoved)
        assert walk.draft.text("applications[0].name") == "api"
        assert next(app.form.fields()).editor.value == "api"
        assert len(list(app.form.fields())) == 5


async def test_advanced_questions_wait_behind_a_row_that_counts_them(walk: Walk) -> None:
    app = asking(walk, "nodes.fdw.count", "nodes.fdw.ami.id", "nodes.fdw.root_volume_gib")
    async with app.run_test() as pilot:
        row = app.query_one("#disclosure", Row)
        assert "2 questions, all by default" in row.text
        assert [field.key for field in app.form.fields()] == ["nodes.fdw.count"]
        row.focus()
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert len(list(app.form.fields())) == 3
        await pilot.press("f9")
        assert not app.form.field("nodes.fdw.ami.id").parent.display  # type: ignore[union-attr]


async def test_a_finding_about_an_advanced_answer_opens_the_disclosure_and_closing_it_is_respected(walk: Walk) -> None:
    app = asking(walk, "nodes.fdw.count", "nodes.fdw.ami.id", "nodes.fdw.root_volume_gib")
    async with app.run_test() as pilot:
        app.check(finding("nodes.fdw.root_volume_gib"))
        await pilot.pause()
        assert "▾" in app.query_one("#disclosure", Row).text
        assert "A_CODE" in text_of(app.form.field("nodes.fdw.root_volume_gib"))
        app.form.action_advanced()
        app.tell()
        assert "▸" in app.query_one("#disclosure", Row).text


async def test_the_way_to_an_advanced_field_opens_it(walk: Walk) -> None:
    app = asking(walk, "nodes.fdw.count", "nodes.fdw.root_volume_gib")
    async with app.run_test() as pilot:
        field = await focus(pilot, "nodes.fdw.root_volume_gib")
        assert app.focused is field.editor


async def test_a_path_below_or_above_a_field_leads_to_the_nearest(walk: Walk) -> None:
    app = asking(walk, "database.vpc.account_id", "database.vpc.cidr", "tags", "applications")
    async with app.run_test() as pilot:
        await focus(pilot, "applications[0].cidr")
        for path, key in (("database.vpc", "database.vpc.account_id"), ("tags.customer", "tags")):
            assert app.form.focus_on(path)
            await pilot.pause()
            assert app.focused is app.form.field(key).editor
        assert not app.form.focus_on("proxy.host")


async def test_the_arrows_go_from_field_to_field_and_a_key_to_the_next_problem(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        await focus(pilot, "database.host")
        await pilot.press("down")
        assert app.focused is app.form.field("database.port").editor
        await pilot.press("up")
        assert app.focused is app.form.field("database.host").editor
        walk.typed("database.user", "no user!")
        app.tell()
        await pilot.press("f8")
        assert app.focused is app.form.field("database.user").editor


async def test_a_shared_screen_shows_masks_until_somebody_edits(walk: Walk) -> None:
    app = asking(walk)
    app.masks = lambda text: text.replace("acme", "****")
    async with app.run_test() as pilot:
        field = await focus(pilot, "database.host")
        editor = line(field)
        assert editor.render_line(0).text.startswith("db.****.example.com")
        await pilot.press("end", *"m")
        assert editor.render_line(0).text.startswith("db.acme.example.comm")
        await pilot.press("tab")
        assert editor.render_line(0).text.startswith("db.****.example.comm")
        assert walk.draft.text("database.host") == "db.acme.example.comm"


async def test_beginning_to_share_the_screen_masks_what_is_there(walk: Walk) -> None:
    app = asking(walk, "database.host")
    async with app.run_test() as pilot:
        app.check(finding("database.host"))
        await pilot.pause()
        app.masks, app.presenter = (lambda text: text.replace("acme", "****").replace("three", "*****")), True
        app.tell()
        await pilot.pause()
        field = app.form.field("database.host")
        shown = app.export_screenshot()
        assert "****" in shown
        assert "acme" not in shown
        assert "three are" not in shown
        assert field.editor.value == "db.acme.example.com"


async def test_markup_in_what_people_type_is_shown_and_not_obeyed(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        field = await focus(pilot, "database.host")
        await pilot.press("ctrl+u", *"[bold]x[/nope]")
        assert '"[bold]x[/nope]"' in text_of(field)


async def test_the_help_key_tells_the_question_and_the_remedy_of_what_is_said(walk: Walk) -> None:
    app = asking(walk)
    async with app.run_test() as pilot:
        await focus(pilot, "database.host")
        app.check(finding("database.host"))
        told = about(app.focused).plain
        assert "TLS is verified against it" in told
        assert "remedy: ask for two" in told


def test_what_is_said_goes_to_the_closest_field() -> None:
    notes = notes_of(
        [Problem("tags.customer", "bad", "mend it"), Problem("nobody.asks", "unknown", "remove it")],
        [finding("applications[1].cidr"), finding("applications[0].cidr")],
    )
    found = by_field(notes, frozenset({"tags", "applications", "applications[0].cidr"}))
    assert {key: [note.path for note in said] for key, said in found.items()} == {
        "tags": ["tags.customer"],
        "": ["nobody.asks"],
        "applications": ["applications[1].cidr"],
        "applications[0].cidr": ["applications[0].cidr"],
    }


def test_options_stand_in_a_row_only_while_they_fit() -> None:
    assert fits_row(["rds", "system", "pem"])
    assert not fits_row([str(days) for days in range(10)])
    assert not fits_row(["aws", "aws-cn", "aws-us-gov"])
