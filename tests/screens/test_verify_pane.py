"""The path is looked at hop by hop on screen; what failed comes first with what to do; the report is shown."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.widgets import Footer, OptionList, Static

from screens.desk import Desk
from screens.messages import Verified
from screens.pane import Pane
from screens.steps.report import ReportPane
from screens.steps.verify import VerifyPane
from screens.styles import DARK, of_app, of_steps
from screens.widgets.diagram import Diagram
from screens.widgets.hop_list import HopList
from tests.screens.waiting import until
from tests.verify import world
from tests.workspaces import with_examples
from wizard.aws.reads import TargetFact
from wizard.deploy import store
from wizard.deploy.reporting import Written
from wizard.errors import ContractError
from wizard.verify.hops import Hop, HopState, Verification
from wizard.verify.report import Facts, to_markdown
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

Looks = Callable[[Callable[[Hop], None]], Verification]


def well(on_hop: Callable[[Hop], None]) -> Verification:
    return still(world.look(world.FakeReads(), on_hop=on_hop))


def broken(on_hop: Callable[[Hop], None]) -> Verification:
    """The database's target is unhealthy behind the load balancer."""
    reads = world.FakeReads()
    reads.known_targets = {
        arn: tuple(TargetFact(t.address, t.port, "unhealthy", "Target.Timeout", "timed out") for t in targets)
        for arn, targets in reads.known_targets.items()
    }
    return still(world.look(reads, on_hop=on_hop))


def still(verification: Verification) -> Verification:
    return replace(verification, hops=tuple(replace(hop, seconds=0.1) for hop in verification.hops))


class Bed(App[None]):
    CSS_PATH: ClassVar = [*of_app(), *of_steps()]

    def __init__(self, pane: Callable[[Walk, Desk], Pane], walk: Walk) -> None:
        super().__init__()
        self.make, self.walk_shown = pane, walk
        self.verified: list[bool] = []
        self.environ: dict[str, str] = {}
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        with Container():
            yield self.make(self.walk_shown, Desk(self.walk_shown.workspace, self.environ))
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(Pane).shown()
        self.query_one(Pane).focus()

    def on_verified(self, message: Verified) -> None:
        self.verified.append(message.proven)

    def text(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Static).render())

    @property
    def hops(self) -> HopList:
        return self.query_one(HopList)


@pytest.fixture
def walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    workspace = Workspace(with_examples(tmp_path))
    return Walk(workspace, workspace.place("deployment", "acme-prod"))


def built(walk: Walk) -> None:
    store.save_contract(walk.workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(walk.place, "instance", world.outputs("private"))


@pytest.fixture
def sees(monkeypatch: pytest.MonkeyPatch, walk: Walk) -> Callable[[Looks], None]:
    """Choose what a look at the path sees."""

    def choose(looks: Looks) -> None:
        def verify_target(_target: Any, _session: Any, *, on_hop: Callable[[Hop], None]) -> Written:
            return Written(looks(on_hop), Path("reports/verification-20260301T120000Z.md"), Path("x.json"))

        monkeypatch.setattr("wizard.deploy.reporting.verify_target", verify_target)

    monkeypatch.setattr("wizard.aws.session.open_session", lambda *_, **__: object())
    return choose


async def test_nothing_is_looked_at_before_somebody_asks(walk: Walk, sees: Callable[[Looks], None]) -> None:
    sees(well)
    app = Bed(VerifyPane, walk)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.hops.hops == ()
        assert "not looked at yet" in app.text("verify-head")


async def test_a_path_that_works_is_told_with_what_nobody_can_see(walk: Walk, sees: Callable[[Looks], None]) -> None:
    sees(well)
    app = Bed(VerifyPane, walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("v")
        await until(pilot, lambda: app.verified == [True])
        assert app.text("verify-head").startswith("✓ verified: ")
        assert "report: reports/verification-20260301T120000Z.md" in app.text("verify-head")
        assert not app.hops.worst_first
        assert [hop.key for hop in app.hops.hops] == [hop.key for hop in well(lambda _hop: None).hops]


async def test_what_failed_comes_first_with_what_was_seen_and_what_to_do(
    walk: Walk, sees: Callable[[Looks], None]
) -> None:
    sees(broken)
    app = Bed(VerifyPane, walk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("v")
        await until(pilot, lambda: app.verified == [False])
        failed = app.hops.chosen
        assert failed is not None
        assert failed.state is HopState.FAILED
        assert app.query_one(OptionList).highlighted == 0
        first = str(app.query_one(OptionList).get_option_at_index(0).prompt)
        assert first.startswith("✗ failed")
        assert failed.remedy in app.text("hop-detail")
        assert failed.evidence[0] in app.text("hop-detail")
        await pilot.press("w")  # the path's own order again; the cursor stays with its hop
        assert app.hops.chosen == failed
        assert app.query_one(OptionList).highlighted != 0


async def test_hops_are_shown_as_they_become_known_and_one_look_goes_on_at_a_time(
    walk: Walk, sees: Callable[[Looks], None]
) -> None:
    go_on = threading.Event()
    looks = 0

    def slowly(on_hop: Callable[[Hop], None]) -> Verification:
        nonlocal looks
        looks += 1

        def told(hop: Hop) -> None:
            on_hop(hop)
            if not go_on.is_set():
                assert go_on.wait(120)

        return well(told)

    sees(slowly)
    app = Bed(VerifyPane, walk)
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("v")
        await until(pilot, lambda: len(app.hops.hops) == 1)
        await until(pilot, lambda: "… looking: 1 hops seen" in app.text("verify-head"))
        await pilot.press("v")
        go_on.set()
        await until(pilot, lambda: app.verified == [True])
        assert looks == 1


async def test_every_hop_has_its_line_before_it_is_looked_at_and_a_mark_moves_on_those_looked_at_now(
    walk: Walk, sees: Callable[[Looks], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    built(walk)
    monkeypatch.setattr("screens.steps.verify.TURN_S", 0.02)
    go_on = threading.Event()

    def slowly(on_hop: Callable[[Hop], None]) -> Verification:
        def told(hop: Hop) -> None:
            if hop.key == "node.ingestion-0.running":
                on_hop(hop)
                assert go_on.wait(120)

        return well(told)

    sees(slowly)
    app = Bed(VerifyPane, walk)
    async with app.run_test(size=(120, 50)) as pilot:
        await pilot.press("v")
        await until(pilot, lambda: len(app.hops.hops) == 1)
        lines = lambda: [str(it.prompt) for it in app.query_one(OptionList).options]  # noqa: E731
        await until(pilot, lambda: any("looking" in line for line in lines()))
        assert len(lines()) == len(well(lambda _hop: None).hops)
        assert lines()[0].startswith("✓ passed  ingestion-0 runs")
        assert re.match("[…◐◓◑◒] looking  ingestion-0 is online in SSM", lines()[1])
        assert lines()[2].startswith("· to look at  ingestion-0 has finished booting")  # it stands on the one before
        assert f"1 of {len(lines())} hops seen" in app.text("verify-head")
        go_on.set()
        await until(pilot, lambda: app.verified == [True])
        assert not any("looking" in line for line in lines())


async def test_the_drawing_has_the_state_of_every_stop(walk: Walk, sees: Callable[[Looks], None]) -> None:
    sees(broken)
    app = Bed(VerifyPane, walk)
    async with app.run_test(size=(140, 50)) as pilot:
        await pilot.press("v")
        await until(pilot, lambda: app.verified == [False])
        drawn = "\n".join("".join(part.text for part in line) for line in app.query_one(Diagram).lines(130))
        assert "✗ failed" in drawn
        assert "✓ passed" in drawn


async def test_nobody_waits_for_a_probe_when_the_application_ends(walk: Walk, sees: Callable[[Looks], None]) -> None:
    hangs, begun = threading.Event(), threading.Event()

    def never(on_hop: Callable[[Hop], None]) -> Verification:
        begun.set()
        hangs.wait(60)
        return well(on_hop)

    sees(never)
    app = Bed(VerifyPane, walk)
    async with app.run_test() as pilot:
        await pilot.press("v")
        await until(pilot, begun.is_set)
    left = [thread for thread in threading.enumerate() if thread.name == "verify"]
    assert left
    assert all(thread.daemon for thread in left)  # the process ends though they have not
    hangs.set()
    for thread in left:
        thread.join(120)
    assert app.verified == []


async def test_what_is_looked_at_are_the_saved_answers_and_not_what_is_typed(
    walk: Walk, sees: Callable[[Looks], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sees(well)
    looked: list[int] = []

    def verify_target(target: Any, _session: Any, *, on_hop: Callable[[Hop], None]) -> Written:
        looked.append(target.deployment.database.port)
        return Written(well(on_hop), Path("reports/verification-1.md"), Path("x.json"))

    monkeypatch.setattr("wizard.deploy.reporting.verify_target", verify_target)
    walk.typed("database.port", "5499")
    app = Bed(VerifyPane, walk)
    async with app.run_test() as pilot:
        await pilot.press("v")
        await until(pilot, lambda: app.verified == [True])
    assert looked == [5432]


async def test_an_error_nobody_foresaw_reaches_the_application(walk: Walk, sees: Callable[[Looks], None]) -> None:
    def bug(_on_hop: Callable[[Hop], None]) -> Verification:
        raise ZeroDivisionError("a bug")

    sees(bug)
    app = Bed(VerifyPane, walk)

    async def asks() -> None:
        async with app.run_test() as pilot:
            await pilot.press("v")
            await until(pilot, lambda: False)

    with pytest.raises(ZeroDivisionError):
        await asks()


async def test_what_was_never_applied_cannot_be_looked_at_and_says_what_to_do(
    walk: Walk, sees: Callable[[Looks], None]
) -> None:
    def nothing(_on_hop: Callable[[Hop], None]) -> Verification:
        raise ContractError("stack shard of use1-a has not been applied", action="planewright apply use1-a")

    sees(nothing)
    app = Bed(VerifyPane, walk)
    async with app.run_test() as pilot:
        await pilot.press("v")
        await until(pilot, lambda: "has not been applied" in app.text("verify-head"))
        assert "next: planewright apply use1-a" in app.text("verify-head")
        await pilot.press("v")  # and it can be tried again
        await until(pilot, lambda: not app.query_one(VerifyPane).looking)
        assert app.verified == []


# -- the report ------------------------------------------------------------------------------------------------------


def report(walk: Walk, stamp: str, verification: Verification) -> Path:
    facts = Facts(
        answers_digest="sha256:0", engine="tofu 1.10.0", provider="5.100.0", state_bucket="states", runs=(), seeded={},
        drift=(), not_proven=("what nobody looks at",),
    )  # fmt: skip
    walk.place.reports.mkdir(exist_ok=True)
    path = walk.place.reports / f"verification-{stamp}.md"
    path.write_text(to_markdown(verification, facts))
    return path


async def test_without_a_report_it_says_which_step_writes_one(walk: Walk) -> None:
    app = Bed(ReportPane, walk)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "there is no report yet" in app.text("report-path"))
        assert app.query_one(ReportPane).check_action("copy_path", ()) is False


async def test_the_newest_report_is_shown_with_where_it_lies_and_its_path_is_copied(walk: Walk) -> None:
    report(walk, "20260228T120000Z", broken(lambda _hop: None))
    newest = report(walk, "20260301T120000Z", well(lambda _hop: None))
    app = Bed(ReportPane, walk)
    async with app.run_test(size=(240, 40)) as pilot:
        await until(pilot, lambda: app.text("report-path") == f"report: reports/{newest.name}")
        shown = app.text("report")
        assert shown.startswith("Verification of acme-prod")
        assert "✓ passed: ingestion-0 runs" in shown
        assert "✗ failed" not in shown  # that was the one before
        assert app.query_one(ReportPane).copy_text() == newest.read_text()
        await pilot.press("ctrl+o")
        assert app.clipboard == str(newest)


async def test_a_report_is_masked_before_an_audience(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    report(walk, "20260301T120000Z", well(lambda _hop: None))
    app = Bed(ReportPane, walk)
    monkeypatch.setattr(app, "mask", lambda text: text.replace("111111111111", "account-A"), raising=False)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "account-A" in app.text("report"))
        assert "111111111111" not in app.text("report")


async def test_no_line_of_a_report_is_lost_on_screen(walk: Walk) -> None:
    text = report(walk, "20260301T120000Z", broken(lambda _hop: None)).read_text()
    app = Bed(ReportPane, walk)
    async with app.run_test(size=(240, 40)) as pilot:
        await until(pilot, lambda: bool(app.text("report")))
        letters = lambda of: re.sub(r"\W", "", of)  # noqa: E731 - whatever is no mark of Markdown's
        assert letters(app.text("report")) == letters(text.replace("```text", ""))
