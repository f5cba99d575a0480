"""Temporary directories of a rehearsal, named after the process that made them, so that a later one can clear up.

A world removes its own. Only one that was killed leaves some behind, and the next start removes those.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_NAME = re.compile(r"planewright-[a-z]+-(\d+)-.+")


def make(kind: str) -> Path:
    """Make a private directory for this process, after removing those of processes that are gone."""
    sweep(Path(tempfile.gettempdir()))
    return Path(tempfile.mkdtemp(prefix=f"planewright-{kind}-{os.getpid()}-"))


def sweep(folder: Path) -> None:
    """Remove what processes that no longer run have left in `folder`; what is not ours cannot be removed and stays."""
    import psutil

    for path in folder.glob("planewright-*"):
        found = _NAME.fullmatch(path.name)
        if found and not psutil.pid_exists(int(found.group(1))):
            shutil.rmtree(path, ignore_errors=True)
