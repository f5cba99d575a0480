"""The customer takes their part back: what that leaves, and what verification says of it.

After everything else in this world, for an accepted peering can only be deleted and asked for anew.
"""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Rehearsed
from tests.handoff.account import Held, differing

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]

PEERINGS = "/ec2 describe_vpc_peering_connections/"


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
