"""A workspace in which a whole call has left its traces."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.deploy.objects import a_run
from tests.verify.world import NOW, FakeReads, a_peering, look
from tests.workspaces import with_examples
from wizard.deploy.record.gathering import OFFLINE, Made, record_of
from wizard.deploy.record.model import Record
from wizard.deploy.target import Target, open_target
from wizard.engine import runs
from wizard.files import to_json, write_atomic
from wizard.findings import Finding, Severity
from wizard.verify.hops import Verification
from wizard.verify.report import Facts
from wizard.verify.report import to_json as report_json
from wizard.workspace import Workspace

BEFORE = NOW - timedelta(hours=2)
MADE = Made(datetime(2026, 3, 1, 13, 0, tzinfo=UTC), "operator@laptop", ("Ada of Acme", "Bo"), "All went well.")
PLAN_DIGEST = f"sha256:{'b' * 64}"
FOUND = Finding(
    code="STATE_LOCAL", severity=Severity.HIGH, path="state.backend", what="it is local", why="it may be lost", remedy="use s3"
)  # fmt: skip


def well() -> Verification:
    return replace(look(FakeReads()), ended_at=NOW + timedelta(seconds=42))


def waiting() -> Verification:
    pending = {
        key: a_peering(key, "pending-acceptance", expires_at=NOW + timedelta(days=7)) for key in ("pcx-db", "pcx-web")
    }
    return replace(look(FakeReads(peerings=pending)), ended_at=NOW + timedelta(seconds=42))


def after_a_call(root: Path, seen: Verification | None = None) -> Target:
    """Acme's deployment: applied, seeded, a finding accepted, verified."""
    target = open_target(Workspace(with_examples(root)), "acme-prod")
    place = target.place
    a_run(target.shard_place, BEFORE - timedelta(hours=1), stack="shard")
    plan = a_run(place, BEFORE, action="plan")
    apply = a_run(place, BEFORE + timedelta(minutes=5), of=plan)
    request = replace(apply.request, plan_digest=PLAN_DIGEST)
    request.write(apply.path / "request.json")
    write_atomic(
        place.path / "acknowledgements.json",
        to_json(
            [
                {"code": code, "path": "state.backend", "reason": "a trial", "who": "bo", "at": BEFORE.isoformat()}
                for code in ("STATE_LOCAL", "LONG_GONE")
            ]
        ),
    )
    seeded = {"at": (BEFORE + timedelta(minutes=9)).isoformat(), "name": "sk/acme/password", "did": "put"}
    write_atomic(place.hidden / "seeding.jsonl", json.dumps(seeded) + '\n{"half')
    if seen is not None:
        verified(target, seen)
    return target


def verified(target: Target, seen: Verification) -> None:
    facts = Facts(provider="5.100.0", seeded={"sk/acme/password": True}, not_proven=("what no hop looks at",))
    write_atomic(target.place.reports / f"verification-{seen.started_at:%Y%m%dT%H%M%SZ}.json", report_json(seen, facts))


def a_record(target: Target, *findings: Finding, made: Made = MADE) -> Record:
    return record_of(target, findings, findings_from=f"{OFFLINE}: AWS was not asked", made=made)


def runs_of(target: Target) -> list[runs.Run]:
    return list(runs.listed(target.place.runs))
