"""The scripts that run on nodes: read from assets, given their inputs, and what they print, read back."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def _source(name: str) -> str:
    return resources.files("assets").joinpath("probes", f"{name}.sh").read_text(encoding="utf-8")


def script(name: str, inputs: Mapping[str, str | int] | None = None) -> str:
    """Give `assets/probes/NAME.sh` with its inputs set in front, each quoted for the shell. Never give it a secret."""
    lines = [f"{key}={shlex.quote(str(value))}" for key, value in (inputs or {}).items()]
    return "\n".join([*lines, _source(name)])


#: Where what a node is told ends, and the program that is the same for every node begins.
MARK = " <<'PLANEWRIGHT_PROGRAM'\n"


def services(verb: str, inputs: Mapping[str, str]) -> str:
    """Give the command that does `verb` with Springtail's services on a node. Never give it a secret.

    SSM keeps it, and CloudTrail: what is secret is fetched on the node.
    """
    names = " ".join(sorted(inputs))
    return "\n".join(
        [
            *(f"{key}={shlex.quote(value)}" for key, value in sorted(inputs.items())),
            f"set -eu\nexport LC_ALL=C {names}\nexec python3 - {shlex.quote(verb)}{MARK}{_services().rstrip()}",
            "PLANEWRIGHT_PROGRAM",
            "",
        ]
    )


@cache
def _services() -> str:
    return resources.files("assets").joinpath("services", "springtail.py").read_text(encoding="utf-8")


def said(output: str) -> dict[str, Any] | None:
    """Read the JSON object on the last line of a script's output; None when there is none."""
    lines = output.strip().splitlines()
    try:
        value = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
