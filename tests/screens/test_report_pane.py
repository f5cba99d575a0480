"""From the report one seals the record of the call and packs what support gets: asked for, written aside, told, and redacted."""

from __future__ import annotations

import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from screens.desk import Desk
from screens.signing import OFFLINE, SigningOff
from screens.steps.report import ReportPane
from screens.widgets.choice import Radios
from tests.deploy.bundle.planted import Canaries, planted
from tests.deploy.bundle.test_canaries import leaked
from tests.screens.asking import finding
from tests.screens.test_verify_pane import Bed
from tests.screens.waiting import until
from tests.workspaces import with_examples
from wizard.deploy.checking import Checked
from wizard.deploy.record.making import Signed
from wizard.deploy.record.seal import check
from wizard.errors import AccountError
from wizard.facts.asking import Facts
from wizard.walk.walk import Walk
from wizard.workspace import Workspace

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMED = "record-acme-prod-20261121T120000Z"
BUNDLE = "support-acme-prod-20261121T120000Z.tar.gz"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that Planewright was started in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    return folder


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    workspace = Workspace(with_examples(tmp_path / "workspace"))
    return Walk(workspace, workspace.place("deployment", "acme-prod"), keep=lambda draft: None)


class Aws:
    """What a check finds; it waits at a gate, and may fail."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.error: AccountError | None = None
        self.forgotten = 0

    def check(self, subject: Any) -> Checked:
        del subject
        assert self.gate.wait(120)
        if self.error is not None:
            raise self.error
        return Checked((finding("shard"),), Facts(), 1)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Somebody who answers in AWS's place."""
    aws = Aws()

    def forget(_desk: Desk, _target: Any) -> None:
        aws.forgotten += 1

    monkeypatch.setattr(Desk, "checker", lambda _desk, _target: (cast("Any", aws), threading.Lock()))
    monkeypatch.setattr(Desk, "forget", forget)
    return aws


def bed(walk: Walk) -> Bed:
    return Bed(lambda walk, desk: ReportPane(walk, desk, clock=lambda: AT), walk)


async def sign(pilot: Pilot[None], names: str = "", note: str = "", *, offline: bool = False) -> None:
    """Ask for the record, and fill in what it asks."""
    await until(pilot, lambda: pilot.app.query_one(ReportPane)._read)
    await pilot.press("r")
    await until(pilot, lambda: isinstance(pilot.app.screen, SigningOff))
    asked = pilot.app.screen
    asked.query_one("#names", Input).value = names
    asked.query_one("#note", Input).value = note
    if offline:
        asked.query_one(Radios).value = OFFLINE
    await pilot.press("enter")


async def test_the_record_is_signed_made_from_what_aws_says_anew_and_shown(walk: Walk, aws: Aws) -> None:
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await sign(pilot, "Ada, Acme; Bo, us ;", "after the call")
        await until(pilot, lambda: app.text("report-path") == f"record: reports/{NAMED}.md")
        files = sorted(path.name for path in walk.place.reports.iterdir())
        assert files == [f"{NAMED}.html", f"{NAMED}.json", f"{NAMED}.md"]
        sealed = check((walk.place.reports / f"{NAMED}.md").read_bytes(), name="it")
        assert sealed.problems == ()
        assert "Note its digest on both sides" in app.text("report-made")
        assert sealed.record in app.text("report-made")
        shown = app.text("report")
        assert "Ada, Acme" in shown
        assert "Bo, us" in shown
        assert "after the call" in shown
        assert "three are asked for, two are left" in shown
        assert aws.forgotten == 1, "what was read before is not what AWS says now"
        await pilot.press("ctrl+o")
        assert app.clipboard == str(walk.place.reports / f"{NAMED}.md")


async def test_a_record_of_the_answers_alone_asks_nobody_and_says_so(walk: Walk, aws: Aws) -> None:
    aws.error = AccountError("nobody was to ask")
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await sign(pilot, offline=True)
        await until(pilot, lambda: app.text("report-path").startswith("record: "))
        assert "the answers alone: AWS was not asked" in app.text("report")


async def test_escape_writes_nothing(walk: Walk) -> None:
    app = bed(walk)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.query_one(ReportPane)._read)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, SigningOff))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, SigningOff))
        assert app.query_one(ReportPane).writing is False
    assert not walk.place.reports.exists()


async def test_while_it_is_written_that_is_said_and_nothing_else_is_begun(walk: Walk, aws: Aws, here: Path) -> None:
    aws.gate.clear()
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await sign(pilot)
        await until(pilot, lambda: app.text("report-made") == "… writing the record, and asking AWS once more")
        await pilot.press("b", "r")
        assert not isinstance(app.screen, SigningOff)
        aws.gate.set()
        await until(pilot, lambda: app.text("report-made").startswith("✓ record"))
    assert list(here.iterdir()) == []


async def test_what_goes_wrong_is_told_and_it_can_be_tried_again(walk: Walk, aws: Aws) -> None:
    aws.error = AccountError("the session has ended", action="log in")
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await sign(pilot)
        await until(pilot, lambda: "the session has ended" in app.text("report-made"))
        aws.error = None
        await sign(pilot)
        await until(pilot, lambda: app.text("report-made").startswith("✓ record"))


async def test_what_has_no_final_answers_has_no_record_and_the_way_there_is_named(walk: Walk) -> None:
    walk.place.answers.unlink()
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await sign(pilot, offline=True)
        await until(pilot, lambda: "acme-prod has no final answers yet" in app.text("report-made"))
        assert "the review makes them final" in app.text("report-made")


async def test_the_bundle_lies_where_planewright_was_started_and_what_is_in_it_is_said(walk: Walk, here: Path) -> None:
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: app.query_one(ReportPane)._read)
        await pilot.press("b")
        await until(pilot, lambda: app.text("report-made").startswith(f"✓ bundle: {BUNDLE}, here"))
        with tarfile.open(here / BUNDLE) as archive:
            names = archive.getnames()
        assert f"{len(names)} files" in app.text("report-made")
        assert "support-acme-prod/deployments/acme-prod/answers.yaml" in names
        await pilot.press("ctrl+o")
        assert app.clipboard == str(here / BUNDLE)
        await pilot.press("b")  # at the same second: never over another
        await until(pilot, lambda: "is there already" in app.text("report-made"))


async def test_what_was_made_is_masked_before_an_audience(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = bed(walk)
    async with app.run_test(size=(160, 40)) as pilot:
        await until(pilot, lambda: app.query_one(ReportPane)._read)
        await pilot.press("b")
        await until(pilot, lambda: BUNDLE in app.text("report-made"))
        monkeypatch.setattr(app, "mask", lambda text: text.replace("acme-prod", "deployment-A"), raising=False)
        app.query_one(ReportPane).walk_changed()
        assert "support-deployment-A-" in app.text("report-made")


async def test_no_secret_is_in_either_of_them(tmp_path: Path, here: Path) -> None:
    canaries = Canaries()
    root = tmp_path / "secrets"
    root.mkdir()
    target = planted(root, canaries)
    reports = Path(target.place.reports)
    before = set(reports.iterdir())
    walk = Walk(Workspace(root), target.place, keep=lambda draft: None)
    app = bed(walk)
    app.environ = {"AWS_SECRET_ACCESS_KEY": canaries.made["environment"]}
    async with app.run_test(size=(160, 40)) as pilot:
        await sign(pilot, note=f"password='{canaries.new('note')}'", offline=True)
        await until(pilot, lambda: app.text("report-path").startswith("record: "))
        told = app.text("report") + app.text("report-made")
        await pilot.press("b")
        await until(pilot, lambda: app.text("report-made").startswith("✓ bundle"))
        told += app.text("report-made")
    made = sorted(set(reports.iterdir()) - before)
    assert len(made) == 3
    for path in made:
        (here / path.name).write_bytes(path.read_bytes())
    with tarfile.open(here / BUNDLE) as archive:
        archive.extractall(here / "unpacked", filter="data")
    assert leaked(canaries, here, told) == []


def test_a_semicolon_stands_between_two_who_sign() -> None:
    assert Signed.typed(" Ada, Acme ;; Bo ", " ") == Signed(("Ada, Acme", "Bo"), "")
