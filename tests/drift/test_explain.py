"""What became of a resource, what it interrupts, and the ways on."""

from __future__ import annotations

import json
import shlex

import pytest

from tests.drift.drifting import DATA, PEERING, answers, drifted, event, explained, volume
from wizard.drift.answering import accepted
from wizard.drift.explain import Status
from wizard.drift.found import Became, Way
from wizard.drift.who import Sure
from wizard.errors import InputError
from wizard.facts.trail import Trail
from wizard.findings import Severity

GROUP = {"id": "sg-1", "ingress": []}
SSH = {"protocol": "tcp", "from_port": 22, "to_port": 22, "security_groups": [], "self": False}


def rule(*blocks: str, **more: object) -> dict[str, object]:
    return {**SSH, "cidr_blocks": list(blocks), **more}


def test_a_size_that_an_answer_says_can_be_accepted_into_it() -> None:
    [found] = explained(volume(iops=4000))

    assert (found.became, found.address, found.id) == (Became.CHANGED, DATA, "vol-0a")
    [setting] = found.settings
    assert (setting.key, setting.was, setting.value) == ("nodes.ingestion.volumes.iops", 3000, 4000)
    assert setting.shared == "all data volumes"
    assert "nodes.ingestion.volumes.iops: 3000 → 4000" in found.way(Way.ACCEPT).what
    assert found.way(Way.REVERT).open
    assert not found.way(Way.IMPORT).open
    assert accepted(answers(), {setting.key: setting.value}).nodes.ingestion.volumes.iops == 4000


def test_what_no_answer_may_be_is_refused_by_the_question_itself() -> None:
    with pytest.raises(InputError, match=r"(?s)nodes.ingestion.volumes.iops"):
        accepted(answers(), {"nodes.ingestion.volumes.iops": 7})


def test_a_tag_is_no_answer_and_weighs_little_unless_it_is_one_of_ours() -> None:
    tags = {"Name": "data-1", "team": "data"}
    [found] = explained(volume(tags=tags, tags_all=tags))
    assert [one.path for one in found.attributes] == ["tags.team"], "once, though two attributes show it"
    assert (found.settings, found.unsaid, found.severity) == ((), ("tags.team",), Severity.INFO)
    assert "no answer is about this" in found.way(Way.ACCEPT).what

    lost = drifted(
        DATA, {"id": "vol-0a", "tags_all": {"planewright:shard": "use1-a"}}, {"id": "vol-0a", "tags_all": {}}
    )
    assert explained(lost)[0].severity is Severity.WARN


def test_a_rule_by_hand_is_taken_away_by_a_command_for_it_alone() -> None:
    was, now = GROUP | {"ingress": [rule("10.0.0.0/8")]}, GROUP | {"ingress": [rule("10.0.0.0/8", "203.0.113.7/32")]}
    [found] = explained(drifted("module.nodes.aws_security_group.node", was, now))

    revert = found.way(Way.REVERT)
    assert not revert.open
    command = shlex.split(revert.by_hand)
    assert command[:5] == ["aws", "ec2", "revoke-security-group-ingress", "--group-id", "sg-1"]
    [permission] = json.loads(command[-1])
    assert permission == {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "203.0.113.7/32"}],
    }, "what AWS merged with ours stays"
    assert found.severity is Severity.HIGH


def test_who_added_a_rule_is_not_who_took_another_away() -> None:
    now = GROUP | {"ingress": [rule("203.0.113.7/32")]}
    trail = Trail(
        (
            event("RevokeSecurityGroupIngress", "sg-1", minutes=2, user="sam"),
            event("AuthorizeSecurityGroupIngress", "sg-1", minutes=1),
        )
    )
    [found] = explained(drifted("module.nodes.aws_security_group.node", GROUP, now), trail=trail)

    assert found.doer.who.endswith("/dana")


def test_letting_in_the_whole_internet_is_critical() -> None:
    now = GROUP | {"ingress": [rule("0.0.0.0/0")]}
    [found] = explained(drifted("module.nodes.aws_security_group.node", GROUP, now))

    assert (found.severity, found.interrupts) == (Severity.CRITICAL, "the whole internet is let in")


def test_a_node_that_was_stopped_is_started_by_hand_for_no_plan_does() -> None:
    running = {"id": "i-1", "instance_state": "running"}
    [found] = explained(
        drifted("module.nodes.aws_instance.ingestion", running, running | {"instance_state": "stopped"}),
        trail=Trail((event("StopInstances", "i-1"),)),
    )

    assert (found.severity, found.doer.call) == (Severity.HIGH, "StopInstances")
    revert = found.way(Way.REVERT)
    assert (revert.open, revert.by_hand) == (False, "aws ec2 start-instances --instance-ids i-1")


def test_what_is_gone_is_made_anew_or_imported_and_no_answer() -> None:
    [found] = explained(
        drifted("module.nodes.aws_instance.proxy[0]", {"id": "i-1"}, None),
        trail=Trail((event("TerminateInstances", "i-1"),)),
    )

    assert (found.became, found.severity, found.doer.call) == (Became.GONE, Severity.HIGH, "TerminateInstances")
    assert not found.way(Way.ACCEPT).open
    assert "made anew by a plan" in found.way(Way.REVERT).what
    assert "--import 'module.nodes.aws_instance.proxy[0]=ID'" in found.way(Way.IMPORT).by_hand


@pytest.mark.parametrize("vanished", [True, False], ids=["the provider drops it", "the provider keeps it"])
@pytest.mark.parametrize(
    ("status", "headline", "by"),
    [
        (Status("expired", "Expired"), "expired: nobody accepted it", "nobody: AWS ends a request by itself"),
        (Status("deleted", "Deleted by 222222222222"), "deleted: one of", "AWS says: Deleted by 222222222222"),
        (Status("rejected", "Inactive"), "rejected: the customer", "AWS says: Inactive"),
        (Status("failed", "overlapping CIDR range"), "failed: AWS could not", "AWS says: overlapping"),
    ],
    ids=lambda value: value.code if isinstance(value, Status) else "",
)
def test_a_peering_that_has_ended_is_called_so_and_requested_anew(
    status: Status, headline: str, by: str, *, vanished: bool
) -> None:
    before = {"id": "pcx-1", "accept_status": "active"}
    change = drifted(PEERING, before, None if vanished else before | {"accept_status": status.code})
    [found] = explained(change, peerings={"pcx-1": status})

    assert found.became is Became.DEAD
    assert found.headline.startswith(headline)
    assert found.doer.sure is Sure.SAID
    assert found.doer.text.startswith(by)
    assert found.way(Way.REVERT).open
    assert "requested anew" in found.way(Way.REVERT).what
    assert found.severity is Severity.HIGH


def test_a_peering_that_somebody_of_ours_deleted_is_their_doing() -> None:
    change = drifted(PEERING, {"id": "pcx-1", "accept_status": "active"}, None)
    trail = Trail((event("DeleteVpcPeeringConnection", "pcx-1"),))
    [found] = explained(change, peerings={"pcx-1": Status("deleted", "Deleted by 111111111111")}, trail=trail)

    assert found.doer.sure is Sure.PROBABLY
    assert "user/dana by DeleteVpcPeeringConnection" in found.doer.text


def test_of_several_differences_the_worst_counts() -> None:
    tags = {"Name": "data-1", "team": "data"}

    assert explained(volume(iops=4000, tags=tags))[0].severity is Severity.WARN


def test_the_worst_is_told_first() -> None:
    gone = drifted("module.nodes.aws_ebs_volume.slog[0]", {"id": "vol-2"}, None)
    tags = {"Name": "data-1", "team": "data"}

    assert [one.severity for one in explained(volume(tags=tags), gone)] == [Severity.CRITICAL, Severity.INFO]
