"""Drift on screen: looked at behind the keys, told with whose doing it is, and each way on by its own question."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Static

from screens import drifted_work as heard
from screens.deployments import Deployments
from screens.drifted import Drift
from screens.drifted_import import AskImport
from screens.widgets.ask import Ask
from screens.widgets.entry_list import EntryList
from screens.widgets.line import Line
from screens.wizard import WizardScreen
from tests.drift.drifting import DATA, NOON, PEERING, drifted, event, explained, volume
from tests.screens.stage import Stage, StillDesk, Whole, opened, settled, until
from tests.screens.waiting import palette_offers
from tests.verify import world
from tests.workspaces import run_in
from wizard.aws.session import Identity
from wizard.deploy import flow, store
from wizard.deploy.drift.looking import Look
from wizard.deploy.target import open_target
from wizard.drift.explain import Status
from wizard.drift.found import Stray
from wizard.engine.events import RunState
from wizard.engine.plans import Change, PlanView
from wizard.engine.runs import Run
from wizard.engine.saved import PlanRun
from wizard.errors import BlockedError, PlanewrightError
from wizard.facts.trail import Trail

RULE = 'module.nodes.aws_vpc_security_group_ingress_rule.mesh["proxy"]'
TAGGED = volume(iops=3100, tags={"Name": "data-1", "team": "data"})
STRAY = Stray("vol-0123456789abcdef0", "aws_ebs_volume", "acme-prod-data-2", (f'{DATA[:-3]}2"]', f'{DATA[:-3]}3"]'))
SEEN = (
    *explained(volume(iops=3100), trail=Trail((event("ModifyVolume", "vol-0a"),))),
    *explained(drifted(RULE, {"id": "sgr-0123456789abcdef0"}, None)),
    *explained(
        drifted(PEERING, {"id": "pcx-0123456789abcdef0", "accept_status": "active"},
                {"id": "pcx-0123456789abcdef0", "accept_status": "expired"}),
        peerings={"pcx-0123456789abcdef0": Status("expired")},
    ),
)  # fmt: skip


def put_back(address: str) -> Change:
    return Change(address, "module.nodes", "aws_ebs_volume", "data", "update")


class Account:
    """Looks that give values, and an engine that plans one; what it was asked for is kept."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.found: dict[str, Look] = {
            "instance": Look(
                "instance",
                NOON,
                "R1",
                SEEN,
                (STRAY,),
                ("module.redis.aws_elasticache_user_group.this",),
                ("who: unread",),
            ),
            "link": Look("link", NOON, waiting="it was not applied from this workspace: planewright apply acme-prod"),
        }
        self.error: PlanewrightError | None = None
        self.held: threading.Event | None = None
        self.looked: list[str] = []
        self.asked: list[dict[str, Any]] = []
        self.view = PlanView((put_back(DATA),))
        self.findings: tuple[Any, ...] = ()
        self.applied: list[str] = []
        self.run: Run | None = None
        patch = stage.patch
        store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
        store.save_contract(stage.place(), "instance", world.outputs("private"))
        stage.place().stack("instance").mkdir(parents=True)
        self.site = SimpleNamespace(
            session=SimpleNamespace(identity=lambda: Identity("111111111111", "arn:aws:iam::111111111111:user/o", "o")),
            engine=None,
        )
        patch.setattr(StillDesk, "site", lambda _desk, _target: self.site)
        patch.setattr("wizard.deploy.drift.looking.look", self.look)
        patch.setattr("wizard.walk.drifts.checked", lambda *_: SimpleNamespace(findings=self.findings))
        patch.setattr(flow, "prepare", self.prepare)
        patch.setattr(flow, "carry_through", lambda _engine, _runs, made: self.applied.append(made.run.request.action))

    def look(self, _target: Any, stack: str, _site: Any, *, on_state: Any) -> Look:
        self.looked.append(stack)
        if self.error is not None:
            raise self.error
        on_state(RunState())
        while self.held is not None and not self.held.wait(0.1):
            on_state(RunState())
        return self.found[stack]

    def prepare(self, target: Any, stack: str, _site: Any, **_: Any) -> Any:
        engine = SimpleNamespace(
            plan=self.plan, stack_dir=target.place.stack(stack), outputs=self.outputs,
            state_forget=lambda addresses: self.asked.append({"forget": addresses}),
        )  # fmt: skip
        return flow.Ready(target, stack, cast("Any", None), cast("Any", engine), cast("Any", None), ())

    def outputs(self) -> dict[str, Any]:
        values = world.outputs("private").model_dump(mode="json")
        return {key: {"value": value, "type": "string", "sensitive": False} for key, value in values.items()}

    def plan(self, runs: Path, **wanted: Any) -> PlanRun:
        blocks = runs.parent.parent / "stacks" / "instance" / "planewright-import.tf"
        wanted.pop("on_state", None)
        self.asked.append(wanted | ({"import": blocks.read_text()} if blocks.exists() else {}))
        run = self.run = self.run or run_in(runs, "plan")
        run.plan_file.write_bytes(b"plan")
        return PlanRun(run, self.view, "sha256:0123456789abcdef", RunState())


class Session:
    """The drift of acme-prod on screen."""

    def __init__(self, app: Whole, pilot: Pilot[Any], account: Account) -> None:
        self.app, self.pilot, self.account = app, pilot, account

    @property
    def screen(self) -> Drift:
        return next(it for it in self.app.screen_stack if isinstance(it, Drift))

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#told-said", Static).content)

    @property
    def told(self) -> str:
        return str(self.screen.query_one("#entry-told", Static).content)

    async def looked(self) -> None:
        await until(self.pilot, lambda: not self.screen.busy)
        await settled(self.pilot)

    async def go_to(self, part: str) -> None:
        """Put the cursor on the entry whose key has a part."""
        entries = self.screen.query_one(EntryList)
        entries.show(entries.entries, at=next(it.key for it in entries.entries if part in it.key))
        await settled(self.pilot)

    async def asked(self) -> str:
        await until(self.pilot, lambda: isinstance(self.app.screen, Ask))
        return "\n".join(str(it.render()) for it in self.app.screen.query(Static))

    async def answer(self, key: str) -> None:
        question = self.app.screen
        await self.pilot.press(key)
        await until(self.pilot, lambda: self.app.screen is not question)
        await settled(self.pilot)

    async def planning(self) -> WizardScreen:
        """Until the steps are open and the plan is made."""
        screen: WizardScreen = await opened(self.pilot)
        await until(self.pilot, lambda: screen.pane is not None and not screen.pane.standings.busy)  # type: ignore[attr-defined]
        await settled(self.pilot)
        return screen


@asynccontextmanager
async def shown(tmp_path: Path, patch: pytest.MonkeyPatch, **changed: Any) -> AsyncIterator[Session]:
    stage = Stage(tmp_path, patch)
    account = Account(stage)
    for name, value in changed.items():
        setattr(account, name, value)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.push_screen(Drift(stage.desk, stage.place()))
        await until(pilot, lambda: isinstance(app.screen, Drift) and app.screen.is_mounted)
        yield Session(app, pilot, account)


async def test_what_drifted_is_told_with_whose_doing_and_what_it_interrupts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        assert s.account.looked == ["instance", "link"]
        everything = s.screen.copy_text()
        assert "! drifted  instance  3 resources drifted, 1 resource of ours in no state · 1 not read" in everything
        assert "note: who: unread" in everything
        assert "no drift, by design: 1" in everything
        assert "… not looked at  link" in everything
        assert f"~ changed  {DATA}  iops: 3000 → 3100" in everything
        assert f"- gone  {RULE}" in everything
        assert f"✗ dead  {PEERING}  expired: nobody accepted it within 7 days" in everything
        assert f"? in no state  aws_ebs_volume {STRAY.id}" in everything

        await s.go_to(DATA)
        assert "by: probably arn:aws:iam::111111111111:user/dana by ModifyVolume" in s.told
        assert "iops: 3000 → 3100" in s.told
        assert "means: " in s.told
        assert "accept: " in s.told
        assert "revert: " in s.told


async def test_a_look_is_stopped_left_and_made_again_and_what_an_earlier_one_says_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch, held=threading.Event()) as s:
        await until(s.pilot, lambda: s.account.looked == ["instance"])
        await s.pilot.press("a", "r", "w", "i")
        assert s.app.screen is s.screen, "nothing is there to go on from"
        await s.pilot.press("c")
        await until(s.pilot, lambda: "Stopped; nothing was changed" in s.said)
        assert s.account.looked == ["instance"], "the second stack was not begun"

        s.account.held = None
        late = s.screen._number
        await s.pilot.press("l")
        await s.looked()
        assert s.screen.looks
        from screens import drifted_work

        s.screen.post_message(drifted_work.Looked(late, s.screen.target, ()))  # type: ignore[arg-type]
        await settled(s.pilot)
        assert s.screen.looks, "an earlier look has nothing to say any more"
        await s.pilot.press("escape")
        await until(s.pilot, lambda: isinstance(s.app.screen, Deployments))


async def test_why_there_is_no_look_is_told_with_the_way_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = BlockedError("drift of instance cannot be told now: its state is locked", cause="olga", action="wait")
    async with shown(tmp_path, monkeypatch, error=locked) as s:
        await s.looked()
        assert "its state is locked" in s.said
        assert "next: wait" in s.said


async def test_what_an_answer_says_is_written_after_the_yes_and_the_rest_goes_into_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Look("instance", NOON, "R1", explained(TAGGED))
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        s.account.found["instance"] = found
        s.account.view = PlanView(())
        await s.pilot.press("l")
        await s.looked()
        await s.go_to(DATA)
        await s.pilot.press("a")
        asked = await s.asked()
        assert "Write these to the answers of acme-prod?" in asked
        assert "answer nodes.ingestion.volumes.iops: 3000 → 3100  (counts for all data volumes" in asked
        await s.answer("n")
        assert iops(s) == 3000

        await s.pilot.press("a")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: isinstance(s.app.screen, Ask) or s.screen.error is not None)
        assert s.screen.error is None
        assert f"takes in {', '.join(found.drifted[0].unsaid)}; no answer says it" in await s.asked()
        assert iops(s) == 3100
        await s.answer("n")
        assert s.account.applied == []
        assert s.account.run is not None
        assert not s.account.run.plan_file.exists(), "what nobody agreed to is kept for no apply"

        await s.pilot.press("a")
        await s.asked()
        await s.answer("y")
        await s.asked()
        await s.answer("y")
        await until(s.pilot, lambda: "The state of instance has it" in s.said)
        assert s.account.applied == ["plan"]
        assert {"refresh_only": True, "targets": [DATA]} in s.account.asked


@pytest.mark.parametrize("there", [True, False])
def test_who_has_left_before_the_states_plan_is_made_leaves_none_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    stage = Stage(tmp_path, monkeypatch)
    account = Account(stage)
    account.view = PlanView(())
    target = open_target(stage.workspace, "acme-prod")
    heard.plan_taking_in(stage.desk, target, "instance", explained(TAGGED), lambda _message: there)
    assert account.run is not None
    assert account.run.plan_file.exists() is there


async def test_what_the_next_apply_would_put_back_is_not_hidden_in_the_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged = explained(volume(tags={"Name": "data-1", "team": "data"}))
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        s.account.found["instance"] = Look("instance", NOON, "R1", tagged)
        await s.pilot.press("l")
        await s.looked()
        await s.go_to(DATA)
        await s.pilot.press("a")
        await until(s.pilot, lambda: "cannot be accepted into the state alone" in s.said)
        assert s.account.applied == []


async def test_what_cannot_go_a_way_says_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        await s.go_to(RULE)
        await s.pilot.press("a")
        assert "Not here: " in s.said
        assert s.app.screen is s.screen
        await s.go_to(DATA)
        assert "Not here: " not in s.said, "it was said of another"


@pytest.mark.parametrize(
    ("at", "keys", "asked", "said"),
    [
        (DATA, "r", {"targets": (DATA,), "replace": ()}, f"puts back {DATA}"),
        (DATA, "w", {"targets": (), "replace": (PEERING,)}, "has to accept it"),
        (PEERING, "r", {"targets": (), "replace": (PEERING,)}, f"puts back {PEERING}"),
    ],
)
async def test_what_is_put_back_is_planned_at_the_step_plan_and_goes_on_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, keys: str, asked: dict[str, Any], said: str
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        await s.go_to(at)
        await s.pilot.press(keys)
        screen = await s.planning()
        assert s.account.asked == [asked]
        assert said in str(screen.query_one("#plan-back", Static).content)
        assert "planned" in str(screen.query_one("#plan-stacks", Static).content)
        await s.pilot.press("a")
        await until(s.pilot, lambda: screen.step is not None and screen.step.value == "apply")
        await settled(s.pilot)
        assert "instance of acme-prod: 0 to add, 1 to change" in str(screen.query_one("#apply-offer", Static).content)
        await s.pilot.press("a")
        assert "Apply instance of acme-prod to account 111111111111" in await s.asked()
        await s.answer("n")

        screen.dismiss()
        await until(s.pilot, lambda: s.app.screen is s.screen)
        await until(s.pilot, lambda: "seen before you went on" in s.said)


async def test_what_holds_an_apply_holds_what_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.screens.stage import finding
    from wizard.findings import Severity

    high = finding("zone_id", Severity.HIGH, "A_CODE", "what of it", "why", "remedy")
    async with shown(tmp_path, monkeypatch, findings=(high,)) as s:
        await s.looked()
        await s.go_to(DATA)
        await s.pilot.press("r")
        screen = await s.planning()
        assert "A_CODE" in str(screen.query_one("#plan-text", Static).content)
        assert s.account.asked == []


async def test_what_is_in_no_state_is_imported_by_address_and_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        await s.go_to(STRAY.id)
        await s.pilot.press("i")
        await until(s.pilot, lambda: isinstance(s.app.screen, AskImport))
        line = s.app.screen.query_one(Line)
        assert line.value == f"{STRAY.candidates[0]}={STRAY.id}"
        line.value = "nothing"
        await s.pilot.press("enter")
        problem = s.app.screen.query_one("#import-problem", Static)
        await until(s.pilot, lambda: "says nothing that could be imported" in str(problem.content))
        line.value = f"{STRAY.candidates[1]}={STRAY.id}"
        await s.pilot.press("enter")
        screen = await s.planning()
        (asked,) = s.account.asked
        assert asked["targets"] == (STRAY.candidates[1],)
        assert f'id = "{STRAY.id}"' in asked["import"]
        assert f"imports {STRAY.id} as" in str(screen.query_one("#plan-back", Static).content)


async def test_what_is_gone_is_imported_under_another_id_and_what_is_there_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shown(tmp_path, monkeypatch) as s:
        await s.looked()
        await s.go_to(DATA)
        await s.pilot.press("i")
        assert s.app.screen is s.screen, "it is in the state"
        await s.go_to(RULE)
        await s.pilot.press("i")
        await until(s.pilot, lambda: isinstance(s.app.screen, AskImport))
        line = s.app.screen.query_one(Line)
        assert line.value == f"{RULE}="
        line.value += "sgr-9"
        await s.pilot.press("enter")
        await s.planning()
        assert s.account.asked[0] == {"forget": (RULE,)}


async def test_it_is_one_of_the_actions_in_the_list_and_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(tmp_path, monkeypatch)
    Account(stage)
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press(*"acme", "ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"Drift acme")
        await palette_offers(pilot, "Drift acme-prod")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Drift))


def iops(s: Session) -> int:
    stage = s.account.stage
    return open_target(stage.workspace, "acme-prod").deployment.nodes.ingestion.volumes.iops or 3000
