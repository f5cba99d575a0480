"""Changes as the engine tells them, in few words."""

from __future__ import annotations

from typing import Any

from wizard.changes.change import Change, read_changes
from wizard.changes.classes import ChangeClass

SAFE, INTERRUPTS, REPLACES, IGNORED, DESTROYS = (
    ChangeClass.SAFE,
    ChangeClass.INTERRUPTS,
    ChangeClass.REPLACES,
    ChangeClass.IGNORED,
    ChangeClass.DESTROYS,
)

ACTIONS = {
    "create": ["create"],
    "update": ["update"],
    "replace": ["delete", "create"],
    "new first": ["create", "delete"],
    "delete": ["delete"],
    "forget": ["forget"],
    "noop": ["no-op"],
    "read": ["read"],
}


def change(address: str, kind: str, before: Any = None, after: Any = None, **marks: Any) -> Change:
    """One change; `marks` are the engine's (`after_unknown`, `replace_paths`, `reason` ...)."""
    module, _, rest = address.rpartition(".aws_")
    type_, _, name = f"aws_{rest.removeprefix('aws_')}".partition(".")
    entry = {
        "address": address,
        "module_address": module,
        "type": type_,
        "name": name.partition("[")[0],
        "action_reason": marks.pop("reason", ""),
        "change": {"actions": ACTIONS[kind], "before": before, "after": after, **marks},
    }
    return next(read_changes([entry]))


def update(type_: str, attribute: str, before: Any, after: Any, **others: Any) -> Change:
    """An update in place of one attribute."""
    return change(f"{type_}.x", "update", {attribute: before, **others}, {attribute: after, **others})
