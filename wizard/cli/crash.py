"""The crash boundary's word in the terminal."""

from __future__ import annotations

import sys

from wizard import crash


def report(error: BaseException) -> None:
    """Write the report and tell where; no traceback reaches the terminal."""
    sys.stderr.write(crash.report(error).summary)
