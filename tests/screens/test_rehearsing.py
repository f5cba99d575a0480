"""What is different on the screens of a rehearsal: it is said on each, and the customer types what only they know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import Button, Input

from screens.app import Planewright
from screens.desk import Desk
from screens.widgets.header import REHEARSAL, Header, Heading, line
from screens.widgets.seed_form import Given, SeedForm
from tests.workspaces import with_examples
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.deploy.target import open_target
from wizard.walk.opening import Played
from wizard.workspace import Workspace

HEADING = Heading(("acme-prod", "springtail", "private"), ("111111111111 us-east-1", "user/operator"))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_that_nothing_is_real_stands_first_and_is_never_cut_off(width: int) -> None:
    assert line(HEADING, width, rehearsal=True).plain.startswith(REHEARSAL)
    assert REHEARSAL not in line(HEADING, width).plain


@pytest.mark.parametrize("rehearsed", [True, False])
async def test_the_list_says_so_and_only_in_a_rehearsal(tmp_path: Path, rehearsed: bool) -> None:
    played = Played(inputs=_never, readiness=tmp_path / "sent.json") if rehearsed else None
    app = Planewright(Desk(Workspace(with_examples(tmp_path)), {}, played=played))
    async with app.run_test(size=(80, 24)):
        header = app.screen.query_one(Header)
        assert (REHEARSAL in header.render().plain) is rehearsed  # type: ignore[union-attr]


@pytest.fixture
def deployment(tmp_path: Path) -> DeploymentAnswers:
    return open_target(Workspace(with_examples(tmp_path)), "acme-prod").deployment


class Asking(App[None]):
    def __init__(self, form: SeedForm) -> None:
        super().__init__()
        self._form = form
        self.given: list[Given | None] = []

    def on_mount(self) -> None:
        self.push_screen(self._form, self.given.append)


async def test_in_a_rehearsal_one_key_lets_the_customer_type_their_secrets(deployment: DeploymentAnswers) -> None:
    app = Asking(SeedForm(deployment, played=True))
    async with app.run_test() as pilot:
        await pilot.press("enter")

    assert app.given == [Given("", played=True)]


async def test_in_a_rehearsal_one_may_still_type_them(deployment: DeploymentAnswers) -> None:
    app = Asking(SeedForm(deployment, played=True))
    async with app.run_test() as pilot:
        await pilot.press("tab", *"secret", "enter", "enter", "enter")

    assert app.given == [Given("secret")]


async def test_nobody_else_types_them_where_it_is_real(deployment: DeploymentAnswers) -> None:
    app = Asking(SeedForm(deployment))
    async with app.run_test() as pilot:
        assert [button.id for button in app.screen.query(Button)] == ["seed-store"]
        assert isinstance(app.focused, Input)
        await pilot.press("escape")

    assert app.given == [None]


def _never(target: Any) -> Any:
    raise AssertionError(f"nobody asked for the secrets of {target}")
