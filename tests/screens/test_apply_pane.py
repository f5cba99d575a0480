"""A plan is carried out after a yes, stopped in good order, left and found again, handed over; secrets are seeded."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.widgets import Footer, Input, Static

from screens.desk import Desk
from screens.messages import Applied
from screens.steps.apply import ApplyPane
from screens.styles import DARK, of_app, of_steps
from screens.widgets.ask import Ask
from screens.widgets.run_picker import RunPicker
from screens.widgets.seed_form import SeedForm
from tests.screens import runs as made
from tests.screens.runs import clock, launched, recorded, says, stream_lines
from tests.screens.waiting import until
from tests.verify import world
from tests.workspaces import run_in, with_examples
from wizard.aws.secrets import SeedEvent, SeedResult
from wizard.aws.session import Identity
from wizard.deploy import store
from wizard.deploy.exclusive import exclusive
from wizard.deploy.flow import Planned
from wizard.deploy.target import Target
from wizard.engine import cancel
from wizard.engine.events import RunState
from wizard.engine.plans import Change, PlanView
from wizard.engine.runs import Run
from wizard.engine.saved import PlanRun
from wizard.errors import AccountError, EngineError, PlanewrightError
from wizard.walk import applying
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

VOLUME = Change("module.nodes.aws_ebs_volume.data", "module.nodes", "aws_ebs_volume", "data", "replace")
NODE = Change("module.nodes.aws_instance.svc", "module.nodes", "aws_instance", "svc", "create")
#: Says that it was asked to stop, and stops: what the engine does, in three lines.
STOPS = """
trap 'echo "{\\"@level\\":\\"info\\",\\"@message\\":\\"Interrupt received.\\",\\"type\\":\\"log\\"}"; exit 1' INT
echo '{"@level":"info","@message":"tofu","type":"version","ui":"1.2"}'
while :; do sleep 0.05; done
"""
DONE = """
echo '{"@level":"info","@message":"Apply complete!","type":"change_summary","changes":{"add":1,"change":0,"remove":0,"operation":"apply"}}'
"""


class FakeEngine:
    """What an apply asks of the engine: its run is a shell script's, its outputs are a contract's."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.started: list[Run] = []

    def start_apply(self, folder: Path, plan: PlanRun) -> Run:
        run = launched(folder, self.script, expected=1, plan_run=plan.run.id)
        self.started.append(run)
        return run

    def outputs(self) -> dict[str, Any]:
        values = world.outputs("private").model_dump(mode="json")
        return {key: {"value": value, "type": "string", "sensitive": False} for key, value in values.items()}

    def plan(self, *_: Any, **__: Any) -> Any:
        raise EngineError("there is no refresh in this test")


class HereDesk(Desk):
    """A desk whose site is made without AWS. `refusal` is what opening it ends with."""

    refusal: ClassVar[PlanewrightError | None] = None
    engine_here: ClassVar[FakeEngine]

    def site(self, target: Target) -> Any:
        if self.refusal is not None:
            raise self.refusal
        account = target.shard.account.id
        return SimpleNamespace(
            session=SimpleNamespace(identity=lambda: Identity(account, f"arn:aws:iam::{account}:user/o", "o")),
            credentials=SimpleNamespace(ends=None),
            stack_engine=lambda _target, _stack: self.engine_here,
        )


class Bed(App[None]):
    """One apply step, as the wizard's screen would show it."""

    CSS_PATH: ClassVar = [*of_app(), *of_steps()]

    def __init__(self, desk: Desk, walk: Walk) -> None:
        super().__init__()
        self.desk, self.walk_shown = desk, walk
        self.applied: list[str] = []
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        with Container():
            yield ApplyPane(self.walk_shown, self.desk, clock=clock)
        yield Footer()

    def on_mount(self) -> None:
        self.pane.shown()

    def on_applied(self, message: Applied) -> None:
        self.applied.append(message.stack)

    @property
    def pane(self) -> ApplyPane:
        return self.query_one(ApplyPane)

    def text(self, name: str) -> str:
        return str(self.screen_stack[0].query_one(f"#{name}", Static).render())

    @property
    def news(self) -> str:
        return self.text("apply-news")


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    workspace = Workspace(with_examples(tmp_path))
    return Walk(workspace, workspace.place("deployment", "acme-prod"))


@pytest.fixture
def bed(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> Bed:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    return Bed(HereDesk(walk.workspace, {}), walk)


def planned(walk: Walk, script: str = DONE, *changes: Change) -> Planned:
    """A plan that was looked at. Its run lies there as a plan's does."""
    assert walk.target is not None
    engine = FakeEngine(script)
    run = run_in(walk.place.runs, "plan")
    plan = PlanRun(run, PlanView(changes), "sha256:0", RunState())
    return Planned(walk.target, "instance", engine, plan, None)  # type: ignore[arg-type]


async def yes(pilot: Any, app: Bed) -> None:
    await pilot.press("a")
    await until(pilot, lambda: isinstance(app.screen, Ask))
    await pilot.press("y")


async def test_without_a_plan_there_is_nothing_to_apply(bed: Bed) -> None:
    async with bed.run_test() as pilot:
        assert "Nothing to apply" in bed.text("apply-offer")
        await pilot.press("a")
        assert not isinstance(bed.screen, Ask)


async def test_a_plan_is_applied_after_a_yes_and_hands_over(bed: Bed, walk: Walk) -> None:
    plan = planned(walk, DONE, NODE)
    async with bed.run_test(size=(100, 40)) as pilot:
        bed.pane.offer(plan)
        assert "1 to add" in bed.text("apply-offer")
        await yes(pilot, bed)
        await until(pilot, lambda: bed.applied == ["instance"])
        assert bed.pane.view.ended is not None
        assert "✓ instance is handed over" in bed.news
        assert "the state could not be settled" in bed.news  # the note of the core, not lost
        assert "s seeds the secrets" in bed.news
        assert "10.64" in bed.news or "vpc" in bed.news  # outputs
    assert store.load_contract(walk.place, "instance") == world.outputs("private")


async def test_a_no_starts_nothing(bed: Bed, walk: Walk) -> None:
    plan = planned(walk, DONE, NODE)
    async with bed.run_test() as pilot:
        bed.pane.offer(plan)
        for answer in ("n", "escape", "enter"):  # an Enter that was meant for something else is a no as well
            await pilot.press("a")
            await until(pilot, lambda: isinstance(bed.screen, Ask))
            await pilot.press(answer)
            await until(pilot, lambda: not isinstance(bed.screen, Ask))
        assert bed.pane.view.run is None
    assert plan.engine.started == []  # type: ignore[attr-defined]


async def test_what_would_be_lost_is_said_once_more(bed: Bed, walk: Walk) -> None:
    async with bed.run_test(size=(100, 40)) as pilot:
        bed.pane.offer(planned(walk, DONE, VOLUME))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(bed.screen, Ask))
        body = str(bed.screen.query_one("#ask-body Static", Static).render())
        assert "cannot be brought back" in body
        assert VOLUME.address in body


async def test_a_plan_without_changes_hands_over_without_a_run(bed: Bed, walk: Walk) -> None:
    plan = planned(walk)
    async with bed.run_test() as pilot:
        bed.pane.offer(plan)
        assert "no changes" in bed.text("apply-offer")
        await pilot.press("a")
        await until(pilot, lambda: bed.applied == ["instance"])
    assert plan.engine.started == []  # type: ignore[attr-defined]
    assert store.load_contract(walk.place, "instance") is not None


async def test_what_keeps_an_apply_from_starting_is_told_with_the_way_on(
    bed: Bed, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = AccountError("the credentials end in 3 minutes", cause="they do", action="log in again")
    monkeypatch.setattr(HereDesk, "refusal", refusal)
    async with bed.run_test() as pilot:
        bed.pane.offer(planned(walk, DONE, NODE))
        await yes(pilot, bed)
        await until(pilot, lambda: "nothing was applied" in bed.news)
        assert "✗ the credentials end in 3 minutes" in bed.news
        assert "next: log in again" in bed.news
        assert bed.pane.planned is not None  # it can be tried again


async def test_the_first_cancel_stops_in_good_order_and_the_second_asks(
    bed: Bed, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    really = cancel.interrupt

    def interrupt(run: Run) -> bool:
        asked.append(run.id)
        return really(run) if len(asked) > 1 else True  # the first is on its way for as long as the test wants

    monkeypatch.setattr(cancel, "interrupt", interrupt)
    async with bed.run_test(size=(100, 40)) as pilot:
        bed.pane.offer(planned(walk, STOPS, NODE))
        await yes(pilot, bed)
        await until(pilot, lambda: bed.pane.view.state.events > 0)
        assert "The run goes on if you leave or quit" in bed.news
        await pilot.press("c")
        await until(pilot, lambda: len(asked) == 1)
        assert not isinstance(bed.screen, Ask)
        assert "asked to stop" in bed.news
        await pilot.press("c")
        await until(pilot, lambda: isinstance(bed.screen, Ask))
        assert "no state knows" in str(bed.screen.query_one("#ask-body Static", Static).render())
        await pilot.press("y", "enter")  # no word, no signal
        await until(pilot, lambda: not isinstance(bed.screen, Ask))
        assert len(asked) == 1
        await pilot.press("c")
        await until(pilot, lambda: isinstance(bed.screen, Ask))
        await pilot.press(*"stop", "enter")
        await until(pilot, lambda: bed.pane.view.ended is not None)
        assert len(asked) == 2
        assert bed.pane.view.state.interrupted
        assert bed.applied == []
    assert store.load_contract(walk.place, "instance") is None


async def test_a_run_that_goes_on_is_found_when_its_object_is_opened(bed: Bed, walk: Walk) -> None:
    run = run_in(walk.place.runs)
    made.going(run)
    says(run, *stream_lines("apply-private")[:150])
    async with bed.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: bed.pane.view.state.events == 150)
        assert bed.pane.view.going
        assert "planewright watch acme-prod" in bed.news
        await pilot.press("a")  # nothing else can be started meanwhile
        assert not isinstance(bed.screen, Ask)
    assert run.alive()


async def test_a_screen_that_is_left_leaves_the_engine_running(bed: Bed, walk: Walk) -> None:
    plan = planned(walk, STOPS, NODE)
    async with bed.run_test() as pilot:
        bed.pane.offer(plan)
        await yes(pilot, bed)
        await until(pilot, lambda: bed.pane.view.state.events > 0)
    (run,) = plan.engine.started  # type: ignore[attr-defined]
    assert run.engine_alive()
    again = Bed(bed.desk, walk)
    async with again.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: again.pane.view.run is not None and again.pane.view.state.events > 0)
        assert again.pane.view.run == run
        await pilot.press("c")
        await until(pilot, lambda: again.pane.view.ended is not None)
        assert again.pane.view.state.interrupted


async def test_what_an_apply_left_without_its_starter_is_taken_over_on_a_key(
    bed: Bed, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(walk)
    monkeypatch.setattr(HereDesk, "engine_here", plan.engine, raising=False)
    run = launched(walk.place.runs, DONE, expected=1, plan_run=plan.plan.run.id)
    async with bed.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "o takes them over" in bed.news)
        await pilot.press("o")
        await until(pilot, lambda: bed.applied == ["instance"])
        assert applying.UNSETTLED[:40] in bed.news
    assert applying.handed_over(walk.place, run)


async def test_outputs_that_could_not_be_read_are_read_again_on_a_key(
    bed: Bed, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(walk, DONE, NODE)
    outputs = plan.engine.outputs()  # type: ignore[attr-defined]
    monkeypatch.setattr(FakeEngine, "outputs", lambda _self: {})
    async with bed.run_test(size=(100, 40)) as pilot:
        bed.pane.offer(plan)
        await yes(pilot, bed)
        await until(pilot, lambda: "its outputs were not taken over" in bed.news)
        assert bed.applied == []
        monkeypatch.setattr(FakeEngine, "outputs", lambda _self: outputs)
        await pilot.press("o")
        await until(pilot, lambda: bed.applied == ["instance"])
        assert bed.pane.check_action("take_over", ()) is False


async def test_another_command_that_holds_the_object_is_named(bed: Bed, walk: Walk) -> None:
    with exclusive(walk.place):
        async with bed.run_test(size=(100, 40)) as pilot:
            bed.pane.offer(planned(walk, DONE, NODE))
            await yes(pilot, bed)
            await until(pilot, lambda: "another planewright command works on acme-prod" in bed.news)


async def test_a_failure_names_what_failed_and_the_way_on(bed: Bed, walk: Walk) -> None:
    recorded(walk.place.runs, "apply-fail-midway", outcome="failed")
    async with bed.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bed.pane.view.ended is not None)
        assert "✗ instance could not be applied (86 of 108 steps were done)" in bed.text("run-verdict")
        assert "next: " in bed.text("run-verdict")
        assert not bed.query_one("#apply-news-box").display


async def test_an_earlier_run_is_picked_and_seen_again(bed: Bed, walk: Walk) -> None:
    recorded(walk.place.runs, "plan-private", action="plan")
    async with bed.run_test(size=(100, 40)) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: isinstance(bed.screen, RunPicker) and len(bed.screen._found) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: bed.pane.view.ended is not None)
        assert bed.pane.view.run is not None
        assert bed.pane.view.run.request.action == "plan"
        assert bed.applied == []


def with_instance(walk: Walk) -> None:
    store.save_contract(walk.place, "instance", world.outputs("private"))


async def test_secrets_are_seeded_with_what_was_typed_and_it_is_nowhere_on_screen(
    bed: Bed, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_instance(walk)
    stored: list[str] = []

    def seed_target(target: Target, session: Any, *, inputs: Any, rotate: frozenset[str]) -> SeedResult:
        stored.append(inputs.database_password())
        assert not rotate
        events = (SeedEvent("database", "stored", "acme/db"), SeedEvent("proxy_tls", "missing", "acme/tls"))
        return SeedResult(events, ("that clients trust it",))

    monkeypatch.setattr("wizard.deploy.seeding.seed_target", seed_target)
    monkeypatch.setattr("wizard.aws.session.open_session", lambda *_, **__: object())
    async with bed.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: bed.pane.check_action("seed", ()) is True)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(bed.screen, SeedForm))
        await pilot.press(*"hunter2pass")
        assert "hunter2" not in bed.export_screenshot()
        assert bed.screen.query_one("#seed-password", Input).password
        while isinstance(bed.screen, SeedForm):
            await pilot.press("enter")
        await until(pilot, lambda: "acme/db" in bed.news)
        assert stored == ["hunter2pass"]
        assert "… proxy_tls missing" in bed.news
        assert "? not proven: that clients trust it" in bed.news
        assert "something is still missing" in bed.news
        assert "hunter2" not in bed.export_screenshot()


async def test_secrets_wait_for_the_stack_that_makes_their_containers(bed: Bed) -> None:
    async with bed.run_test() as pilot:
        await pilot.pause()
        assert bed.pane.check_action("seed", ()) is False
        await pilot.press("s")
        assert not isinstance(bed.screen, SeedForm)


async def test_a_password_that_is_needed_and_was_not_typed_is_asked_for(bed: Bed, walk: Walk) -> None:
    from wizard.walk import seeds

    assert walk.target is not None
    inputs = seeds.inputs(walk.target, password="", certificate="", key="")
    assert inputs.proxy_tls() is None
    with pytest.raises(PlanewrightError, match=r"the password of .* is needed"):
        inputs.database_password()
    with pytest.raises(PlanewrightError, match="go together"):
        seeds.tls("cert.pem", "")
    with pytest.raises(PlanewrightError, match="cannot be read"):
        seeds.tls("nowhere.pem", "nowhere.key")
