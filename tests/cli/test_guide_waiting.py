"""Confirming in the plain guide what is applied by itself once the customer has accepted: shown, asked, and no more than that."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.guiding import Guided, finding
from tests.screens.waits import a_wait
from tests.verify import world
from wizard.cli import common
from wizard.cli.guide import changes
from wizard.cli.guide.desk import Desk
from wizard.deploy import acts, customer_side, flow, store
from wizard.deploy.acts import Confirmed
from wizard.deploy.customer_side import Seen
from wizard.deploy.waiting import records, starting
from wizard.deploy.waiting.records import Process, Wait
from wizard.engine.plans import read_plan
from wizard.engine.processes import host, started
from wizard.walk import waits
from wizard.workspace import Place, Workspace

OPTION = "aws_vpc_peering_connection_options"


def a_plan(*actions: str) -> Any:
    address = f"module.link.{OPTION}.this"
    return read_plan(
        {"resource_changes": [{"address": address, "type": OPTION, "name": "x", "change": {"actions": [*actions]}}]}
    )


@pytest.fixture
def actions() -> list[str]:
    """What the plan does with the one resource that it has."""
    return ["create"]


@pytest.fixture
def place(guided: Guided, actions: list[str], monkeypatch: pytest.MonkeyPatch) -> Place:
    """An applied instance whose link waits; its plan is a value, and who waits is this process."""
    workspace = Workspace(guided.root)
    store.save_contract(workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(workspace.place("deployment", "acme-prod"), "instance", world.outputs("private"))
    site = SimpleNamespace(session=SimpleNamespace(method="env"))
    pending = flow.Waiting("the owner of account 222222222222", "pcx-db: pending-acceptance", "have it accepted")

    def plan(ready: Any, **_: Any) -> Any:
        made = SimpleNamespace(view=a_plan(*actions), run=SimpleNamespace(id="P7"), digest="sha256:7")
        return SimpleNamespace(target=ready, stack="link", plan=made)

    def launch(wait: Wait, _environ: Any) -> None:
        Process(host(), os.getpid(), started(os.getpid()) or "").write(wait.path / "process.json")

    monkeypatch.setattr(Desk, "site", lambda _desk, _target: site)
    monkeypatch.setattr(flow, "waiting_on_customer", lambda *_: pending)
    monkeypatch.setattr(flow, "prepare", lambda target, _stack, _site: target)
    monkeypatch.setattr(flow, "plan", plan)
    monkeypatch.setattr(flow, "start", lambda *_: pytest.fail("nothing may be applied before they have accepted"))
    monkeypatch.setattr("wizard.deploy.site.checked", lambda *_: SimpleNamespace(findings=()))
    monkeypatch.setattr(starting, "launch", launch)
    monkeypatch.setattr(customer_side, "look", lambda *_: Seen(world.NOW))
    monkeypatch.setattr(common, "session_of", lambda _: None)
    return workspace.place("deployment", "acme-prod")


def test_the_plan_is_shown_and_without_a_yes_nobody_waits(guided: Guided, place: Place) -> None:
    said = guided.go(":go handoff", "wait", "", ":quit", name="acme-prod")

    assert f"module.link.{OPTION}.this" in said
    assert "nobody waits. The plan is kept." in said
    assert records.newest(place) is None


def test_what_a_yes_confirms_is_said_before_it_is_asked_for(guided: Guided, place: Place) -> None:
    said = guided.go(":go apply", "wait", "no", ":quit", name="acme-prod")

    assert "Exactly this: link, 1 to add, 0 to change, 0 to destroy; plan P7, digest sha256:7" in said
    assert "UTC; with other answers, files or state it gives up" in said
    assert "It goes on by itself when this is closed" in said
    asked = "Apply link of acme-prod to account 111111111111, us-east-1, by itself once the customer has accepted?"
    assert any(prompt.startswith(asked) for prompt in guided.script.asked)
    assert records.newest(place) is None


def test_what_would_lose_data_takes_the_typed_name_and_then_the_yes(
    guided: Guided, place: Place, actions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = SimpleNamespace(change=SimpleNamespace(kind="replace"), address="x", what="a name")
    monkeypatch.setattr("wizard.engine.plans.destructive", lambda _changes: (loss,))
    monkeypatch.setattr(changes, "tell", lambda _planned: None)

    assert "the name was not typed" in guided.go(":go apply", "wait", "yes", "", ":quit", name="acme-prod")
    assert records.newest(place) is None
    guided.go(":go apply", "wait", "acme-prod", "yes", ":quit", name="acme-prod")
    assert records.waiting(place) is not None
    assert [act.did for act in acts.acts(place)] == [Confirmed("link", "P7", "sha256:7", "by its name")]


def test_a_finding_that_holds_an_apply_holds_a_wait(
    guided: Guided, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = SimpleNamespace(findings=(finding("zone_id"),))
    monkeypatch.setattr("wizard.deploy.site.checked", lambda *_: held)

    assert "A_CODE" in guided.go(":go apply", "wait", ":quit", name="acme-prod")
    assert records.newest(place) is None


def test_a_plan_that_would_ignore_an_answer_is_not_waited_with(
    guided: Guided, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.deploy.classes.findings_of", lambda _view: (finding("nodes.fdw.type"),))

    said = guided.go(":go apply", "wait", ":quit", name="acme-prod")
    assert "link of acme-prod is not applied: 1 answer would be ignored" in said
    assert records.newest(place) is None


def test_answers_that_changed_while_it_was_asked_leave_nobody_waiting(
    guided: Guided, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(_planned: Any) -> str:
        with place.answers.open("a") as answers:
            answers.write("# edited elsewhere\n")
        return "sure?"

    monkeypatch.setattr(waits, "question", asked)

    assert "the answers have changed since this was planned" in guided.go(
        ":go apply", "wait", "yes", ":quit", name="acme-prod"
    )
    assert records.newest(place) is None


def test_after_a_yes_exactly_that_plan_is_left_and_told_of_until_it_is_cancelled(
    guided: Guided, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []
    monkeypatch.setattr("os.kill", lambda pid, _signal: killed.append(pid))

    said = guided.go(":go handoff", "wait", "yes", "again", "wait", "cancel", ":quit", name="acme-prod")

    wait = records.waiting(place)
    assert wait is not None
    assert (wait.request.plan_run, wait.request.plan_digest) == ("P7", "sha256:7")
    assert said.count("then applies plan P7 as") == 2
    assert "somebody waits for the customer of acme-prod already" in said
    assert killed == [os.getpid()]


def test_where_nothing_waits_it_says_so(guided: Guided, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "waiting_on_customer", lambda *_: None)

    assert "nothing waits for the customer" in guided.go(":go handoff", "wait", ":quit", name="acme-prod")
    assert records.newest(place) is None


def test_who_waits_is_told_also_where_the_shard_s_answers_cannot_be_read(guided: Guided, place: Place) -> None:
    a_wait(place)
    Workspace(guided.root).place("shard", "use1-a").answers.write_text(": nonsense")

    said = guided.go(":go apply", ":quit", name="acme-prod")

    assert "then applies plan P7 as olga@desk confirmed it" in said
