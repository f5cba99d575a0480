"""A record out of what lies in the workspace. AWS is not asked here, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wizard import __version__
from wizard.answers import save
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.deploy.gate import acknowledged
from wizard.deploy.record.model import Accepted, Record, Seen
from wizard.deploy.record.past import applied_stacks, latest_apply, timeline
from wizard.deploy.record.seen import newest_seen
from wizard.deploy.target import Target
from wizard.files import digest
from wizard.findings import Finding, worst_first
from wizard.redact import Redactor
from wizard.verify.hops import HopState


@dataclass(frozen=True, slots=True)
class Made:
    """Who makes a record and when; who signs it off, and what they want to have said in it."""

    at: datetime
    by: str
    signed_by: tuple[str, ...] = ()
    note: str = ""


def record_of(
    target: Target, findings: Iterable[Finding], *, findings_from: str, made: Made, redactor: Redactor | None = None
) -> Record:
    """Make the record of a target, every text in it redacted. Raises PlanewrightError for a run that cannot be read."""
    found = worst_first(tuple(findings))
    seen = newest_seen(target.place, after=latest_apply(target))
    deployment = target.answers if isinstance(target.answers, DeploymentAnswers) else None
    applied = applied_stacks(target)
    record = Record(
        object=target.name,
        kind=target.place.kind,
        shard=target.shard.name,
        topology=str(deployment.topology.value) if deployment else "shard",
        account=target.shard.account.id,
        region=target.shard.account.region,
        made_at=made.at,
        made_by=made.by,
        signed_by=made.signed_by,
        note=made.note,
        versions=_versions(seen, tuple(stack.engine for stack in applied)),
        answers=save.dump(target.answers),
        answers_digest=digest(target.place.answers.read_bytes()),
        findings=found,
        findings_from=findings_from,
        accepted=_accepted(target, found),
        applied=applied,
        timeline=timeline(target),
        verification=seen,
        not_proven=_not_proven(target, seen, findings_from, {stack.stack for stack in applied}),
    )
    return _redacted(record, redactor or Redactor())


def _redacted(record: Record, redactor: Redactor) -> Record:
    # Answers are a text in which keys and values stand side by side: it is masked as one, like everything else.
    return Record.model_validate(redactor.value(record.model_dump(mode="json")))


def _versions(seen: Seen | None, engines: tuple[str, ...]) -> dict[str, str]:
    versions = dict(seen.versions) if seen else {}
    if seen and seen.facts.provider:
        versions["aws provider"] = seen.facts.provider
    if engines:
        versions["engine"] = ", ".join(dict.fromkeys(engines))
    return {**versions, "planewright": __version__}


def _accepted(target: Target, findings: tuple[Finding, ...]) -> tuple[Accepted, ...]:
    now = {(finding.code, finding.path) for finding in findings}
    return tuple(
        Accepted(**entry.model_dump(), current=(entry.code, entry.path) in now) for entry in acknowledged(target.place)
    )


def _not_proven(target: Target, seen: Seen | None, findings_from: str, applied: set[str]) -> tuple[str, ...]:
    """Say what nothing in the record shows, in whole sentences."""
    told = [f"stack {stack} was never applied from this workspace" for stack in target.stacks if stack not in applied]
    if seen is None:
        told.append("the data path: no verification that can be read lies in this workspace")
    else:
        if not seen.current:
            told.append("the data path as it is now: something was applied after the newest verification")
        if seen.rehearsal:
            told.append("anything about a real AWS account: the verification is a rehearsal's")
        opened = [hop for hop in seen.hops if hop.state is not HopState.PASSED]
        if opened:
            told.append(f"{len(opened)} of {len(seen.hops)} hops, each named under Verification")
        told += seen.facts.not_proven
    if findings_from.startswith(OFFLINE):
        told.append("that AWS has room for what the answers ask: the findings are of the answers alone")
    return tuple(told)


#: How `findings_from` begins when AWS was not asked.
OFFLINE = "the answers alone"
