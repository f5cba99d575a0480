"""The customer's steps done for them in the plain guide: as on the screens, nothing without the typed id."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.guiding import Guided
from tests.handoff.stand_in import SITE, Account
from tests.verify import world
from wizard.cli import common
from wizard.deploy import customer_side, store
from wizard.deploy.customer_side import Seen
from wizard.workspace import Workspace


@pytest.fixture
def account(guided: Guided, monkeypatch: pytest.MonkeyPatch) -> Account:
    workspace = Workspace(guided.root)
    store.save_contract(workspace.place("shard", "use1-a"), "shard", world.shard_outputs())
    store.save_contract(workspace.place("deployment", "acme-prod"), "instance", world.outputs("private"))
    made = Account()
    made.install(monkeypatch)
    monkeypatch.setattr(customer_side, "look", lambda *_: Seen(world.NOW))
    monkeypatch.setattr(common, "session_of", lambda _: None)
    return made


def test_each_call_is_said_and_made_once_the_id_is_typed(guided: Guided, account: Account) -> None:
    said = guided.go(":go handoff", "do", "yes", "do", SITE.account_id, ":quit", name="acme-prod")

    refused, _, made = said.partition("nothing was changed")
    assert "    aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-db" in refused
    assert f"change account {SITE.account_id}, the customer's" in refused
    assert "✓ done  aws ec2 accept-vpc-peering-connection" not in refused
    assert "✓ done  aws ec2 accept-vpc-peering-connection" in made
    assert [consent.account_id for consent in account.consents] == [SITE.account_id]


def test_what_is_refused_is_told_with_what_was_not_made(guided: Guided, account: Account) -> None:
    account.refuses = "CreateRoute"

    said = guided.go(":go handoff", "do", SITE.account_id, ":quit", name="acme-prod")

    assert "stopped at the first refusal" in said
    assert "error: refused" in said
    assert account.called == ["AcceptVpcPeeringConnection", "ModifyVpcPeeringConnectionOptions"]


def test_the_restart_and_the_way_back_are_asked_for_by_their_own_words(guided: Guided, account: Account) -> None:
    said = guided.go(":go handoff", "undo", "no", "restart", ":quit", name="acme-prod")

    assert "what would be taken back" in said
    assert "database.reboot: done already" in said
    assert account.called == []


def _restarting(account: Account) -> Any:
    from dataclasses import replace

    waiting = replace(account.theirs.instances[0], applied="pending-reboot")
    account.theirs = replace(account.theirs, instances=(waiting,))


def test_a_restart_takes_the_instances_name_besides(guided: Guided, account: Account) -> None:
    _restarting(account)

    guided.go(":go handoff", "restart", SITE.account_id, "yes", ":quit", name="acme-prod")
    assert account.called == []
    guided.go(":go handoff", "restart", SITE.account_id, "primary", ":quit", name="acme-prod")
    assert account.called == ["RebootDBInstance"]
