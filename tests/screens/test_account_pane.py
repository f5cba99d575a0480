"""The first step: what can be chosen is offered, AWS's word on who calls is shown, a login is one key away."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.widgets import OptionList

from screens.desk import Desk
from screens.errands import NOBODY
from screens.steps.account import AccountPane
from screens.widgets.form import Form
from screens.widgets.panel import Panel
from tests.screens.asking import Asking, finding, walk_in
from wizard.deploy.target import Target
from wizard.facts.access import Caller, CallerFact
from wizard.facts.asking import Facts, Read
from wizard.findings import Severity

WHO = CallerFact(
    account="111111111111", arn="arn:aws:sts::111111111111:assumed-role/Operator/me", user_id="AROA:me",
    method="sso", expires_at=datetime(2026, 11, 21, 14, 20, tzinfo=UTC), renewable=True,
)  # fmt: skip
UNUSABLE = finding("account.profile", Severity.CRITICAL, NOBODY)


class KnowsWho:
    """A checker that has read who calls."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def read(self, asks: Any, subject: Any) -> Facts:
        self.asked += asks
        return Facts({ask: Read(WHO, datetime.now(UTC), "sts") for ask in asks})


class KnownDesk(Desk):
    """A desk with such a checker."""

    known: KnowsWho

    def checker(self, target: Target) -> Any:
        return self.known, threading.Lock()


def on_pane(
    root: Path, name: str, *, kind: Any = "deployment", checker: KnowsWho | None = None, config: str = ""
) -> Asking:
    walk = walk_in(root / "workspace", name, kind)
    (root / "config").write_text(config)
    environ = {"AWS_CONFIG_FILE": str(root / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(root / "none"), "PATH": ""}
    desk = KnownDesk(walk.workspace, environ)
    desk.known = checker or KnowsWho()
    return Asking(walk, lambda walk: AccountPane(walk, desk))


def panel(app: Asking) -> str:
    return " ".join(app.query_one(Panel).render().plain.split())


async def settled(app: Asking, pilot: Any) -> None:
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_a_deployment_chooses_among_the_shards_of_its_workspace(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        app.form.focus_on("shard")
        await pilot.pause()
        await pilot.press("f2")
        options = app.screen.query_one(OptionList)
        assert [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)] == [
            "use1-a  111111111111  us-east-1  use1-az1"
        ]


async def test_a_deployment_shows_where_its_shard_is(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert "use1-a in zone use1-az1" in panel(app)
        app.walk.typed("shard", "no-such")
        app.tell()
        assert "✗ problem" in panel(app)
        assert "no-such" in panel(app)


async def test_an_unreadable_shard_is_offered_with_the_reason(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    broken = tmp_path / "workspace" / "shards" / "broken"
    broken.mkdir()
    (broken / "answers.yaml").write_text("kind: [")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        offered = {choice.value: choice.about for choice in app.form.field("shard").choices}
        assert set(offered) == {"broken", "use1-a"}
        assert offered["broken"]


async def test_a_shard_is_offered_the_operators_profiles_with_account_and_region(tmp_path: Path) -> None:
    config = "[profile ops]\nsso_account_id = 210987654321\nsso_role_name = Operator\nregion = eu-central-1\n"
    app = on_pane(tmp_path, "use1-a", kind="shard", config=config)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        offered = {key: [it.value for it in app.form.field(key).choices] for key in ("account.profile", "account.id")}
        assert offered == {"account.profile": ["ops"], "account.id": ["210987654321"]}
        assert app.form.field("account.profile").choices[0].about == "sso  210987654321  eu-central-1"


async def test_who_calls_is_shown_once_the_check_is_back_and_only_for_that_account(tmp_path: Path) -> None:
    checker = KnowsWho()
    app = on_pane(tmp_path, "use1-a", kind="shard", checker=checker)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert "AWS says" not in panel(app)
        app.check()
        await settled(app, pilot)
        assert f"{WHO.arn} (sso, until 14:20 UTC, renewed by themselves)" in panel(app)
        app.check()
        await settled(app, pilot)
        assert len(checker.asked) == 1
        assert isinstance(checker.asked[0], Caller)
        app.walk.typed("account.profile", "another")
        app.tell()
        assert "AWS says" not in panel(app)


async def test_credentials_of_no_use_are_told_with_the_key_for_a_login(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test() as pilot:
        await settled(app, pilot)
        assert "logs in" not in panel(app)
        app.check(UNUSABLE)
        assert "✗ critical" in panel(app)
        assert "^l logs in" in panel(app)


async def test_after_a_login_it_is_asked_again_who_calls(tmp_path: Path) -> None:
    checker = KnowsWho()
    app = on_pane(tmp_path, "use1-a", kind="shard", checker=checker)
    async with app.run_test() as pilot:
        await settled(app, pilot)
        for findings in ((), (UNUSABLE,), ()):
            app.check(*findings)
            await settled(app, pilot)
        assert len(checker.asked) == 2


async def test_what_is_said_of_a_deployments_account_leads_to_its_shard(tmp_path: Path) -> None:
    app = on_pane(tmp_path, "acme-prod")
    async with app.run_test() as pilot:
        assert app.query_one(AccountPane).focus_on("account.profile")
        await pilot.pause()
        assert app.focused is app.query_one(Form).field("shard").editor
