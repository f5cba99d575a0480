"""`planewright destroy`: the order that the screens have too, each plan printed, the typed name before anything goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.walk.torn_down import SITE, World, standing


@pytest.fixture
def world(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = standing(workspace, monkeypatch)
    monkeypatch.setattr("wizard.cli.destroy.open_both", lambda args, **_: (world.target, SITE))
    monkeypatch.setattr("wizard.cli.destroy.prepare_stack", lambda t, stack, site, _: world.prepare(t, stack, site))
    monkeypatch.setattr("wizard.cli.destroy.attend", world.end)
    return world


def test_the_last_stack_goes_first_and_what_is_left_is_told(
    run: Run, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("destroy", "acme-prod", "--yes", "--confirm", "acme-prod") == 0
    assert world.exists == set()
    told = capsys.readouterr().out
    order = [
        "First, the deletion protection of link:",
        "✓ link: destroyed",
        "First, the deletion protection of instance:",
        "✓ instance: destroyed",
        "✓ acme-prod is destroyed. What is left:",
    ]
    assert [told.index(line) for line in order] == sorted(told.index(line) for line in order)


def test_each_yes_goes_on_record_with_how_it_was_said_and_why(run: Run, world: World) -> None:
    assert run("destroy", "acme-prod", "--yes", "--confirm", "acme-prod", "--reason", "the trial is over") == 0
    assert world.said == [
        (stack, how, "the trial is over") for stack in ("link", "instance") for how in ("asked", "by its name")
    ]


def test_without_the_typed_name_only_the_protection_is_lifted(run: Run, world: World) -> None:
    assert run("destroy", "acme-prod", "--yes") == 1
    assert world.exists == {"link", "instance"}
    assert [planned.plan.run.request.action for planned in world.started] == ["plan"]


@pytest.mark.parametrize("stopped_after", [1, 2, 3])
def test_a_destroy_that_died_half_way_goes_on_where_it_was(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch, stopped_after: int
) -> None:
    attended: list[Any] = []

    def dies(started: Any) -> None:
        world.end(started)
        attended.append(started)
        if len(attended) == stopped_after:
            raise KeyboardInterrupt

    monkeypatch.setattr("wizard.cli.destroy.attend", dies)
    assert run("destroy", "acme-prod", "--yes", "--confirm", "acme-prod") == 130
    assert run("destroy", "acme-prod", "--yes", "--confirm", "acme-prod") == 0
    assert world.exists == set()
    assert len(world.started) == 4, "nothing was done twice"


def test_one_stack_alone(run: Run, world: World) -> None:
    assert run("destroy", "acme-prod", "--stack", "link", "--yes", "--confirm", "acme-prod") == 0
    assert world.exists == {"instance"}
