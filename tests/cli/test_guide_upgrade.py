"""Upgrades in the guide: the command's own, asked for by words."""

from __future__ import annotations

import pytest

from tests.cli.guiding import Guided
from tests.deploy.upgrading.world import WANTED
from wizard.cli.guide.desk import Desk
from wizard.deploy.upgrading import record
from wizard.workspace import Workspace


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(Desk, "command", lambda _desk, *arguments: given.append(arguments) or 0)
    return given


def test_each_word_is_the_command_with_its_flag_and_the_reason(guided: Guided, commands: list[tuple[str, ...]]) -> None:
    guided.go("acme-prod", "upgrade", "look", "go", "step the new image is out", "abandon not tonight", "back", ":quit")

    assert commands == [
        ("upgrade", "acme-prod"),
        ("upgrade", "acme-prod", "--go"),
        ("upgrade", "acme-prod", "--step", "--reason", "the new image is out"),
        ("upgrade", "acme-prod", "--abandon", "--reason", "not tonight"),
    ]


def test_nothing_is_given_up_without_a_reason(guided: Guided, commands: list[tuple[str, ...]]) -> None:
    said = guided.go("acme-prod", "upgrade", "abandon", "back", ":quit")

    assert commands == []
    assert "abandon takes a REASON" in said


def test_a_shard_is_not_offered_what_it_has_not(guided: Guided) -> None:
    assert "upgrade: step by step" in guided.go("acme-prod", ":quit")
    assert "upgrade: step by step" not in guided.go("use1-a", ":quit")


def test_the_list_tells_of_one_that_is_half_way(guided: Guided, commands: list[tuple[str, ...]]) -> None:
    record.begin(Workspace(guided.root).place("deployment", "acme-prod"), WANTED)

    said = guided.go("acme-prod", ":quit")

    assert "  2. acme-prod, deployment: draft, an upgrade is half-way (0 of 3)\n" in said
    assert "\ndeployment acme-prod: draft, an upgrade is half-way (0 of 3)\n" in said
