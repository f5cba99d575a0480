"""The customer's routes, rules and ACLs: what they come to, against references that look at one address and port at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.facts.database import RdsFact
from wizard.verify.customer.acls import Part, denied, judge_acls
from wizard.verify.customer.blocks import uncovered
from wizard.verify.customer.model import Acl, AclEntry, Ground, Interface, Route, RouteTable, Rule, Way
from wizard.verify.customer.others import judge_association, judge_dns, judge_parameters
from wizard.verify.customer.routes import judge_routes, taken
from wizard.verify.customer.rules import judge_rules
from wizard.verify.hops import HopState
from wizard.verify.outcome import Outcome

OURS = IPv4Network("100.64.0.0/25")
WAY = Way(
    account_id="222222222222",
    region="us-east-1",
    vpc_id="vpc-0a1b2c3d4e5f60718",
    vpc_block="10.20.0.0/16",
    peering_id="pcx-0db",
    destination="100.64.0.0/24",
    ours=OURS,
    port=5432,
)
HERE = Ground((Interface("eni-1", WAY.vpc_id, "subnet-a", ("10.20.1.10",), ("sg-db",)),))


def table(*routes: Route, name: str = "rtb-1", main: bool = True, subnets: Sequence[str] = ()) -> RouteTable:
    return RouteTable(name, WAY.vpc_id, main, tuple(subnets), routes)


def route(block: str, target: str = WAY.peering_id, *, blackhole: bool = False) -> Route:
    return Route(block, target, blackhole, (IPv4Network(block),))


def by_list(target: str, *held: str) -> Route:
    return Route("pl-1", target, False, tuple(map(IPv4Network, held)) if held else None)


LOCAL = route("10.20.0.0/16", "local")
DEFAULT = route("0.0.0.0/0", "nat-1")
RIGHT = route("100.64.0.0/24")


def failed(outcome: Outcome, *words: str) -> None:
    assert outcome.state is HopState.FAILED, outcome
    for word in words:
        assert word in outcome.reason, outcome.reason


# -- routes


@pytest.mark.parametrize(
    ("routes", "says"),
    [
        ((LOCAL,), "rtb-1 (the main table) has no route to 100.64.0.0/24"),
        ((LOCAL, DEFAULT), "the route to 0.0.0.0/0, the more specific one,"),
        (
            (LOCAL, RIGHT, route("100.64.0.64/26", "tgw-1")),
            "100.64.0.64/26 is taken for 100.64.0.64/26, and leads to tgw-1",
        ),
        ((LOCAL, route("100.64.0.0/24", "pcx-0other")), "leads to pcx-0other, not to pcx-0db"),
        ((LOCAL, route("100.64.0.0/24", blackhole=True)), "over pcx-0db is a blackhole"),
        ((LOCAL, DEFAULT, route("100.64.0.0/26")), "0.0.0.0/0 is taken for 100.64.0.64/26, and leads to nat-1"),
        ((LOCAL, RIGHT, by_list("tgw-1", "100.64.0.0/26")), "the route to pl-1"),
    ],
)
def test_a_table_that_does_not_lead_back_says_which_route_is_taken_instead(
    routes: tuple[Route, ...], says: str
) -> None:
    says = says.replace("the route to 0.0.0.0/0, the more specific one,", "the route to 0.0.0.0/0")
    failed(judge_routes([table(*routes)], WAY, HERE), says)


@pytest.mark.parametrize(
    "routes",
    [
        (LOCAL, RIGHT),
        (LOCAL, DEFAULT, RIGHT),
        (LOCAL, route("100.64.0.0/25")),
        (LOCAL, route("100.64.0.0/26"), route("100.64.0.64/26")),
        (LOCAL, RIGHT, route("100.64.0.128/25", "tgw-1")),  # of the transit VPC, but where no load balancer is
        (LOCAL, route("100.0.0.0/8", "tgw-1"), RIGHT),
        (LOCAL, by_list(WAY.peering_id, "100.64.0.0/16")),
        (LOCAL, RIGHT, by_list("tgw-1", "100.64.0.0/24")),  # of the same length, the one that names its block is taken
        (LOCAL, RIGHT, by_list("vpce-1")),
    ],
)
def test_a_table_that_leads_every_address_of_ours_back_passes(routes: tuple[Route, ...]) -> None:
    assert judge_routes([table(*routes)], WAY, HERE).state is HopState.PASSED


def test_a_subnet_has_its_own_table_and_else_the_main_one() -> None:
    own, main = table(LOCAL, name="rtb-own", main=False, subnets=("subnet-a",)), table(LOCAL, RIGHT)
    failed(judge_routes([main, own], WAY, HERE), "rtb-own has no route")
    assert judge_routes([main, table(LOCAL, main=False, subnets=("subnet-b",))], WAY, HERE).state is HopState.PASSED


def test_a_missing_route_is_made_and_one_that_leads_elsewhere_is_replaced() -> None:
    made = judge_routes([table(LOCAL)], WAY, HERE).commands
    replaced = judge_routes([table(LOCAL, route("100.64.0.0/24", "tgw-1"))], WAY, HERE).commands
    assert [line.split()[2] for line in (*made, *replaced)] == ["create-route", "replace-route"]
    assert made[0].endswith("--destination-cidr-block 100.64.0.0/24 --vpc-peering-connection-id pcx-0db")


def test_a_subnet_that_only_a_failover_would_reach_is_waited_for_and_said() -> None:
    ground = Ground(HERE.interfaces, ("subnet-a", "subnet-b"))
    tables = [table(LOCAL, RIGHT), table(LOCAL, name="rtb-b", main=False, subnets=("subnet-b",))]
    outcome = judge_routes(tables, WAY, ground)
    assert (outcome.state, outcome.waiting_on) == (HopState.WAITING, "the customer")
    assert "failover to subnet-b" in outcome.reason


def test_a_prefix_list_that_nobody_could_read_decides_nothing() -> None:
    for target in (WAY.peering_id, "tgw-1"):
        assert judge_routes([table(LOCAL, by_list(target))], WAY, HERE).state is HopState.NOT_OBSERVABLE


def test_where_the_subnet_is_not_known_tables_that_agree_decide_and_others_do_not() -> None:
    good, bad = table(LOCAL, RIGHT), table(LOCAL, name="rtb-2", main=False, subnets=("subnet-b",))
    nowhere = Ground(why="nobody knows")
    assert judge_routes([good], WAY, nowhere).state is HopState.PASSED
    failed(judge_routes([bad], WAY, nowhere), "rtb-2")
    assert judge_routes([good, bad], WAY, nowhere).state is HopState.NOT_OBSERVABLE
    assert judge_routes([good, bad], WAY, nowhere, every=True).state is HopState.WAITING


def test_tables_of_another_vpc_tell_nothing() -> None:
    assert judge_routes([RouteTable("rtb-1", "vpc-other", True, (), (RIGHT,))], WAY, HERE).state is (
        HopState.NOT_OBSERVABLE
    )


# Blocks that meet: few bits, so that random ones contain each other. The reference asks for one address.
_BASE = int(IPv4Address("100.64.0.0"))
_blocks = st.builds(
    lambda bits, at: IPv4Network((_BASE + (at & ~((1 << (32 - bits)) - 1)), bits)),
    st.integers(26, 32),
    st.integers(0, 63),
)
_routes = st.lists(
    st.builds(lambda block, n: Route(str(block), f"t-{n}", False, (block,)), _blocks, st.integers(0, 3)),
    max_size=8,
    unique_by=lambda route: route.destination,
)


@given(_routes)
def test_each_address_takes_the_longest_route_that_holds_it(routes: list[Route]) -> None:
    whole = IPv4Network("100.64.0.0/26")
    parts = taken(whole, routes)
    for address in whole:
        fits = [one for one in routes if address in IPv4Network(one.destination)]
        expected = max(fits, key=lambda one: IPv4Network(one.destination).prefixlen, default=None)
        assert [part.route for part in parts if address in part.block] == [expected]


@given(_blocks, st.lists(_blocks, max_size=6))
def test_what_is_uncovered_is_every_address_that_no_cover_holds(block: IPv4Network, covers: list[IPv4Network]) -> None:
    left = uncovered(block, covers)
    for address in block:
        assert any(address in one for one in left) is not any(address in one for one in covers)


# -- rules


def rule(source: str = "", low: int = 5432, high: int = 5432, *, protocol: str = "6", **more: str) -> Rule:
    return Rule("sgr-1", "sg-db", protocol, low, high, IPv4Network(source) if source else None, **more)


@pytest.mark.parametrize(
    ("rules", "lists", "near"),
    [
        ((), {}, "no rule at all"),
        ((rule("10.20.0.0/16"),), {}, "the database's own VPC"),
        ((rule("100.64.0.0/24", 5433, 5433),), {}, "TCP 5433: another port"),
        ((rule("100.64.0.0/24", protocol="17"),), {}, "UDP 5432: another port"),
        ((rule("100.64.0.0/26"),), {}, "100.64.0.0/26 on TCP 5432: a part of it"),
        ((rule(other_group="sg-app"),), {}, "sg-app on TCP 5432: interfaces of that group alone"),
        ((rule(prefix_list="pl-1"),), {"pl-1": (IPv4Network("10.0.0.0/8"),)}, "pl-1 on TCP 5432: does not hold us"),
        ((Rule("sgr-2", "sg-another", "6", 5432, 5432, OURS),), {}, "no rule at all"),
    ],
)
def test_a_closed_group_says_which_rules_come_near(
    rules: tuple[Rule, ...], lists: dict[str, tuple[IPv4Network, ...]], near: str
) -> None:
    outcome = judge_rules(rules, WAY, HERE.interfaces, lists)
    failed(outcome, "sg-db")
    assert near in "\n".join(outcome.evidence)
    assert outcome.commands[0].endswith("--group-id sg-db --protocol tcp --port 5432 --cidr 100.64.0.0/24")


@pytest.mark.parametrize(
    ("rules", "lists", "ours"),
    [
        ((rule("100.64.0.0/24"),), {}, ()),
        ((rule("0.0.0.0/0", -1, -1, protocol="-1"),), {}, ()),
        ((rule("100.64.0.0/26"), rule("100.64.0.64/26")), {}, ()),
        ((rule("100.64.0.0/24", 5000, 6000),), {}, ()),
        ((rule(prefix_list="pl-1"),), {"pl-1": (IPv4Network("100.64.0.0/16"),)}, ()),
        ((rule(other_group="sg-nlb"),), {}, ("sg-nlb",)),
    ],
)
def test_an_open_group_passes_and_names_the_rule(
    rules: tuple[Rule, ...], lists: dict[str, tuple[IPv4Network, ...]], ours: tuple[str, ...]
) -> None:
    outcome = judge_rules(rules, WAY, HERE.interfaces, lists, ours)
    assert outcome.state is HopState.PASSED, outcome
    assert outcome.evidence


def test_a_part_that_is_not_admitted_is_named() -> None:
    failed(judge_rules((rule("100.64.0.0/26"),), WAY, HERE.interfaces, {}), "not 100.64.0.64/26")


def test_a_prefix_list_of_a_rule_that_nobody_could_read_decides_nothing() -> None:
    outcome = judge_rules((rule(prefix_list="pl-1"),), WAY, HERE.interfaces, {})
    assert (outcome.state, "ec2:GetManagedPrefixListEntries" in outcome.remedy) == (HopState.NOT_OBSERVABLE, True)


def test_without_an_interface_no_group_is_the_database_s() -> None:
    assert judge_rules((rule("100.64.0.0/24"),), WAY, (), {}).state is HopState.NOT_OBSERVABLE


def test_every_interface_has_to_let_us_in() -> None:
    other = Interface("eni-2", WAY.vpc_id, "subnet-b", ("10.20.2.10",), ("sg-closed",))
    failed(judge_rules((rule("100.64.0.0/24"),), WAY, (*HERE.interfaces, other), {}), "sg-closed")


# -- network ACLs


def entry(number: int, *, allow: bool, egress: bool, block: str = "0.0.0.0/0", **more: Any) -> AclEntry:
    return AclEntry(number, egress, allow, more.pop("protocol", "6"), IPv4Network(block), **more)


OPEN_IN = entry(100, allow=True, egress=False, protocol="-1")
OPEN_OUT = entry(100, allow=True, egress=True, protocol="-1")


def acl(*entries: AclEntry, name: str = "acl-1", subnets: Sequence[str] = ("subnet-a",)) -> Acl:
    return Acl(name, WAY.vpc_id, tuple(subnets), entries)


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ((OPEN_OUT,), "TCP 5432 from 100.64.0.0/25 does not come in, no entry allows it"),
        ((entry(50, allow=False, egress=False, block="100.64.0.0/10"), OPEN_IN, OPEN_OUT), "entry 50 denies it"),
        ((OPEN_IN,), "answers to ports 1024-65535 of 100.64.0.0/25 do not come out"),
        ((OPEN_IN, entry(9, allow=True, egress=True, from_port=5432, to_port=5432)), "answers to ports 1024-5431"),
        ((OPEN_IN, entry(9, allow=True, egress=True, from_port=32768, to_port=65535)), "ports 1024-32767"),
        ((entry(9, allow=True, egress=False, protocol="17"), OPEN_OUT), "does not come in"),
        ((entry(9, allow=True, egress=False, block="100.64.0.0/26"), OPEN_OUT), "from 100.64.0.64/26 does not"),
    ],
)
def test_an_acl_that_stops_it_says_what_and_by_which_entry(entries: tuple[AclEntry, ...], says: str) -> None:
    failed(judge_acls([acl(*entries)], WAY, HERE), "acl-1", says)


@pytest.mark.parametrize(
    "entries",
    [
        (OPEN_IN, OPEN_OUT),
        (OPEN_IN, OPEN_OUT, entry(200, allow=False, egress=False)),  # never asked: a lower number has decided
        (
            entry(10, allow=True, egress=False, block="100.64.0.0/24", from_port=5432, to_port=5432),
            entry(10, allow=True, egress=True, block="100.64.0.0/24", from_port=1024),
            entry(20, allow=False, egress=True),
        ),
    ],
)
def test_an_acl_that_lets_both_ways_through_passes(entries: tuple[AclEntry, ...]) -> None:
    assert judge_acls([acl(*entries)], WAY, HERE).state is HopState.PASSED


def test_only_the_acl_before_the_database_counts() -> None:
    closed = acl(name="acl-2", subnets=("subnet-b",))
    assert judge_acls([acl(OPEN_IN, OPEN_OUT), closed], WAY, HERE).state is HopState.PASSED
    assert judge_acls([acl(OPEN_IN, OPEN_OUT), closed], WAY, Ground()).state is HopState.NOT_OBSERVABLE
    later = Ground(HERE.interfaces, ("subnet-b",))
    assert judge_acls([acl(OPEN_IN, OPEN_OUT), closed], WAY, later).state is HopState.WAITING


_entries = st.lists(
    st.builds(
        lambda number, allow, protocol, block, low, more: AclEntry(
            number, False, allow, protocol, block, low, low + more
        ),
        st.integers(1, 30),
        st.booleans(),
        st.sampled_from(["6", "-1", "17"]),
        _blocks,
        st.integers(0, 12),
        st.integers(0, 12),
    ),
    max_size=7,
    unique_by=lambda entry: entry.number,
)


@given(_entries, _blocks, st.integers(0, 8), st.integers(0, 8))
def test_what_an_acl_denies_is_what_its_first_entry_that_fits_denies(
    entries: list[AclEntry], block: IPv4Network, low: int, more: int
) -> None:
    lost = denied(entries, Part(block, low, low + more), egress=False)
    for address in block:
        for port in range(low, low + more + 1):
            first = next(
                (one for one in sorted(entries, key=lambda one: one.number) if _fits(one, address, port)), None
            )
            by = [
                one.by for one in lost if address in one.part.block and one.part.from_port <= port <= one.part.to_port
            ]
            allowed = first is not None and first.allow
            assert by == ([] if allowed else [first.number if first else None])


def _fits(entry: AclEntry, address: IPv4Address, port: int) -> bool:
    speaks = entry.protocol == "-1" or (entry.protocol == "6" and entry.from_port <= port <= entry.to_port)
    return speaks and address in entry.block


# -- the rest


RDS = RdsFact(
    account=WAY.account_id,
    match="instance",
    instance="primary",
    group="custom",
    apply_status="in-sync",
    parameters=(("rds.logical_replication", "1"),),
)


@pytest.mark.parametrize(
    ("allowed", "public", "addresses", "state"),
    [
        (True, True, (), HopState.PASSED),
        (False, True, (), HopState.FAILED),
        (False, True, ("54.1.2.3",), HopState.FAILED),
        (False, False, (), HopState.PASSED),
        (False, True, ("10.20.1.10",), HopState.PASSED),
        (False, None, (), HopState.NOT_OBSERVABLE),
    ],
)
def test_the_dns_option_counts_only_for_a_public_name(
    allowed: bool, public: bool | None, addresses: tuple[str, ...], state: HopState
) -> None:
    rds = replace(RDS, publicly_accessible=public) if public is not None else RdsFact("2" * 12, "none")
    assert judge_dns(WAY, "db.acme", allowed=allowed, rds=rds, addresses=addresses).state is state


@pytest.mark.parametrize(
    ("value", "status", "state"),
    [
        ("1", "in-sync", HopState.PASSED),
        ("1", "pending-reboot", HopState.WAITING),
        ("0", "in-sync", HopState.FAILED),
        ("", "in-sync", HopState.FAILED),
        ("1", "applying", HopState.WAITING),
    ],
)
def test_a_parameter_counts_when_it_is_in_force(value: str, status: str, state: HopState) -> None:
    parameters = (("rds.logical_replication", value),) if value else ()
    outcome = judge_parameters(replace(RDS, parameters=parameters, apply_status=status), "db.acme")
    assert outcome.state is state
    assert judge_parameters(RdsFact("2" * 12, "none"), "db.acme").state is HopState.NOT_OBSERVABLE


def test_a_vpc_that_is_not_associated_is_waited_for_with_the_line_that_does_it() -> None:
    assert judge_association(("Z1",), "Z1", WAY, "springtail.acme").state is HopState.PASSED
    outcome = judge_association(("Z2",), "Z1", WAY, "springtail.acme")
    assert outcome.state is HopState.WAITING
    assert outcome.commands[0].endswith(f"--hosted-zone-id Z1 --vpc VPCRegion=us-east-1,VPCId={WAY.vpc_id}")
