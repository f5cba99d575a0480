"""Every fault of the private topology, on a world: verification, which knows nothing of it, names the hop and the remedy.

Faults that do not hide each other share a verification. With the node's agent offline nothing waits there for packets that
are dropped, and the load balancer's health checks, in which most faults show, are seen all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.rehearsal.proof import Proof, proof, shows
from tests.rehearsal.vendor import Built
from wizard.aws.session import AwsSession
from wizard.deploy.reporting import Written
from wizard.errors import AccountError
from wizard.rehearsal import journey
from wizard.rehearsal.clients import client
from wizard.rehearsal.faults import FAULTS, Fault, fault
from wizard.rehearsal.journey import Journey, Options
from wizard.rehearsal.world import World, call
from wizard.verify.hops import Hop, HopState
from wizard.workspace import Workspace

OFFLINE = "ssm-agent-offline"
TOGETHER = (
    ("route-missing",),
    ("rule-missing", OFFLINE),
    ("network-acl", OFFLINE),
    ("database-down", OFFLINE),
    ("dns-option-off", OFFLINE),
    ("watcher-failing", OFFLINE),
    ("wrong-zone", "wrong-password"),
    ("slots-exhausted", "throttling"),
)
DEAD = {
    "peering-not-accepted": (HopState.WAITING, "has not accepted the peering; it can until "),
    "peering-rejected": (HopState.FAILED, "has rejected the peering"),
    "peering-expired": (HopState.FAILED, "it has expired"),
}
EXPIRING = "credentials-expiring"


@pytest.fixture(scope="module")
def built(built: Built) -> Built:
    """The private path, our side's public names resolved by the customer as well."""
    built.ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=built.peering,
        RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True},
    )
    return built


@pytest.fixture(scope="module")
def proven(world: World, built: Built) -> Proof:
    made = proof(
        world,
        built.instance,
        database_peering=_peering(world, built.peering),
        inbound_nlb_arn=built.balancer,
        inbound_target_group_arn=built.target_group,
        inbound_endpoint_id=built.endpoint,
        inbound_endpoint_dns=built.endpoint_dns,
        watcher_function_name=built.function,
    )
    # What a fault is to break is well before: else nothing here could fail.
    assert not made.missing & {one.named["private"].hop for one in FAULTS if one.named.get("private")}  # type: ignore[union-attr]
    return made


def _peering(world: World, peering: str) -> object:
    from tests.verify.world import outputs

    example = outputs("private").private
    assert example is not None
    update = {"id": peering, "peer_vpc_id": world.customer.premises.database.id}
    return example.database_peering.model_copy(update=update)


@contextmanager
def on(world: World, built: Built, faults: tuple[Fault, ...]) -> Iterator[None]:
    """Have faults on. What shows in a missing registration comes, in life, before the first one: so it is made here."""
    first = any(named is not None and named.hop == "inbound.target" for named in (f.named["private"] for f in faults))
    try:
        for one in faults:
            world.put_fault(one.name)
        if first:
            elb = client(world.own(), "elbv2")
            elb.deregister_targets(TargetGroupArn=built.target_group, Targets=[{"Id": "10.20.1.10", "Port": 5432}])
            assert all(called.error for called in world.watchers.call_all())
        yield
    finally:
        for one in faults:
            world.mend_fault(one.name)
        if first:
            # The watcher's own code brings the target back, as it would within a minute.
            assert [called.error for called in world.watchers.call_all()] == [""]


def test_every_fault_of_the_private_topology_has_a_row() -> None:
    rows = {name for names in TOGETHER for name in names} | set(DEAD) | {EXPIRING}

    assert rows == {one.name for one in FAULTS if "private" in one.named}


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_verification_names_the_hop_of_each_fault_and_its_remedy(
    world: World, built: Built, proven: Proof, names: tuple[str, ...]
) -> None:
    faults = tuple(fault(name) for name in names)
    session = proven.session()
    with on(world, built, faults):
        found = proven.verified(session)

    # These and no others: what stands on a hop that failed is not one more failure.
    assert sorted(proven.bad(found)) == sorted(
        named.hop for named in (one.named["private"] for one in faults) if named is not None
    )
    for one in faults:
        shows(one, "private", found)
    assert ("made again, with growing pauses" in session.throttled.told) == ("throttling" in names)


def test_expired_credentials_stop_it_naming_the_login_and_after_a_login_it_goes_on(
    world: World, built: Built, proven: Proof
) -> None:
    with on(world, built, (fault(EXPIRING),)), pytest.raises(AccountError) as stopped:
        proven.verified()

    assert "the credentials have expired (GetCallerIdentity: ExpiredToken" in stopped.value.cause
    assert "aws sso login" in stopped.value.action
    assert "then run the command again" in stopped.value.action
    assert proven.bad(proven.verified()) == [], "and so is everything that was broken above"


class Told:
    """Keeps what the journey tells."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def step(self, title: str) -> None:
        self.lines.append(title)

    say = step

    def hop(self, hop: Hop) -> None:
        self.lines.append(f"{hop.key} {hop.state}")


def test_the_told_journey_ends_with_the_faults_what_was_said_of_them_and_the_exit_status_of_verify(
    world: World, built: Built, proven: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the engine: what stands was built by hand, and the customer has done their part."""
    names, told = (OFFLINE, "throttling", EXPIRING), Told()
    handle = SimpleNamespace(call=lambda action, **arguments: call(world, action, arguments))
    target = SimpleNamespace(name="acme-prod", stacks=("instance",), deployment=proven.deployment)

    def verified(_target: object, session: AwsSession, *, on_hop: object) -> Written:
        return Written(proven.verified(session), Path("report.md"), Path("report.json"))

    monkeypatch.setattr(journey, "verify_target", verified)
    monkeypatch.setattr(Journey, "_site", lambda _self, _target: SimpleNamespace(session=proven.session()))
    monkeypatch.setattr(Journey, "_customer", lambda _self, _target: world.comply())
    gone = Journey(handle, Workspace(Path()), told, Options(faults=tuple(map(fault, names))))  # type: ignore[arg-type]
    try:
        outcome = gone._with_faults(target, target)  # type: ignore[arg-type]
    finally:
        for name in names:
            world.mend_fault(name)

    assert [seen.fault.name for seen in outcome.faults] == [EXPIRING, OFFLINE, "throttling"]
    stopped, offline, throttled = outcome.faults
    assert (stopped.exit_code, stopped.over) == (1, "the operator logged in again")
    assert any("aws sso login" in line for line in stopped.said)
    assert offline.expected
    assert offline.said[0].startswith("verification named node.ingestion-0.ssm: ✗ failed  ingestion-0 is online in SSM")
    assert offline.said[1].startswith("remedy: start the node anew")
    # The hops that were not built are bad, and throttling alone would leave all of them passed.
    assert throttled.said[0].startswith("AWS limited the rate of calls; they were made again")
    assert (outcome.exit_code, offline.exit_code) == (1, 1)
    assert f"{EXPIRING} is on: {fault(EXPIRING).does}" in told.lines
    assert "the operator logged in again: the same command goes on" in told.lines
    assert "the watcher ran: it has nothing to complain of" in told.lines


@pytest.mark.parametrize("name", DEAD)
def test_verification_names_a_peering_that_is_requested_anew(
    world: World, built: Built, proven: Proof, name: str
) -> None:
    """The last ones: AWS's calendar is eight days ahead in the end."""
    network = world.network()
    transit = next(one.requester.vpc for one in network.peerings if one.id == built.peering)
    anew = built.ec2.create_vpc_peering_connection(
        VpcId=transit, PeerOwnerId="222222222222", PeerVpcId=world.customer.premises.database.id
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    private = proven.outputs.private
    assert private is not None
    requested = private.database_peering.model_copy(update={"id": anew})
    world.put_fault(OFFLINE)
    world.put_fault(name)
    try:
        found = proven.verified(
            outputs=proven.outputs.model_copy(
                update={"private": private.model_copy(update={"database_peering": requested})}
            )
        )
    finally:
        world.mend_fault(OFFLINE)
        built.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=anew)

    shows(fault(name), "private", found)
    [hop] = [hop for hop in found.hops if hop.key == "peering.database"]
    state, words = DEAD[name]
    assert hop.state is state
    assert words in hop.reason
    assert hop.waiting_on == ("the customer" if state is HopState.WAITING else "")
