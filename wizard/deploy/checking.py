"""A target's findings: of its answers, and against what AWS says now. What was read serves the next check.

    subject ─► asks ─► those not known yet ─► readings ─► findings

A `Checker` belongs to one account's answers. After one changed answer it asks only what that answer brought in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.checks.run import asks_of, check_answers, check_facts
from wizard.checks.subject import Subject
from wizard.deploy.target import Target
from wizard.errors import AccountError, PlanewrightError
from wizard.facts import record
from wizard.facts.asking import NEVER_KEPT, Ask, Facts, Read, Reading, Reason, Side, Unread
from wizard.files import write_atomic
from wizard.findings import Finding, worst_first

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession, MfaCode

#: Within one process a reading is taken for true this long: an operator's pause between two answers.
FRESH = timedelta(minutes=5)

Sessions = Mapping[Side, "AwsSession"]
OnReading = Callable[[Ask[Any], Reading[Any]], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, on which facts, and how many of them it had to ask for."""

    findings: tuple[Finding, ...]
    facts: Facts
    asked: int


@dataclass(slots=True)
class Checker:
    """Checks subjects of one account and region. `sessions` is opened at the first need; `shelf` keeps what lasts.

    Use it from one thread at a time.
    """

    sessions: Callable[[], Sessions]
    shelf: Path | None = None
    deadline_s: float | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _known: Facts = field(default_factory=Facts)
    _opened: Sessions | None = None
    _shelved: bool = False

    def check(self, subject: Subject, *, on_reading: OnReading | None = None) -> Checked:
        """Give all findings, worst first. Never raises for what AWS does: that is a finding."""
        asks = asks_of(subject)
        self._take_from_shelf(subject)
        missing = frozenset(ask for ask in asks if not self._fresh(ask))
        if missing:
            self._read(missing, on_reading)
            self._put_on_shelf(subject, missing)
        facts = self._known.only(asks)
        findings = worst_first((*check_answers(subject), *check_facts(subject, facts)))
        return Checked(findings, facts, len(missing))

    def read(self, asks: Iterable[Ask[Any]], subject: Subject) -> Facts:
        """Read asks that no check needs (a catalogue to choose from), and remember them."""
        wanted = frozenset(asks)
        self._take_from_shelf(subject)
        missing = frozenset(ask for ask in wanted if not self._fresh(ask))
        if missing:
            self._read(missing, None)
            self._put_on_shelf(subject, missing)
        return self._known.only(wanted)

    def _fresh(self, ask: Ask[Any]) -> bool:
        reading = self._known.reading(ask)
        return isinstance(reading, Read) and self.now() - reading.at <= max(FRESH, ask.keep)

    def _read(self, asks: frozenset[Ask[Any]], on_reading: OnReading | None) -> None:
        from wizard.aws.facts.gather import DEADLINE_S, gather

        readings: dict[Ask[Any], Reading[Any]] = {}
        try:
            if self._opened is None:
                self._opened = self.sessions()
        except PlanewrightError as error:
            reason = Reason.CREDENTIALS if isinstance(error, AccountError) else Reason.FAILED
            said = f"{error.title}{f': {error.cause}' if error.cause else ''}"
            readings = {ask: Unread(reason, self.now(), ask.permissions[0], said, remedy=error.action) for ask in asks}
        else:
            limit = DEADLINE_S if self.deadline_s is None else self.deadline_s
            for ask, reading in gather(self._opened, asks, deadline_s=limit, now=self.now):
                readings[ask] = reading
                if on_reading is not None:
                    on_reading(ask, reading)
        self._known = self._known.with_readings(readings)

    def _take_from_shelf(self, subject: Subject) -> None:
        if self.shelf is None or self._shelved:
            return
        self._shelved = True
        try:
            text = self.shelf.read_text(encoding="utf-8")
            kept = record.load(text, source=str(self.shelf), account=subject.account.id, region=subject.region)
        except (FileNotFoundError, PlanewrightError):
            return  # of another version, another account, or none yet: it is asked anew
        self._known = kept.with_readings(dict(self._known.items()))

    def _put_on_shelf(self, subject: Subject, read: frozenset[Ask[Any]]) -> None:
        if self.shelf is None or all(ask.keep == NEVER_KEPT for ask in read):
            return
        lasting = {
            ask: reading
            for ask, reading in self._known.items()
            if ask.keep > NEVER_KEPT and isinstance(reading, Read) and self.now() - reading.at <= ask.keep
        }
        text = record.dump(Facts(lasting), account=subject.account.id, region=subject.region)
        # Only a cache: compact, since a region's catalogue is long.
        write_atomic(self.shelf, json.dumps(json.loads(text)), mode=0o600)


def checker_of(
    target: Target,
    *,
    environ: Mapping[str, str],
    mfa_code: MfaCode | None = None,
    session: AwsSession | None = None,
) -> Checker:
    """Give the checker of a target's account. What lasts is kept in the workspace's hidden folder.

    A command that has opened the operator's session gives it, so that nobody is asked for a code twice.
    """
    account = target.shard.account

    def sessions() -> Sessions:
        from wizard.aws.session import BRISK, open_session

        opened = (
            session.with_patience(BRISK)
            if session is not None
            else open_session(account, environ=environ, mfa_code=mfa_code, patience=BRISK)
        )
        opened.frozen()  # a login that has ended is told here, once, and not by every fact
        return {"operator": opened}

    return Checker(sessions, shelf=target.shard_place.hidden / "facts" / f"{account.id}-{account.region}.json")


def check_recorded(subject: Subject, facts: Facts) -> Checked:
    """Check against exported facts, asking nobody."""
    known = facts.only(asks_of(subject))
    return Checked(worst_first((*check_answers(subject), *check_facts(subject, known))), known, 0)
