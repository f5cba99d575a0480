"""What `planewright drift` reads of CloudTrail, and of tags, against accounts that really were changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.rehearsal.embedded.conftest import Clients
from wizard.answers.account import Account
from wizard.aws import trail
from wizard.aws.session import AwsSession, open_session
from wizard.aws.strays import alive, tagged
from wizard.aws.trail import PERMISSION, trail_of
from wizard.rehearsal.embedded import VENDOR, EmbeddedAws
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.world import connect


@pytest.fixture
def session(aws: EmbeddedAws) -> AwsSession:
    return open_session(Account(id=VENDOR, region="eu-west-1"), environ=aws.environment(VENDOR, "eu-west-1"))


def test_who_changed_what_is_read_newest_first_without_reads_and_refusals(session: AwsSession, client: Clients) -> None:
    ec2 = client("ec2", region="eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "team", "Value": "data"}])
    ec2.describe_vpcs(VpcIds=[vpc])
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    with pytest.raises(ec2.exceptions.ClientError):
        ec2.create_subnet(VpcId=vpc, CidrBlock="192.168.0.0/24")

    found = trail_of(session, [(vpc,)])

    assert sorted(event.name for event in found.events) == ["CreateTags", "ModifyVpcAttribute"]
    assert {event.who for event in found.events} == {f"arn:aws:iam::{VENDOR}:user/operator"}
    assert all(event.at.tzinfo is UTC for event in found.events)
    later = trail_of(session, [(vpc,)], since=datetime.now(UTC) + timedelta(seconds=5))
    assert (later.events, later.unread) == ((), "")


def test_services_without_a_region_are_asked_where_their_events_lie(session: AwsSession, client: Clients) -> None:
    client("iam").create_role(RoleName="node", AssumeRolePolicyDocument="{}")

    assert trail_of(session, [("node",)]).events == ()
    assert [event.name for event in trail_of(session, [], worldwide=[("node",)]).events] == ["CreateRole"]


def test_a_trail_that_may_not_be_read_names_the_permission(session: AwsSession) -> None:
    class Denying(Hooks):
        denied_actions = frozenset({PERMISSION})

    connect(Denying())
    found = trail_of(session, [("vpc-1",)])

    assert (found.permission, found.events) == (PERMISSION, ())
    assert "AccessDenied" in found.unread


def test_more_resources_than_one_look_can_wait_for_are_named(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "ASKED", 2)

    assert trail_of(session, [("vol-1",), ("vol-2",), ("vol-3",)]).unasked == ("vol-3",)


def test_every_resource_is_asked_for_by_its_id_before_any_by_another_name(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "ASKED", 3)

    found = trail_of(session, [("vol-1", "data-1", "arn-1"), ("vol-2", "data-2")], worldwide=[("node", "arn-node")])

    assert found.unasked == ("data-1", "data-2", "arn-node", "arn-1")


def test_what_carries_a_tag_is_found_and_what_is_gone_left_out(session: AwsSession, client: Clients) -> None:
    ec2 = client("ec2", region="eu-west-1")
    tags = [{"Key": "planewright:deployment", "Value": "acme-prod"}, {"Key": "Name", "Value": "acme-prod-data-0"}]
    of = {"TagSpecifications": [{"ResourceType": "volume", "Tags": tags}]}
    kept = ec2.create_volume(AvailabilityZone="eu-west-1a", Size=1, **of)["VolumeId"]
    vpcs = [ec2.create_vpc(CidrBlock=f"10.2{index}.0.0/16")["Vpc"]["VpcId"] for index in range(2)]
    peering = ec2.create_vpc_peering_connection(VpcId=vpcs[0], PeerVpcId=vpcs[1])["VpcPeeringConnection"]
    ended = peering["VpcPeeringConnectionId"]
    ec2.create_tags(Resources=[ended], Tags=tags)
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=ended)

    found = tagged(session, "planewright:deployment", "acme-prod")
    assert {one.id for one in found} >= {kept}
    [living] = alive(session, found)
    assert (living.id, living.kind, living.name) == (kept, "volume", "acme-prod-data-0")
    assert tagged(session, "planewright:deployment", "another") == ()
