"""What a yes is enough for, and what takes the name."""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any

import pytest

from wizard.cli import apply, common
from wizard.cli.apply import require_confirmed
from wizard.cli.plans import as_json, show
from wizard.deploy import flow
from wizard.engine.plans import read_plan
from wizard.errors import BlockedError


def planned(*changes: tuple[str, list[str]]) -> Any:
    resources = [
        {
            "address": f"module.nodes.{kind}.x",
            "type": kind,
            "name": "x",
            "change": {"actions": actions, "before": {"size": 1}, "after": {"size": 2}},
        }
        for kind, actions in changes
    ]
    view = read_plan({"resource_changes": resources})
    shard = SimpleNamespace(account=SimpleNamespace(id="123456789012"))
    target = SimpleNamespace(name="acme-prod", shard=shard)
    return SimpleNamespace(
        target=target, stack="instance", plan=SimpleNamespace(view=view, run=SimpleNamespace(id="R1"))
    )


def flags(*, yes: bool = False, confirm: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(yes=yes, confirm=confirm)


HARMLESS = ("aws_security_group", ["create"])
VOLUME = ("aws_ebs_volume", ["delete", "create"])
ADDRESS = ("aws_eip", ["delete"])


def test_without_a_terminal_nobody_has_said_yes() -> None:
    with pytest.raises(BlockedError, match="was not applied") as caught:
        require_confirmed(planned(HARMLESS), flags())
    assert "--run R1" in caught.value.action


def test_yes_is_enough_where_nothing_is_lost() -> None:
    require_confirmed(planned(HARMLESS), flags(yes=True))


@pytest.mark.parametrize("change", [VOLUME, ADDRESS], ids=["data", "names"])
def test_yes_is_never_enough_to_lose_data_or_names(change: tuple[str, list[str]]) -> None:
    with pytest.raises(BlockedError, match="holds data or names"):
        require_confirmed(planned(HARMLESS, change), flags(yes=True))
    with pytest.raises(BlockedError):
        require_confirmed(planned(HARMLESS, change), flags(yes=True, confirm="acme"))
    require_confirmed(planned(HARMLESS, change), flags(confirm="acme-prod"))


def test_a_person_types_the_name_letter_by_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "interactive", lambda: True)
    answers = iter(["yes", "acme-prod"])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))

    with pytest.raises(BlockedError):
        require_confirmed(planned(VOLUME), flags())
    require_confirmed(planned(VOLUME), flags())


def test_what_would_be_lost_stands_on_top_of_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    show(planned(HARMLESS, VOLUME).plan.view, stack="instance", name="acme-prod")

    lines = capsys.readouterr().out.splitlines()
    lost = next(index for index, line in enumerate(lines) if "loses the data on the volume" in line)
    first = next(index for index, line in enumerate(lines) if "aws_security_group" in line)
    assert lost < first
    assert any("size: 1 → 2" in line for line in lines)


def test_each_change_is_shown_with_its_class_why_and_the_way_back(capsys: pytest.CaptureFixture[str]) -> None:
    show(planned(HARMLESS, ADDRESS, VOLUME).plan.view, stack="instance", name="acme-prod")

    said = capsys.readouterr().out
    assert "✗ 1 destroys data, ! 1 interrupts traffic, ✓ 1 safe\n" in said
    assert "+ create   ✓ safe               module.nodes.aws_security_group.x\n" in said
    assert "± replace  ✗ destroys data      module.nodes.aws_ebs_volume.x\n        why: it is destroyed" in said
    assert "        back: none: what is lost is not brought back by an apply" in said


def ignoring() -> Any:
    plan = planned(HARMLESS)
    node = {
        "address": "module.nodes.aws_instance.proxy",
        "module_address": "module.nodes",
        "type": "aws_instance",
        "name": "proxy",
        "change": {"actions": ["no-op"], "after": {"instance_type": "c6i.xlarge"}},
    }
    wanted = {"nodes": {"value": {"proxy": {"instance_type": "c6i.2xlarge"}}}}
    plan.plan.view = read_plan({"resource_changes": [node], "variables": wanted})
    return plan


def test_what_is_asked_for_and_would_not_happen_is_shown_with_what_to_do_instead(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(ignoring().plan.view, stack="instance", name="acme-prod")

    said = capsys.readouterr().out
    assert "∅ 1 would be ignored" in said
    assert "  module.nodes.aws_instance.proxy: instance_type is to be c6i.2xlarge and would stay c6i.xlarge" in said
    assert "        instead: look in the stack's folder" in said
    assert "such a plan is not applied" in said


def test_programs_get_classes_reasons_and_what_is_ignored() -> None:
    document = as_json(planned(HARMLESS, VOLUME).plan.view)
    assert document["classes"] == {"safe": 1, "destroys data": 1}
    [_, volume] = document["changes"]
    assert (volume["class"], volume["kind"], document["ignored"]) == ("destroys data", "replace", [])
    assert volume["why"]
    assert volume["rollback"]
    assert [loss["address"] for loss in document["losses"]] == ["module.nodes.aws_ebs_volume.x"]

    [left] = as_json(ignoring().plan.view)["ignored"]
    assert (left["answer"], left["wanted"], left["stays"], left["refused"]) == (
        "nodes.proxy.instance_type",
        "c6i.2xlarge",
        "c6i.xlarge",
        True,
    )
    assert as_json(ignoring().plan.view)["changes"] == []


def test_a_plan_without_changes_that_ignores_an_answer_is_not_taken_for_done(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, site = ignoring(), SimpleNamespace()
    assert plan.plan.view.empty
    monkeypatch.setattr(apply, "_planned", lambda *_: iter([plan]))
    monkeypatch.setattr(flow, "conclude", lambda _: pytest.fail("its outputs were taken over"))
    with pytest.raises(BlockedError, match="1 answer would be ignored") as caught:
        apply._apply(plan.target, site, argparse.Namespace(json=True, yes=True, confirm="acme-prod"))  # type: ignore[arg-type]
    assert "answer nodes.proxy.instance_type: c6i.xlarge" in caught.value.action


def test_an_apply_that_would_ignore_an_answer_is_never_started_and_a_teardown_does_not_care(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = ignoring()
    site = SimpleNamespace(session=SimpleNamespace(identity=lambda: pytest.fail("AWS was asked")))
    with pytest.raises(BlockedError, match="would be ignored"):
        flow.start(plan, site)  # type: ignore[arg-type]
    asked = []
    monkeypatch.setattr(flow, "require_account", lambda *_: asked.append("account"))
    site.session.identity = lambda: None
    with pytest.raises(AttributeError, match="credentials"):
        flow.start(plan, site, tearing_down=True)  # type: ignore[arg-type]
    assert asked == ["account"]
