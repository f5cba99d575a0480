"""A plan as people judge it: what changes, what is lost, what is harmless."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.conftest import STREAMS
from wizard.engine.events import Counts
from wizard.engine.plans import UNKNOWN, Change, Difference, destructive, holds_data, holds_names, kind_of, read_plan
from wizard.engine.settle import Settlement, decide, is_harmless
from wizard.redact import MASK


def entry(address: str, actions: list[str], before: Any = None, after: Any = None, **marks: Any) -> dict[str, Any]:
    kind, _, name = address.rpartition("module.x.")[2].partition(".")
    return {
        "address": address,
        "type": kind,
        "name": name,
        "action_reason": marks.pop("reason", ""),
        "change": {"actions": actions, "before": before, "after": after, **marks},
    }


def change(address: str, actions: list[str], before: Any = None, after: Any = None, **marks: Any) -> Change:
    return read_plan({"resource_changes": [entry(address, actions, before, after, **marks)]}).changes[0]


def test_a_recorded_plan_is_counted_as_the_engine_counted_it() -> None:
    plan = read_plan(json.loads((STREAMS / "show-planfile.json").read_text()))
    assert plan.counts == Counts(add=108)
    assert (plan.steps, len(plan.acting), len(plan.outputs), plan.empty) == (108, 108, 17, False)
    assert destructive(plan.changes) == ()


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        (["no-op"], "noop"),
        (["create"], "create"),
        (["update"], "update"),
        (["delete"], "delete"),
        (["read"], "read"),
        (["forget"], "forget"),
        (["delete", "create"], "replace"),
        (["create", "delete"], "replace"),
        (["create", "forget"], "create"),
        (["open"], "noop"),
    ],
)
def test_the_engines_actions_fold_into_one_kind(actions: list[str], kind: str) -> None:
    assert kind_of(actions) == kind


def test_a_replacement_is_one_more_and_one_less_and_two_steps() -> None:
    plan = read_plan({"resource_changes": [entry("aws_x.a", ["delete", "create"]), entry("aws_x.b", ["update"])]})
    assert plan.counts == Counts(add=1, change=1, remove=1)
    assert plan.steps == 3


def test_a_plan_that_changes_an_output_alone_is_not_empty() -> None:
    assert read_plan({"output_changes": {"a": {"actions": ["no-op"]}}}).empty
    assert not read_plan({"output_changes": {"a": {"actions": ["update"]}}}).empty


def test_differences_name_the_attribute_and_what_forces_a_replacement() -> None:
    found = change(
        "aws_ebs_volume.log",
        ["delete", "create"],
        {"size": 10, "tags": {"a": "1", "b": "2"}, "rules": [{"port": 1}, {"port": 2}], "arn": "x"},
        {"size": 20, "tags": {"a": "1"}, "rules": [{"port": 1}, {"port": 3}]},
        after_unknown={"arn": True},
        replace_paths=[["size"]],
    ).differences()
    assert found == (
        Difference("arn", "x", UNKNOWN),
        Difference("rules[1].port", 2, 3),
        Difference("size", 10, 20, forces=True),
        Difference("tags.b", "2", None),
    )


def test_what_was_empty_and_will_be_known_afterwards_is_a_difference() -> None:
    sides: tuple[Any, Any] = ({"alias": None, "zone": "z"}, {"zone": "z"})
    for unknown, path in ({"alias": True}, "alias"), ({"alias": {"name": True}}, "alias.name"):
        found = change("aws_x.a", ["update"], *sides, after_unknown=unknown).differences()
        assert found == (Difference(path, None, UNKNOWN),)


def test_a_secret_is_masked_on_both_sides_and_in_repr() -> None:
    for marks in (
        {"before_sensitive": {"password": True}},
        {"after_sensitive": {"password": True}},
        {"after_sensitive": True},
    ):
        item = change("aws_x.a", ["update"], {"password": "hunter2"}, {"password": "hunter3"}, **marks)
        assert "hunter" not in repr(item)
        assert "hunter" not in repr(item.differences())
        assert item.differences()[0].after == MASK


def test_a_secret_that_stays_is_no_difference() -> None:
    item = change("aws_x.a", ["update"], {"p": "same"}, {"p": "same"}, after_sensitive={"p": True})
    assert item.differences() == ()


def test_what_holds_data_or_a_name_takes_a_confirmation_and_data_comes_first() -> None:
    plan = read_plan(
        {
            "resource_changes": [
                entry("aws_eip.nat", ["delete"]),
                entry("module.x.aws_ebs_volume.raid", ["delete", "create"]),
                entry("aws_ebs_volume.kept", ["update"]),
                entry("aws_security_group.sg", ["delete"]),
                entry("aws_elasticache_replication_group.redis", ["create", "delete"]),
                entry("aws_secretsmanager_secret.db", ["delete"]),
            ]
        }
    )
    losses = destructive(plan.changes)
    assert [(loss.address, loss.data) for loss in losses] == [
        ("aws_elasticache_replication_group.redis", True),
        ("aws_secretsmanager_secret.db", True),
        ("module.x.aws_ebs_volume.raid", True),
        ("aws_eip.nat", False),
    ]
    assert all(loss.what for loss in losses)


def test_a_machine_holds_data_only_on_disks_of_its_own() -> None:
    plain = change("aws_instance.proxy", ["delete"], {"ephemeral_block_device": []})
    local = change("aws_instance.fdw", ["delete"], {"ephemeral_block_device": [{"device_name": "/dev/sdb"}]})
    nvme = change("aws_instance.ingestion", ["delete", "create"], {"tags": {"planewright:storage": "nvme"}})
    assert holds_data(plain) is None
    assert holds_data(local) == holds_data(nvme) == "what is on the machine's own disks"
    assert holds_names(change("aws_lb.l", ["delete"])) is not None


@pytest.mark.parametrize(
    ("tags", "attribute", "lost"),
    [
        ({"planewright:storage": "nvme"}, "instance_type", ["aws_instance.node"]),
        ({"planewright:storage": "nvme"}, "monitoring", []),
        ({"planewright:role": "ingestion"}, "instance_type", []),
        (None, "instance_type", []),
    ],
)
def test_another_type_stops_a_machine_in_place_and_takes_what_its_own_disks_hold(
    tags: dict[str, str] | None, attribute: str, lost: list[str]
) -> None:
    before, after = {"tags": tags, attribute: "old"}, {"tags": tags, attribute: "new"}
    losses = destructive([change("aws_instance.node", ["update"], before, after)])
    assert [loss.address for loss in losses] == lost
    assert all(loss.data for loss in losses)


EMPTIES = [None, "", [], {}]


@pytest.mark.parametrize("before", EMPTIES)
@pytest.mark.parametrize("after", EMPTIES)
def test_drift_between_null_and_empty_is_harmless(before: Any, after: Any) -> None:
    assert is_harmless(
        change("aws_x.a", ["update"], {"id": "1", "tags": before}, {"id": "1", "tags": after}), {"aws_x.a"}
    )


@pytest.mark.parametrize(("before", "after"), [(None, 0), (None, False), ([], ["sg-1"]), ({"a": "1"}, {}), ("x", None)])
def test_any_other_drift_is_not(before: Any, after: Any) -> None:
    assert not is_harmless(change("aws_x.a", ["update"], {"v": before, "t": None}, {"v": after, "t": {}}), {"aws_x.a"})


def test_a_resource_that_is_gone_is_never_harmless() -> None:
    assert not is_harmless(change("aws_x.a", ["delete"], {"id": "1"}, None), {"aws_x.a"})


def settlement(*entries: dict[str, Any]) -> Settlement:
    return decide(read_plan({"resource_drift": list(entries)}), {"aws_x.ours"})


HARMLESS = entry("aws_x.ours", ["update"], {"tags": None}, {"tags": {}})


def test_harmless_drift_of_this_run_is_taken_in() -> None:
    assert settlement(HARMLESS).apply
    assert not settlement().apply


def test_one_real_drift_stops_it_all_and_is_reported() -> None:
    real = entry("aws_x.ours", ["update"], {"port": 1}, {"port": 2})
    got = settlement(HARMLESS, real)
    assert not got.apply
    assert [item.differences()[0].path for item in got.drift] == ["port"]


def test_harmless_drift_of_a_resource_that_this_run_did_not_touch_is_reported_too() -> None:
    got = settlement(entry("aws_x.other", ["update"], {"tags": None}, {"tags": {}}))
    assert not got.apply
    assert [item.address for item in got.drift] == ["aws_x.other"]


def test_a_default_tag_that_moves_between_tags_and_tags_all_is_no_drift() -> None:
    before = {"tags": {"Name": "x"}, "tags_all": {"Name": "x", "team": "a"}}
    moved = entry("aws_x.a", ["update"], before, before | {"tags": {"Name": "x", "team": "a"}})
    assert settlement(moved).apply

    retagged = {"tags": {"Name": "x", "team": "b"}, "tags_all": {"Name": "x", "team": "b"}}
    assert not settlement(entry("aws_x.a", ["update"], before, retagged)).apply
    assert not settlement(entry("aws_x.a", ["update"], {"tags": {}}, {"tags": {"team": "b"}})).apply
    both = entry("aws_x.ours", ["update"], {"tags": {}, "tags_all": None}, {"tags": {"team": "b"}, "tags_all": {}})
    assert not settlement(both).apply, "where tags_all differs at all, tags are looked at for themselves"
