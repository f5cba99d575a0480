"""The path and the blocks follow what is typed; what the account has is on the map; a free block is one key away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App

from screens.desk import Desk
from screens.steps.topology import TopologyPane
from screens.widgets.block_map import BlockMap
from screens.widgets.diagram import Diagram
from tests.screens.asking import ASSETS, Asking, walk_in
from wizard.deploy.target import Target
from wizard.facts.asking import Facts, Read, Reason, Unread
from wizard.facts.network import VpcFact, Vpcs
from wizard.walk.walk import Walk

AT = datetime(2026, 11, 21, tzinfo=UTC)
ACCOUNT = (
    VpcFact("vpc-1", ("172.31.0.0/16",), is_default=True),
    VpcFact("vpc-2", ("10.40.0.0/16",), is_default=False, tags=(("Name", "billing"),)),
)


class Account:
    """Gives the account's VPCs, or says why not."""

    def __init__(self, *, denied: bool = False) -> None:
        self.denied = denied
        self.asked = 0

    def read(self, asks: Any, subject: Any) -> Facts:
        self.asked += 1
        if self.denied:
            return Facts({ask: Unread(Reason.DENIED, AT, "ec2:DescribeVpcs", "not authorized") for ask in asks})
        return Facts({ask: Read(ACCOUNT if isinstance(ask, Vpcs) else (), AT, "ec2") for ask in asks})


class DeskWith(Desk):
    account: Account

    def checker(self, target: Target) -> Any:
        return self.account, threading.Lock()


class Shown(Asking):
    CSS_PATH: ClassVar = [*Asking.CSS_PATH, ASSETS / "shell.tcss", ASSETS / "topology.tcss"]

    def map(self) -> str:
        return self.query_one(BlockMap).render().plain

    def drawing(self) -> str:
        return self.query_one(Diagram).render().plain


def on_pane(root: Path, name: str, *, kind: Any = "deployment", denied: bool = False) -> Shown:
    walk = walk_in(root, name, kind)
    desk = DeskWith(walk.workspace, {})
    desk.account = Account(denied=denied)
    making: Callable[[Walk], TopologyPane] = lambda walk: TopologyPane(walk, desk)  # noqa: E731
    return Shown(walk, making)


async def settled(app: App[None], pilot: Any) -> None:
    await pilot.pause()
    while any(not worker.is_finished for worker in app.workers):
        await pilot.pause(0.01)
    await pilot.pause()
    while any(not worker.is_finished for worker in app.workers):  # a map that what was read has asked for
        await pilot.pause(0.01)
    await pilot.pause()


async def show(app: Shown, pilot: Any) -> None:
    pane: Any = app.shown
    pane.shown()
    await settled(app, pilot)


async def test_path_and_map_follow_what_is_typed(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(app, pilot)
        assert "100.64.0.0/24" in app.drawing()
        field = app.form.field("transit.vpc_cidr")
        field.focus()
        await pilot.press(*"10.20.4.0/22")
        await settled(app, pilot)
        assert "10.20.4.0/22" in app.drawing()
        assert "✗ conflicts with 10.20.0.0/16" in app.map()


async def test_half_an_address_leaves_shard_and_map_as_they_were(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(app, pilot)
        before = app.map()
        app.form.field("transit.vpc_cidr").focus()
        await pilot.press(*"10.2")
        await settled(app, pilot)
        assert app.walk.target is None
        assert "shard use1-a" in app.drawing()
        assert app.map() == before


async def test_vpcs_of_the_account_come_onto_the_map_when_the_step_is_shown(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(120, 60)) as pilot:
        await show(app, pilot)
        assert "10.40.0.0/16" in app.map()
        assert "not read" not in app.map()


async def test_what_cannot_be_read_is_said_and_the_answers_are_still_drawn(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod", denied=True)
    async with app.run_test(size=(120, 60)) as pilot:
        await show(app, pilot)
        assert "! not read: ec2:DescribeVpcs: not authorized" in app.map().replace("\n", " ")
        assert "100.64.0.0/24" in app.map()


async def test_a_check_that_is_back_renews_what_is_around(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(120, 60)) as pilot:
        await show(app, pilot)
        pane: Any = app.shown
        asked = pane.desk.account.asked
        app.walk.typed("transit.vpc_cidr", "100.64.8.0/24")
        app.tell()
        await settled(app, pilot)
        assert pane.desk.account.asked == asked
        app.check()
        await settled(app, pilot)
        assert pane.desk.account.asked == asked + 1


async def test_a_free_block_taken_on_the_map_is_answered(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(app, pilot)
        app.query_one(BlockMap).focus()
        await pilot.press("u")
        await settled(app, pilot)
        assert app.walk.draft.text("transit.vpc_cidr") == "100.64.1.0/24"
        assert app.walk.draft.text("transit.subnet_cidr") == "100.64.1.0/25"
        assert app.walk.target is not None
        assert "100.64.1.0/24" in app.drawing()


async def test_the_other_topology_is_another_path(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(app, pilot)
        app.walk.typed("topology", "public")
        app.tell()
        await settled(app, pilot)
        assert "NAT gateway" in app.drawing()
        assert "transit" not in app.drawing()
        assert "transit" not in app.map()


async def test_a_new_deployment_says_what_it_waits_for(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "new-one")
    async with app.run_test(size=(120, 60)) as pilot:
        await show(app, pilot)
        assert "once the answers are complete" in app.map()
        assert app.form.focus_on("topology") is True


async def test_nothing_has_a_margin_above_for_which_textual_would_give_it_the_first_focus(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(93, 36)) as pilot:
        await show(app, pilot)
        for widget in (app.form, app.query_one(BlockMap), app.query_one(Diagram), *app.shown.children):
            assert widget.styles.margin.top == 0, widget


async def test_a_shard_shows_its_own_network(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "use1-a", kind="shard")
    async with app.run_test(size=(120, 60)) as pilot:
        await show(app, pilot)
        assert "Redis" in app.drawing()
        assert "private subnet" in app.map()
        assert "free for the transit VPC" not in app.map()


async def test_a_finding_leads_to_its_field(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(app, pilot)
        pane: Any = app.shown
        assert pane.focus_on("transit.subnet_cidr")
        await pilot.pause()
        assert app.form.field("transit.subnet_cidr").has_focus_within
        assert not pane.focus_on("database.host")


@pytest.mark.parametrize("size", [(93, 36), (180, 50)], ids=["beside the rail", "180x50"])
@pytest.mark.parametrize("name", ["acme-prod", "globex-prod"])
def test_looks(snap_compare: Any, tmp_path: Path, size: tuple[int, int], name: str) -> None:
    app = on_pane(tmp_path, name)

    async def ready(pilot: Any) -> None:
        await show(app, pilot)

    assert snap_compare(app, terminal_size=size, run_before=ready)


def test_looks_at_its_drawing_and_its_map_in_a_narrow_room(snap_compare: Any, tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")

    async def scrolled(pilot: Any) -> None:
        app.walk.typed("transit.vpc_cidr", "10.20.4.0/22")
        app.tell()
        await show(app, pilot)
        app.query_one(BlockMap).focus()
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=scrolled)
