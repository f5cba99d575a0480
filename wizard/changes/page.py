"""The classes of changes on paper: every rule, what is lost with a resource, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.blueprints.springtail.wishes import Wish
from wizard.changes import losing, rules
from wizard.changes.classes import MEANS, Rule, Table
from wizard.changes.ignored import LeftAlone

_INTRODUCTION = """# What a change does

Made from the rules in `wizard/changes` by `python -m wizard.cli.pages`.

Each planned change has a class, a reason and a way back. `plan` and `apply` show them before anybody says yes, as the step
Plan does; `--json` gives them to programs. Of several attributes that change the worst counts.
"""
_DECIDED = """## How a class is found

- **created**, or **forgotten** by the state: safe. Nothing that is there changes.
- **updated in place**: by the rules below, attribute by attribute. What no rule names is not known to be safe, and is
  classed as interrupting. What follows from other attributes and is known only afterwards (an ARN, a version) does not count.
- **replaced**: replaces; destroys data where the resource [holds some](#what-is-lost-with-a-resource).
- **deleted**: interrupts traffic, or destroys data. {unmissed}
- **asked for, and not in the plan**: [would be ignored](#what-would-be-ignored).

What destroys data, or takes away a name that others have written down, takes the object's name, typed (`--confirm NAME`); `--yes`
is not enough. A plan that would ignore a size or a type that was answered is not applied at all (`CHANGE_IGNORED`).
"""
_IGNORED = """## What would be ignored

A plan is compared with the answers it was made of. Where one of these would have another value after the apply than was
answered, something in the stack ignores it: an `ignore_changes` in an override or an edited module, or the provider.
The apply is refused, and the finding says what to take away or to answer. So is a smaller size of a volume, which AWS refuses.
"""
_ALONE = """The emitted modules leave these alone on purpose. Where one of them names a resource that the plan destroys, it is shown
as ignored, and has to be put right by hand afterwards; that does not hold the apply.
"""


def markdown(wishes: Iterable[Wish], left_alone: LeftAlone) -> str:
    """Write the page."""
    lines = [_INTRODUCTION, "| class | | what it means |", "|---|---|---|"]
    lines += [f"| {cls.value} | `{cls.symbol}` | {means} |" for cls, means in MEANS.items()]
    unmissed = "; ".join(f"`{type_}` is safe ({why})" for type_, why in rules.UNMISSED.items())
    lines += ["", _DECIDED.format(unmissed=f"{unmissed}.")]
    lines += ["## Updates in place", "", *_head("type", "attribute", "class", "reason", "way back", "source")]
    lines += _rows("any", rules.COMMON)
    for type_, table in sorted(rules.TABLES.items()):
        lines += _rows(f"`{type_}`", table)
    lines += ["", "## What is lost with a resource", "", *_head("type", "lost", "kind")]
    lines += [_row(f"`{type_}`", lost, "data") for type_, lost in losing.DATA.items()]
    own = f"{losing.OWN_DISKS}, where it has some; a stop is enough to lose it"
    lines += [_row(f"`{losing.INSTANCE}`", own, "data")]
    lines += [_row(f"`{type_}`", lost, "name") for type_, lost in losing.NAMES.items()]
    lines += ["", "## What stands still during a replacement", "", *_head("type", "meanwhile")]
    lines += [_row(f"`{type_}`", why) for type_, why in sorted(rules.REPLACED.items())]
    lines += [_row("any other", rules.REPLACED_ELSE)]
    lines += ["", _IGNORED, *_head("answer", "resource", "attribute")]
    lines += [_row(f"`{w.key}`", f"`{w.module}.{w.type}.{w.name}`", f"`{w.attribute}`") for w in wishes]
    lines += ["", _ALONE, *_head("type", "attributes", "why")]
    lines += [
        _row(f"`{type_}`", ", ".join(f"`{name}`" for name in names), why) for type_, (names, why) in left_alone.items()
    ]
    return "\n".join(lines) + "\n"


def _rows(type_: str, table: Table) -> list[str]:
    if not table:
        return [_row(type_, "any", "replaces", "it has nothing that can be changed in place", "", "AWS provider")]
    return [_update(type_, attribute, rule) for attribute, found in table.items() for rule in found]


def _update(type_: str, attribute: str, rule: Rule) -> str:
    name = "any other" if attribute == "*" else f"`{attribute}`"
    when = "" if rule.when is type(rule.when).ALWAYS else f", {rule.when.value}"
    return _row(type_, f"{name}{when}", rule.cls.value, rule.reason, rule.rollback, rule.source)


def _head(*cells: str) -> list[str]:
    return [_row(*cells), "|" + "---|" * len(cells)]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
