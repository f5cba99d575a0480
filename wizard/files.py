"""Writing what matters: whole or not at all, and private where it has to be."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any


def write_atomic(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    """Write beside `path`, then rename over it: a reader sees the old file or the new one, never half of it."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def to_json(value: Any) -> str:
    """Render JSON as this project writes it: sorted keys, two spaces, a newline at the end."""
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def private_dir(path: Path) -> Path:
    """Make a directory that only its owner can enter (0700), and return it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def digest(data: bytes) -> str:
    """Give the `sha256:<hex>` digest by which plans, contracts and emitted files are known."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
