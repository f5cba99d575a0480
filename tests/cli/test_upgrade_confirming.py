"""What a yes is enough for in an upgrade, and what takes the name: what is lost, and what has no way back."""

from __future__ import annotations

import argparse
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.test_confirming import ADDRESS, HARMLESS, VOLUME, planned
from tests.cli.upgrade_stage import FORMAT, NODE
from wizard.cli import common, upgrade
from wizard.errors import BlockedError
from wizard.upgrades.steps import Act, Step


def hands(*, yes: bool = False, confirm: str | None = None) -> Any:
    args = argparse.Namespace(yes=yes, confirm=confirm, json=False)
    return upgrade._Hands(SimpleNamespace(), args)  # type: ignore[arg-type]


def test_yes_is_enough_where_nothing_is_lost_and_there_is_a_way_back() -> None:
    assert hands(yes=True).confirm(planned(HARMLESS), NODE) == "--yes"
    with pytest.raises(BlockedError, match="fdw-0 to ami-2: not applied") as caught:
        hands().confirm(planned(HARMLESS), NODE)
    assert "upgrade acme-prod --go asks again" in caught.value.action


def test_where_nothing_is_applied_the_question_names_what_is_given_to_the_nodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(common, "confirm", lambda question: bool(asked.append(question)))
    step = replace(NODE, title="the new package", after=(Act("stop", "fdw-0"), Act("start", "fdw-0")))
    with pytest.raises(BlockedError, match="the new package: not begun"):
        hands().confirm(planned(), step)
    account = planned().target.shard.account.id
    assert asked == [f"the new package: give this to the nodes in account {account}: stop fdw-0, start fdw-0? [y/N]"]


@pytest.mark.parametrize(
    ("change", "step", "why"),
    [
        (VOLUME, NODE, "loses the data on the volume"),
        (ADDRESS, NODE, "allow-lists"),
        (HARMLESS, FORMAT, "there is no way back: nothing older reads"),
    ],
    ids=["data", "a name", "one way"],
)
def test_what_is_lost_or_one_way_takes_the_name(change: Any, step: Step, why: str) -> None:
    for given in (hands(yes=True), hands(yes=True, confirm="acme")):
        with pytest.raises(BlockedError, match="the name was not typed") as caught:
            given.confirm(planned(change), step)
        assert why in caught.value.cause
    assert hands(confirm="acme-prod").confirm(planned(change), step) == "--confirm"


def test_another_name_than_the_objects_is_refused_and_nobody_is_asked_for_it_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(common, "interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _question: "acme-prod")
    with pytest.raises(BlockedError, match="the name was not typed"):
        hands(confirm="acme").confirm(planned(HARMLESS), FORMAT)


def test_a_person_types_it_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(common, "interactive", lambda: True)
    answers = iter(["yes", "acme-prod", "y"])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    with pytest.raises(BlockedError):
        hands().confirm(planned(HARMLESS), FORMAT)
    assert hands().confirm(planned(HARMLESS), FORMAT) == "by its name"
    assert "✗ the new format: there is no way back: nothing older reads" in capsys.readouterr().out
    assert hands().confirm(planned(HARMLESS), replace(FORMAT, one_way="")) == "asked"
