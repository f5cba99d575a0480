"""What is left when Planewright itself fails: a report that a person can send, with nothing secret in it."""

from __future__ import annotations

import os
import platform
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path

from wizard import __version__
from wizard.files import write_atomic
from wizard.redact import Redactor


@dataclass(frozen=True, slots=True)
class CrashReport:
    """A report on disk. `summary` is for the terminal: what failed, what goes on, what to do."""

    path: Path
    text: str
    summary: str


def report(error: BaseException) -> CrashReport:
    """Write the redacted traceback to a private file. No local variables: they may hold what a person typed."""
    trace = "".join(traceback.format_exception(error))
    head = f"planewright {__version__}, Python {platform.python_version()}, {platform.platform()}"
    redactor = Redactor()
    redactor.learn_environment(os.environ)
    text = redactor.text(f"{head}\n\n{trace}")
    path = Path(tempfile.mkdtemp(prefix="planewright-crash-")) / "report.txt"
    write_atomic(path, text, mode=0o600)
    summary = (
        f"✗ Planewright itself failed: {type(error).__name__}\n"
        "  why:  this is a bug of Planewright; a run that was started goes on without it\n"
        f"  next: `planewright status NAME` says what is true; please send {path} (secrets are masked)\n"
    )
    return CrashReport(path, text, summary)
