"""The plan: made on a key, looked around in, held by the typed name where something is lost, stale once answers change."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.desk import Desk
from screens.messages import Checked, GoTo, Planned
from screens.plan_state import progress
from screens.steps.plan import PlanPane
from screens.styles import DARK
from screens.widgets.change_details import ChangeDetails
from screens.widgets.plan_browser import PlanBrowser
from screens.widgets.plan_tree import PlanRows
from screens.widgets.typed_name import TypedName
from tests.engine.conftest import STREAMS
from tests.walk.test_plan_tree import entry, view_of
from tests.workspaces import run_in, with_examples
from wizard.deploy import flow
from wizard.deploy.checking import Checked as CheckedFacts
from wizard.engine.events import Counts, RunState
from wizard.engine.plans import PlanView, read_plan
from wizard.engine.saved import PlanRun
from wizard.errors import EditedFileError, EngineError, PlanewrightError
from wizard.facts.asking import Facts
from wizard.findings import Finding, Severity
from wizard.walk.steps import Step
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

ASSETS = Path(__file__).parents[2] / "screens" / "assets"
POLICY = {"Statement": [{"Action": "ssm:GetParameter", "Effect": "Allow"}]}
CHANGES = (
    entry("module.nodes.aws_instance.fdw[0]", "create", after={"instance_type": "i4i.xlarge", "subnet_id": "subnet-1"}),
    entry("module.nodes.aws_instance.fdw[1]", "create", after={"instance_type": "i4i.xlarge"}),
    entry(
        "module.nodes.aws_iam_role_policy.fdw", "update",
        before={"policy": json.dumps(POLICY), "name": "fdw"},
        after={"policy": json.dumps(POLICY).replace("GetParameter", "GetParameters"), "name": "fdw"},
    ),
    entry("module.private_path.aws_security_group_rule.in", "delete", before={"from_port": 5432}),
)  # fmt: skip
CALM = view_of(*CHANGES)
LOSING = view_of(
    *CHANGES,
    {
        "address": 'module.nodes.aws_ebs_volume.data["ingestion"]',
        "module_address": "module.nodes",
        "type": "aws_ebs_volume",
        "name": "data",
        "change": {
            "actions": ["delete", "create"],
            "before": {"encrypted": False, "size": 100},
            "after": {"encrypted": True, "size": 100},
            "replace_paths": [["encrypted"]],
        },
    },
)
NOTHING = PlanView(())
WANTED = {"nodes": {"proxy": {"instance_type": "c6i.2xlarge"}}}
UNTOUCHED = entry("module.nodes.aws_instance.proxy", "no-op", after={"instance_type": "c6i.xlarge"})
#: A plan without changes: what was answered stays as it is.
IGNORING = replace(view_of(UNTOUCHED), variables=WANTED)
#: Each class once, and what would be ignored.
CLASSES = replace(
    view_of(
        *CHANGES[1:],
        UNTOUCHED,
        entry("module.nodes.aws_ebs_volume.data", "delete", before={"size": 100}),
        entry(
            "module.nodes.aws_instance.ingestion", "delete", "create", before={"ami": "ami-1"}, after={"ami": "ami-2"}
        ),
    ),
    variables=WANTED,
)


@dataclass
class Engine:
    """What stands in for the engine: gives these plans, or raises, or waits at a gate."""

    views: dict[str, PlanView] = field(default_factory=dict)
    error: PlanewrightError | None = None
    waiting: flow.Waiting | None = None
    gate: threading.Event | None = None
    forced: list[bool] = field(default_factory=list)
    interrupted: bool = False
    reached: threading.Event = field(default_factory=threading.Event)

    def prepare(self, target: Any, stack: str, site: Any, *, force: bool = False, lock: bytes | None = None) -> Any:
        del site, lock
        self.forced.append(force)
        if self.error is not None and not force:
            raise self.error
        return SimpleNamespace(target=target, stack=stack)

    def plan(self, ready: Any, *, on_state: Callable[[RunState], None]) -> flow.Planned:
        run = run_in(ready.target.place.runs / ready.stack / str(len(self.forced)), "plan")
        run.plan_file.write_bytes(b"a plan")
        try:
            on_state(RunState(phase="refreshing", refreshed=12))
            self.reached.set()
            if self.gate is not None:
                assert self.gate.wait(120)
                on_state(RunState(phase="planning", refreshed=30, total=4))
        except KeyboardInterrupt:
            self.interrupted = True
            raise
        made = PlanRun(run, self.views.get(ready.stack, CALM), "sha256:1234", RunState(planned=Counts(add=1)))
        return flow.Planned(ready.target, ready.stack, None, made, None)  # type: ignore[arg-type]


class Table(Desk):
    """A desk without AWS and without an engine."""

    found: tuple[Finding, ...] = ()

    def site(self, target: Any) -> Any:
        del target
        return SimpleNamespace(engine=None)

    def checker(self, target: Any) -> Any:
        del target
        return SimpleNamespace(check=lambda _: CheckedFacts(self.found, Facts(), 7)), threading.Lock()


class Planning(App[None]):
    CSS_PATH: ClassVar = [ASSETS / "theme.tcss", ASSETS / "plan.tcss"]

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self.animation_level = "none"
        self.walk = walk
        self.said: list[Message] = []
        self.desk = Table(walk.workspace, {})

    def compose(self) -> ComposeResult:
        yield PlanPane(self.walk, self.desk)

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name
        self.pane.focus()

    @property
    def pane(self) -> PlanPane:
        return self.query_one(PlanPane)

    @property
    def rows(self) -> list[str]:
        return [row.label for row in self.query_one(PlanRows).rows]

    @property
    def details(self) -> str:
        return self.query_one(ChangeDetails).copy_text()

    def on_planned(self, message: Planned) -> None:
        self.said.append(message)

    def on_go_to(self, message: GoTo) -> None:
        self.said.append(message)

    def on_checked(self, message: Checked) -> None:
        self.walk.took(message.generation, message.findings)

    def text(self, selector: str) -> str:
        return str(self.query_one(selector, Static).content)

    @property
    def handed(self) -> list[str | None]:
        return [m.planned.stack if m.planned else None for m in self.said if isinstance(m, Planned)]


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    workspace = Workspace(with_examples(tmp_path))
    return Walk(workspace, workspace.place("deployment", "acme-prod"))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr(flow, "prepare", engine.prepare)
    monkeypatch.setattr(flow, "plan", engine.plan)
    monkeypatch.setattr(flow, "require_contract", lambda target, stack: None)
    monkeypatch.setattr(flow, "waiting_on_customer", lambda target, stack, site: engine.waiting)
    return engine


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def planned(pilot: Pilot[None]) -> None:
    await pilot.press("m")
    await settled(pilot)


async def reached(pilot: Pilot[None], engine: Engine) -> None:
    """Until the engine is at its gate, and what it said is shown."""
    while not engine.reached.is_set():
        await pilot.pause()
    await pilot.pause()


async def looked_at(pilot: Pilot[None], row: str) -> str:
    """Put the cursor on a row, and give what is told of it once the cursor rests."""
    app = pilot.app
    assert isinstance(app, Planning)
    rows = app.query_one(PlanRows)
    rows.cursor = app.rows.index(row)
    while not app.details.partition("\n")[0].endswith(row):
        await pilot.pause(0.01)
    return app.details


async def test_a_key_makes_the_plan_and_shows_it_as_a_tree(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        assert "m makes the plan of instance" in app.text("#plan-text")
        await planned(pilot)
        assert "✓ planned    instance" in app.text("#plan-stacks")
        assert "2 to add, 1 to change, 1 to destroy" in app.text("#plan-stacks")
        assert app.rows[:3] == ["instance", "module.nodes", "aws_iam_role_policy.fdw"]
        assert engine.forced == [False]


async def test_while_it_is_made_phase_and_counts_are_told(walk: Walk, engine: Engine) -> None:
    engine.gate = threading.Event()
    app = Planning(walk)
    async with app.run_test() as pilot:
        await pilot.press("m")
        await reached(pilot, engine)
        assert "● planning   instance  refreshing · 12 looked at" in app.text("#plan-stacks")
        await pilot.press("m")
        assert "a plan is being made already" in app.text("#plan-text")
        engine.gate.set()
        await settled(pilot)
        assert "✓ planned" in app.text("#plan-stacks")


async def test_a_plan_is_stopped_in_good_order(walk: Walk, engine: Engine) -> None:
    engine.gate = threading.Event()
    app = Planning(walk)
    async with app.run_test() as pilot:
        await pilot.press("m")
        await reached(pilot, engine)
        await pilot.press("c")
        assert "stopping in good order" in app.text("#plan-stacks")
        engine.gate.set()
        while "stopped" not in app.text("#plan-stacks"):
            await pilot.pause()
        assert engine.interrupted
        assert app.rows == []


async def test_a_filter_shows_one_kind_and_all_again(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        everything = app.rows
        await pilot.press("minus")
        assert app.rows == ["instance", "module.private_path", "aws_security_group_rule.in"]
        assert "only delete" in app.text("#plan-filter")
        await pilot.press("asterisk")
        assert app.rows == everything
        await pilot.press("f")
        assert app.rows == ["instance", "module.nodes", "aws_instance.fdw[0]", "aws_instance.fdw[1]"]
        await pilot.press("f", "f", "f")
        assert app.rows == everything


async def test_each_change_has_its_class_and_one_class_is_shown_alone(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = CLASSES
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot)
        counts = "✗ 1 destroys data   ∅ 1 would be ignored   ± 1 replaces   ! 2 interrupts traffic   ✓ 1 safe"
        assert counts in app.text("#plan-classes")
        everything, alone = app.rows, []
        for _ in range(5):
            await pilot.press("e")
            alone.append((app.text("#plan-classes").removeprefix("only what ").partition(":")[0], app.rows[-1]))
        assert alone == [
            ("destroys data", "aws_ebs_volume.data"),
            ("would be ignored", "module.nodes.aws_instance.proxy"),
            ("is replaced", "aws_instance.ingestion"),
            ("interrupts traffic", "aws_security_group_rule.in"),
            ("is safe", "aws_instance.fdw[1]"),
        ]
        await pilot.press("e")
        assert app.rows == everything
        assert "only what" not in app.text("#plan-classes")


@pytest.mark.parametrize(("width", "word"), [(80, " ✗ destroys data"), (100, " ✗ destroys")])
async def test_the_class_has_a_column_that_no_long_address_takes(
    walk: Walk, engine: Engine, width: int, word: str
) -> None:
    long = entry(f'module.nodes.aws_ebs_volume.data["{"x" * 200}"]', "delete", before={"size": 100})
    engine.views["instance"] = view_of(long)
    app = Planning(walk)
    async with app.run_test(size=(width, 30)) as pilot:
        await planned(pilot)
        line = app.query_one(PlanRows).render_line(2).text
        assert "- delete  aws_ebs_volume.data" in line
        assert line.endswith(f"…{word}")


async def test_the_change_under_the_cursor_is_told_with_its_class_why_and_the_way_back(
    walk: Walk, engine: Engine
) -> None:
    engine.views["instance"] = CLASSES
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot)
        volume = await looked_at(pilot, "aws_ebs_volume.data")
        assert "✗ destroys data: deleted, and with it the data on the volume" in volume
        assert "back: none: what is lost is not brought back by an apply" in volume
        proxy = await looked_at(pilot, "module.nodes.aws_instance.proxy")
        assert "∅ would be ignored: instance_type is to be c6i.2xlarge and would stay c6i.xlarge" in proxy
        assert "instead: look in the stack's folder" in proxy
        assert "destroys data" in app.pane.copy_text()


@pytest.mark.parametrize("view", [IGNORING, CLASSES], ids=["without changes", "beside changes"])
async def test_a_plan_that_ignores_an_answer_opens_no_apply_and_says_what_to_do_instead(
    walk: Walk, engine: Engine, view: PlanView
) -> None:
    engine.views["instance"] = view
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot)
        assert "∅ refused    instance  1 answer would be ignored" in app.text("#plan-stacks")
        assert "instance_type is to be c6i.2xlarge and would stay c6i.xlarge" in app.text("#plan-text")
        assert "instead: look in the stack's folder" in app.text("#plan-text")
        assert "module.nodes.aws_instance.proxy" in app.rows
        await pilot.press("a")
        await pilot.pause()
        assert not app.query_one(TypedName).display
        assert app.handed == []
        engine.views["instance"] = CALM
        app.query_one(PlanRows).focus()
        await planned(pilot)
        assert "✓ planned    instance" in app.text("#plan-stacks")


async def test_a_search_narrows_with_every_key_and_escape_gives_it_up(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        everything = app.rows
        await pilot.press("slash", *"iam")
        assert app.rows == ["instance", "module.nodes", "aws_iam_role_policy.fdw"]
        await pilot.press("enter")
        assert isinstance(app.focused, PlanRows)
        await pilot.press("escape")
        assert app.rows == everything


async def test_what_a_search_finds_is_shown_in_a_closed_module_too(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        await pilot.press("o")
        assert app.rows == ["instance", "module.nodes", "module.private_path"]
        await pilot.press("slash", *"fdw[1]")
        assert app.rows[-1] == "aws_instance.fdw[1]"


async def test_modules_open_and_close_under_the_cursor(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        await pilot.press("down", "down", "left", "left")
        assert app.rows == ["instance", "module.nodes", "module.private_path", "aws_security_group_rule.in"]
        await pilot.press("enter")
        assert "aws_instance.fdw[0]" in app.rows


async def test_the_change_under_the_cursor_is_told_attribute_by_attribute(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = LOSING
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot)
        told = await looked_at(pilot, 'aws_ebs_volume.data["ingestion"]')
        assert "± replace" in told
        assert "loses the data on the volume" in told
        assert "encrypted  ± forces the replacement: false → true" in told
        assert "size" not in told
        told = await looked_at(pilot, "aws_iam_role_policy.fdw")
        assert '-      "Action": "ssm:GetParameter"' in told
        assert '+      "Action": "ssm:GetParameters"' in told


async def test_where_nothing_is_lost_one_key_leads_to_the_apply(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        assert not app.query_one(TypedName).display
        await pilot.press("a")
        await pilot.pause()
        assert app.handed == ["instance"]
        goes = [message.step for message in app.said if isinstance(message, GoTo)]
        assert goes == [Step.APPLY]


async def test_what_is_lost_stands_on_top_and_takes_exactly_the_name(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = LOSING
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await planned(pilot)
        assert "1 change destroys or replaces" in app.text("#lost")
        assert "loses the data on the volume" in app.text("#lost")
        await pilot.press("a")
        assert app.handed == []
        await pilot.press(*"acme-pro", "enter")
        assert "refused" in app.text("#typed-hint")
        assert app.handed == []
        await pilot.press(*"dd", "enter")
        assert app.handed == []
        await pilot.press("backspace")
        assert "confirmed" in app.text("#typed-hint")
        await pilot.press("enter")
        await pilot.pause()
        assert app.handed == ["instance"]


async def test_a_name_that_was_typed_counts_for_its_plan_alone(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = LOSING
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        await pilot.press("a", *"acme-prod")
        assert app.query_one(TypedName).confirmed
        app.query_one(PlanBrowser).focus_rows()
        await planned(pilot)
        assert not app.query_one(TypedName).confirmed
        await pilot.press("a")
        await pilot.pause()
        assert app.handed == []


async def test_a_plan_of_other_answers_is_stale_and_opens_no_apply(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        await pilot.press("a")
        walk.typed("nodes.fdw.count", "4")
        app.pane.walk_changed()
        await pilot.pause()
        assert "! stale      instance  the answers have changed since" in app.text("#plan-stacks")
        assert app.handed == ["instance", None]
        await pilot.press("a")
        await pilot.pause()
        assert app.handed == ["instance", None]
        walk.settle()
        await planned(pilot)
        assert "✓ planned" in app.text("#plan-stacks")


async def test_answers_typed_while_it_is_made_leave_it_stale_at_once(walk: Walk, engine: Engine) -> None:
    engine.gate = threading.Event()
    app = Planning(walk)
    async with app.run_test() as pilot:
        await pilot.press("m")
        await reached(pilot, engine)
        walk.typed("nodes.fdw.count", "4")
        app.pane.walk_changed()
        engine.gate.set()
        await settled(pilot)
        assert "! stale" in app.text("#plan-stacks")


async def test_drafts_and_findings_hold_the_plan(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    app.desk.found = (
        Finding(code="IS_HIGH", severity=Severity.HIGH, path="nodes.fdw.count", what="w", why="y", remedy="r"),
    )
    async with app.run_test() as pilot:
        await planned(pilot)
        assert "✗ failed     instance" in app.text("#plan-stacks")
        assert "IS_HIGH" in app.text("#plan-text")
        assert walk.holding == app.desk.found
        await planned(pilot)
        assert "held: 1 finding" in app.text("#plan-text")
        walk.typed("nodes.fdw.count", "4")
        app.pane.walk_changed()
        await planned(pilot)
        assert "not final" in app.text("#plan-text")
        assert engine.forced == []


async def test_who_is_waited_for_is_told_and_asked_again_on_the_key(walk: Walk, engine: Engine) -> None:
    engine.waiting = flow.Waiting("the owner of account 210987654321", "pcx-1: pending-acceptance", "have it accepted")
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("right_square_bracket")
        await planned(pilot)
        assert "… waits      link      on the owner of account 210987654321" in app.text("#plan-stacks")
        engine.waiting = None
        await planned(pilot)
        assert "✓ planned    link" in app.text("#plan-stacks")


async def test_a_later_stack_waits_calmly_for_the_one_before(walk: Walk, engine: Engine, monkeypatch: Any) -> None:
    monkeypatch.undo()
    app = Planning(walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("right_square_bracket")
        await planned(pilot)
        assert "… waits      link      on stack instance" in app.text("#plan-stacks")
        assert not app.query_one("#plan-said").display


async def test_an_error_says_why_and_what_next_and_can_be_copied(walk: Walk, engine: Engine) -> None:
    engine.error = EngineError("instance could not be initialised", cause="no provider", action="name a mirror")
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        assert "✗ failed     instance" in app.text("#plan-stacks")
        assert "why:  no provider" in app.text("#plan-text")
        assert "next: name a mirror" in app.pane.copy_text()
        await pilot.press("v")
        await settled(pilot)
        assert engine.forced == [False]
        engine.error = None
        await planned(pilot)
        assert not app.query_one("#plan-said").display


async def test_files_edited_by_hand_are_set_aside_only_on_a_key_of_its_own(walk: Walk, engine: Engine) -> None:
    engine.error = EditedFileError("1 emitted file was edited", {"main.tf": "+# mine\n"}, cause="main.tf")
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        assert "+# mine" in app.text("#plan-text")
        await pilot.press("v")
        await settled(pilot)
        assert engine.forced == [False, True]
        assert "✓ planned" in app.text("#plan-stacks")


async def test_a_plan_without_changes_may_go_on_and_the_next_stack_is_next(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = NOTHING
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        assert "= no changes instance" in app.text("#plan-stacks")
        assert app.pane.standings.chosen == "link"
        await pilot.press("a")
        await pilot.pause()
        assert app.handed == ["instance"]


async def test_what_changes_something_is_applied_before_what_was_seen_to_change_nothing(
    walk: Walk, engine: Engine
) -> None:
    engine.views["instance"] = NOTHING
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        await planned(pilot)
        assert "✓ planned    link" in app.text("#plan-stacks")
        await pilot.press("a")
        await pilot.pause()
        assert app.handed == ["link"]


async def test_a_plan_that_an_apply_took_is_no_longer_offered(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        next(walk.place.runs.glob("instance/*/*/plan.bin")).unlink()
        app.pane.shown()
        await pilot.pause()
        assert "✓ applied    instance" in app.text("#plan-stacks")
        assert app.pane.standings.chosen == "link"
        await pilot.press("a")
        await pilot.pause()
        assert app.handed == []


async def test_while_names_are_masked_the_field_spells_none(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = LOSING
    app = Planning(walk)
    app.mask = lambda text: text.replace("acme-prod", "deployment-A")  # type: ignore[attr-defined]
    async with app.run_test() as pilot:
        await planned(pilot)
        assert "deployment-A" in app.text("#typed-hint")
        await pilot.press("a", *"acme-prod")
        assert app.query_one("#typed-name", Input).password
        assert app.query_one(TypedName).confirmed


async def test_presenter_mode_masks_what_is_already_drawn(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = view_of(entry("module.a.aws_ebs_volume.acme-prod", "delete", before={"size": 1}))
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        assert "acme-prod" in await looked_at(pilot, "aws_ebs_volume.acme-prod")
        app.presenter = True  # type: ignore[attr-defined]
        app.mask = lambda text: text.replace("acme-prod", "deployment-A")  # type: ignore[attr-defined]
        app.pane.walk_changed()
        await pilot.pause()
        assert "aws_ebs_volume.deployment-A" in app.query_one(PlanRows).render_line(2).text
        assert "aws_ebs_volume.deployment-A" in app.details
        assert "aws_ebs_volume.deployment-A" in app.text("#lost")


async def test_the_cursor_stays_on_its_change_when_rows_come_and_go(walk: Walk, engine: Engine) -> None:
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        rows = app.query_one(PlanRows)
        rows.cursor = app.rows.index("aws_security_group_rule.in")
        await pilot.press("minus")
        assert rows.row is not None
        assert rows.row.label == "aws_security_group_rule.in"


async def test_keys_work_when_there_is_nothing_to_put_the_focus_on(walk: Walk, engine: Engine) -> None:
    engine.waiting = flow.Waiting("somebody", "because", "wait")
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        app.set_focus(None)
        app.pane.focus()
        engine.waiting = None
        await planned(pilot)
        assert "✓ planned" in app.text("#plan-stacks")


async def test_ten_thousand_rows_are_gone_through_to_the_end(walk: Walk, engine: Engine) -> None:
    engine.views["instance"] = view_of(*(entry(f"aws_instance.a[{n}]", "create") for n in range(10_000)))
    app = Planning(walk)
    async with app.run_test() as pilot:
        await planned(pilot)
        await pilot.press("end")
        rows = app.query_one(PlanRows)
        assert rows.cursor == 10_000
        bottom = rows.scrollable_content_region.height - 1
        assert "aws_instance.a[9999]" in rows.render_line(bottom).text
        assert rows.render_line(bottom).text.startswith("❯")


def test_progress_tells_what_is_known() -> None:
    assert progress(RunState()) == "starting"
    assert progress(RunState(phase="planning", refreshed=3, total=9)) == "planning · 3 looked at · 9 steps so far"


SNAPSHOTS: Mapping[str, PlanView | None] = {
    "recorded": read_plan(json.loads((STREAMS / "show-planfile.json").read_text())),
    "classes": CLASSES,
}


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("name", SNAPSHOTS)
def test_looks(walk: Walk, engine: Engine, name: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    async def before(pilot: Pilot[None]) -> None:
        await pilot.pause()
        view = SNAPSHOTS[name]
        if view is not None:
            engine.views["instance"] = view
            await planned(pilot)
            await looked_at(pilot, pilot.app.query_one(PlanRows).rows[2].label)
            await pilot.pause()

    assert snap_compare(Planning(walk), terminal_size=size, run_before=before)
