"""Whose doing a difference probably is."""

from __future__ import annotations

from tests.drift.drifting import drifted, event, volume
from wizard.drift.who import Sure, doer
from wizard.facts.trail import Trail


def test_the_newest_call_that_fits_the_attribute_is_named() -> None:
    trail = Trail(
        (
            event("ModifyVolume", "vol-0a", minutes=1, user="old"),
            event("ModifyVolume", "vol-0a", minutes=2),
            event("CreateTags", "vol-0a", minutes=3, user="tagger"),
            event("ModifyVolume", "vol-other", minutes=4, user="elsewhere"),
        )
    )

    found = doer(volume(iops=4000), ["vol-0a"], trail, paths=["iops"])
    assert (found.sure, found.call) == (Sure.PROBABLY, "ModifyVolume")
    assert found.text == "probably arn:aws:iam::111111111111:user/dana by ModifyVolume at 2026-11-21 12:02:00 UTC"
    assert doer(volume(), ["vol-0a"], trail, paths=["tags.team"]).who.endswith("/tagger")


def test_what_is_gone_was_deleted_by_somebody_and_not_tagged() -> None:
    gone = drifted("aws_vpc_security_group_ingress_rule.x", {"id": "sgr-1", "security_group_id": "sg-1"}, None)
    trail = Trail((event("CreateTags", "sgr-1", minutes=9), event("RevokeSecurityGroupIngress", "sg-1", minutes=1)))

    assert doer(gone, ["sgr-1", "sg-1"], trail, paths=[]).call == "RevokeSecurityGroupIngress"


def test_where_no_call_fits_the_newest_one_is_a_perhaps() -> None:
    found = doer(volume(), ["vol-0a"], Trail((event("CreateTags", "vol-0a"),)), paths=["iops"])

    assert found.sure is Sure.PERHAPS
    assert found.text.startswith("perhaps arn:")


def test_the_engine_and_planewright_are_told_by_their_agents() -> None:
    ours = event("ModifyVolume", "vol-0a", agent="APN/1.0 HashiCorp/1.0 Terraform/1.11.4")

    assert doer(volume(), ["vol-0a"], Trail((ours,)), paths=["iops"]).agent == "Terraform"


def test_when_nobody_is_known_it_says_why() -> None:
    def why(trail: Trail) -> str:
        return doer(volume(), ["vol-0a"], trail, paths=["iops"]).text

    assert "cloudtrail:LookupEvents is missing" in why(Trail(unread="denied", permission="cloudtrail:LookupEvents"))
    assert "could not be read: ThrottlingException" in why(Trail(unread="ThrottlingException"))
    assert "was not asked" in why(Trail(unasked=("vol-0a",)))
    assert "up to 15 minutes later" in why(Trail())
