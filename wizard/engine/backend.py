"""What locks a stack's state by its emitted files, and whether a backend was changed in that alone: then the state lies where it lay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

#: What the S3 backend locks by; none of it says where the state is.
_LOCKING: Final = frozenset({"use_lockfile", "dynamodb_table"})


def only_lock_differs(stack_dir: Path, data_dir: Path) -> bool:
    """Compare the configuration with the backend that the directory was initialised for.

    The engine calls either of them changed, and asks whether the state is to be moved; here it need not be.
    """
    emitted = _s3(stack_dir / "backend.tf.json", "terraform", "backend", "s3")
    before = _s3(data_dir / "terraform.tfstate", "backend", "config")
    if not emitted or not before:
        return False
    # What is not set stands as null among what the engine keeps.
    known = {name: value for name, value in before.items() if value not in (None, False)}
    wanted = {name: value for name, value in emitted.items() if value not in (None, False)}
    differing = {name for name in known | wanted if known.get(name) != wanted.get(name)}
    return bool(differing) and differing <= _LOCKING


def locked_by(stack_dir: Path) -> str:
    """Name what locks the state, to be compared; empty where it is no S3 backend's."""
    emitted = _s3(stack_dir / "backend.tf.json", "terraform", "backend", "s3")
    places = ["file"] if emitted.get("use_lockfile") else []
    return " and ".join([*places, f"table {table}"] if (table := emitted.get("dynamodb_table")) else places)


def _s3(path: Path, *keys: str) -> dict[str, Any]:
    """Read a part of a JSON document; nothing where it is not there, or not an S3 backend's."""
    try:
        found: Any = json.loads(path.read_bytes())
        for key in keys:
            found = found[key]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) and "bucket" in found else {}
