"""The gate before anything is planned or applied: critical findings block, high ones need a reason on record."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from wizard.errors import BlockedError, InputError
from wizard.files import to_json, write_atomic
from wizard.findings import Finding, Severity
from wizard.workspace import Place


class Acknowledgement(BaseModel):
    """Somebody's decision to go on in spite of a high finding."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    path: str
    reason: str
    who: str
    at: datetime


def _file(place: Place) -> Path:
    return place.path / "acknowledgements.json"


def acknowledged(place: Place) -> tuple[Acknowledgement, ...]:
    """Read what was acknowledged for this object so far."""
    try:
        entries = json.loads(_file(place).read_bytes())
        return tuple(Acknowledgement.model_validate(entry) for entry in entries)
    except FileNotFoundError:
        return ()
    except ValueError as error:
        raise InputError(
            f"{_file(place)} cannot be read",
            cause=str(error),
            action="restore it from git, or delete it and acknowledge anew",
        ) from None


def acknowledge(place: Place, findings: Iterable[Finding], settings: Iterable[str]) -> None:
    """Record `CODE=reason` for every high finding of that code. Other severities cannot be acknowledged."""
    entries = list(acknowledged(place))
    findings = tuple(findings)
    for setting in settings:
        code, _, reason = setting.partition("=")
        matching = [f for f in findings if f.code == code and f.severity is Severity.HIGH]
        if not reason.strip():
            raise InputError(
                f"--acknowledge {setting}: a reason is missing",
                action=f"--acknowledge {code}='why it is all right here'",
            )
        if not matching:
            high = sorted({f.code for f in findings if f.severity is Severity.HIGH})
            raise InputError(
                f"--acknowledge {code}: no high finding of that code",
                cause=f"high findings now: {', '.join(high) or 'none'}; critical ones cannot be acknowledged",
                action="`planewright check NAME` lists them",
            )
        entries += [
            Acknowledgement(code=code, path=f.path, reason=reason.strip(), who=getpass.getuser(), at=datetime.now(UTC))
            for f in matching
        ]
    if entries:
        write_atomic(_file(place), to_json([entry.model_dump(mode="json") for entry in entries]))


def holding(findings: Iterable[Finding], known: Iterable[Acknowledgement]) -> tuple[Finding, ...]:
    """Give the findings that hold the step: critical ones, and high ones that nobody acknowledged at that path."""
    passed = {(entry.code, entry.path) for entry in known}
    return tuple(
        f
        for f in findings
        if f.severity is Severity.CRITICAL or (f.severity is Severity.HIGH and (f.code, f.path) not in passed)
    )


def require_clear(place: Place, findings: Iterable[Finding]) -> None:
    """Raise BlockedError naming every finding that holds the step."""
    held = holding(findings, acknowledged(place))
    if held:
        codes = ", ".join(f"{f.code} ({f.severity.value}, {f.path or place.name})" for f in held)
        raise BlockedError(
            f"{len(held)} finding{'s' if len(held) > 1 else ''} hold {place.name}",
            cause=codes,
            action=f"`planewright check {place.name}` shows each with its remedy; a high one can be acknowledged: --acknowledge CODE='reason'",
        )
