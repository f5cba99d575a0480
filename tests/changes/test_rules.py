"""The table of classes: what each change does to what runs. It reads as docs/changes.md does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import assets
from tests.changes.plans import DESTROYS, IGNORED, INTERRUPTS, REPLACES, SAFE, change, update
from wizard.changes import losing, rules
from wizard.changes.change import UNKNOWN
from wizard.changes.classes import BACK, ChangeClass, When
from wizard.changes.classify import Classed, judge

MODULES = Path(assets.__file__).parent / "modules"
EMITTED = sorted(set(re.findall(r'^resource "(\w+)"', "\n".join(f.read_text() for f in MODULES.rglob("*.tf")), re.M)))


def judged(found: Any) -> Classed:
    verdict = judge(found)
    assert verdict is not None
    return verdict


UPDATES = [
    # type, attribute, before, after, class, words of the reason
    ("aws_vpc", "tags", {"a": "1"}, {"a": "2"}, SAFE, "name for people"),
    ("aws_x_nobody_knows", "tags_all", {}, {"a": "2"}, SAFE, "name for people"),
    ("aws_instance", "instance_type", "r6i.large", "r6i.xlarge", INTERRUPTS, "stopped and started"),
    ("aws_instance", "disable_api_termination", True, False, SAFE, "does not notice"),
    ("aws_instance", "vpc_security_group_ids", ["sg-1"], ["sg-2"], INTERRUPTS, "judged by other groups"),
    ("aws_instance", "root_block_device", [{"volume_size": 30}], [{"volume_size": 40}], SAFE, "next boot"),
    ("aws_instance", "root_block_device", [{"volume_size": 30}], [{"volume_size": 20}], IGNORED, "only grows"),
    ("aws_instance", "root_block_device", [{"iops": 3000}], [{"iops": 4000}], SAFE, "between the old and the new"),
    ("aws_ebs_volume", "size", 100, 200, SAFE, "autoexpand"),
    ("aws_ebs_volume", "size", 200, 100, IGNORED, "AWS refuses"),
    ("aws_ebs_volume", "type", "gp3", "io2", SAFE, "between the old and the new"),
    ("aws_elasticache_replication_group", "node_type", "a", "b", INTERRUPTS, "every connection ends"),
    ("aws_elasticache_replication_group", "num_cache_clusters", 1, 2, SAFE, "another replica"),
    ("aws_elasticache_replication_group", "num_cache_clusters", 2, 1, INTERRUPTS, "cut off"),
    ("aws_elasticache_replication_group", "snapshot_retention_limit", 7, 8, SAFE, "kept for longer"),
    ("aws_elasticache_replication_group", "snapshot_retention_limit", 7, 0, DESTROYS, "older ones are deleted"),
    ("aws_cloudwatch_log_group", "retention_in_days", 30, 90, SAFE, "kept for longer"),
    ("aws_cloudwatch_log_group", "retention_in_days", 30, 0, SAFE, "kept for longer"),
    ("aws_cloudwatch_log_group", "retention_in_days", 0, 30, DESTROYS, "older ones are deleted"),
    ("aws_ssm_parameter", "insecure_value", "{}", "[]", SAFE, "next boot"),
    ("aws_lb", "enable_deletion_protection", True, False, SAFE, "no connection notices"),
    ("aws_lb", "security_groups", ["sg-1"], ["sg-2"], INTERRUPTS, "judged by other groups"),
    ("aws_lb_target_group", "health_check", [{"interval": 10}], [{"interval": 30}], INTERRUPTS, "judged anew"),
    ("aws_lb_target_group", "deregistration_delay", 30, 60, SAFE, "target that leaves"),
    ("aws_lb_listener", "port", 5432, 6432, INTERRUPTS, "earlier port"),
    ("aws_vpc_security_group_ingress_rule", "cidr_ipv4", "10.0.0.0/8", "10.1.0.0/16", INTERRUPTS, "refused"),
    ("aws_vpc_security_group_ingress_rule", "description", "a", "b", SAFE, "name for people"),
    ("aws_route", "nat_gateway_id", "nat-1", "nat-2", INTERRUPTS, "another way"),
    ("aws_vpc_endpoint", "subnet_ids", ["subnet-1"], ["subnet-2"], INTERRUPTS, "answers no longer"),
    ("aws_vpc_endpoint_service", "allowed_principals", ["a"], ["b"], SAFE, "connected stay"),
    ("aws_route53_record", "alias", [{"name": "a"}], [{"name": "b"}], INTERRUPTS, "elsewhere"),
    ("aws_iam_role_policy", "policy", "{}", "[]", INTERRUPTS, "loses a right"),
    ("aws_secretsmanager_secret", "recovery_window_in_days", 7, 30, SAFE, "nothing happens now"),
    ("aws_lambda_function", "source_code_hash", "a", "b", SAFE, "next call"),
    ("aws_cloudwatch_metric_alarm", "threshold", 1, 2, SAFE, "nothing passes through"),
]


@pytest.mark.parametrize(
    ("type_", "attribute", "before", "after", "cls", "reason"),
    UPDATES,
    ids=lambda value: str(value)[:24] if not isinstance(value, ChangeClass) else value.value,
)
def test_an_update_in_place(type_: str, attribute: str, before: Any, after: Any, cls: ChangeClass, reason: str) -> None:
    verdict = judged(update(type_, attribute, before, after))
    assert (verdict.cls, reason in verdict.reason) == (cls, True), verdict.reason
    assert verdict.rollback
    assert bool(verdict.loses) == (cls is DESTROYS)


@pytest.mark.parametrize(
    ("address", "kind", "cls"),
    [
        ("aws_ebs_volume.x", "create", SAFE),
        ("aws_ebs_volume.x", "forget", SAFE),
        ("aws_ebs_volume.x", "delete", DESTROYS),
        ("aws_ebs_volume.x", "replace", DESTROYS),
        ("aws_eip.x", "delete", INTERRUPTS),
        ("aws_eip.x", "replace", REPLACES),
        ("aws_instance.x", "delete", INTERRUPTS),
        ("aws_instance.x", "replace", REPLACES),
        ("aws_cloudwatch_metric_alarm.x", "delete", SAFE),
        ("aws_x_nobody_knows.x", "delete", INTERRUPTS),
        ("aws_x_nobody_knows.x", "replace", REPLACES),
    ],
)
def test_what_comes_and_goes(address: str, kind: str, cls: ChangeClass) -> None:
    assert judged(change(address, kind, {"id": "1"}, {})).cls is cls


@pytest.mark.parametrize("kind", ["noop", "read"])
def test_what_changes_nothing_has_no_class(kind: str) -> None:
    assert judge(change("aws_vpc.x", kind, {"a": 1}, {"a": 1})) is None


def test_of_several_attributes_the_worst_counts_and_is_named() -> None:
    verdict = judged(
        change(
            "aws_instance.x", "update", {"tags": {}, "instance_type": "a"}, {"tags": {"b": "1"}, "instance_type": "c"}
        )
    )
    assert (verdict.cls, verdict.by) == (INTERRUPTS, ("instance_type",))


def test_what_no_rule_names_is_not_known_to_be_safe() -> None:
    verdict = judged(update("aws_vpc", "something_new", 1, 2))
    assert verdict.cls is INTERRUPTS
    assert "something_new is not known to be safe" in verdict.reason
    assert judged(change("aws_vpc.x", "update", {}, {})).cls is INTERRUPTS, "an update that shows no difference"


def test_what_only_follows_does_not_count_and_what_is_asked_for_and_unknown_does() -> None:
    before = {"tags": {}, "arn": "a", "subnet_ids": ["s"]}
    tagged = {"tags": {"b": "1"}}
    follows = change(
        "aws_vpc_endpoint.x", "update", before, {**tagged, "subnet_ids": ["s"]}, after_unknown={"arn": True}
    )
    asked = change("aws_vpc_endpoint.x", "update", before, {**tagged, "arn": "a"}, after_unknown={"subnet_ids": True})
    assert [judged(item).cls for item in (follows, asked)] == [SAFE, INTERRUPTS]


def test_where_it_cannot_be_told_whether_it_is_less_the_worst_is_taken() -> None:
    unknown = change("aws_ebs_volume.x", "update", {"size": 100}, {}, after_unknown={"size": True})
    assert judged(unknown).cls is IGNORED
    assert When.LESS.holds(1, UNKNOWN) is None


def test_a_replacement_names_what_forces_it_and_in_which_order() -> None:
    sides: tuple[Any, Any] = ({"ami": "a"}, {"ami": "b"})
    first = judged(change("aws_instance.x", "new first", *sides, replace_paths=[["ami"]]))
    assert (first.cls, first.by) == (REPLACES, ("ami",))
    assert first.reason.startswith("ami cannot be changed in place: the node is away")
    assert first.reason.endswith("; the new one is made first")
    tainted = judged(change("aws_instance.x", "replace", *sides, reason="replace_because_tainted"))
    assert tainted.reason.startswith("its making failed half way")
    assert "made first" not in tainted.reason


@pytest.mark.parametrize("attribute", sorted(rules.STOPS))
def test_a_stop_loses_what_is_on_disks_of_its_own(attribute: str) -> None:
    verdict = judged(update("aws_instance", attribute, "a", "b", tags={"planewright:storage": "nvme"}))
    assert (verdict.cls, verdict.loses) == (DESTROYS, losing.OWN_DISKS)
    assert judged(update("aws_instance", attribute, "a", "b")).cls is INTERRUPTS


@pytest.mark.parametrize("type_", EMITTED)
def test_every_type_that_is_emitted_has_an_entry(type_: str) -> None:
    assert type_ in rules.TABLES


def test_every_rule_has_a_reason_a_way_back_and_a_source() -> None:
    every = [rule for table in (*rules.TABLES.values(), rules.COMMON) for found in table.values() for rule in found]
    assert len(every) > 100
    assert all(rule.reason and rule.source and rule.rollback for rule in every)
    assert all(bool(rule.loses) == (rule.cls is DESTROYS) for rule in every)
    assert not [rule for rule in every if rule.cls is REPLACES], "that is the engine's to say"


def test_what_can_be_taken_back_says_how() -> None:
    assert judged(update("aws_instance", "monitoring", 0, 1)).rollback == BACK
    assert judged(update("aws_ebs_volume", "size", 1, 2)).rollback.startswith("none: a volume never shrinks")
    assert judged(change("aws_ebs_volume.x", "delete", {})).rollback.startswith("none: what is lost")
