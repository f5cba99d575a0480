"""The findings on paper, room by room."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict

from wizard import checks
from wizard.checks.codes import Code
from wizard.checks.run import registered

#: Which room of the page the codes of a module of `wizard.checks` are in, in the page's order. A module that is not
#: named here is a room by itself.
ROOMS: dict[str, tuple[str, ...]] = {
    "Account": ("live.account",),
    "Permissions": ("live.permissions",),
    "Quotas": ("live.quotas",),
    "Network": ("network", "placement", "ingress", "live.addresses", "live.zones", "live.rooms", "live.private_zones"),
    "Names": ("names", "live.taken"),
    "Sizing": ("storage", "live.sizing"),
    "Database": ("database", "live.database", "live.database_contents", "live.database_settings"),
    "Governance": ("governance",),
    "Answers": ("unused",),
    "Engine": ("engine", "changes"),
    "Facts": ("live.unread", "live.age"),
}

_LIVE = "live."
#: What is found neither in answers nor in AWS, by the module of its codes.
_ELSEWHERE = {"engine": "runs", "changes": "plans"}


def markdown() -> str:
    """Write the page of all findings: an index, then a table for each room."""
    rooms = _rooms()
    lines = [
        "# Findings",
        "",
        "Made from the register in `wizard/checks` by `python -m wizard.cli.pages`.",
        "",
        "Critical ones block. High ones block until somebody acknowledges them with a reason, which is recorded. Codes are",
        "stable: scripts may rely on them. A finding names the answer's key and often says its remedy more exactly than here.",
        "",
        "What comes from *answers* alone `planewright check NAME --offline` finds as well (some of it is looked for in AWS",
        "too); what comes from *AWS* needs its facts, read now or with `--facts FILE`; *runs* and *plans* are the engine's.",
        "",
        "| room | codes |",
        "|---|---|",
    ]
    lines += [
        f"| [{room}](#{_anchor(room)}) | {', '.join(f'`{code.name}`' for code, _ in entries)} |"
        for room, entries in rooms.items()
    ]
    for room, entries in rooms.items():
        lines += ["", f"## {room}", "", "| code | severity | from | why | remedy |", "|---|---|---|---|---|"]
        lines += [_row(code, module) for code, module in entries]
    return "\n".join(lines) + "\n"


def _rooms() -> dict[str, list[tuple[Code, str]]]:
    """Give each room's codes, with the module that each is of. No room is empty."""
    of = {module: room for room, modules in ROOMS.items() for module in modules}
    found: dict[str, list[tuple[Code, str]]] = defaultdict(list)
    homes = _homes()
    for code in registered():
        module = homes[code.name]
        found[of.get(module, module.removeprefix(_LIVE).replace("_", " ").capitalize())].append((code, module))
    order = [*ROOMS, *sorted(set(found) - set(ROOMS))]
    return {room: found[room] for room in order if room in found}


def _homes() -> dict[str, str]:
    """Give the module of each code. One that several hold is of the first: live checks borrow codes, never lend them."""
    prefix = f"{checks.__name__}."
    names = [found.name for found in pkgutil.walk_packages(checks.__path__, prefix)]
    modules = sorted(
        (name.removeprefix(prefix) for name in names),
        key=lambda name: (name.startswith(_LIVE) and name != "live.unread", name),
    )
    homes: dict[str, str] = {}
    for module in modules:
        for thing in vars(importlib.import_module(prefix + module)).values():
            if isinstance(thing, Code):
                homes.setdefault(thing.name, module)
    return homes


def _row(code: Code, module: str) -> str:
    severities = ", ".join(severity.value for severity in code.severities)
    source = "AWS" if module.startswith(_LIVE) else _ELSEWHERE.get(module, "answers")
    return f"| `{code.name}` | {severities} | {source} | {_cell(code.why)} | {_cell(code.remedy)} |"


def _anchor(room: str) -> str:
    return room.lower().replace(" ", "-")


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
