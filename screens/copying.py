"""Taking text out of the terminal: by OSC 52 into its clipboard, or into a private file.

What is copied is redacted, and under presenter mode masked as it is shown: what was copied for an audience is pasted
before it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, runtime_checkable

from textual.screen import Screen

from wizard.findings import Finding
from wizard.redact import Redactor


@runtime_checkable
class Copyable(Protocol):
    """A widget or a screen that has something to copy."""

    def copy_text(self) -> str:
        """Give the text that somebody would want elsewhere; empty when there is none now."""


def of(screen: Screen[object]) -> str:
    """Give what is copied now: of the focused widget, or else of what it stands in, or else of the screen."""
    inside_out = screen.focused.ancestors_with_self if screen.focused is not None else [screen]
    for node in inside_out:
        if isinstance(node, Copyable):
            text = node.copy_text()
            if text:
                mask = getattr(screen.app, "mask", str)
                return str(mask(Redactor().text(text)))
    return ""


def into_file(text: str) -> Path:
    """Write a text into a new private file (0600), and give its path."""
    handle, name = tempfile.mkstemp(prefix="planewright-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
    return Path(name)


def told(findings: Iterable[Finding]) -> str:
    """Give findings as the command line tells them."""
    return "\n".join(
        f"{finding.severity.value} {finding.code}  {finding.path}\n"
        f"    {finding.what}\n    why:    {finding.why}\n    remedy: {finding.remedy}"
        for finding in findings
    )
