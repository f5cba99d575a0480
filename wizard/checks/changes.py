"""Findings about what a plan does: given where plans are made, registered here with all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.changes.classify import Classed
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

CHANGE_IGNORED = code(
    "CHANGE_IGNORED",
    Severity.CRITICAL,
    why="the apply would leave it as it is, and everybody would believe that it was changed",
    remedy="take away what ignores the change, or answer what is there; the finding says which",
)


def ignored(classed: Iterable[Classed]) -> Iterator[Finding]:
    """Name every size or type that was answered and would silently stay as it is."""
    for item in classed:
        for left in item.refused:
            yield CHANGE_IGNORED.at(left.key, f"{item.change.address}: {left.told}", remedy=left.instead)
