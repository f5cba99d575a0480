"""The map of blocks: whose they are, where they meet, which are free."""

from __future__ import annotations

from tests.live.account import changed
from tests.live.built import instance_outputs
from wizard.addressing.footprint import Footprint, of_deployment, of_shard, still_to_come
from wizard.addressing.plan import Block, Purpose, Surroundings, address_map
from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.facts.network import PeeringSide, SubnetFact, VpcFact, VpcPeering
from wizard.rehearsal.answers import example


def shard() -> ShardAnswers:
    return build(example("shard"), ShardAnswers, source="example")


def deployment(topology: str = "private", **changes: object) -> DeploymentAnswers:
    dotted = {key.replace("__", "."): value for key, value in changes.items()}
    return build(changed(example(topology), dotted), DeploymentAnswers, source="example")


def _purposes(blocks: tuple[Block, ...]) -> list[Purpose]:
    return [block.purpose for block in blocks]


def test_a_private_deployment_has_the_shards_block_its_own_and_the_customers() -> None:
    layout = address_map(shard(), deployment())
    assert _purposes(layout.blocks) == [Purpose.SHARD, Purpose.TRANSIT, Purpose.DATABASE, Purpose.APPLICATION]
    assert _purposes(layout.blocks[0].inside) == [Purpose.PRIVATE_SUBNET, Purpose.PUBLIC_SUBNET]
    assert layout.meetings == ()


def test_a_public_deployment_has_no_network_of_its_own() -> None:
    assert _purposes(address_map(shard(), deployment("public")).blocks) == [Purpose.SHARD]


def test_blocks_that_one_route_table_would_need_conflict() -> None:
    layout = address_map(shard(), deployment(database__vpc__cidr="100.64.0.0/16"))
    [meeting] = layout.meetings
    assert (meeting.one.purpose, meeting.other.purpose) == (Purpose.TRANSIT, Purpose.DATABASE)
    assert meeting.conflict


def test_a_neighbour_conflicts_only_where_a_vpc_is_peered_with_both() -> None:
    """Every transit VPC may have the default block, until a customer's VPC would need two routes to it."""
    apart = deployment(applications__0__vpc_id="vpc-0aaaaaaa", database__vpc__vpc_id="vpc-0bbbbbbb", name="globex-prod")
    for other, conflict in ((apart, False), (deployment(name="acme-test"), True)):
        [meeting] = address_map(shard(), deployment(), (other,)).meetings
        assert meeting.conflict is conflict


def test_vpcs_of_the_account_are_on_the_map_and_never_ours() -> None:
    around = Surroundings(
        vpcs=(
            VpcFact("vpc-1", ("172.31.0.0/16",), is_default=True),
            VpcFact("vpc-2", ("10.64.0.0/16",), is_default=False, tags=(("planewright:shard", "use1-a"),)),
            VpcFact("vpc-3", ("10.64.0.0/16",), is_default=False, tags=(("planewright:shard", "use1-b"),)),
            VpcFact("vpc-4", ("10.1.0.0/16", "100.64.0.0/20"), is_default=False, tags=(("Name", "billing"),)),
            VpcFact("vpc-5", ("100.64.0.0/24",), is_default=False),
        ),
        own_vpc_ids=frozenset({"vpc-5"}),
    )
    layout = address_map(shard(), deployment(), around=around)
    found = [(block.vpc_id, block.purpose, block.cidr) for block in layout.blocks if not block.path]
    assert found == [
        ("vpc-1", Purpose.EXISTING, "172.31.0.0/16"),
        ("vpc-3", Purpose.PLANEWRIGHT, "10.64.0.0/16"),
        ("vpc-4", Purpose.EXISTING, "10.1.0.0/16"),
        ("vpc-4", Purpose.EXISTING, "100.64.0.0/20"),
    ]
    assert [meeting.conflict for meeting in layout.meetings] == [False, False]


def test_free_blocks_meet_nothing_that_is_known_far_sides_of_peerings_included() -> None:
    near = PeeringSide("vpc-1", "1", "us-east-1", ("10.9.0.0/16",))
    far = PeeringSide("vpc-2", "2", "us-east-1", ("100.64.1.0/24",))
    peering = VpcPeering("pcx-1", "active", near, far, expires_at=None)
    gone = VpcPeering("pcx-2", "deleted", near, PeeringSide("vpc-3", "2", "us-east-1", ("100.64.2.0/24",)), None)
    around = Surroundings(vpcs=(VpcFact("vpc-4", ("100.64.3.0/25",), is_default=False),), peerings=(peering, gone))
    assert address_map(shard(), deployment(), around=around).free_transit == (
        "100.64.2.0/24",
        "100.64.4.0/24",
        "100.64.5.0/24",
    )


def test_a_built_subnet_says_how_much_is_free() -> None:
    around = Surroundings(
        subnets=(SubnetFact("subnet-1", "vpc-1", "10.64.0.0/18", "use1-az1", free_addresses=7),),
        own_vpc_ids=frozenset({"vpc-1"}),
    )
    private, public = address_map(shard(), around=around).blocks[0].inside
    assert (private.free, public.free) == (7, -1)


def test_every_node_endpoint_and_load_balancer_takes_one_address() -> None:
    assert of_shard(shard()) == Footprint(private=1, public=1)
    assert of_deployment(deployment()) == Footprint(private=1 + 1 + 2 + 2, transit=5)
    assert of_deployment(deployment("public")) == Footprint(private=3, public=1)
    assert still_to_come(deployment(), None) == of_deployment(deployment())
    assert Footprint(private=3) - Footprint(private=5, transit=2) == Footprint()


def test_what_is_built_is_not_added_again() -> None:
    built = instance_outputs({"transit": "vpc-1", "application": "vpc-2", "peering": "pcx-1", "zone": "Z1"})
    assert still_to_come(deployment(), built) == Footprint()
    assert still_to_come(deployment(nodes__fdw__count=5), built) == Footprint(private=3)
    assert still_to_come(deployment(nodes__fdw__count=1), built) == Footprint()
