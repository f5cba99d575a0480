"""The customer's steps done for them, on screen: nothing is made but what was shown, and nothing without the typed id."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from screens.for_customer import ForCustomer
from screens.widgets.typed_name import TypedName
from tests.handoff.stand_in import SITE, Account
from tests.screens.stage import Stage, Whole, settled, until
from tests.verify import world
from wizard.deploy import store
from wizard.deploy.target import open_target
from wizard.errors import AccountError


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    made = Account()
    made.install(monkeypatch)
    return made


class Session:
    def __init__(self, app: Whole, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> ForCustomer:
        assert isinstance(self.app.screen, ForCustomer)
        return self.app.screen

    @property
    def lines(self) -> list[str]:
        return list(self.screen.lines())

    @property
    def said(self) -> str:
        return str(self.screen.query_one("#for-said", Static).content)

    @property
    def asked(self) -> str:
        typed = self.screen.query_one(TypedName)
        return str(typed.query_one("#lost", Static).content) if typed.display else ""

    async def idle(self) -> None:
        await until(self.pilot, lambda: not self.screen.busy)
        await settled(self.pilot)

    async def type(self, word: str) -> None:
        await self.pilot.press("t")
        await until(self.pilot, lambda: isinstance(self.screen.focused, Input))
        self.screen.query_one(TypedName).query_one(Input).value = ""
        await self.pilot.press(*word, "enter")
        await self.pilot.pause()


@asynccontextmanager
async def opened(tmp_path: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    stage = Stage(tmp_path, patch)
    store.save_contract(stage.place("use1-a"), "shard", world.shard_outputs())
    store.save_contract(stage.place(), "instance", world.outputs("private"))
    app = stage.app()
    async with app.run_test(size=(120, 40)) as pilot:
        target = open_target(stage.workspace, "acme-prod")
        app.push_screen(ForCustomer(stage.desk, target, clock=lambda: world.NOW))
        await until(pilot, lambda: isinstance(app.screen, ForCustomer) and app.screen.is_mounted)
        session = Session(app, pilot)
        await session.idle()
        yield session


async def test_every_call_is_shown_and_nothing_is_made_before_the_accounts_id_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    async with opened(tmp_path, monkeypatch) as session:
        shown = [line.strip() for line in session.lines]
        seen = session.screen.seen
        assert seen is not None
        for _, doing in seen.orders:
            assert doing.calls
            assert {call.line(SITE.region) for call in doing.calls} <= set(shown)
        assert f"change account {SITE.account_id}" in session.asked
        await session.type("111111111111")
        assert account.called == []
        await session.type(SITE.account_id)
        await session.idle()

        assert account.called == [call.operation for _, doing in seen.orders for call in doing.calls]
        assert [(one.account_id, one.at, one.restart) for one in account.consents] == [(SITE.account_id, world.NOW, "")]
        assert session.said.startswith("✓ made")
        assert any(line.startswith("✓ done  aws ec2 accept-vpc-peering-connection") for line in session.lines)
        assert session.asked == ""

        await session.pilot.press("l")
        await session.idle()
        assert "✓ database.accept: done already" in session.lines


async def test_a_refusal_is_told_with_what_was_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    account.refuses = "CreateRoute"
    async with opened(tmp_path, monkeypatch) as session:
        await session.type(SITE.account_id)
        await session.idle()

        assert "stopped at the first refusal" in session.said
        assert any(line.startswith("✗ refused  aws ec2 create-route") for line in session.lines)
        assert any("not made" in line for line in session.lines)
        assert "AuthorizeSecurityGroupIngress" not in account.called


async def test_the_restart_is_shown_by_its_own_key_and_takes_its_own_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    from dataclasses import replace

    group = replace(account.theirs.instances[0], applied="pending-reboot")
    account.theirs = replace(account.theirs, instances=(group,))
    async with opened(tmp_path, monkeypatch) as session:
        assert not any("reboot-db-instance" in line for line in session.lines)
        await session.pilot.press("r")
        await session.idle()
        assert [line for line in session.lines if "aws " in line] == [
            f"    aws rds reboot-db-instance --db-instance-identifier primary --region {SITE.region}"
        ]
        await session.type(SITE.account_id)
        assert account.called == []
        assert "restarts primary" in session.asked
        await session.type("primary")
        await session.idle()
        assert account.called == ["RebootDBInstance"]
        assert account.consents[0].restart == "primary"


async def test_taking_back_is_shown_and_asked_for_like_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    async with opened(tmp_path, monkeypatch) as session:
        await session.type(SITE.account_id)
        await session.idle()
        account.called.clear()

        await session.pilot.press("u")
        await session.idle()

        assert any("delete-vpc-peering-connection" in line for line in session.lines)
        assert any("cannot be un-accepted" in line for line in session.lines)
        assert account.called == []


async def test_where_no_way_leads_in_it_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    account.fails = AccountError(
        "no way into the account is known", cause="none", action="name a role (customer_access)"
    )
    async with opened(tmp_path, monkeypatch) as session:
        assert "name a role (customer_access)" in session.said
        assert session.asked == ""
        await session.pilot.press("escape")
        await until(session.pilot, lambda: not isinstance(session.app.screen, ForCustomer))


async def test_before_an_audience_no_account_and_no_id_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: Account
) -> None:
    async with opened(tmp_path, monkeypatch) as session:
        await session.pilot.press("f7")
        await session.idle()
        shown = "\n".join(
            [
                session.asked,
                session.said,
                *(f"{one.label}{one.text}" for one in session.screen.query_one("#for-text")._pairs),
            ]
        )
        assert SITE.account_id not in shown
        assert "rtb-0a1b2c3d4e5f60718" not in shown
