"""Drift in the guide: the command's own, asked for by words."""

from __future__ import annotations

import pytest

from tests.cli.guiding import Guided
from wizard.cli.guide.desk import Desk


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    given: list[tuple[str, ...]] = []
    monkeypatch.setattr(Desk, "command", lambda _desk, *arguments: given.append(arguments) or 0)
    return given


ADDRESS = 'module.nodes.aws_ebs_volume.data["data-1"]'


def test_each_way_is_the_command_with_its_flag(guided: Guided, commands: list[tuple[str, ...]]) -> None:
    typed = [f"accept instance '{ADDRESS}'", "revert instance", f"import instance {ADDRESS}=vol-0a", "back", ":quit"]
    guided.go("acme-prod", "drift", "look", "look link", *typed)

    assert commands == [
        ("drift", "acme-prod"),
        ("drift", "acme-prod", "link"),
        ("drift", "acme-prod", "instance", "--accept", ADDRESS),
        ("drift", "acme-prod", "instance", "--revert"),
        ("drift", "acme-prod", "instance", "--import", f"{ADDRESS}=vol-0a"),
    ]


def test_what_is_missing_is_said_and_nothing_is_run(guided: Guided, commands: list[tuple[str, ...]]) -> None:
    said = guided.go("acme-prod", "drift", "accept instance", "import", "back", ":quit")

    assert commands == []
    assert "accept takes STACK ADDRESS" in said
    assert "import takes STACK ADDRESS=ID" in said
