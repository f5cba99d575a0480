"""Roles and machines in a table, meters that move as volumes change, the picker on a key, findings at their fields."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from textual.widgets import Static

from screens.desk import Desk
from screens.steps.sizing import SizingPane
from screens.widgets.meter import Meter
from screens.widgets.type_picker import TypePicker
from screens.widgets.virtual_table import VirtualTable
from tests.screens.asking import ASSETS, Asking, finding, walk_in
from tests.screens.test_topology_pane import settled
from tests.screens.waiting import until
from tests.sizing.machines import machine
from wizard.deploy.target import Target
from wizard.facts.asking import Facts, Read, Reason, Unread
from wizard.facts.compute import Catalogue, Image, ImageFact, InstanceTypes, Offerings
from wizard.findings import Severity

AT = datetime(2026, 11, 21, tzinfo=UTC)
FEW = (
    "c6i.large",
    "c6i.xlarge",
    "i4i.4xlarge",
    "r6i.2xlarge",
    "r6i.4xlarge",
    "r6i.8xlarge",
    "r6i.xlarge",
    "r7g.4xlarge",
)


class Region:
    """Gives a few types, all offered, or says why not."""

    def __init__(self, *, denied: bool = False) -> None:
        self.denied = denied
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def read(self, asks: Any, subject: Any) -> Facts:
        self.open.wait(120)
        self.asked += [ask.kind for ask in asks]
        return Facts({ask: self._reading(ask) for ask in asks})

    def _reading(self, ask: Any) -> Any:
        if self.denied:
            return Unread(Reason.DENIED, AT, "ec2:DescribeInstanceTypes", "not authorized")
        if isinstance(ask, Image):
            arm = "arm64" in ask.parameter
            value: Any = ImageFact("ami-1", "available", "arm64" if arm else "x86_64", "ebs", 8, "hvm", ena=True)
        else:
            types = [machine(name) for name in FEW]
            value = {
                InstanceTypes: lambda: tuple(it for it in types if it.name in ask.names),
                Catalogue: lambda: tuple(types),
                Offerings: lambda: FEW,
            }[type(ask)]()
        return Read(value, AT, "ec2")


class DeskIn(Desk):
    region: Region

    def checker(self, target: Target) -> Any:
        return self.region, threading.Lock()


class Shown(Asking):
    CSS_PATH: ClassVar = [*Asking.CSS_PATH, ASSETS / "shell.tcss", ASSETS / "sizing.tcss"]

    @property
    def pane(self) -> SizingPane:
        assert isinstance(self.shown, SizingPane)
        return self.shown

    def row(self, role: str) -> tuple[str, ...]:
        return next(row.cells for row in self.query_one(VirtualTable).rows if row.key == role)

    def meters(self) -> str:
        return "\n".join(str(meter.render()) for meter in self.query(Meter))

    def storage(self) -> str:
        return str(self.query_one("#sizing-storage", Static).render())

    def type(self, key: str, text: str) -> None:
        self.walk.typed(key, text)
        self.tell()


def on_pane(root: Path, name: str = "acme-prod", *, kind: Any = "deployment", denied: bool = False) -> Shown:
    walk = walk_in(root, name, kind)
    desk = DeskIn(walk.workspace, {})
    desk.region = Region(denied=denied)
    return Shown(walk, lambda walk: SizingPane(walk, desk))


async def show(app: Shown, pilot: Any) -> None:
    app.pane.shown()
    if app.walk.kind == "deployment" and app.walk.target is not None:
        await until(
            pilot, lambda: app.pane._machines is not None and (app.pane._machines.whole or app.pane._machines.unread)
        )
    await settled(app, pilot)


def region(app: Shown) -> Region:
    desk = app.pane.desk
    assert isinstance(desk, DeskIn)
    return desk.region


async def pick(app: Shown, pilot: Any, key: str = "f3") -> None:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, TypePicker) and app.screen._machines is not None)
    await settled(app, pilot)


async def test_each_role_stands_with_what_its_machine_has(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    region(app).open.clear()
    async with app.run_test(size=(120, 50)) as pilot:
        assert app.row("ingestion")[1:7] == ("r6i.4xlarge", "?", "?", "?", "?", "1")
        region(app).open.set()
        await show(app, pilot)
        assert app.row("ingestion")[1:7] == ("r6i.4xlarge", "16", "128", "-", "20000/40000", "1")
        assert app.row("fdw")[1] == "r6i.xlarge"
        assert app.row("fdw")[6] == "2"


async def test_meters_move_as_volumes_change(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    region(app).open.clear()
    async with app.run_test(size=(120, 50)) as pilot:
        assert "? unknown: not read yet" in app.meters()
        region(app).open.set()
        await show(app, pilot)
        assert "18000 of 20000 baseline (burst 40000): 2000 left" in app.meters()
        app.type("nodes.ingestion.volumes.iops", "6000")
        assert "30000 of 20000 baseline (burst 40000): over by 10000" in app.meters()


async def test_half_a_number_leaves_the_meters_as_they_were(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        app.type("nodes.ingestion.volumes.iops", "6x")
        assert "18000 of 20000" in app.meters()
        assert app.row("ingestion")[7] == "✗ 1 refused"


async def test_another_type_has_another_baseline(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        app.type("nodes.ingestion.instance_type", "r6i.2xlarge")
        assert "18000 of 12000 baseline (burst 40000): over by 6000" in app.meters()
        app.type("nodes.ingestion.instance_type", "r6i.3xlarge")
        assert "? unknown: there is no r6i.3xlarge in us-east-1" in app.meters()


async def test_data_on_local_nvme_is_said_with_its_disks(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert "4 x 100 GiB gp3 in mirrored pairs, 200 GiB usable" in app.storage()
        app.type("nodes.ingestion.storage", "nvme")
        assert "✗ no local NVMe on r6i.4xlarge" in app.storage()
        app.type("nodes.ingestion.instance_type", "i4i.4xlarge")
        assert "✓ on the instance's own NVMe disks: 1 x 3750 GB = 3750 GB" in app.storage()


async def test_the_cursor_brings_the_roles_questions_and_meters(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        app.query_one(VirtualTable).focus()
        await pilot.press("down", "down")
        await settled(app, pilot)
        assert app.pane._forms["fdw"].display
        assert not app.pane._forms["ingestion"].display
        assert "3000 of 6000 baseline" in app.meters()
        assert "fdw" in app.storage()


async def test_a_finding_leads_to_its_field_whatever_role_is_on_screen(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert app.pane.focus_on("nodes.fdw.count")
        await settled(app, pilot)
        assert app.pane._forms["fdw"].field("nodes.fdw.count").has_focus_within
        current = app.query_one(VirtualTable).current
        assert current is not None
        assert current.key == "fdw"
        assert app.pane.focus_on("package.s3_uri")


async def test_what_was_found_stands_in_the_table_and_at_the_field(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert app.row("fdw")[7] == "… checking"
        app.check(finding("nodes.fdw.count"), finding("nodes.fdw.instance_type", Severity.CRITICAL))
        assert app.row("fdw")[7] == "✗ critical and 1 more"
        assert app.row("proxy")[7] == "✓ nothing"
        app.pane.focus_on("nodes.fdw.count")
        await settled(app, pilot)
        assert "high" in app.pane._forms["fdw"].field("nodes.fdw.count").help_text


async def test_a_type_taken_in_the_picker_is_answered(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        app.query_one(VirtualTable).focus()
        await pick(app, pilot, "enter")
        await pilot.press(*"r6i.8", "enter")
        await settled(app, pilot)
        assert app.walk.draft.text("nodes.ingestion.instance_type") == "r6i.8xlarge"
        assert app.row("ingestion")[1:4] == ("r6i.8xlarge", "32", "256")


async def test_the_catalogue_is_read_once_and_the_picker_asks_nothing(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        await pick(app, pilot)
        await pilot.press("escape")
        await show(app, pilot)
        assert region(app).asked.count("instance_catalogue") == 1


async def test_what_cannot_be_read_is_said_and_a_name_can_still_be_given(tmp_path: Path) -> None:
    app = on_pane(tmp_path, denied=True)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert "not authorized" in app.meters()
        await pick(app, pilot)
        await pilot.press(*"r6i.2xlarge", "enter")
        await settled(app, pilot)
        assert app.walk.draft.text("nodes.ingestion.instance_type") == "r6i.2xlarge"


async def test_a_new_deployment_is_sized_before_all_else_is_answered(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "new-one")
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert app.row("ingestion")[1] == "r6i.4xlarge"
        app.type("nodes.fdw.count", "4")
        assert app.row("fdw")[6] == "4"


async def test_nothing_has_a_margin_above_for_which_textual_would_give_it_the_first_focus(tmp_path: Path) -> None:
    app = on_pane(tmp_path)
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert [child for child in app.pane.children if child.styles.margin.top] == []
        assert app.screen.focus_chain[1] is app.query_one(VirtualTable)


async def test_a_shard_has_no_roles_but_its_own_questions(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "use1-a", kind="shard")
    async with app.run_test(size=(120, 50)) as pilot:
        await show(app, pilot)
        assert not app.query(VirtualTable)
        assert app.pane.focus_on("redis.node_type")
