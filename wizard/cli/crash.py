"""The crash boundary's report: what a person can copy into an issue, with nothing secret in it."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from pathlib import Path

from wizard import __version__
from wizard.files import write_atomic
from wizard.redact import Redactor


def report(error: BaseException) -> None:
    """Write the redacted traceback to a private file and tell where; no traceback reaches the terminal."""
    trace = "".join(traceback.format_exception(error))
    text = f"planewright {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n{trace}"
    folder = Path(tempfile.mkdtemp(prefix="planewright-crash-"))
    path = folder / "report.txt"
    write_atomic(path, Redactor().text(text), mode=0o600)
    sys.stderr.write(
        f"✗ Planewright itself failed: {type(error).__name__}\n"
        "  why:  this is a bug of Planewright; a run that was started goes on without it\n"
        f"  next: `planewright status NAME` says what is true; please send {path} (secrets are masked)\n"
    )
