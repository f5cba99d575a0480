"""The customer takes their part back, and does it again by OpenTofu: what that leaves, and what verification says of it.

After everything else in this world, for an accepted peering can only be deleted and asked for anew.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Rehearsed
from tests.e2e.secrets import found_in
from tests.handoff.account import Held, differing
from tests.handoff.customers_engine import CustomersEngine, customers_engine

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]

PEERINGS = "/ec2 describe_vpc_peering_connections/"


@pytest.fixture
def engine(tmp_path: Path) -> CustomersEngine:
    return customers_engine(tmp_path)


def besides_peerings(before: Held, after: Held) -> dict[str, object]:
    return {leaf: sides for leaf, sides in differing(before, after).items() if not leaf.startswith(PEERINGS)}


def test_the_undo_restores_the_customers_account_but_for_the_peering_which_it_names_and_so_does_verification(
    private: Rehearsed,
) -> None:
    assert private.acceptance is not None
    before = private.acceptance.before
    # The rule that is there now is of somebody's hand, since it was taken away meanwhile: the script would leave it alone.
    private.world.call("close_security_group")
    again = private.customer.script(private.target, "--apply", stages=("read", "do"))
    assert (again.code, again.state("database.rule"), again.state("database.routes")) == (0, "done", "done already")

    undone = private.customer.script(private.target, "--undo", "--apply", stages=("read", "undo"))

    assert (undone.code, undone.err) == (0, "")
    assert "An accepted peering cannot be un-accepted" in undone.out
    after = private.customer.held()
    assert {one["Status"]["Code"] for one in after["ec2 describe_vpc_peering_connections"]} == {"deleted"}
    left = besides_peerings(before, after)
    # Earlier parameters count again after a restart, as it says, too.
    assert {leaf.rpartition("/")[2] for leaf in left} <= {"ParameterApplyStatus"}, left
    bad = private.bad()
    assert next(iter(bad)) == "peering.database", bad


@pytest.fixture
def requested_anew(private: Rehearsed) -> Iterator[Held]:
    """A peering that was deleted is requested again by the next apply; give what the customer's account holds then."""
    applied = private.planewright("apply", private.outcome.deployment, "--yes")
    assert "link waits" in applied.stdout, applied.stdout[-3000:] + applied.stderr
    return private.customer.held()


@pytest.mark.engine
def test_opentofu_does_the_steps_verification_passes_and_a_destroy_restores_all_but_what_it_only_forgets(
    private: Rehearsed, requested_anew: Held, engine: CustomersEngine, tmp_path: Path
) -> None:
    customer = private.customer
    # Theirs is what was sent to them: the engine keeps its state and its locks there.
    folder = Path(shutil.copytree(customer.folder(private.target), tmp_path / "sent")) / "tofu"
    beside = frozenset(re.findall(r"`((?:ec2|rds|route53):[A-Za-z0-9]+)`", (folder / "README.md").read_text()))
    # RDS did not make the database's name: that is the one thing that its owner has to say.
    (folder / "own.auto.tfvars.json").write_text(json.dumps({"database_security_group_id": customer.database_group()}))
    customer.tofu(engine, folder, "init", "-input=false", beside=beside)

    customer.tofu(engine, folder, "apply", "-auto-approve", "-input=false", beside=beside)
    linked = private.planewright("apply", private.outcome.deployment, "--yes")
    assert linked.returncode == 0, linked.stdout[-3000:] + linked.stderr
    assert private.bad() == {}
    # A second run finds nothing to do.
    customer.tofu(engine, folder, "plan", "-detailed-exitcode", "-input=false", beside=beside)

    customer.tofu(engine, folder, "destroy", "-auto-approve", "-input=false", beside=beside)
    after = customer.held()
    assert besides_peerings(requested_anew, after) == {}
    states = {one["Status"]["Code"] for one in after["ec2 describe_vpc_peering_connections"]}
    assert states == {"deleted", "active"}
    assert found_in(folder, private.canaries.secrets) == []
