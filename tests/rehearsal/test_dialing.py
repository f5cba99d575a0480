"""Every address that a node may dial has a verdict."""

from __future__ import annotations

from tests.rehearsal.networks import VENDOR, changed, private, public
from wizard.rehearsal.dialing import Dial, verdicts
from wizard.rehearsal.reachability import State


def test_a_private_node_dials_endpoints_load_balancers_databases_and_targets() -> None:
    found = verdicts(private(), VENDOR)

    assert found[Dial("i-ingestion", "10.64.0.20", 5432)].state is State.CONNECTED
    # The database itself is behind the endpoint; from the shard no route leads to it.
    assert found[Dial("i-ingestion", "10.20.1.10", 5432)].state is State.TIMED_OUT
    assert found[Dial("i-ingestion", "10.64.0.11", 5432)].state is State.CONNECTED
    assert Dial("i-proxy", "10.64.0.11", 5432) not in found


def test_a_listener_that_was_taken_away_is_still_dialled_and_times_out() -> None:
    found = verdicts(changed(private(), "balancers", "arn:nlb/in", listeners=()), VENDOR)

    assert found[Dial("i-ingestion", "10.64.0.20", 5432)].state is State.TIMED_OUT


def test_a_public_node_dials_the_databases_public_address() -> None:
    assert verdicts(public(), VENDOR)[Dial("i-ingestion", "54.0.0.9", 5432)].state is State.CONNECTED


def test_an_instance_that_does_not_run_dials_nothing() -> None:
    stopped = changed(private(), "instances", "i-ingestion", state="stopped")

    assert all(dial.node != "i-ingestion" for dial in verdicts(stopped, VENDOR))
