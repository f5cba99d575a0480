"""A plan as a tree: by stack and module, counted, filtered and searched."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from tests.engine.conftest import STREAMS
from wizard.changes.classes import ChangeClass
from wizard.engine.plans import PlanView, read_plan
from wizard.walk.plan_tree import IGNORED, ChangeRow, GroupRow, PlanTree, Row, module_path, plan_tree


def entry(address: str, *actions: str, before: Any = None, after: Any = None) -> dict[str, Any]:
    module, _, rest = address.rpartition(".aws_")
    kind, _, name = f"aws_{rest}".partition(".")
    return {
        "address": address,
        "module_address": module,
        "type": kind,
        "name": name,
        "change": {"actions": list(actions), "before": before, "after": after},
    }


def view_of(*entries: dict[str, Any]) -> PlanView:
    return read_plan({"resource_changes": list(entries)})


MIXED = view_of(
    entry("module.nodes.aws_instance.fdw[10]", "create"),
    entry("module.nodes.aws_instance.fdw[2]", "update", before={"a": 1}, after={"a": 2}),
    entry('module.nodes.module.disk["a.b"].aws_ebs_volume.data', "delete", "create"),
    entry("module.nodes.aws_ami.base", "no-op"),
    entry("module.path.aws_lb.this", "delete"),
)


def lines(rows: tuple[Row, ...]) -> list[str]:
    return ["  " * row.depth + row.label for row in rows]


def groups(rows: tuple[Row, ...]) -> dict[str, dict[str, int]]:
    return {row.label: dict(row.tally.told) for row in rows if isinstance(row, GroupRow)}


def mixed() -> PlanTree:
    return plan_tree({"instance": MIXED})


def test_changes_stand_under_their_stack_and_module_in_the_order_people_count() -> None:
    assert lines(mixed().rows()) == [
        "instance",
        "  module.nodes",
        "    aws_instance.fdw[2]",
        "    aws_instance.fdw[10]",
        '    module.disk["a.b"]',
        "      aws_ebs_volume.data",
        "  module.path",
        "    aws_lb.this",
    ]


def test_groups_count_all_that_is_below_them_open_or_closed() -> None:
    expected = {"create": 1, "update": 1, "replace": 1}
    assert groups(mixed().rows())["module.nodes"] == expected
    closed = mixed().rows(closed={"instance/module.nodes"})
    assert groups(closed)["module.nodes"] == expected
    assert groups(closed)["instance"] == {**expected, "delete": 1}
    assert "    aws_instance.fdw[2]" not in lines(closed)
    assert 'module.disk["a.b"]' not in groups(closed)


def test_a_filter_leaves_only_its_kinds_and_the_groups_that_hold_some() -> None:
    rows = mixed().rows(kinds={"delete"})
    assert lines(rows) == ["instance", "  module.path", "    aws_lb.this"]
    assert groups(rows)["instance"] == {"delete": 1}
    assert mixed().rows(kinds=set()) == ()


def test_a_search_finds_every_word_in_address_or_type() -> None:
    assert lines(mixed().rows(search="NODES ebs"))[-1] == "      aws_ebs_volume.data"
    assert len(mixed().rows(search="NODES ebs")) == 4
    assert mixed().rows(search="nodes nowhere") == ()


def test_two_stacks_stand_one_under_the_other() -> None:
    tree = plan_tree({"instance": MIXED, "link": view_of(entry("aws_vpc_peering_connection_options.a", "create"))})
    assert [row.label for row in tree.rows() if row.depth == 0] == ["instance", "link"]
    assert tree.tally.total == 5


def test_what_holds_data_or_names_is_told_data_first_and_at_its_row() -> None:
    tree = mixed()
    assert [(loss.change.name, loss.data) for loss in tree.losses] == [("data", True), ("this", False)]
    loses = {row.label: row.loses for row in tree.rows() if isinstance(row, ChangeRow)}
    assert loses["aws_ebs_volume.data"] == "the data on the volume"
    assert loses["aws_instance.fdw[2]"] == ""


def test_each_change_has_its_class_and_a_class_is_shown_alone() -> None:
    tree = mixed()
    assert {cls.value: count for cls, count in tree.classes.items()} == {
        "safe": 1,
        "interrupts traffic": 2,
        "destroys data": 1,
    }
    assert lines(tree.rows(classes={ChangeClass.DESTROYS}))[-1] == "      aws_ebs_volume.data"
    assert groups(tree.rows(classes={ChangeClass.DESTROYS}))["instance"] == {"replace": 1}
    assert lines(tree.rows(search="interrupts lb"))[-1] == "    aws_lb.this"


def test_what_is_asked_for_and_not_in_the_plan_stands_on_top_and_counts_as_its_class() -> None:
    left = entry("module.nodes.aws_instance.proxy", "no-op", after={"instance_type": "c6i.large"})
    wanted = {"nodes": {"proxy": {"instance_type": "c6i.xlarge"}}}
    tree = plan_tree({"instance": replace(view_of(left), variables=wanted)})
    assert (tree.changes, tree.classes) == ((), {ChangeClass.IGNORED: 1})
    assert [row.label for row in tree.rows()][1] == "module.nodes.aws_instance.proxy"
    assert len(tree.rows(closed={IGNORED})) == 1
    for without in (tree.rows(kinds={"create"}), tree.rows(classes={ChangeClass.SAFE}), tree.rows(search="volume")):
        assert without == ()


def test_a_key_with_dots_and_brackets_is_one_module() -> None:
    assert module_path('module.a["x.module.y]"].module.b[0].module.c') == (
        'module.a["x.module.y]"]',
        "module.b[0]",
        "module.c",
    )


def test_a_recorded_plan_is_a_tree_with_all_its_changes() -> None:
    view = read_plan(json.loads((STREAMS / "show-planfile.json").read_text()))
    tree = plan_tree({"instance": view})
    shown = [row.change for row in tree.rows() if isinstance(row, ChangeRow)]
    assert sorted(change.address for change in shown) == sorted(change.address for change in view.acting)
    assert tree.tally.of("create") == 108


def test_ids_are_unique_so_that_a_cursor_finds_its_row_again() -> None:
    ids = [row.id for row in mixed().rows()]
    assert len(set(ids)) == len(ids)
