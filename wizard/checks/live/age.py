"""How old facts out of a file are. What was free when they were read may be taken by now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from wizard.checks.codes import code
from wizard.facts.asking import NEVER_KEPT, Facts
from wizard.findings import Finding, Severity

#: From here on an account has likely changed under the facts.
LONG = timedelta(days=1)

OLD = code(
    "FACTS_OLD",
    Severity.WARN,
    Severity.INFO,
    why="an account changes: an address, a name or a quota that was free when the facts were read may be taken by now",
    remedy="check against AWS itself before anything is applied, or export the facts anew: planewright check NAME --export FILE",
)


def check(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Say how old the oldest of the facts is. What practically never changes counts only where there is nothing else."""
    readings = tuple(facts.items())
    changing = [reading.at for ask, reading in readings if ask.keep == NEVER_KEPT]
    times = changing or [reading.at for _, reading in readings]
    if not times:
        return
    oldest = min(times)
    age = max(now - oldest, timedelta(0))
    yield OLD.at(
        "",
        f"the facts were read {oldest.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {words(age)} ago",
        severity=Severity.INFO if age < LONG else Severity.WARN,
    )


def words(age: timedelta) -> str:
    """Say an age in its greatest unit: `3 days`, `1 hour`, `20 minutes`."""
    minutes = int(age.total_seconds() // 60)
    for unit, long in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= long:
            count = minutes // long
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "moments"
