"""The register of findings: every code once, with its weight and what to do in general. The docs page is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A finding's kind. `severities` are all it may weigh, the usual one first; a finding may say its remedy more exactly."""

    name: str
    severities: tuple[Severity, ...]
    why: str
    remedy: str

    def at(self, path: str, what: str, *, severity: Severity | None = None, remedy: str = "") -> Finding:
        """Make the finding, at an answer's key (empty: the whole object)."""
        weight = severity or self.severities[0]
        if weight not in self.severities:
            raise ValueError(f"{self.name} is not registered as {weight.value}")
        return Finding(
            code=self.name, severity=weight, path=path, what=what, why=self.why, remedy=remedy or self.remedy
        )


CODES: dict[str, Code] = {}


def code(name: str, *severities: Severity, why: str, remedy: str) -> Code:
    """Register a code."""
    if name in CODES:
        raise ValueError(f"{name} is registered twice")
    CODES[name] = Code(name, severities, why, remedy)
    return CODES[name]
