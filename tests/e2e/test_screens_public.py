"""The public topology, the whole way on the screens by keyboard alone: what the person at them saw."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from screens.app import Planewright
from tests.e2e.secrets import found_in
from tests.e2e.tried import tried
from tests.e2e.walking import Walked, type_into, walked
from tests.tools import way
from tests.tools.operator import Operator

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("screens-public")]


async def one_more_client(operator: Operator, app: Planewright) -> None:
    await way.go_to(operator, "Topology")
    await type_into(operator, app, "proxy.client_cidrs", *", 192.0.2.7/32")
    await operator.press("escape")
    await way.go_on(operator, "Sizing")
    await way.go_on(operator, "Review")
    await way.checked(operator)
    await operator.press("w")
    await operator.sees("192.0.2.7/32")
    await operator.keep("changed: answers", r"192\.0\.2\.7/32", r"1 answer changed")
    await way.go_on(operator, "Plan")
    await way.plan(operator, "instance")
    await operator.keep("changed: plan", way.planned("instance"))


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    way_gone = walked("public", tmp_path_factory.mktemp("public"), one_more_client)
    yield from tried("the public world of the screens", way_gone)


def test_every_screen_says_that_nothing_is_real(public: Walked) -> None:
    assert len(public.seen) > 20
    assert [name for name, screen in public.seen.items() if "◇ REHEARSAL" not in screen] == []


def test_the_topology_draws_the_way_over_the_internet_and_no_transit(public: Walked) -> None:
    drawn = public.seen["topology"]

    assert "internet" in drawn
    assert "203.0.113.0/24" in drawn
    assert "transit" not in drawn


def test_it_is_one_stack_and_the_plan_only_adds(public: Walked) -> None:
    assert re.search(r"✓ planned +instance +\d+ to add, 0 to change, 0 to destroy", public.seen["plan instance"])
    assert " link " not in public.seen["plan instance"]


def test_the_password_is_shown_nowhere_and_on_no_disk(public: Walked) -> None:
    password = public.practising.world.database_password

    assert "✓ every secret has its value" in public.seen["secrets"]
    assert not any(password in screen for screen in public.seen.values())
    assert found_in(public.root, [password]) == []


def test_the_handoff_names_the_address_to_allow_and_is_done_once_that_was_proven(public: Walked) -> None:
    waiting, done = public.seen["handoff: waiting"], public.seen["handoff: done"]

    assert re.search(r"source: \d+\.\d+\.\d+\.\d+/32", waiting)
    assert re.search(r"· not looked at +customer +Allow our fixed address at the database's firewall", waiting)
    assert re.search(r"✓ done +customer +Allow our fixed address at the database's firewall", done)
    assert way.theirs(done, *way.OPEN) == 0


def test_every_hop_that_can_be_seen_has_passed(public: Walked) -> None:
    assert "✓ verified" in public.seen["verify"]


def test_on_the_next_day_a_plan_changes_nothing(public: Walked) -> None:
    assert "✓ Report" in public.seen["again: opened"]
    assert re.search(r"= no changes +instance", public.seen["again: plan"])


def test_one_more_client_is_exactly_one_more_rule(public: Walked) -> None:
    assert "1 answer changed" in public.seen["changed: answers"]
    assert re.search(r"✓ planned +instance +1 to add, 0 to change, 0 to destroy", public.seen["changed: plan"])


def test_both_times_the_application_ended_well(public: Walked) -> None:
    assert public.exits == [0, 0]


def test_nothing_was_called_that_the_operators_policies_do_not_allow(public: Walked) -> None:
    assert {"ec2:RunInstances", "secretsmanager:PutSecretValue", "ssm:SendCommand"} <= public.used
    assert public.used - public.allowed == set()
