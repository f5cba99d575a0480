"""The public topology's world: a node leaves through NAT and reaches the database's public address, if it is let in."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.rehearsal.proof import Proof, proof, shows
from tests.rehearsal.vendor import NODES, PUBLIC, SHARD, configure, group, launch, table
from wizard.rehearsal import dns
from wizard.rehearsal.clients import client
from wizard.rehearsal.dialing import Dial
from wizard.rehearsal.faults import FAULTS, fault
from wizard.rehearsal.reachability import State
from wizard.rehearsal.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World("public", watch_seconds=None) as started:
        yield started


@pytest.fixture(scope="module")
def node(world: World) -> str:
    ec2 = client(world.environ(), "ec2")
    shard = ec2.create_vpc(CidrBlock=SHARD)["Vpc"]["VpcId"]
    nodes, public = (
        ec2.create_subnet(VpcId=shard, CidrBlock=cidr, AvailabilityZoneId="use1-az1")["Subnet"]["SubnetId"]
        for cidr in (NODES, PUBLIC)
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=shard)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    table(ec2, shard, nodes, NatGatewayId=nat)
    table(ec2, shard, public, GatewayId=gateway)
    image = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"][0]["ImageId"]
    launched = ec2.run_instances(
        ImageId=image,
        InstanceType="r6i.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=nodes,
        SecurityGroupIds=[group(ec2, shard, "node")],
    )
    return str(launched["Instances"][0]["InstanceId"])


def dial(world: World, node: str, *, timeout: float = 30) -> socket.socket:
    world.sync()
    address = world.customer.premises.public_ip
    return socket.create_connection((world.loopback.address(node, address), 5432), timeout=timeout)


def test_the_database_takes_a_node_in_once_its_nat_address_is_on_the_list(world: World, node: str) -> None:
    place = Dial(node, world.customer.premises.public_ip, 5432)
    assert "no ingress rule" in world.verdicts()[place].by
    with pytest.raises(TimeoutError):
        dial(world, node, timeout=1)

    world.comply()

    with dial(world, node) as connection:
        connection.sendall(bytes.fromhex("0000000804d2162f"))  # PostgreSQL's SSLRequest
        assert connection.recv(1) == b"S"


@pytest.mark.parametrize("take", ["close_security_group", "remove_route"])
def test_the_customer_can_shut_it_out_again(world: World, node: str, take: str) -> None:
    world.comply()
    getattr(world.customer, take)()
    try:
        with pytest.raises(TimeoutError):
            dial(world, node, timeout=1)
    finally:
        world.customer.restore_route()
        world.comply()
    dial(world, node).close()


def test_the_databases_name_leads_to_its_public_address(world: World, node: str) -> None:
    network = world.network()
    vpc = next(instance.vpc for instance in network.instances if instance.id == node)

    assert dns.resolve(network, vpc, world.customer.premises.host) == (world.customer.premises.public_ip,)


def test_a_node_without_a_role_is_no_agent(world: World, node: str) -> None:
    assert world.agents.ping(world.network(), node) is None


def test_complying_twice_changes_nothing(world: World, node: str) -> None:
    world.comply()
    before = world.network()
    world.comply()

    assert world.network() == before
    assert {v.state for d, v in world.verdicts().items() if d.address == world.customer.premises.public_ip} == {
        State.CONNECTED
    }


@pytest.fixture(scope="module")
def proven(world: World, node: str) -> Proof:
    """An ingestion node beside the other one, with a role; the customer has done their part."""
    ec2, iam = client(world.environ(), "ec2"), client(world.environ(), "iam")
    [beside] = ec2.describe_instances(InstanceIds=[node])["Reservations"][0]["Instances"]
    configure(world)
    _, ingestion = launch(ec2, iam, beside["SubnetId"], group(ec2, beside["VpcId"], "ingestion"))
    world.comply()
    made = proof(world, ingestion)
    assert not made.missing & {one.named["public"].hop for one in FAULTS if one.named.get("public")}  # type: ignore[union-attr]
    return made


TOGETHER = (
    ("route-missing",),
    ("rule-missing",),
    ("network-acl",),
    ("database-down",),
    ("wrong-password",),
    ("slots-exhausted", "throttling"),
    ("ssm-agent-offline",),
)


def test_every_fault_of_the_public_topology_has_a_row() -> None:
    # Expired credentials stop the command before it comes to any topology: a row of the private one.
    rows = {name for names in TOGETHER for name in names} | {"credentials-expiring"}

    assert rows == {one.name for one in FAULTS if "public" in one.named}


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_verification_names_the_hop_of_each_fault_and_its_remedy(
    world: World, proven: Proof, names: tuple[str, ...]
) -> None:
    faults, session = [fault(name) for name in names], proven.session()
    for name in names:
        world.put_fault(name)
    try:
        found = proven.verified(session)
    finally:
        for name in names:
            world.mend_fault(name)

    named = [said.hop for said in (one.named["public"] for one in faults) if said is not None]
    assert proven.bad(found) == named
    for one in faults:
        shows(one, "public", found)
    assert ("made again, with growing pauses" in session.throttled.told) == ("throttling" in names)


def test_after_all_of_them_everything_is_well_again(proven: Proof) -> None:
    assert proven.bad(proven.verified()) == []
