"""What a shard needs so that deployments can stand on it: each lack by itself, named with its flag or answer. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.answers.examples import example
from wizard.blueprints.springtail.adopting import (
    Given,
    NatSeen,
    RedisSeen,
    Seen,
    SubnetSeen,
    VpcSeen,
    contract,
    named_by,
    wrong,
)
from wizard.blueprints.springtail.answers import ShardAnswers

GIVEN = Given("subnet-a", "subnet-b", "theirs", "arn:aws:sns:us-east-1:111111111111:theirs")
PRIVATE = SubnetSeen("subnet-a", "vpc-1", "10.64.0.0/18", "use1-az1", "us-east-1b", "nat-1")
PUBLIC = SubnetSeen("subnet-b", "vpc-1", "10.64.64.0/24", "use1-az1", "us-east-1b", "igw-1")
VPC = VpcSeen("vpc-1", "10.64.0.0/16", dns_support=True, dns_hostnames=True)
NAT = NatSeen("nat-1", "available", "198.51.100.7")
REDIS = RedisSeen(
    "theirs", "available", "master.theirs.example.com", 6379, cluster_mode=False, tls=True, user_group_ids=("users",),
    security_groups=(("sg-1", "vpc-1"),), notifications="AKE",
)  # fmt: skip
SEEN = Seen("111111111111", "us-east-1", PRIVATE, PUBLIC, VPC, NAT, REDIS, GIVEN.sns_topic_arn)


def shard() -> ShardAnswers:
    answers = example("shard")
    assert isinstance(answers, ShardAnswers)
    return answers


def paths(seen: Seen, given: Given = GIVEN) -> list[str]:
    return [problem.path for problem in wrong(given, seen, shard())]


def test_a_shard_that_has_everything_is_a_contract_that_names_it_again() -> None:
    assert wrong(GIVEN, SEEN, shard()) == ()
    outputs = contract(GIVEN, SEEN)
    assert named_by(outputs) == replace(GIVEN, redis_security_group_id="sg-1")
    assert wrong(named_by(outputs), SEEN, shard()) == ()


@pytest.mark.parametrize(
    ("lacking", "path"),
    [
        ({"topic_arn": None}, "--topic"),
        ({"redis": None}, "--redis"),
        ({"public": None}, "--public-subnet"),
        ({"public": replace(PUBLIC, vpc_id="vpc-2")}, "--public-subnet"),
        ({"public": replace(PUBLIC, zone_id="use1-az2")}, "--public-subnet"),
        ({"public": replace(PUBLIC, way_out="nat-1")}, "--public-subnet"),
        ({"private": replace(PRIVATE, way_out="")}, "--private-subnet"),
        ({"private": replace(PRIVATE, way_out="tgw-1")}, "--private-subnet"),
        ({"nat": None}, "--private-subnet"),
        ({"nat": replace(NAT, state="failed")}, "--private-subnet"),
        ({"nat": replace(NAT, public_ip="")}, "--private-subnet"),
        ({"vpc": replace(VPC, dns_support=False)}, "--private-subnet"),
        ({"vpc": replace(VPC, dns_hostnames=False)}, "--private-subnet"),
        ({"vpc": replace(VPC, cidr="10.65.0.0/16")}, "network.vpc_cidr"),
        ({"private": replace(PRIVATE, cidr="10.64.0.0/19")}, "network.private_subnet_cidr"),
        ({"public": replace(PUBLIC, cidr="10.64.65.0/24")}, "network.public_subnet_cidr"),
        ({"redis": replace(REDIS, status="creating")}, "--redis"),
        ({"redis": replace(REDIS, cluster_mode=True)}, "--redis"),
        ({"redis": replace(REDIS, host="")}, "--redis"),
        ({"redis": replace(REDIS, tls=False)}, "--redis"),
        ({"redis": replace(REDIS, user_group_ids=())}, "--redis"),
        ({"redis": replace(REDIS, user_group_ids=("a", "b"))}, "--redis"),
        ({"redis": replace(REDIS, notifications="KE")}, "--redis"),
        ({"redis": replace(REDIS, notifications="")}, "--redis"),
        ({"redis": replace(REDIS, security_groups=(("sg-1", "vpc-2"),))}, "--redis"),
        ({"redis": replace(REDIS, security_groups=())}, "--redis-security-group"),
        ({"redis": replace(REDIS, security_groups=(("sg-1", "vpc-1"), ("sg-2", "vpc-1")))}, "--redis-security-group"),
    ],
)
def test_one_lack_is_one_problem(lacking: dict[str, object], path: str) -> None:
    assert paths(replace(SEEN, **lacking)) == [path]  # type: ignore[arg-type]


def test_the_zone_is_told_where_both_subnets_have_another_one_than_the_answers() -> None:
    elsewhere = {"private": replace(PRIVATE, zone_id="use1-az4"), "public": replace(PUBLIC, zone_id="use1-az4")}
    assert paths(replace(SEEN, **elsewhere)) == ["zone_id"]  # type: ignore[arg-type]


def test_of_several_security_groups_the_named_one_is_taken() -> None:
    two = replace(SEEN, redis=replace(REDIS, security_groups=(("sg-1", "vpc-1"), ("sg-2", "vpc-1"))))
    named = replace(GIVEN, redis_security_group_id="sg-2")
    assert paths(two, named) == []
    assert contract(named, two).redis_security_group_id == "sg-2"
    assert paths(two, replace(GIVEN, redis_security_group_id="sg-3")) == ["--redis-security-group"]
