"""Making a record: what its findings rest on, and the three forms on disk. The one way of every front end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wizard.checks.answered import check_answers
from wizard.checks.run import asks_of
from wizard.checks.subject import Subject
from wizard.deploy.checking import Checked
from wizard.deploy.record.gathering import OFFLINE, Made, record_of
from wizard.deploy.record.model import Record
from wizard.deploy.record.writing import Written, write
from wizard.deploy.target import Target
from wizard.engine.processes import me
from wizard.facts.asking import Read
from wizard.findings import Finding
from wizard.redact import Redactor


@dataclass(frozen=True, slots=True)
class Ground:
    """Findings, and in words what they rest on."""

    findings: tuple[Finding, ...]
    rests_on: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signs a record off, and what they want to have said in it."""

    by: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def typed(cls, names: str, note: str) -> Signed:
        """Read names as a person types them into one line: a semicolon stands between two, who may have commas of their own."""
        return cls(tuple(name.strip() for name in names.split(";") if name.strip()), note.strip())


def offline(subject: Subject) -> Ground:
    """Find what the answers alone say."""
    return Ground(check_answers(subject), f"{OFFLINE}: AWS was not asked")


def from_aws(subject: Subject, checked: Checked) -> Ground:
    """Take what a check against AWS found just now."""
    return _on(subject, checked, f"what AWS said of account {subject.account.id} when this was made")


def from_exported(subject: Subject, checked: Checked) -> Ground:
    """Take what a check found on facts that were exported before."""
    return _on(subject, checked, f"facts of account {subject.account.id} that were exported before")


def _on(subject: Subject, checked: Checked, said: str) -> Ground:
    asks = asks_of(subject)
    unread = len(asks) - sum(isinstance(reading, Read) for _, reading in checked.facts.items())
    return Ground(checked.findings, f"{said}{f'; {unread} of {len(asks)} facts could not be read' if unread else ''}")


def make(
    target: Target,
    ground: Ground,
    signed: Signed,
    *,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    now: datetime | None = None,
) -> tuple[Record, Written]:
    """Make a target's record and write its three forms, into the object's reports unless a folder is named.

    Nothing that `environ` holds as a secret is in it. Raises PlanewrightError.
    """
    redactor = Redactor()
    redactor.learn_environment(environ)
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    made = Made(at, me(), signed.by, signed.note)
    record = record_of(target, ground.findings, findings_from=ground.rests_on, made=made, redactor=redactor)
    return record, write(record, folder or target.place.reports)
