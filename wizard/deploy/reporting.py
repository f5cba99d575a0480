"""Verification of a target, and the record of it: what the report stands on is gathered here, and written beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, LinkOutputs, ShardOutputs
from wizard.blueprints.springtail.names import state_bucket
from wizard.blueprints.springtail.stacks import INSTANCE, LINK, SHARD
from wizard.deploy import store
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.errors import ContractError
from wizard.files import digest, write_atomic
from wizard.verify import report
from wizard.verify.hops import Hop, Verification
from wizard.verify.report import Facts, RunFact
from wizard.verify.verify import verify, verify_shard

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession
    from wizard.verify.customer.pasted import Pasted

#: What no hop of this version looks at, said in every report.
BEYOND = (
    "Springtail's own services: replication, the proxy's answers and reads served by an FDW are not looked at",
    "the customer's side is seen only as far as this account can see it",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A verification and where its report lies."""

    verification: Verification
    markdown: Path
    json: Path


def verify_target(
    target: Target, session: AwsSession, *, on_hop: Callable[[Hop], None], pasted: Pasted | None = None
) -> Written:
    """Walk the path, and write the report in Markdown and JSON. Raises ContractError for what was never applied.

    What the customer sent of their side (`pasted`) is judged by the same rules as what their role shows.
    """
    from wizard.deploy.customer_access import customers_of

    shard_outputs = _applied(target, SHARD)
    if not isinstance(shard_outputs, ShardOutputs):
        raise TypeError(SHARD)
    if isinstance(target.answers, ShardAnswers):
        seen = verify_shard(target.shard, shard_outputs, session, on_hop=on_hop)
    else:
        outputs = _applied(target, INSTANCE)
        link = store.load_contract(target.place, LINK)
        if not isinstance(outputs, InstanceOutputs):
            raise TypeError(INSTANCE)
        seen = verify(
            target.deployment,
            target.shard,
            outputs=outputs,
            shard_outputs=shard_outputs,
            link=link if isinstance(link, LinkOutputs) else None,
            session=session,
            customers=customers_of(target, session, outputs, pasted),
            on_hop=on_hop,
        )
    return _write(target, seen, gather(target, session))


def gather(target: Target, session: AwsSession) -> Facts:
    """Gather what the report stands on: answers, engine, runs, secrets that have a value. Reads no secret."""
    from wizard.aws.secret_store import secret_status

    latest = {stack: runs.latest(target.place.runs, stack=stack, actions=("apply",)) for stack in target.stacks}
    applied = [run for run in latest.values() if run is not None]
    outputs = store.load_contract(target.place, INSTANCE) if target.place.kind == "deployment" else None
    seeded: dict[str, bool] = {}
    if isinstance(outputs, InstanceOutputs):
        names = (outputs.database_secret_name, outputs.redis_secret_name, outputs.proxy_tls_secret_name)
        seeded = {s.name: s.has_value for s in secret_status(session, [name for name in names if name])}
    return Facts(
        answers_digest=digest(target.place.answers.read_bytes()),
        engine=", ".join(sorted({f"{r.request.engine_kind} {r.request.engine_version}" for r in applied})),
        provider=_provider(target),
        state_bucket=state_bucket(target.shard),
        runs=tuple(_fact(run) for run in applied),
        seeded=seeded,
        drift=tuple(address for stack in target.stacks for address in store.load_drift(target.place, stack)),
        not_proven=BEYOND,
        throttled=session.throttled.told,
    )


def _provider(target: Target) -> str:
    """Version of the AWS provider, as the engine's lock file has it."""
    try:
        text = (target.place.stack(target.stacks[0]) / ".terraform.lock.hcl").read_text()
    except OSError:
        return ""
    found = re.search(r'hashicorp/aws" \{[^}]*?\bversion\s*=\s*"([^"]+)"', text)
    return found[1] if found else ""


def _fact(run: runs.Run) -> RunFact:
    recorded = run.recorded()
    return RunFact(
        run.request.stack, run.id, recorded.outcome if recorded else "running", run.request.plan_digest or ""
    )


def _applied(target: Target, stack: str) -> object:
    place = target.shard_place if stack == SHARD else target.place
    contract = store.load_contract(place, stack)
    if contract is None:
        raise ContractError(
            f"stack {stack} of {place.name} has not been applied from this workspace",
            cause=f"{place.contract(stack)} does not exist",
            action=f"planewright apply {place.name}",
        )
    return contract


def _write(target: Target, seen: Verification, facts: Facts) -> Written:
    stamp = f"{seen.started_at:%Y%m%dT%H%M%SZ}"
    markdown = target.place.reports / f"verification-{stamp}.md"
    as_json = target.place.reports / f"verification-{stamp}.json"
    write_atomic(markdown, report.to_markdown(seen, facts))
    write_atomic(as_json, report.to_json(seen, facts))
    return Written(seen, markdown, as_json)
