"""Where an object stands and which ways there are: of a ladder by its rules, of Springtail's nodes by image, type, package."""

from __future__ import annotations

from dataclasses import replace

from tests.upgrades.seed import FRESH, LADDER, WHOLE
from wizard.blueprints.springtail.facts import Apart, Pin, Pins
from wizard.blueprints.springtail.surveyed import survey
from wizard.blueprints.springtail.upgrades import Fleet, Role, Running
from wizard.upgrades.survey import Survey, Way, climb
from wizard.walk import upgrade_text as text

OLD, NEW = Running("ami-1", "r6i.xlarge", protected=True), Role("ami-2", "x86_64", "r6i.xlarge", 2)


def a_way(found: Survey, target: str, *, asked: bool = False) -> Way:
    [way] = [way for way in found.ways if (way.target, way.asked) == (target, asked)]
    return way


def test_a_forbidden_jump_is_told_with_its_rule_and_the_path_that_works() -> None:
    found = climb(LADDER, FRESH, {"version": "2.0"}, stack="instance")

    way = a_way(found, "no-PG on")

    assert way.applies == ("WAL v1", "2.0 together with WAL v3", "no-PG")
    assert "no-PG is never on before 2.0: a known bug on 1.1.32" in way.rules
    assert "cannot be rolled back" in way.one_way
    told = "\n".join(text.ways([way]))
    assert told.startswith("  ‼ no-PG on: not at once\n       why:  no-PG is never on before 2.0")
    assert "works: each in an apply of its own: WAL v1, then 2.0 together with WAL v3, then no-PG\n" in told


def test_what_is_wanted_comes_first_and_once_and_with_its_steps() -> None:
    found = climb(LADDER, FRESH, {"wal": "v1"}, stack="instance")
    assert next((way.target, way.asked) for way in found.ways if "WAL" in way.target) == ("the WAL footer v1", True)
    assert [way.target for way in found.ways].count("the WAL footer v1") == 1
    assert [step.key for step in found.steps] == ["wal-v1"]
    assert text.counted(1) == "1 step"
    assert "✓ the WAL footer v1: one apply (wanted)" in "\n".join(text.ways(found.ways))


def test_what_no_rule_allows_has_no_steps_and_says_why_and_what_alone_would_do() -> None:
    found = climb(LADDER, FRESH, {"version": "1.1.32", "no_pg": "on"}, stack="instance")
    assert found.steps == ()
    wanted = found.ways[0]
    assert (wanted.asked, wanted.applies) == (True, ())
    assert wanted.rules == ("no-PG is never on before 2.0: a known bug on 1.1.32",)
    assert a_way(found, "no-PG on").applies, "without the version that is wanted beside it there is a way"


def test_what_is_reached_is_settled_and_there_is_no_way_back_from_what_is_one_way() -> None:
    found = climb(LADDER, WHOLE, WHOLE, stack="instance")
    assert all(thing.settled for thing in found.things)
    assert "  ✓ the version, value: 2.0" in text.stands(found)
    back = a_way(found, "no-PG off")
    assert back.applies == ()
    assert "once enabled for an object type" in back.rules[0]


def a_fleet(**changed: object) -> Fleet:
    roles = {"fdw": NEW, "ingestion": Role("ami-1", "x86_64", "r6i.4xlarge", 1)}
    nodes = {"fdw-0": OLD, "fdw-1": OLD, "ingestion-0": Running("ami-1", "r6i.4xlarge", protected=True)}
    return replace(Fleet(nodes, roles, protects=False), **changed)  # type: ignore[arg-type]


def pins(**apart: Apart) -> Pins:
    one = Pin(ami_id="ami-1", architecture="x86_64", instance_type="r6i.xlarge", resolved_at="")
    return Pins(ingestion=one, proxy=one, fdw=one, nodes={key.replace("_", "-"): it for key, it in apart.items()})


def test_each_node_has_what_runs_what_is_pinned_and_what_is_wanted() -> None:
    found = survey(a_fleet(), pins())
    told = [*text.stands(found)]
    assert told[0] == "  ~ fdw-0, image: runs ami-1, wanted ami-2"
    assert "  ✓ fdw-0, type: r6i.xlarge" in told
    assert "  ✓ ingestion-0, image: ami-1" in told


def test_a_node_that_comes_or_goes_or_stands_apart_says_so() -> None:
    one = replace(NEW, count=1)
    found = survey(a_fleet(roles={"fdw": one, "ingestion": replace(one, count=2)}), pins())
    told = [*text.stands(found)]
    assert "  ~ fdw-1, image: runs ami-1, wanted no more" in told
    assert "  ~ ingestion-1, image: not there, the files pin ami-1, wanted ami-2" in told

    there = replace(OLD, ami_id="ami-2")
    found = survey(a_fleet(nodes={"fdw-0": there, "fdw-1": there}), pins())
    assert "  ~ fdw-0, image: runs ami-2, the files pin ami-1, wanted ami-2" in [*text.stands(found)]

    apart = survey(a_fleet(), pins(fdw_0=Apart(ami_id="ami-0", instance_type="r6i.large")))
    assert "  ~ fdw-0, image: runs ami-1, the files pin ami-0, wanted ami-2" in [*text.stands(apart)]


def test_the_package_is_told_of_nodes_whose_services_run() -> None:
    served = {"fdw-0": replace(OLD, release="a" * 64, active=True), "fdw-1": replace(OLD, release="b" * 64)}
    found = survey(a_fleet(nodes=served, package="b" * 64), pins())
    assert "  ~ fdw-0, package: runs aaaaaaaaaaaa, wanted bbbbbbbbbbbb" in [*text.stands(found)]
    assert "  ✓ fdw-1, package: bbbbbbbbbbbb" in [*text.stands(found)]
    assert not any("package" in thing.says for thing in survey(a_fleet(), pins()).things)


def test_each_step_tells_what_it_changes_among_the_pins() -> None:
    found = survey(a_fleet(), pins())
    first, second = found.steps
    assert found.written_by(first) == (
        "image of fdw: ami-1 → ami-2",
        "fdw-1 stands apart until its turn: ami-1 r6i.xlarge",
    )
    assert found.written_by(second) == ("fdw-1 stands apart no more: it is as its role, or goes",)

    half = survey(a_fleet(protects=True), pins(fdw_1=Apart(ami_id="ami-1", instance_type="r6i.xlarge")))
    [lifted, *_] = half.steps
    assert lifted.key == "protection"
    assert "fdw-1 stands apart until its turn: ami-1 r6i.xlarge, and may be terminated" in half.written_by(lifted)
