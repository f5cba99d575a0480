"""What differs by design is not called drift, and only that."""

from __future__ import annotations

import pytest

from tests.drift.drifting import PEERING, drifted
from wizard.changes.change import Change
from wizard.drift.designed import Neighbours, suspects

REDIS = "module.shard.aws_security_group.redis"
KNOWN = Neighbours(users=frozenset({"acme-prod-redis"}), groups=frozenset({"sg-acme"}), vpcs=frozenset({"a"}))


def group(**of: list[str]) -> Change:
    rule = {"protocol": "tcp", "from_port": 6379, "to_port": 6379, "self": False}
    return drifted(REDIS, {"id": "sg-redis", "ingress": []}, {"id": "sg-redis", "ingress": [rule | of]})


def users(*now: str) -> Change:
    address = "module.shard.aws_elasticache_user_group.this"
    return drifted(address, {"user_ids": ["default"]}, {"user_ids": list(now)})


def peering(before: dict[str, object], after: dict[str, object]) -> Change:
    return drifted(PEERING, {"id": "pcx-1"} | before, {"id": "pcx-1"} | after)


ON = [{"allow_remote_vpc_dns_resolution": True}]
OFF = [{"allow_remote_vpc_dns_resolution": False}]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (users("default", "acme-prod-redis"), users("default", "mallory")),
        (group(security_groups=["sg-acme"]), group(security_groups=["sg-acme", "sg-elsewhere"])),
        (group(security_groups=["sg-acme"]), group(cidr_blocks=["0.0.0.0/0"])),
        (
            peering({"accept_status": "pending-acceptance"}, {"accept_status": "active"}),
            peering({"accept_status": "active"}, {"accept_status": "deleted"}),
        ),
        (peering({"requester": OFF}, {"requester": ON}), peering({"requester": ON}, {"requester": OFF})),
        (peering({"accepter": OFF}, {"accepter": ON}), peering({"accepter": ON}, {"accepter": OFF})),
        (
            drifted("aws_elasticache_user.instance", {"access_string": "off"}, {"access_string": "on"}),
            drifted("aws_elasticache_user.instance", {"user_name": "a"}, {"user_name": "b"}),
        ),
        (
            drifted("aws_route53_zone.proxy", {"vpc": [{"vpc_id": "a"}]}, {"vpc": [{"vpc_id": "a"}, {"vpc_id": "b"}]}),
            drifted("aws_route53_zone.proxy", {"vpc": [{"vpc_id": "a"}]}, {"vpc": [{"vpc_id": "b"}]}),
        ),
    ],
    ids=["redis users", "redis rules", "any source", "accepted", "our option", "their option", "seeded", "zone"],
)
def test_what_is_by_design_is_left_out_and_what_is_like_it_is_not(ours: Change, theirs: Change) -> None:
    found, designed = suspects([ours], KNOWN)
    assert (found, len(designed)) == ((), 1)

    [found_one], _ = suspects([theirs], KNOWN)
    assert found_one.change is theirs


def test_a_customer_takes_their_vpc_out_of_the_zone_and_nobody_ours() -> None:
    """An apply after they had associated it has it in the state."""
    theirs = drifted("aws_route53_zone.proxy", {"vpc": [{"vpc_id": "a"}, {"vpc_id": "b"}]}, {"vpc": [{"vpc_id": "a"}]})
    ours = drifted("aws_route53_zone.proxy", {"vpc": [{"vpc_id": "a"}, {"vpc_id": "b"}]}, {"vpc": [{"vpc_id": "b"}]})
    assert [len(suspects([one], KNOWN)[0]) for one in (theirs, ours)] == [0, 1]
    assert len(suspects([theirs], Neighbours())[0]) == 1, "which VPC is ours is not known: somebody has to look"


def node(*, iops: int, volume: str = "vol-0a") -> Change:
    def device(speed: int) -> dict[str, object]:
        return {"volume_id": volume, "iops": speed}

    address = "module.nodes.aws_instance.ingestion"
    return drifted(address, {"ebs_block_device": [device(3000)]}, {"ebs_block_device": [device(iops)]})


def table(to: str, block: str = "10.1.0.0/16") -> Change:
    def route(peering: str) -> dict[str, object]:
        return {"cidr_block": block, "vpc_peering_connection_id": peering}

    before, after = {"id": "rtb-1", "route": [route("pcx-1")]}, {"id": "rtb-1", "route": [route(to)]}
    return drifted("module.private_path.aws_route_table.transit", before, after)


def test_what_others_show_of_our_own_volumes_and_routes_is_told_of_by_those() -> None:
    own = Neighbours(volumes=frozenset({"vol-0a"}), routes=frozenset({("rtb-1", "10.1.0.0/16")}))
    assert suspects([node(iops=4000), table("pcx-2")], own)[0] == ()

    foreign, _ = suspects([node(iops=4000, volume="vol-theirs"), table("pcx-2", "10.9.0.0/16")], own)
    assert [one.change.type for one in foreign] == ["aws_instance", "aws_route_table"]


def test_a_group_that_lacks_a_rule_which_is_gone_is_told_of_once() -> None:
    gone = drifted("aws_vpc_security_group_ingress_rule.mesh", {"id": "sgr-1", "security_group_id": "sg-redis"}, None)
    rule = {"protocol": "tcp", "from_port": 6379, "to_port": 6379, "cidr_blocks": ["10.0.0.0/8"]}
    lacks = drifted(REDIS, {"id": "sg-redis", "ingress": [rule]}, {"id": "sg-redis", "ingress": []})

    found, _ = suspects([lacks, gone], Neighbours())
    assert [one.change for one in found] == [gone]
    assert len(suspects([lacks], Neighbours())[0]) == 1, "without the rule's own entry it is said of the group"
