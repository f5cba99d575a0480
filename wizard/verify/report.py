"""The report of a verification: what is proven, what is not, and by what. Pure; redacted before it is handed out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from wizard import files
from wizard.redact import Redactor
from wizard.verify.hops import Hop, HopState, Verification

#: Version of the JSON report's shape.
FORMAT = 1

REHEARSED = "rehearsal: nothing here is proof about a real AWS account"


@dataclass(frozen=True, slots=True)
class RunFact:
    """One engine run that the report stands on. `plan_digest` is the saved plan's that was applied."""

    stack: str
    run: str
    result: str
    plan_digest: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What else the report tells, as far as it is known. `seeded` says of each secret, by name, whether it has a value.

    `not_proven` are sentences about what no hop looks at; `throttled` is what is to be said of calls that AWS turned away.
    """

    answers_digest: str = ""
    engine: str = ""
    provider: str = ""
    state_bucket: str = ""
    runs: tuple[RunFact, ...] = ()
    seeded: Mapping[str, bool] = field(default_factory=dict)
    drift: tuple[str, ...] = ()
    not_proven: tuple[str, ...] = ()
    throttled: str = ""


def to_json(verification: Verification, facts: Facts | None = None, redactor: Redactor | None = None) -> str:
    """Render the report for programs: sorted keys, times in ISO 8601, redacted."""
    facts = facts or Facts()
    value = {
        "format": FORMAT,
        "object": verification.object,
        "shard": verification.shard,
        "topology": verification.topology,
        "verified": verification.verified,
        "rehearsal": verification.endpoint is not None,
        "endpoint": verification.endpoint,
        "identity": asdict(verification.identity),
        "started_at": _iso(verification.started_at),
        "ended_at": _iso(verification.ended_at),
        "versions": dict(verification.versions),
        "counts": {state.value: count for state, count in verification.counts().items()},
        "first_failure": verification.first_failure.key if verification.first_failure else None,
        "hops": [_hop(hop) for hop in verification.hops],
        "facts": {**asdict(facts), "seeded": dict(facts.seeded)},
    }
    return files.to_json((redactor or Redactor()).value(value))


def to_markdown(verification: Verification, facts: Facts | None = None, redactor: Redactor | None = None) -> str:
    """Render the report for people: what is not proven first, worst first; then what is; then what it stands on."""
    facts = facts or Facts()
    parts = [
        *_head(verification),
        *_not_proven(verification, facts),
        *_proven(verification),
        *_ground(verification, facts),
    ]
    return (redactor or Redactor()).text("\n".join(parts).rstrip() + "\n")


def _head(verification: Verification) -> list[str]:
    counts = verification.counts()
    told = ", ".join(f"{state.symbol} {counts[state]} {state.word}" for state in HopState if counts[state])
    seconds = (verification.ended_at - verification.started_at).total_seconds()
    stood_in = (
        [f"> **{REHEARSED}** (AWS was asked at {_text(verification.endpoint)}).", ""] if verification.endpoint else []
    )
    return [
        f"# Verification of {_text(verification.object)}: {_verdict(verification)}",
        "",
        *stood_in,
        f"- {len(verification.proven)} of {len(verification.hops)} hops proven: {told}",
        f"- topology {verification.topology}, shard {_text(verification.shard)}",
        f"- account {verification.identity.account}, as {_text(verification.identity.arn)}",
        f"- {_told(verification.started_at)}, {seconds:.0f} s",
        "",
    ]


def _verdict(verification: Verification) -> str:
    if verification.first_failure is not None:
        return f"failed at “{_text(verification.first_failure.title)}”"
    waiting = verification.in_state(HopState.WAITING)
    if waiting:
        return f"waiting on {', '.join(dict.fromkeys(hop.waiting_on for hop in waiting))}"
    if not verification.proven:
        return "nothing could be seen"
    return "every hop that can be seen from here has passed"


def _not_proven(verification: Verification, facts: Facts) -> list[str]:
    hops, beyond = verification.not_proven, facts.not_proven
    lines = ["## Not proven", ""]
    for hop in hops:
        on = f" on {hop.waiting_on}" if hop.waiting_on else ""
        lines += [f"### {hop.state.symbol} {hop.state.word}{on}: {_text(hop.title)}", ""]
        lines += [f"- {label}: {_text(text)}" for label, text in _labelled(hop) if text]
        lines += ["", *_seen(hop), *_block("sh", hop.commands)]
    if beyond:
        lines += ["### ? No hop looks at this", "", *(f"- {_text(sentence)}" for sentence in beyond), ""]
    if not hops and not beyond:
        lines += ["Nothing is left open.", ""]
    return lines


def _labelled(hop: Hop) -> Sequence[tuple[str, str]]:
    return (("what", hop.subject), ("why", hop.reason), ("remedy", hop.remedy))


def _proven(verification: Verification) -> list[str]:
    lines = ["## Proven", ""]
    for hop in verification.proven:
        lines += [f"### {hop.state.symbol} {hop.state.word}: {_text(hop.title)}", "", f"- what: {_text(hop.subject)}"]
        lines += [f"- seen at {_told(hop.observed_at)}, in {hop.seconds:.1f} s", "", *_seen(hop)]
    if not verification.proven:
        lines += ["Nothing.", ""]
    return lines


def _seen(hop: Hop) -> list[str]:
    """Evidence, as it came."""
    return _block("text", hop.evidence)


def _block(kind: str, lines: Sequence[str]) -> list[str]:
    """Lines in a block that nothing inside can close."""
    if not lines:
        return []
    fence = "`" * max(3, *(len(run) + 1 for text in lines for run in re.findall(r"`+", text) or [""]))
    return [f"{fence}{kind}", *lines, fence, ""]


def _ground(verification: Verification, facts: Facts) -> list[str]:
    versions = {**verification.versions, "engine": facts.engine, "aws provider": facts.provider}
    rows = [
        *((name, version) for name, version in versions.items() if version),
        ("answers", facts.answers_digest),
        ("state bucket", facts.state_bucket),
    ]
    lines = ["## What this stands on", "", *(f"- {name}: {_text(value)}" for name, value in rows if value)]
    lines += [
        f"- run of {_text(run.stack)}: {_text(run.run)}, {_text(run.result)}"
        + (f", plan {_text(run.plan_digest)}" if run.plan_digest else "")
        for run in facts.runs
    ]
    lines += [
        f"- secret {_text(name)} {'has a value' if seeded else 'has no value yet'}"
        for name, seeded in sorted(facts.seeded.items())
    ]
    lines += [f"- drift: {_text(entry)}" for entry in facts.drift]
    lines += [f"- {_text(facts.throttled)}"] if facts.throttled else []
    return [*lines, ""]


def _hop(hop: Hop) -> dict[str, Any]:
    value = {**asdict(hop), "state": hop.state.value, "observed_at": _iso(hop.observed_at)}
    return value if hop.commands else {key: told for key, told in value.items() if key != "commands"}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _text(text: str) -> str:
    """One line of Markdown in which nothing is markup: names and AWS's messages are other people's text."""
    # An underscore within a word is none either way, and names are full of them.
    return re.sub(r"([\\`*<>\[\]|#]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))
