"""A finding: what a check has to say of an answer, a file or a plan."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Severity(StrEnum):
    """How much a finding weighs. Critical blocks; high blocks until it is acknowledged with a reason."""

    INFO = "info"
    WARN = "warn"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 3 for critical, to sort by."""
        return list(Severity).index(self)

    @property
    def symbol(self) -> str:
        """One character, never shown without the word."""
        return _SYMBOLS[self]


_SYMBOLS = {Severity.INFO: "·", Severity.WARN: "!", Severity.HIGH: "‼", Severity.CRITICAL: "✗"}


class Finding(BaseModel):
    """`code` is stable and documented; `path` is the answer's key, or empty for the whole deployment."""

    model_config = ConfigDict(frozen=True)

    code: str
    severity: Severity
    path: str
    what: str
    why: str
    remedy: str


def worst_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Sort by weight, then by path, so that the order never depends on which check ran first."""
    return tuple(sorted(findings, key=lambda f: (-f.severity.rank, f.path, f.code)))
