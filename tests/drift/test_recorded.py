"""What the real engine and provider said of the rehearsed private deployment, cut down to what differs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.drift.drifting import answers
from wizard.changes.change import Change, read_changes
from wizard.drift.designed import Neighbours, suspects
from wizard.drift.explain import Known, explain

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> tuple[Change, ...]:
    return tuple(read_changes(json.loads((RECORDED / f"{name}.json").read_text())["resource_drift"]))


def groups() -> frozenset[str]:
    """The deployment's security groups, which AWS would tell by their tags."""
    [group] = [change for change in recorded("by-design-shard") if change.type == "aws_security_group"]
    return frozenset(source for rule in group.after("ingress") for source in rule["security_groups"])


def test_after_a_whole_install_all_that_differs_is_by_design() -> None:
    known = Neighbours(frozenset({"acme-prod-redis"}), groups())
    for name, entries in (("by-design-shard", 2), ("by-design-instance", 4)):
        drift = recorded(name)
        assert len(drift) == entries
        found, designed = suspects(drift, known)
        assert (found, len(designed) >= entries) == ((), True), name


def test_on_another_shard_the_same_users_and_rules_are_nobodys_design() -> None:
    found, _ = suspects(recorded("by-design-shard"), Neighbours())

    assert [one.change.type for one in found] == ["aws_elasticache_user_group", "aws_security_group"]


def test_of_what_was_done_by_hand_each_thing_is_told_once() -> None:
    found, _ = suspects(recorded("by-hand-instance"), Neighbours())
    told = {one.address: one for one in explain(found, Known("acme-prod", "instance", answers()))}

    assert sorted(told) == [
        'module.nodes.aws_ebs_volume.data["data-0"]',
        'module.nodes.aws_ebs_volume.data["data-1"]',
        'module.nodes.aws_security_group.node["ingestion"]',
        "module.private_path.aws_vpc_security_group_ingress_rule.proxy",
    ], "not the node once more, which shows its volumes too"
    group = told['module.nodes.aws_security_group.node["ingestion"]']
    assert [(one.was, one.now) for one in group.attributes] == [([], ["tcp 22 203.0.113.7/32"])]
    [setting] = told['module.nodes.aws_ebs_volume.data["data-1"]'].settings
    assert (setting.key, setting.value) == ("nodes.ingestion.volumes.iops", 3100)
