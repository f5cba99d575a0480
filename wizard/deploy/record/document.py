"""A record in words: sections of a document, which Markdown and HTML then show alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from wizard.deploy.record.model import Record, Seen, SeenHop
from wizard.findings import Severity
from wizard.verify.hops import HopState

REHEARSED = "This is a rehearsal: nothing here is proof about a real AWS account."


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or two. `leads` when it is the head of what follows."""

    text: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Text that stands as it came. `label` says what it is."""

    label: str
    text: str


Block = Paragraph | Items | Table | Verbatim


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole."""

    title: str
    sections: tuple[Section, ...]


def document(record: Record) -> Document:
    """Say a record in words: the verdict and what is not proven before everything else."""
    sections = (
        Section("Summary", tuple(_summary(record))),
        Section("Not proven", (_listed(record.not_proven, "Nothing is left open."),)),
        Section("Verification", tuple(_verification(record.verification))),
        Section("Findings", tuple(_findings(record))),
        Section("Accepted findings", (_accepted(record),)),
        Section("What was applied", (_applied(record),)),
        Section("Timeline", (_timeline(record),)),
        Section(
            "Answers",
            (Paragraph(f"Digest of the file: {record.answers_digest}"), Verbatim("answers.yaml", record.answers)),
        ),
        Section("Versions", (_listed(tuple(f"{k}: {v}" for k, v in sorted(record.versions.items())), "None known."),)),
    )
    return Document(f"Record of {record.object}: {verdict(record)}", sections)


def verdict(record: Record) -> str:
    """Say in a few words how it stands."""
    seen = record.verification
    if seen is None:
        return "not verified"
    failed, waiting = seen.in_state(HopState.FAILED), seen.in_state(HopState.WAITING)
    if failed:
        said = f"failed at {failed[0].title}"
    elif waiting:
        said = f"waiting on {', '.join(dict.fromkeys(hop.waiting_on for hop in waiting))}"
    elif not seen.verified:
        said = "nothing could be seen"
    else:
        said = "every hop that can be seen has passed"
    return said if seen.current else f"{said}, before the newest apply"


def _summary(record: Record) -> Iterator[Block]:
    if record.verification is not None and record.verification.rehearsal:
        yield Paragraph(REHEARSED, leads=True)
    yield Items(
        (
            f"{record.kind} {record.object}, topology {record.topology}, on shard {record.shard}",
            f"account {record.account} in {record.region}",
            f"made {told(record.made_at)} by {record.made_by}",
            f"signed off by {', '.join(record.signed_by)}" if record.signed_by else "not signed off by anybody",
        )
    )
    if record.note:
        yield Paragraph(record.note)


def _verification(seen: Seen | None) -> Iterator[Block]:
    if seen is None:
        yield Paragraph("There is none that can be read.")
        return
    passed = seen.in_state(HopState.PASSED)
    yield Items(
        (
            f"{len(passed)} of {len(seen.hops)} hops proven",
            f"{told(seen.started_at)} to {told(seen.ended_at)}, as {seen.identity.arn}",
            f"report {seen.file}, {seen.digest}",
            *(f"secret {name} {'has a value' if has else 'has no value'}" for name, has in seen.facts.seeded.items()),
            *(f"drift: {entry}" for entry in seen.facts.drift),
        )
    )
    for hop in sorted(seen.hops, key=lambda hop: hop.state.rank):
        yield from _hop(hop)


def _hop(hop: SeenHop) -> Iterator[Block]:
    on = f" on {hop.waiting_on}" if hop.waiting_on else ""
    said = ((f"why: {hop.reason}",) if hop.reason else ()) + ((f"remedy: {hop.remedy}",) if hop.remedy else ())
    yield Paragraph(f"{hop.state.symbol} {hop.state.word}{on}: {hop.title} ({hop.key})", leads=True)
    yield Items((f"what: {hop.subject}", *said, f"seen {told(hop.observed_at)}, in {hop.seconds:.1f} s"))
    if hop.evidence:
        yield Verbatim("evidence", "\n".join(hop.evidence))


def _findings(record: Record) -> Iterator[Block]:
    yield Paragraph(f"They rest on {record.findings_from}.")
    for finding in record.findings:
        where = f" at {finding.path}" if finding.path else ""
        yield Paragraph(f"{finding.severity.symbol} {finding.severity.value}: {finding.code}{where}", leads=True)
        if finding.severity is Severity.INFO:
            yield Items((finding.what,))
        else:
            yield Items((finding.what, f"why: {finding.why}", f"remedy: {finding.remedy}"))
    if not record.findings:
        yield Paragraph("None.")


def _accepted(record: Record) -> Block:
    rows = tuple(
        (entry.code, entry.path, entry.reason, entry.who, told(entry.at), "yes" if entry.current else "no longer found")
        for entry in record.accepted
    )
    return Table(("Finding", "At", "Reason", "By", "When", "Still found"), rows) if rows else Paragraph("None.")


def _applied(record: Record) -> Block:
    rows = tuple(
        (
            f"{entry.owner} {entry.stack}",
            f"{entry.action}: {entry.outcome}",
            entry.plan_digest or "not on record",
            entry.engine,
            entry.who,
            told(entry.ended_at) if entry.ended_at else "not on record",
        )
        for entry in record.applied
    )
    return (
        Table(("Stack", "Outcome", "Plan", "Engine", "By", "Ended"), rows)
        if rows
        else Paragraph("Nothing, from this workspace.")
    )


def _timeline(record: Record) -> Block:
    rows = tuple((told(event.at), event.object, event.what, event.who) for event in record.timeline)
    return Table(("When", "Object", "What", "By"), rows) if rows else Paragraph("Nothing is on record.")


def _listed(items: tuple[str, ...], otherwise: str) -> Block:
    return Items(items) if items else Paragraph(otherwise)


def told(moment: datetime) -> str:
    """Give a time as people read it, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
