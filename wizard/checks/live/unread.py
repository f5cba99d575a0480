"""What could not be read: a finding that says which call, which permission, and what nobody has checked. Never a pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from wizard.checks.codes import Code, code
from wizard.facts.access import CLOSED, RegionStatus
from wizard.facts.asking import Ask, Facts, Reason, Unread
from wizard.files import digest
from wizard.findings import Finding, Severity
from wizard.redact import Redactor

_WEIGHTS = (Severity.HIGH, Severity.CRITICAL, Severity.WARN, Severity.INFO)

DENIED = code(
    "FACT_DENIED",
    *_WEIGHTS,
    why="these credentials may not look; what depends on it was not checked, and would show at the apply or later",
    remedy="have the permission allowed (`planewright policy NAME` writes the whole policy), then check again",
)
UNREAD = code(
    "FACT_UNREAD",
    *_WEIGHTS,
    why="AWS gave no answer; what depends on it was not checked, and would show at the apply or later",
    remedy="check again; https://health.aws.amazon.com shows known events",
)
REGION_OFF = code(
    "REGION_NOT_ENABLED",
    Severity.CRITICAL,
    why="AWS answers nothing in a region that is not enabled for the account",
    remedy="aws account enable-region --region-name REGION; it takes some minutes. Or choose another region",
)
CREDENTIALS = code(
    "CREDENTIALS_UNUSABLE",
    Severity.CRITICAL,
    why="without credentials that AWS takes, nothing was checked against the account",
    remedy="name a profile (account.profile), log in again, or set AWS_PROFILE; then check again",
)
NOT_RECORDED = code(
    "FACT_NOT_RECORDED",
    *_WEIGHTS,
    why="the facts were read for other answers, or by another version; what depends on it was not checked",
    remedy="export them anew: planewright check NAME --export FILE",
)

_KINDS: dict[Reason, Code] = {
    Reason.DENIED: DENIED,
    Reason.REGION_OFF: REGION_OFF,
    Reason.CREDENTIALS: CREDENTIALS,
    Reason.NOT_RECORDED: NOT_RECORDED,
}
#: Up to so many kinds of facts are named one by one in a finding's path; of more, how many, and a digest of which.
_NAMED = 4
_WORDS = {
    Reason.THROTTLED: "AWS limits the rate of calls",
    Reason.TIMEOUT: "no answer in time",
    Reason.UNREACHABLE: "the endpoint cannot be reached",
    Reason.FAILED: "the call failed",
}


def check(asks: Iterable[Ask[Any]], facts: Facts) -> Iterator[Finding]:
    """Give one finding for each cause, which may hide many facts."""
    asks = tuple(asks)
    closed = any(isinstance(ask, RegionStatus) and facts.value(ask) in CLOSED for ask in asks)
    causes: dict[tuple[Reason, str], list[tuple[Ask[Any], Unread]]] = defaultdict(list)
    for ask in asks:
        reading = facts.reading(ask)
        if isinstance(reading, Unread):
            if closed and reading.reason in {Reason.CREDENTIALS, Reason.UNREACHABLE}:
                # AWS calls good credentials unknown in a region that is off, and one that it has not has no endpoint.
                reading = replace(reading, reason=Reason.REGION_OFF)
            causes[_cause(reading)].append((ask, reading))
    for (reason, _), hidden in causes.items():
        yield _finding(reason, hidden)


def _cause(reading: Unread) -> tuple[Reason, str]:
    # A permission each; of everything else one finding tells enough.
    return reading.reason, reading.permission or (reading.source if reading.reason is Reason.FAILED else "")


def _where(reason: Reason, hidden: list[tuple[Ask[Any], Unread]]) -> str:
    """Give no answer's key but what is hidden: whoever acknowledges one unread fact has not acknowledged another."""
    if reason is Reason.CREDENTIALS:
        return "account.profile"  # nothing could be asked, whatever it was
    if reason is Reason.DENIED:
        return f"facts.{hidden[0][1].permission}"
    kinds = "+".join(sorted({ask.kind for ask, _ in hidden}))
    if kinds.count("+") < _NAMED:
        return f"facts.{kinds}"
    return f"facts.{kinds.count('+') + 1}-{digest(kinds.encode()).removeprefix('sha256:')[:6]}"


def _finding(reason: Reason, hidden: list[tuple[Ask[Any], Unread]]) -> Finding:
    kind = _KINDS.get(reason, UNREAD)
    weight = max((ask.weight for ask, _ in hidden), key=lambda severity: severity.rank)
    if len(kind.severities) == 1:
        weight = kind.severities[0]
    unchecked = "; ".join(sorted({ask.unchecks for ask, _ in hidden}))
    remedy = next((reading.remedy for _, reading in hidden if reading.remedy), "")
    # What AWS says of a request may quote the request.
    what = Redactor().text(_what(reason, hidden))
    return kind.at(_where(reason, hidden), f"{what}; unchecked: {unchecked}", severity=weight, remedy=remedy)


def _what(reason: Reason, hidden: list[tuple[Ask[Any], Unread]]) -> str:
    calls = _some((reading.source or ask.permissions[0] for ask, reading in hidden), 5)
    said = _some((reading.said for _, reading in hidden), 3)
    if reason is Reason.DENIED:
        return f"{hidden[0][1].permission} is not allowed ({calls})"
    if reason is Reason.NOT_RECORDED:
        return f"not among the facts: {', '.join(sorted({ask.kind for ask, _ in hidden}))}"
    if reason is Reason.CREDENTIALS:
        return said  # nothing at all could be asked: listing every call would hide why
    return f"{_WORDS.get(reason, 'AWS refused')}: {calls} ({said})"


def _some(texts: Iterable[str], most: int) -> str:
    """Give the first few of them, and how many more there are."""
    every = sorted(set(texts))
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return "; ".join(every[:most]) + more
