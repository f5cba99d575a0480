"""Springtail's steps: which lead from the nodes that run to those that are wanted, in which order, and what each keeps as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from wizard.blueprints.springtail.facts import Apart
from wizard.blueprints.springtail.upgrades import Fleet, Role, Running, apart_of, images_of, running, steps
from wizard.upgrades.steps import Step

OLD, NEW = "ami-0000000000000001", "ami-0000000000000002"
TYPE, LARGER = "r6i.xlarge", "r6i.2xlarge"
PACKAGE = "a" * 64


def node(ami_id: str = OLD, instance_type: str = TYPE, **more: Any) -> Running:
    return Running(ami_id, instance_type, **({"protected": True} | more))


def fleet(
    nodes: Mapping[str, Running] | None = None,
    *,
    ami_id: str = OLD,
    instance_type: str = TYPE,
    proxies: int = 1,
    fdws: int = 2,
    **more: Any,
) -> Fleet:
    """One ingestion node, one proxy and two FDWs run; what is wanted of all of them."""
    counts = {"ingestion": 1, "proxy": proxies, "fdw": fdws}
    return Fleet(
        nodes=nodes or dict.fromkeys(("ingestion-0", "proxy-0", "fdw-0", "fdw-1"), node()),
        roles={role: Role(ami_id, "x86_64", instance_type, count) for role, count in counts.items()},
        **more,
    )


def keys(found: tuple[Step, ...]) -> list[str]:
    return [step.key for step in found]


def after(before: Fleet, step: Step) -> Fleet:
    """What runs once a step is applied: the nodes that stand apart as they are said to be, all others as their role."""
    apart, images = apart_of(step.sets), images_of(step.sets)
    assert images == {name: (role.ami_id, role.architecture) for name, role in before.roles.items()}
    there = {key: node(role.ami_id, role.instance_type) for key, role in before.wanted().items()}
    there |= {key: node(one.ami_id, one.instance_type, protected=one.protected) for key, one in apart.items()}
    return replace(before, nodes=there, rest=())


def test_nothing_is_left_where_all_is_as_it_is_wanted() -> None:
    assert steps(fleet()) == ()


def test_a_new_image_comes_to_fdws_one_by_one_then_to_proxies_then_to_ingestion() -> None:
    assert keys(steps(fleet(ami_id=NEW))) == [
        "protection",
        "replace-fdw-0",
        "replace-fdw-1",
        "replace-proxy-0",
        "replace-ingestion-0",
    ]


def test_the_first_plan_adds_what_is_added_and_touches_no_other_node() -> None:
    first = steps(fleet(ami_id=NEW, fdws=3, rest=("applications changed",)))[0]
    assert (first.key, first.why) == ("answers", "applications changed; fdw-2 added before any other node is touched")
    assert apart_of(first.sets) == dict.fromkeys(
        ("ingestion-0", "proxy-0", "fdw-0", "fdw-1"), Apart(ami_id=OLD, instance_type=TYPE)
    )


@pytest.mark.parametrize(
    "wanted",
    [
        {"ami_id": NEW},
        {"ami_id": NEW, "fdws": 3},
        {"instance_type": LARGER},
        {"ami_id": NEW, "instance_type": LARGER, "fdws": 1},
        {"fdws": 1, "rest": ("tags changed",)},
        {"ami_id": NEW, "protects": False},
        {"ami_id": NEW, "fdws": 4, "proxies": 2},
    ],
)
def test_from_any_half_way_point_the_steps_are_those_that_were_left(wanted: dict[str, Any]) -> None:
    now = fleet(**wanted)
    whole = steps(now)
    assert len(set(keys(whole))) == len(whole)
    for done, step in enumerate(whole, start=1):
        before, now = now, after(now, step)
        assert keys(steps(now)) == keys(whole[done:])
        changed = {key for key in {*before.nodes, *now.nodes} if before.nodes.get(key) != now.nodes.get(key)}
        if step.key not in {"answers", "protection"}:
            assert changed == {step.key.partition("-")[2]}, "one node at a time"
    assert {key: running(one) for key, one in now.nodes.items()} == {
        key: running(role) for key, role in now.wanted().items()
    }


def test_those_that_go_go_last_of_their_role_the_highest_index_first() -> None:
    way = steps(
        fleet(ami_id=NEW, fdws=1, nodes=dict.fromkeys(("ingestion-0", "proxy-0", "fdw-0", "fdw-1", "fdw-10"), node()))
    )
    assert keys(way)[1:4] == ["replace-fdw-0", "remove-fdw-10", "remove-fdw-1"]
    removal = way[2]
    assert removal.gates[0].wanted == (("fdw-10", "gone"),)
    assert "fdw-10" in apart_of(way[1].sets), "until its turn it is there, although it is counted no more"


def test_protection_is_lifted_of_those_that_aws_would_not_terminate_and_set_again_with_the_new_node() -> None:
    lift, first, *_ = steps(fleet(ami_id=NEW))
    assert {key for key, one in apart_of(lift.sets).items() if not one.protected} == {
        "ingestion-0",
        "proxy-0",
        "fdw-0",
        "fdw-1",
    }
    assert "fdw-0" not in apart_of(first.sets), "its role's: protected"
    assert "protection" not in keys(steps(fleet(ami_id=NEW, protects=False)))
    assert "protection" not in keys(steps(fleet(instance_type=LARGER))), "nothing is terminated"


def test_a_resize_keeps_the_image_and_says_how_it_goes_back() -> None:
    way = steps(fleet(instance_type=LARGER))
    assert keys(way) == ["resize-fdw-0", "resize-fdw-1", "resize-proxy-0", "resize-ingestion-0"]
    assert way[0].back.startswith(f"answer nodes.fdw.instance_type: {TYPE}")
    assert way[0].gates[0].wanted == (("fdw-0", f"{OLD} {LARGER}"),)


def test_where_nothing_was_started_nothing_is_stopped() -> None:
    for package in ("", PACKAGE):
        way = steps(fleet(ami_id=NEW, package=package))
        assert not [act for step in way for act in (*step.before, *step.after)]


def serving(**more: Any) -> Fleet:
    found = fleet(package=PACKAGE, **more)
    return replace(
        found, nodes={key: replace(one, active=True, up=True, release=PACKAGE) for key, one in found.nodes.items()}
    )


def test_an_fdw_is_drained_before_it_goes_and_started_when_it_is_there() -> None:
    step = next(step for step in steps(serving(ami_id=NEW)) if step.key == "replace-fdw-0")
    assert [str(act) for act in step.before] == ["stop fdw-0"]
    assert [str(act) for act in step.after] == ["prepare ingestion-0", "prepare fdw-0", "start fdw-0"]
    assert ("springtail.services", "passed") in step.gates[1].wanted
    assert "nobody takes over" not in step.why
    alone = steps(serving(ami_id=NEW, fdws=1, nodes={"ingestion-0": node(), "proxy-0": node(), "fdw-0": node()}))
    assert "It is the only fdw: nobody takes over meanwhile" in next(s for s in alone if s.key == "replace-fdw-0").why


def test_ingestion_stops_everything_and_its_readers_learn_its_new_address() -> None:
    step = steps(serving(ami_id=NEW))[-1]
    assert [str(act) for act in step.before] == ["stop proxy-0", "stop fdw-0", "stop fdw-1", "stop ingestion-0"]
    order = ["ingestion-0", "proxy-0", "fdw-0", "fdw-1"]
    assert [str(act) for act in step.after] == [f"{verb} {key}" for verb in ("prepare", "start") for key in order]
    assert "everything is down" in step.why
    assert ("volumes", "passed") in step.gates[1].wanted
    assert step.back
    assert not step.one_way


def test_ingestion_on_its_own_disks_is_one_way() -> None:
    step = steps(fleet(ami_id=NEW, blank=True))[-1]
    assert "rebuilt from the primary" in step.one_way
    assert "volumes" not in dict(step.gates[1].wanted)


def test_what_goes_is_taken_out_of_redis_by_ingestion_and_what_comes_is_started() -> None:
    gone = steps(serving(fdws=1))[-1]
    assert [str(act) for act in (*gone.before, *gone.after)] == ["stop fdw-1", "prepare ingestion-0"]
    new = steps(serving(fdws=3))[0]
    assert [str(act) for act in new.after] == ["prepare ingestion-0", "prepare fdw-2", "start fdw-2"]


def test_a_new_package_is_reloaded_node_after_node_and_only_where_it_is_not_yet() -> None:
    old = serving(rest=("package.sha256 changed",))
    nodes = {key: replace(one, release="b" * 64) for key, one in old.nodes.items()}
    answers, reload = steps(replace(old, nodes=nodes))
    assert answers.after == ()
    order = ["fdw-0", "fdw-1", "proxy-0", "ingestion-0"]
    assert [str(act) for act in reload.after] == [
        f"{verb} {key}" for key in order for verb in ("stop", "prepare", "start")
    ]
    # Killed between the stop of the second and its start.
    halfway = {
        **nodes,
        "fdw-0": old.nodes["fdw-0"],
        "fdw-1": replace(nodes["fdw-1"], release=PACKAGE, active=False, up=False),
    }
    [left] = steps(replace(old, nodes=halfway, rest=()))
    assert [act.node for act in left.after if act.verb == "start"] == order[1:]


def test_a_node_whose_services_end_and_are_started_again_and_again_is_not_up_to_date() -> None:
    found = serving()
    [step] = steps(replace(found, nodes={**found.nodes, "fdw-1": replace(found.nodes["fdw-1"], up=False)}))
    assert [str(act) for act in step.after] == ["stop fdw-1", "prepare fdw-1", "start fdw-1"]
    looping = {key: replace(one, up=False) for key, one in found.nodes.items()}
    assert replace(found, nodes=looping).serves, "they are to be stopped, whatever they do"


def test_a_node_that_is_replaced_anyway_is_not_reloaded_before() -> None:
    old = serving(ami_id=NEW)
    assert "package" not in keys(steps(replace(old, nodes={k: replace(n, release="b") for k, n in old.nodes.items()})))


@pytest.mark.parametrize("protected", [True, False])
def test_what_stands_apart_is_read_back_from_a_steps_facts(protected: bool) -> None:
    now = fleet(nodes={**fleet().nodes, "fdw-0": node(protected=protected)}, instance_type=LARGER)
    assert apart_of(steps(now)[1].sets) == {
        key: Apart(ami_id=OLD, instance_type=TYPE) for key in ("proxy-0", "ingestion-0")
    }
    assert apart_of((("node.fdw-0", f"{OLD} {TYPE}"),)) == {"fdw-0": Apart(ami_id=OLD, instance_type=TYPE)}
    with pytest.raises(ValueError, match="nonsense"):
        apart_of((("node.fdw-0", f"{OLD} {TYPE} nonsense"),))
