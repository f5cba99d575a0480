"""What the guide says: findings, problems and standings in words, a thing on each line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.errors import Problem
from wizard.findings import Finding, Severity, worst_first
from wizard.redact import Redactor
from wizard.walk.steps import Standing


def finding_lines(finding: Finding, *, number: int | None = None, passed: bool = False) -> Iterator[str]:
    """Say a finding: how much it weighs, what, where, why, and what to do."""
    first = f"{number}. " if number is not None else ""
    where = f" at {finding.path}" if finding.path else ""
    state = ", acknowledged" if passed else ""
    yield from _clean(
        f"  {first}{finding.severity.value}{state}: {finding.code}{where}",
        f"     what:   {finding.what}",
        f"     why:    {finding.why}",
        f"     remedy: {finding.remedy}",
    )


def problem_lines(problem: Problem) -> Iterator[str]:
    """Say what keeps a text from being an answer."""
    yield from _clean(f"  problem at {problem.path}: {problem.what}", f"     remedy: {problem.remedy}")


def about(path: str, key: str) -> bool:
    """Whether a finding or a problem at `path` is one of the answer of `key`, or of what is inside it."""
    return path == key or path.startswith((f"{key}.", f"{key}["))


def standing_line(standing: Standing, *, here: bool) -> str:
    """Say how a step stands."""
    parts = [standing.mark.value]
    if standing.lacking:
        parts.append(counted(standing.lacking, "answer missing or refused", "answers missing or refused"))
    if standing.findings:
        parts.append(counted(standing.findings, "finding", "findings"))
    return f"  {standing.step.label}: {', '.join(parts)}{' (you are here)' if here else ''}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give findings worst first."""
    return worst_first(tuple(findings))


def high_of(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give those that can be acknowledged."""
    return tuple(finding for finding in findings if finding.severity is Severity.HIGH)


def counted(number: int, one: str, more: str) -> str:
    """Give `1 finding`, `2 findings`."""
    return f"{number} {one if number == 1 else more}"


def _clean(*lines: str) -> tuple[str, ...]:
    return tuple(Redactor().text(line) for line in lines)
