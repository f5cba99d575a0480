"""How states look: a symbol, a word and a colour for each. Colours are the theme's, so that they can change with it."""

from __future__ import annotations

from textual.content import Content

from wizard.findings import Severity
from wizard.walk.steps import Mark

SEVERITY_STYLES = {
    Severity.INFO: "$text-muted",
    Severity.WARN: "$text-warning",
    Severity.HIGH: "bold $text-warning",
    Severity.CRITICAL: "bold $text-error",
}
MARK_STYLES = {
    Mark.TODO: "$text-muted",
    Mark.DONE: "$text-success",
    Mark.NOTED: "$text-warning",
    Mark.HELD: "bold $text-error",
    Mark.CHECKING: "$text-accent",
}


def severity(of: Severity) -> Content:
    """Give symbol and word of a severity, in its colour."""
    return Content.styled(f"{of.symbol} {of.value}", SEVERITY_STYLES[of])


def mark(of: Mark, *, word: bool = True) -> Content:
    """Give the symbol of a mark, and its word, in its colour."""
    return Content.styled(f"{of.symbol} {of.value}" if word else of.symbol, MARK_STYLES[of])
