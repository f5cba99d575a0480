"""What is asked for and would not happen: found where the plan shows nothing, and held."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import assets
from tests.changes.plans import change
from wizard.blueprints.springtail.wishes import LEFT_ALONE, WISHES
from wizard.changes.change import Change
from wizard.changes.classes import ChangeClass
from wizard.changes.classify import Classed, classify
from wizard.checks.changes import ignored
from wizard.deploy.classes import classes_of, findings_of, require_effective
from wizard.engine.plans import PlanView
from wizard.errors import BlockedError
from wizard.findings import Severity

MODULES = Path(assets.__file__).parent / "modules"
FDW = 'module.nodes.aws_instance.fdw["fdw-0"]'
VOLUME = 'module.nodes.aws_ebs_volume.data["data-0"]'
LARGER = {"nodes": {"fdw": {"instance_type": "r6i.2xlarge", "root_volume_gib": 30}}}


def classed(*changes: Change, variables: dict[str, Any] | None = None) -> tuple[Classed, ...]:
    return classify(changes, variables or {}, WISHES, LEFT_ALONE)


def node(kind: str, instance_type: str, **marks: Any) -> Change:
    values = {"instance_type": instance_type, "root_block_device": [{"volume_size": 30}]}
    return change(FDW, kind, values, values, **marks)


def test_a_resize_that_the_plan_does_not_show_would_be_ignored() -> None:
    [found] = classed(node("noop", "r6i.xlarge"), variables=LARGER)
    assert found.cls is ChangeClass.IGNORED
    assert "instance_type is to be r6i.2xlarge and would stay r6i.xlarge" in found.reason
    assert "`ignore_changes` of aws_instance.fdw" in found.rollback
    [finding] = ignored([found])
    assert (finding.code, finding.severity, finding.path) == (
        "CHANGE_IGNORED",
        Severity.CRITICAL,
        "nodes.fdw.instance_type",
    )
    assert "answer nodes.fdw.instance_type: r6i.xlarge" in finding.remedy


@pytest.mark.parametrize(
    "calm",
    [
        node("noop", "r6i.2xlarge"),
        node("create", "r6i.xlarge"),
        node("replace", "r6i.xlarge"),
        node("delete", "r6i.xlarge"),
        change(FDW, "noop", {}, {"root_block_device": [{"volume_size": 30}]}, after_unknown={"instance_type": True}),
        change("module.other.aws_instance.fdw", "noop", {}, {"instance_type": "r6i.xlarge"}),
    ],
    ids=["as answered", "created", "replaced", "deleted", "unknown", "another module's"],
)
def test_nothing_is_said_where_the_plan_does_what_is_asked_or_cannot_tell(calm: Change) -> None:
    assert not [item for item in classed(calm, variables=LARGER) if item.ignored]


def test_a_part_of_an_update_that_is_ignored_makes_the_whole_of_it_ignored() -> None:
    before = {"instance_type": "r6i.xlarge", "root_block_device": [{"volume_size": 30}], "tags": {}}
    [found] = classed(change(FDW, "update", before, {**before, "tags": {"a": "1"}}), variables=LARGER)
    assert (found.cls, found.by) == (ChangeClass.IGNORED, ("instance_type",))


def test_a_node_that_stands_apart_in_an_upgrade_is_held_to_what_it_still_is() -> None:
    apart = {"fdw-0": {"ami_id": "ami-1", "instance_type": "r6i.xlarge", "protected": True}}
    assert classed(node("noop", "r6i.xlarge"), variables={**LARGER, "apart": apart}) == ()
    [found] = classed(node("noop", "r6i.2xlarge"), variables={**LARGER, "apart": apart})
    assert "instance_type is to be r6i.xlarge and would stay r6i.2xlarge" in found.reason
    done = change(FDW.replace("fdw-0", "fdw-1"), "noop", {}, {"instance_type": "r6i.2xlarge"})
    assert classed(node("noop", "r6i.xlarge"), done, variables={**LARGER, "apart": apart}) == (), (
        "the next is its role's"
    )
    another = {"fdw-1": apart["fdw-0"]}
    assert classed(node("noop", "r6i.xlarge"), variables={**LARGER, "apart": another})[0].ignored
    ingestion = change(
        "module.nodes.aws_instance.ingestion", "noop", {}, {"instance_type": "r6i.xlarge", "ami": "ami-1"}
    )
    wanted = {"nodes": {"ingestion": {"instance_type": "r6i.2xlarge", "ami_id": "ami-2"}}}
    assert classed(ingestion, variables={**wanted, "apart": {"ingestion-0": apart["fdw-0"]}}) == ()
    assert classed(ingestion, variables=wanted)[0].ignored


def test_replicas_are_answered_beside_the_primary() -> None:
    redis = change("module.shard.aws_elasticache_replication_group.this", "noop", {}, {"num_cache_clusters": 2})
    assert classed(redis, variables={"redis": {"replicas": 1}}) == ()
    [found] = classed(redis, variables={"redis": {"replicas": 2}})
    assert "answer redis.replicas: 1" in found.rollback


def test_a_smaller_volume_is_refused_at_its_answer() -> None:
    smaller = change(VOLUME, "update", {"size": 100}, {"size": 50})
    [finding] = ignored(classed(smaller, variables={"nodes": {"ingestion": {"volumes": {"size_gib": 50}}}}))
    assert finding.path == "nodes.ingestion.volumes.size_gib"
    assert "is to be 50 and would stay 100" in finding.what
    root = change(
        FDW, "update", {"root_block_device": [{"volume_size": 30}]}, {"root_block_device": [{"volume_size": 8}]}
    )
    [finding] = ignored(classed(root))
    assert finding.path == "nodes.fdw.root_volume_gib"


def test_a_smaller_volume_is_refused_although_something_worse_happens_with_it() -> None:
    tags = {"planewright:storage": "nvme"}
    before = {"instance_type": "a", "root_block_device": [{"volume_size": 30}], "tags": tags}
    after = {"instance_type": "b", "root_block_device": [{"volume_size": 8}], "tags": tags}
    [found] = classed(change(FDW, "update", before, after))
    assert (found.cls, len(found.refused)) == (ChangeClass.DESTROYS, 1)


def test_what_is_left_alone_and_names_what_goes_is_shown_and_does_not_hold() -> None:
    gone = change("module.p.aws_vpc.transit", "replace", {"id": "vpc-1"}, {})
    values = {"id": "Z1", "vpc": [{"vpc_id": "vpc-1"}, {"vpc_id": "vpc-2"}], "comment": "vpc-1"}
    zone = change("module.p.aws_route53_zone.proxy[0]", "noop", values, values)
    other = change("module.p.aws_route53_zone.other", "noop", {"vpc": [{"vpc_id": "vpc-2"}]}, {})
    stays = change("module.p.aws_vpc.shard", "update", {"id": "vpc-2", "tags": {}}, {"id": "vpc-2", "tags": {"a": "1"}})
    found = {item.change.address: item for item in classed(gone, stays, zone, other)}
    assert found[zone.address].cls is ChangeClass.IGNORED
    assert (
        "vpc is to be the new aws_vpc and would stay vpc-1: this plan destroys module.p.aws_vpc.transit"
        in found[zone.address].reason
    )
    assert other.address not in found
    assert not list(ignored(found.values()))


def test_a_plan_that_ignores_an_answer_is_not_applied() -> None:
    require_effective("acme", "instance", PlanView((node("noop", "r6i.2xlarge"),), variables=LARGER))
    view = PlanView((node("noop", "r6i.xlarge"),), variables=LARGER)
    with pytest.raises(BlockedError, match="instance of acme is not applied: 1 answer would be ignored") as caught:
        require_effective("acme", "instance", view)
    assert "would stay r6i.xlarge" in caught.value.cause
    assert [item.change.address for item in classes_of(view)] == [FDW]
    assert len(findings_of(view)) == 1


def test_the_table_of_what_is_left_alone_is_what_the_modules_leave_alone() -> None:
    emitted: dict[str, tuple[str, ...]] = {}
    for file in MODULES.rglob("*.tf"):
        for block in re.findall(r'^resource "(\w+)" "\w+" \{\n(.*?)^\}', file.read_text(), re.M | re.S):
            for names in re.findall(r"ignore_changes\s*=\s*\[([^\]]*)\]", block[1]):
                emitted[block[0]] = tuple(name.strip() for name in names.split(","))
    assert emitted == {type_: names for type_, (names, _) in LEFT_ALONE.items()}


def test_every_wish_is_a_resource_that_the_modules_make() -> None:
    for wish in WISHES:
        module = MODULES / wish.module.removeprefix("module.")
        text = "\n".join(file.read_text() for file in module.glob("*.tf"))
        block = re.search(rf'^resource "{wish.type}" "{wish.name}" \{{\n(.*?)^\}}', text, re.M | re.S)
        assert block is not None, wish
        assert re.search(rf"^\s+{wish.attribute.rpartition('.')[2]}\s+=", block[1], re.M), wish
