"""A target's findings: of its answers, and against what AWS says now. What was read serves the next check.

    subject ─► asks ─► those not known yet ─► readings ─► findings

A `Checker` belongs to one account's answers. After one changed answer it asks only what that answer brought in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.answers.account import Account
from wizard.checks.answered import check_answers
from wizard.checks.live import age
from wizard.checks.run import asks_of, check_facts, no_turn
from wizard.checks.subject import Subject
from wizard.deploy.customer_access import account_of_database
from wizard.deploy.target import Target
from wizard.errors import AccountError, InputError, PlanewrightError
from wizard.facts import record
from wizard.facts.asking import NEVER_KEPT, Ask, Facts, Read, Reading, Reason, Side, Unread
from wizard.files import digest, write_atomic
from wizard.findings import Finding, worst_first

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession, MfaCode

#: Within one process a reading is taken for true this long: an operator's pause between two answers.
FRESH = timedelta(minutes=5)

Sessions = Mapping[Side, "AwsSession"]
OnReading = Callable[[Ask[Any], Reading[Any]], None]
OnAsks = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found, on which facts, and how many of them it had to ask for."""

    findings: tuple[Finding, ...]
    facts: Facts
    asked: int


@dataclass(slots=True)
class Checker:
    """Checks subjects of one account. `sessions` is opened at the first need; `shelf` keeps what lasts.

    Another account, region, profile or role takes another checker. Use it from one thread at a time.
    """

    sessions: Callable[[], Sessions]
    shelf: Path | None = None
    deadline_s: float | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    #: Called between the parts of a check: a screen's thread may go first there.
    turn: Callable[[], None] = no_turn
    _known: Facts = field(default_factory=Facts)
    _opened: Sessions | None = None
    _account: Account | None = None

    def check(self, subject: Subject, *, on_reading: OnReading | None = None, on_asks: OnAsks | None = None) -> Checked:
        """Give all findings, worst first. Never raises for what AWS does: that is a finding.

        `on_asks` is told how many facts are about to be read, once the session is open (which may ask for a code or a
        login); `on_reading` is told each as it comes.
        """
        asks = asks_of(subject, turn=self.turn)
        facts, asked = self._facts(asks, subject.account, on_reading, on_asks)
        findings = worst_first((*check_answers(subject), *check_facts(subject, asks, facts, turn=self.turn)))
        return Checked(findings, facts, asked)

    def read(self, asks: Iterable[Ask[Any]], subject: Subject) -> Facts:
        """Read asks that no check needs (a catalogue to choose from), and remember them."""
        facts, _ = self._facts(frozenset(asks), subject.account, None, None)
        return facts

    def _facts(
        self, asks: frozenset[Ask[Any]], account: Account, on_reading: OnReading | None, on_asks: OnAsks | None
    ) -> tuple[Facts, int]:
        """Give the facts, and how many of them had to be asked for."""
        self._take_from_shelf(account)
        missing = frozenset(ask for ask in asks if not self._fresh(ask))
        if missing:
            self._read(missing, on_reading, on_asks)
            self._put_on_shelf(account, missing)
        return self._known.only(asks), len(missing)

    def _fresh(self, ask: Ask[Any]) -> bool:
        reading = self._known.reading(ask)
        # A reading of the future is one of a clock that was set back since: nobody knows how old it is.
        return isinstance(reading, Read) and abs(self.now() - reading.at) <= max(FRESH, ask.keep)

    def _read(self, asks: frozenset[Ask[Any]], on_reading: OnReading | None, on_asks: OnAsks | None) -> None:
        readings: dict[Ask[Any], Reading[Any]] = {}
        try:
            for ask, reading in self._answers(asks, on_asks):
                readings[ask] = reading
                if on_reading is not None:
                    on_reading(ask, reading)
        finally:
            self._known = self._known.with_readings(readings)  # an interrupted check's, too: they are read

    def _answers(self, asks: frozenset[Ask[Any]], on_asks: OnAsks | None) -> Iterator[tuple[Ask[Any], Reading[Any]]]:
        from wizard.aws.facts.gather import DEADLINE_S, gather

        try:
            if self._opened is None:
                self._opened = self.sessions()
        except PlanewrightError as error:
            reason = Reason.CREDENTIALS if isinstance(error, AccountError) else Reason.UNREACHABLE
            said = f"{error.title}{f': {error.cause}' if error.cause else ''}"
            for ask in asks:
                yield ask, Unread(reason, self.now(), ask.permissions[0], said, remedy=error.action)
        else:
            if on_asks is not None:
                on_asks(len(asks))
            limit = DEADLINE_S if self.deadline_s is None else self.deadline_s
            yield from gather(self._opened, asks, deadline_s=limit, now=self.now)

    def _take_from_shelf(self, account: Account) -> None:
        if self._account is not None:
            if account != self._account:
                raise ValueError(f"this checker is of {self._account}, not of {account}")
            return
        self._account = account
        if self.shelf is None:
            return
        try:
            text = self.shelf.read_text(encoding="utf-8")
            kept = record.load(text, source=str(self.shelf), account=account.id, region=account.region)
        except (OSError, UnicodeDecodeError, InputError):
            return  # of another version, another account, half a file, or none yet: it is asked anew
        self._known = kept.with_readings(dict(self._known.items()))

    def _put_on_shelf(self, account: Account, read: frozenset[Ask[Any]]) -> None:
        if self.shelf is None or all(ask.keep == NEVER_KEPT for ask in read):
            return
        lasting = {
            ask: reading
            for ask, reading in self._known.items()
            if ask.keep > NEVER_KEPT and isinstance(reading, Read) and self._fresh(ask)
        }
        text = record.dump(Facts(lasting), account=account.id, region=account.region, compact=True)
        with suppress(OSError):  # only a cache: a workspace that cannot be written to can still be checked
            write_atomic(self.shelf, text, mode=0o600)


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
        customer = _customer_session(target, opened)
        return {"operator": opened} if customer is None else {"operator": opened, "customer": customer}

    name = f"{account.id}-{account.region}{_elsewhere(environ)}.json"
    return Checker(sessions, shelf=target.shard_place.hidden / "facts" / name)


def _customer_session(target: Target, operator: AwsSession) -> AwsSession | None:
    """Open the session that may look at the customer's database, if the answers name a way into their account.

    One that does not open leaves only that unchecked.
    """
    from wizard.aws.closed import ClosedSession

    account = account_of_database(target)
    if account is None:
        return None
    try:
        session = operator.beside(account)
        session.frozen()
    except PlanewrightError as error:
        return ClosedSession(account, error)
    return session


def check_recorded(subject: Subject, facts: Facts) -> Checked:
    """Check against exported facts, asking nobody, and say how old they are."""
    asks = asks_of(subject)
    known = facts.only(asks)
    found = (*check_answers(subject), *check_facts(subject, asks, known), *age.check(known, subject.now))
    return Checked(worst_first(found), known, 0)


def _elsewhere(environ: Mapping[str, str]) -> str:
    """Tell endpoints of one's own apart from AWS's: a rehearsal's account may have the same number, and is another."""
    endpoints = sorted((name, url) for name, url in environ.items() if name.startswith("AWS_ENDPOINT_URL") and url)
    return f"-{digest(repr(endpoints).encode()).removeprefix('sha256:')[:8]}" if endpoints else ""
