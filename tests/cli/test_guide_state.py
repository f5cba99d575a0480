"""The plain guide offers the engine's states: each word is the command of that name."""

from __future__ import annotations

import pytest

from tests.cli.guiding import Guided
from wizard import cli


def test_states_are_listed_recovered_and_restored_by_the_commands_of_these_names(
    guided: Guided, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(cli, "run", lambda arguments: ran.append(arguments) or 0)
    said = guided.go(
        "acme-prod", "state", "", "recover instance", "restore instance --backup kept", "lock", "back", engine="tofu"
    )

    assert "1. list: where each state is, its versions and backups, who holds it" in said
    root = ["--workspace", str(guided.root)]
    assert ran == [
        ["state", "list", "acme-prod", *root],
        ["state", "recover", "acme-prod", "instance", "--engine", "tofu", *root],
        ["state", "restore", "acme-prod", "instance", "--backup", "kept", "--engine", "tofu", *root],
        ["state", "lock", "acme-prod", *root],
    ]
