"""A shard: VPC, NAT address, Redis, and the default user that must be off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.verify.world import NAT, REDIS, USER_GROUP, FakeReads, hop, look_at_shard
from wizard.verify.hops import HopState
from wizard.verify.reads import NatGateway, RedisUser, Vpc


def test_a_shard_in_which_all_is_well_is_verified() -> None:
    verification = look_at_shard(FakeReads())

    assert {one.state for one in verification.hops} == {HopState.PASSED}
    assert (verification.object, verification.topology) == ("use1-a", "shard")


@pytest.mark.parametrize(
    ("key", "state", "says", "reads"),
    [
        ("shard.vpc", HopState.FAILED, "not there", {"vpcs": {}}),
        ("shard.vpc", HopState.WAITING, "pending", {"vpcs": {"vpc-11": Vpc("vpc-11", "pending", ())}}),
        ("shard.nat", HopState.FAILED, f"no NAT gateway holds {NAT}", {"nats": (NatGateway("n", "available", ("54.9.9.9",)),)}),
        ("shard.nat", HopState.FAILED, "no NAT gateway holds", {"nats": (NatGateway("n", "failed", (NAT,)),)}),
        ("shard.nat", HopState.WAITING, "being made", {"nats": (NatGateway("n", "pending", ()),)}),
        ("shard.redis", HopState.FAILED, "not there", {"redis": None}),
        ("shard.redis", HopState.FAILED, "clear text", {"redis": replace(REDIS, tls=False)}),
        ("shard.redis", HopState.FAILED, "use1-a-users is not attached", {"redis": replace(REDIS, user_group_ids=())}),
        ("shard.redis", HopState.WAITING, "modifying", {"redis": replace(REDIS, status="modifying")}),
        ("shard.redis.default", HopState.FAILED, "no user group", {"user_group": None}),
        ("shard.redis.default", HopState.FAILED, "no user named default",
         {"user_group": replace(USER_GROUP, user_ids=("acme-prod-redis",)),
          "users": {"acme-prod-redis": RedisUser("acme-prod-redis", "acme-prod-redis", "active", "on ~* +@all")}}),
        ("shard.redis.default", HopState.FAILED, "is on, without a password",
         {"users": {"default": RedisUser("default", "default", "active", "on ~* +@all")}}),
    ],
)  # fmt: skip
def test_one_broken_thing_is_one_hop_that_says_so(key: str, state: HopState, says: str, reads: dict[str, Any]) -> None:
    verification = look_at_shard(FakeReads(**reads))

    assert hop(verification, key).state is state
    assert says in hop(verification, key).reason
    assert hop(verification, key).remedy
    assert [one.key for one in verification.in_state(HopState.FAILED, HopState.WAITING)] == [key]
