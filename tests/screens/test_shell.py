"""What is around the steps: going back and forth, what holds the way, checks behind the typing, nothing typed lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.messages import Applied, CustomerSeen, GoTo, Planned, RunEnded, Verified
from screens.mfa import MfaCode
from screens.widgets.findings_list import FindingsList
from screens.widgets.header import Heading, line
from screens.widgets.rail import Rail, folded, upright
from screens.wizard import WizardScreen
from tests.screens.runs import ends, going
from tests.screens.shell import FakeDesk, Plain, Shell, desk
from tests.screens.waiting import until
from tests.tools.drawn import drawn
from tests.verify import world
from tests.workspaces import run_in, with_examples
from wizard.deploy import drafts, flow, store
from wizard.deploy.target import open_target
from wizard.errors import AccountError
from wizard.findings import Finding, Severity
from wizard.verify.report import to_json
from wizard.walk.finished import Seeded
from wizard.walk.steps import Mark, Standing, Step

CRITICAL = Finding(
    code="A_CODE", severity=Severity.CRITICAL, path="nodes.fdw.count", what="too many", why="it is", remedy="take two"
)
HIGH = CRITICAL.model_copy(update={"severity": Severity.HIGH, "path": "database.host", "code": "B_CODE"})


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeDesk:
    monkeypatch.setattr("screens.checking.PAUSE_S", 0.05)
    return desk(with_examples(tmp_path))


class Session:
    """A person at the wizard."""

    def __init__(self, app: Shell, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> WizardScreen:
        screen = self.app.screen
        assert isinstance(screen, WizardScreen)
        return screen

    @property
    def step(self) -> Step | None:
        return self.screen.step

    @property
    def standing(self) -> str:
        return str(self.screen.query_one("#standing", Static).content)

    @property
    def marks(self) -> dict[Step, Mark]:
        return {standing.step: standing.mark for standing in self.screen.query_one(Rail).standings}

    @property
    def codes(self) -> list[str]:
        """Those of what AWS said, in this step's list."""
        return [f.code for f in self.screen.query_one(FindingsList).findings if f.code in {"A_CODE", "B_CODE"}]

    async def until(self, true: Callable[[], bool]) -> None:
        await until(self.pilot, true)

    async def checked(self) -> None:
        await self.until(lambda: not self.screen.walk.checking)
        await self.pilot.pause()

    async def type(self, field: str, text: str) -> None:
        self.screen.query_one(field, Input).value = text
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()


@asynccontextmanager
async def wizard(
    at: FakeDesk, name: str = "acme-prod", *, step: Step | None = Step.DATABASE, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Session]:
    app = Shell(at, name, step)
    async with app.run_test(size=size) as pilot:
        session = Session(app, pilot)
        await session.until(lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        await pilot.pause()
        yield session
    at.close()


async def test_one_goes_on_and_back_and_every_pane_is_mounted_once(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        first = s.screen.pane
        await s.press("ctrl+n")
        assert s.step is Step.TOPOLOGY
        await s.press("escape", "escape")
        assert s.step is Step.DATABASE
        assert s.screen.pane is first
        assert len(s.screen.query(Plain)) == 2


async def test_escape_leaves_the_field_first_so_that_letters_are_keys(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        assert isinstance(s.app.focused, Input)
        await s.press("escape")
        assert s.step is Step.DATABASE
        assert s.app.focused is s.screen.pane
        await s.press("n")
        assert s.step is Step.TOPOLOGY


async def test_numbers_go_to_steps_and_the_focus_comes_back_to_its_field(at: FakeDesk) -> None:
    async with wizard(at) as s:
        s.screen.query_one("#database-port").focus()
        await s.press("tab")
        s.screen.query_one("#database-port").focus()
        await s.press("escape", "4")
        assert s.step is Step.SIZING
        s.screen.pane.focus()  # type: ignore[union-attr]
        await s.press("2")
        assert s.step is Step.DATABASE


async def test_before_the_first_step_are_the_deployments(at: FakeDesk) -> None:
    async with wizard(at, step=Step.ACCOUNT) as s:
        await s.press("escape", "escape")
        assert not isinstance(s.app.screen, WizardScreen)


async def test_what_was_typed_is_there_after_the_program_is_gone(at: FakeDesk, tmp_path: Path) -> None:
    async with wizard(at) as s:
        await s.type("#database-port", "54x")
        assert s.marks[Step.DATABASE] is Mark.HELD
    again = desk(tmp_path)
    async with wizard(again) as s:
        assert s.screen.query_one("#database-port", Input).value == "54x"


async def test_a_refused_answer_holds_its_step_and_says_so(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        await s.type("#database-port", "54x")
        await s.press("ctrl+n")
        assert s.step is Step.DATABASE
        assert s.standing == "Not yet: 1 answer is missing or refused"
        await s.type("#database-port", "5432")
        await s.checked()
        assert s.standing == "Next: Topology (n)"
        await s.press("ctrl+n")
        assert s.step is Step.TOPOLOGY


async def test_a_critical_finding_holds_its_own_step_alone_and_the_review(at: FakeDesk) -> None:
    at.look.findings = (CRITICAL,)
    async with wizard(at, step=Step.SIZING) as s:
        await s.checked()
        assert s.codes == ["A_CODE"]
        assert s.marks[Step.SIZING] is Mark.HELD
        assert s.marks[Step.DATABASE] is not Mark.HELD
        await s.press("ctrl+n")
        assert s.standing == "Not yet: 1 critical finding"
        await s.press("escape", "5")
        assert s.step is Step.REVIEW
        await s.press("n")
        assert s.step is Step.REVIEW
        assert s.standing == "Not yet: 1 critical finding"


async def test_a_high_finding_is_told_as_one_to_acknowledge(at: FakeDesk) -> None:
    at.look.findings = (HIGH,)
    async with wizard(at) as s:
        await s.checked()
        assert s.standing == "✗ held: 1 high finding to acknowledge"


async def test_while_a_check_is_in_flight_one_does_not_go_on(at: FakeDesk) -> None:
    at.look.open.clear()
    async with wizard(at) as s:
        await s.until(lambda: at.look.asked == 1)
        await s.press("ctrl+n")
        assert s.step is Step.DATABASE
        assert s.standing == "Not yet: a check against AWS is in flight"
        at.look.open.set()
        await s.checked()
        await s.press("ctrl+n")
        assert s.step is Step.TOPOLOGY


async def test_a_short_check_is_not_told(at: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.checking.PATIENCE_S", 3600)
    at.look.open.clear()
    async with wizard(at) as s:
        await s.until(lambda: at.look.asked == 1)
        assert "checking" not in s.standing
        assert Mark.CHECKING not in s.marks.values()
        at.look.open.set()


async def test_a_long_check_is_told_until_it_is_back(at: FakeDesk) -> None:
    at.look.open.clear()
    async with wizard(at) as s:
        await s.until(lambda: s.standing == "… checking against AWS")
        assert s.marks[Step.TOPOLOGY] is Mark.CHECKING
        at.look.open.set()
        await s.checked()
        assert Mark.CHECKING not in s.marks.values()
        assert "checking" not in s.standing


async def test_an_answer_to_what_was_typed_before_is_dropped(at: FakeDesk) -> None:
    at.look.findings = (CRITICAL,)
    at.look.open.clear()
    async with wizard(at, step=Step.SIZING) as s:
        await s.until(lambda: at.look.asked == 1)
        at.look.findings = ()
        await s.type("#nodes-fdw-count", "1")
        at.look.open.set()
        await s.until(lambda: at.look.asked == 2)
        await s.checked()
        assert s.codes == []
        assert s.marks[Step.SIZING] is not Mark.HELD


async def test_what_only_aws_could_tell_stays_until_it_is_told_anew(at: FakeDesk) -> None:
    at.look.findings = (CRITICAL,)
    async with wizard(at, step=Step.SIZING) as s:
        await s.checked()
        at.look.open.clear()
        at.look.findings = ()
        await s.type("#nodes-fdw-count", "1")
        listed = s.screen.query_one(FindingsList)
        assert s.codes == ["A_CODE"]
        last = listed.get_option_at_index(listed.option_count - 1)
        assert "looking again  A_CODE" in str(last.prompt)
        at.look.open.set()
        await s.checked()
        assert s.codes == []


async def test_typing_asks_once_when_it_pauses(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        field = s.screen.query_one("#database-host", Input)
        for text in ("a.b", "a.bc", "a.bcd"):
            field.value = text
        await s.until(lambda: at.look.asked > 1)
        await s.checked()
        assert at.look.asked == 2


async def test_only_the_pane_that_is_seen_follows_every_key(at: FakeDesk) -> None:
    async with wizard(at, step=Step.TOPOLOGY) as s:
        await s.checked()
        hidden = s.screen.pane
        assert isinstance(hidden, Plain)
        await s.press("escape", "2")
        before = hidden.changes
        await s.type("#database-host", "db.other.example.com")
        await s.checked()
        assert hidden.changes == before
        await s.press("escape", "3")
        assert hidden.changes == before + 1


async def test_a_finding_leads_to_its_field(at: FakeDesk) -> None:
    at.look.findings = (HIGH,)
    async with wizard(at) as s:
        await s.checked()
        s.screen.query_one("#database-port", Input).focus()
        await s.press("f6")
        assert isinstance(s.app.focused, FindingsList)
        assert "remedy: take two" in str(s.app.focused.get_option_at_index(0).prompt)
        await s.press("enter")
        assert s.app.focused is s.screen.query_one("#database-host")


async def test_a_pane_can_send_one_to_the_field_of_another_step(at: FakeDesk) -> None:
    async with wizard(at) as s:
        s.screen.pane.post_message(GoTo(Step.SIZING, "nodes.fdw.count"))  # type: ignore[union-attr]
        await s.until(lambda: s.step is Step.SIZING)
        await s.pilot.pause()
        assert s.app.focused is s.screen.query_one("#nodes-fdw-count")


async def test_going_on_from_the_review_makes_the_draft_the_answers(at: FakeDesk) -> None:
    async with wizard(at, step=Step.SIZING) as s:
        await s.type("#nodes-fdw-count", "3")
        await s.checked()
        await s.press("ctrl+n")
        assert s.step is Step.REVIEW
        assert "count: 3" not in s.screen.place.answers.read_text()
        await s.press("n")
        assert s.step is Step.PLAN
        assert "count: 3" in s.screen.place.answers.read_text()
        assert not drafts.path_of(s.screen.place).exists()


async def test_nobody_jumps_over_the_review_with_answers_that_are_held(at: FakeDesk) -> None:
    at.look.findings = (CRITICAL,)
    async with wizard(at, step=Step.SIZING) as s:
        await s.type("#nodes-fdw-count", "3")
        await s.checked()
        await s.press("escape", "6")
        assert s.step is Step.SIZING
        assert "1 critical finding" in s.standing


async def test_a_shard_that_is_not_there_holds_the_account(at: FakeDesk) -> None:
    async with wizard(at, step=Step.ACCOUNT) as s:
        await s.type("#shard", "no-such")
        assert s.marks[Step.ACCOUNT] is Mark.HELD
        await s.press("ctrl+n")
        assert s.step is Step.ACCOUNT
        assert "no-such" in s.standing


async def test_a_draft_that_cannot_be_read_is_told_and_left_alone(at: FakeDesk) -> None:
    place = at.workspace.find("acme-prod")
    drafts.path_of(place).write_bytes(b"\xff\xfe")
    app = Shell(at, "acme-prod")
    async with app.run_test() as pilot:
        session = Session(app, pilot)
        await session.until(lambda: "cannot be read" in session.standing)
    assert drafts.path_of(place).read_bytes() == b"\xff\xfe"


async def test_presenter_mode_masks_the_frame_and_says_so(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        await s.press("f7")
        shown = screen_text(s.app)
        assert "presenter" in shown
        assert "acme-prod" not in shown
        assert "111111111111" not in shown
        await s.press("f7")
        assert "acme-prod" in screen_text(s.app)


async def test_the_palette_knows_every_step_and_every_key(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+p")
        await s.press(*"go to sizing")
        await s.until(lambda: "Go to Sizing" in screen_text(s.app))
        await s.press("enter")
        await s.until(lambda: isinstance(s.app.screen, WizardScreen) and s.step is Step.SIZING)


async def test_help_tells_the_keys_and_closes(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.press("f1")
        assert "To what comes next" in screen_text(s.app)
        await s.press("escape")
        assert isinstance(s.app.screen, WizardScreen)


async def test_findings_are_copied_whole_and_redacted(at: FakeDesk) -> None:
    at.look.findings = (HIGH.model_copy(update={"what": "password=hunter22 was typed"}),)
    async with wizard(at) as s:
        await s.checked()
        await s.press("ctrl+y")
        assert "B_CODE" in s.app.clipboard
        assert "take two" in s.app.clipboard
        assert "hunter22" not in s.app.clipboard


async def test_every_key_says_what_it_does(at: FakeDesk) -> None:
    async with wizard(at) as s:
        own = [binding.key for node in (s.app, s.screen) for binding in node.BINDINGS if not binding.tooltip]  # type: ignore[union-attr]
        assert own == []


async def test_a_check_can_be_asked_for_again(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        at.look.findings = (HIGH,)
        await s.press("f5")
        await s.until(lambda: s.codes == ["B_CODE"])
        assert at.look.asked == 2


async def test_a_check_that_cannot_be_made_is_told_and_holds(at: FakeDesk) -> None:
    async with wizard(at) as s:
        await s.checked()
        s.screen.place.readiness.write_text("{ not json")
        await s.type("#database-port", "5433")
        await s.until(lambda: "it cannot be checked" in s.standing)
        await s.press("ctrl+n")
        assert s.step is Step.DATABASE


async def test_a_plan_reaches_the_step_that_applies_it_though_it_is_shown_later(at: FakeDesk) -> None:
    offered = []

    class Applies(Plain):
        step = Step.APPLY

        def offer(self, planned: Any) -> None:
            offered.append(planned)

    async with wizard(at) as s:
        await s.checked()
        s.screen.panes = {**s.screen.panes, Step.APPLY: lambda: Applies}
        s.screen.steps = tuple(s.screen.panes)
        plan: Any = SimpleNamespace(stack="instance")
        s.screen.pane.post_message(Planned(plan))  # type: ignore[union-attr]
        await s.press("escape", "7")
        assert offered == [plan]
        s.screen.pane.post_message(Planned(None))  # type: ignore[union-attr]
        await s.pilot.pause()
        assert offered == [plan, None]


async def test_a_worker_that_needs_a_code_asks_the_person(at: FakeDesk) -> None:
    async with wizard(at) as s:
        given: list[str] = []
        ask = at.mfa_code
        assert ask is not None
        s.app.run_worker(lambda: given.append(ask("arn:aws:iam::111111111111:mfa/olga")), thread=True)
        await s.until(lambda: isinstance(s.app.screen, MfaCode))
        await s.press(*"123456")
        assert "123456" not in screen_text(s.app)
        await s.press("enter")
        await s.until(lambda: given == ["123456"])


async def test_without_a_code_the_worker_is_told_so(at: FakeDesk) -> None:
    async with wizard(at) as s:
        told: list[str] = []
        ask = at.mfa_code
        assert ask is not None

        def worker() -> None:
            try:
                ask("a device")
            except AccountError as error:
                told.append(error.title)

        s.app.run_worker(worker, thread=True)
        await s.until(lambda: isinstance(s.app.screen, MfaCode))
        await s.press("escape")
        await s.until(lambda: told == ["the role asks for an MFA code, and none was given"])


async def test_a_worker_that_comes_to_need_a_code_when_the_person_has_left_waits_for_nobody(at: FakeDesk) -> None:
    async with wizard(at) as s:
        ask = s.app.desk.mfa_code
        assert ask is not None
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, "a device")
        try:
            with pytest.raises(AccountError, match="none was given"):
                asked.result(60)
        finally:
            s.app.on_unmount()  # also a worker that does wait


# -- what comes after the plan


def built(at: FakeDesk, *stacks: str) -> None:
    """Let the shard, and these stacks of acme-prod, be applied as they are answered."""
    with_outputs = {"instance": world.outputs("private"), "link": world.LINK}
    for name, stack, outputs in (
        ("use1-a", "shard", world.shard_outputs()),
        *(("acme-prod", s, with_outputs[s]) for s in stacks),
    ):
        place = at.workspace.find(name)
        flow.write(open_target(at.workspace, name), stack)
        store.save_contract(place, stack, outputs)


def offered_plan(stack: str) -> Any:
    return SimpleNamespace(stack=stack)


async def test_the_rail_and_the_line_follow_what_is_applied(at: FakeDesk) -> None:
    built(at)
    async with wizard(at, step=Step.PLAN) as s:
        await s.until(lambda: s.standing == "Now: plan instance: m makes it, a hands it on")
        assert s.marks[Step.APPLY] is Mark.TODO
        await s.press("n")
        assert s.step is Step.PLAN
        assert s.standing == "Not yet: plan instance: m makes it, a hands it on"
        s.screen.post_message(Planned(offered_plan("instance")))
        await s.until(lambda: s.standing.endswith("Apply (n)"))
        await s.press("n")
        assert s.step is Step.APPLY
        await s.until(lambda: "Now: apply instance" in s.standing)
        built(at, "instance")
        s.screen.post_message(Planned(None))
        s.screen.post_message(Applied("instance"))
        await s.until(lambda: "the secrets" in s.standing)


async def test_after_the_instance_next_leads_to_the_customer_and_from_there_to_the_plan_of_the_link(
    at: FakeDesk,
) -> None:
    built(at, "instance")
    async with wizard(at, step=Step.APPLY) as s:
        await s.until(lambda: s.standing.startswith("instance is applied"))
        await s.press("n")
        assert s.step is Step.HANDOFF
        s.screen.post_message(CustomerSeen(accepted=True))
        s.screen.course.progress = replace(s.screen.course.progress, seeded=Seeded.COMPLETE)
        s.screen.refresh_around()
        await s.until(lambda: s.standing == "the peering is active. Next: plan link: Plan (n)")
        await s.press("n")
        assert s.step is Step.PLAN
        assert isinstance(s.screen.pane, Plain)
        assert s.screen.pane.focused_on == "link"


async def test_a_verified_path_marks_every_step_done(at: FakeDesk) -> None:
    built(at, "instance", "link")
    async with wizard(at, step=Step.VERIFY) as s:
        await s.checked()
        await s.until(lambda: s.marks[Step.APPLY] is Mark.DONE)
        assert s.marks[Step.VERIFY] is Mark.TODO
        reports = at.workspace.find("acme-prod").reports
        reports.mkdir()
        (reports / "verification-20260301T120000Z.json").write_text(to_json(world.look(world.FakeReads())))
        (reports / "verification-20260301T120000Z.md").write_text("# verified")
        s.screen.post_message(Verified(proven=True))
        await s.until(lambda: s.standing == "the path is verified. Next: the report: Report (n)")
        later = (Step.REVIEW, Step.PLAN, Step.APPLY, Step.HANDOFF, Step.VERIFY, Step.REPORT)
        assert {s.marks[step] for step in later} == {Mark.DONE}
        await s.press("n")
        assert s.step is Step.REPORT


async def test_what_was_done_with_other_answers_is_not_shown_as_done(at: FakeDesk) -> None:
    built(at, "instance", "link")
    async with wizard(at, step=Step.SIZING) as s:
        await s.checked()
        await s.until(lambda: s.marks[Step.APPLY] is Mark.DONE)
        await s.type("#nodes-fdw-count", "3")
        assert s.marks[Step.APPLY] is Mark.TODO
        assert s.marks[Step.REVIEW] is Mark.TODO


@pytest.mark.parametrize("key", ["6", "7", "8", "9", "0"])
async def test_no_digit_leads_past_a_review_that_is_held(at: FakeDesk, key: str) -> None:
    at.look.findings = (CRITICAL,)
    async with wizard(at, step=Step.REVIEW) as s:
        await s.checked()
        await s.press(key)
        assert s.step is Step.REVIEW
        assert s.standing == "Not yet: 1 critical finding"


async def test_what_was_applied_before_can_be_looked_at_though_its_answers_are_held(at: FakeDesk) -> None:
    built(at, "instance")
    at.look.findings = (CRITICAL,)
    async with wizard(at, step=Step.SIZING) as s:
        await s.type("#nodes-fdw-count", "3")
        await s.checked()
        await s.press("escape", "7")
        assert s.step is Step.APPLY
        assert s.standing == "Next: the answers are not final: 1 critical finding: Sizing (n)"
        assert "count: 3" not in s.screen.place.answers.read_text()
        await s.press("n")
        assert s.step is Step.SIZING


async def test_a_run_that_goes_on_is_within_reach_whatever_is_being_typed(at: FakeDesk) -> None:
    run = run_in(at.workspace.find("acme-prod").runs)
    going(run)
    async with wizard(at) as s:
        await s.type("#database-port", "54x")
        await s.press("escape", "7")
        assert s.step is Step.APPLY
        await s.until(lambda: s.standing.startswith("Now: a run of instance goes on"))
        ends(run)
        s.screen.post_message(RunEnded())
        await s.until(lambda: "the answers are not final" in s.standing)


async def test_runs_that_cannot_be_read_are_told_and_nothing_is_claimed(at: FakeDesk) -> None:
    run = run_in(at.workspace.find("acme-prod").runs, "plan")
    (run.path / "result.json").write_text("{")
    async with wizard(at) as s:
        await s.until(lambda: any("cannot be read" in str(it.message) for it in s.app._notifications))
        assert s.marks[Step.APPLY] is Mark.TODO


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_how_the_way_looks_after_an_apply(at: FakeDesk, snap_compare: Any, size: tuple[int, int]) -> None:
    built(at, "instance")
    app = Shell(at, "acme-prod", Step.APPLY)

    async def still(pilot: Pilot[None]) -> None:
        session = Session(app, pilot)
        await session.until(lambda: isinstance(app.screen, WizardScreen) and app.screen.pane is not None)
        await session.checked()
        await session.until(lambda: session.standing.startswith("instance is applied"))

    assert snap_compare(app, terminal_size=size, run_before=still)
    at.close()


# -- what the parts draw


def standing(step: Step, mark: Mark, findings: int = 0, lacking: int = 0) -> Standing:
    return Standing(step, mark, findings, lacking)


def test_the_rail_gives_symbol_and_word_and_count() -> None:
    assert upright(standing(Step.SIZING, Mark.HELD, 2, 1), here=True).plain == "▸✗ Sizing    3 held"
    assert upright(standing(Step.DATABASE, Mark.DONE), here=False).plain.strip() == "✓ Database"


def test_the_folded_rail_says_in_words_what_is_held() -> None:
    shown = folded(
        (
            standing(Step.ACCOUNT, Mark.HELD, 1),
            standing(Step.DATABASE, Mark.NOTED, 2),
            standing(Step.REVIEW, Mark.TODO),
        ),
        Step.DATABASE,
        80,
    )
    assert shown.plain == "1✗ ▸2 ! Database: noted 2 3·  held: Account"


def test_the_line_on_top_is_one_line_at_any_width() -> None:
    heading = Heading(("acme-prod", "springtail", "private"), ("123456789012 us-east-1", "user/ops"))
    assert all(line(heading, width).cell_length <= width for width in range(1, 130))


def test_the_line_on_top_gives_up_the_caller_before_the_account() -> None:
    heading = Heading(("acme-prod",), ("123456789012 us-east-1", "user/ops"))
    assert "user/ops" in line(heading, 60).plain
    narrow = line(heading, 36).plain
    assert "user/ops" not in narrow
    assert "123456789012" in narrow


def screen_text(app: Any) -> str:
    """What is on screen, as text."""
    return "\n".join(strip.text for strip in drawn(app))


# -- how it looks


def test_drafts_are_json_that_a_person_can_read(at: FakeDesk) -> None:
    walk = at.walk(at.workspace.find("acme-prod"))
    walk.typed("database.port", "5433")
    at.flush()
    assert json.loads(drafts.path_of(walk.place).read_text())["database"]["port"] == 5433
    at.close()
