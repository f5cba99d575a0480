"""The customer's side as far as this account can see it: the reads among the path's probes, again and again while they work.

Looks with the probes of `wizard.verify`, those alone that run nothing on a node: a look costs a few reads.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, LinkOutputs, ShardOutputs
from wizard.blueprints.springtail.stacks import INSTANCE, LINK, SHARD
from wizard.deploy import store
from wizard.deploy.last_verification import last_verification
from wizard.errors import InputError
from wizard.verify.customer.path import looks_of, with_customer
from wizard.verify.hops import Hop, HopState
from wizard.verify.path import PlannedHop, deployment_path, shard_path
from wizard.workspace import Place

if TYPE_CHECKING:
    from wizard.aws.reads import PeeringFact
    from wizard.aws.session import AwsSession
    from wizard.deploy.target import Target
    from wizard.verify.customer.pasted import Pasted
    from wizard.verify.customer.reads import CustomerReads
    from wizard.verify.reads import Reads

#: Hops that are seen by reading alone, and in which somebody's part of the handoff shows; those of applications besides.
_READ = frozenset(
    {
        "peering.database",
        "peering.database.dns",
        "inbound.nlb",
        "inbound.endpoint",
        "inbound.zone",
        "inbound.target",
        "inbound.health",
        "service.seen",
        "service.endpoint",
        "service.zone",
        "service.name",
        "proxy.nlb",
        "proxy.listener",
        "proxy.clients",
    }
)


_OTHERS = ("service.application.", "customer.")


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: the hops, when a request that nobody accepted expires, and the peerings whose other side resolves names."""

    at: datetime
    hops: tuple[Hop, ...] = ()
    expires: dict[str, datetime] = field(default_factory=dict)
    accepter_dns: frozenset[str] = frozenset()

    @property
    def accepted(self) -> bool:
        """Whether every peering is active, or our endpoint accepted; False where there is neither."""
        peerings = [hop for hop in self.hops if is_peering(hop.key)]
        return bool(peerings) and all(hop.state is HopState.PASSED for hop in peerings)


def is_peering(key: str) -> bool:
    """Whether a hop is somebody's acceptance."""
    return key == "service.endpoint" or (key.startswith("peering.") and not key.endswith(".dns"))


def outputs_of(target: Target) -> tuple[InstanceOutputs, ShardOutputs] | None:
    """Give what a deployment and its shard hand over; None while either is not applied."""
    own, shard = store.load_contract(target.place, INSTANCE), store.load_contract(target.shard_place, SHARD)
    if isinstance(own, InstanceOutputs) and isinstance(shard, ShardOutputs):
        return own, shard
    return None


def path_of(target: Target) -> tuple[PlannedHop, ...]:
    """Give the hops that a verification of a target looks at; none while it is not applied."""
    if isinstance(target.answers, ShardAnswers):
        shard = store.load_contract(target.shard_place, SHARD)
        return shard_path(shard) if isinstance(shard, ShardOutputs) else ()
    outputs = outputs_of(target)
    if outputs is None:
        return ()
    looks = looks_of(target.deployment, outputs[0])
    return with_customer(deployment_path(target.deployment, outputs[0]), target.deployment, outputs[0], looks)


def read_answer(target: Target, text: str) -> Pasted:
    """Read what the customer sent of their side. InputError says what is wrong with it, or that nothing is asked of them."""
    from wizard.verify.customer.pasted import read_pasted

    outputs = None if isinstance(target.answers, ShardAnswers) else outputs_of(target)
    private = outputs[0].private if outputs is not None else None
    if private is None:
        raise InputError(
            f"{target.name} asks nothing that could be pasted",
            cause="only a deployment that is peered with the customer's VPC, and applied, has commands for them",
            action=f"planewright verify {target.name}",
        )
    return read_pasted(text, vpc_id=private.database_peering.peer_vpc_id)


def look(target: Target, session: AwsSession) -> Seen:
    """Read how the customer's side is now. Nothing is seen of what was never applied. Raises AwsError, AccountError."""
    from wizard.deploy.customer_access import customers_of
    from wizard.verify.edge import AwsReads

    outputs = None if isinstance(target.answers, ShardAnswers) else outputs_of(target)
    customers = customers_of(target, session, outputs[0]) if outputs is not None else {}
    return look_with(target, AwsReads(session), customers=customers)


def _now() -> datetime:
    return datetime.now(UTC)


def look_with(
    target: Target,
    reads: Reads,
    *,
    customers: Mapping[str, CustomerReads] | None = None,
    clock: Callable[[], datetime] = _now,
) -> Seen:
    """`look`, with the questions answered by whoever is given."""
    from wizard.verify.customer.reads import Side
    from wizard.verify.probes.table import deployment_probe
    from wizard.verify.scene import Scene
    from wizard.verify.walk import walk

    outputs = None if isinstance(target.answers, ShardAnswers) else outputs_of(target)
    if outputs is None:
        return Seen(clock())
    once = _Once(reads)
    link = store.load_contract(target.place, LINK)
    applied = link if isinstance(link, LinkOutputs) else None
    sides = {name: Side(one) for name, one in (customers or {}).items()}
    scene = Scene(target.deployment, target.shard, outputs[0], outputs[1], applied, cast("Reads", once), clock, sides)
    looks = {name: side.tells for name, side in sides.items()}
    path = readable(with_customer(deployment_path(target.deployment, outputs[0]), target.deployment, outputs[0], looks))
    hops = walk(path, deployment_probe(scene), on_hop=lambda _hop: None, clock=clock)
    facts = [fact for fact in once.peerings.values() if fact is not None]
    return Seen(
        clock(),
        hops,
        {fact.id: fact.expires_at for fact in facts if fact.expires_at and fact.status == "pending-acceptance"},
        frozenset(fact.id for fact in facts if fact.accepter_dns),
    )


def readable(path: Sequence[PlannedHop]) -> tuple[PlannedHop, ...]:
    """Give the hops that are seen by reading alone, standing on each other only."""
    kept = [hop for hop in path if hop.key in _READ or is_peering(hop.key) or hop.key.startswith(_OTHERS)]
    keys = {hop.key for hop in kept}
    return tuple(
        replace(
            hop,
            needs=tuple(key for key in hop.needs if key in keys),
            stands_on=tuple(key for key in hop.stands_on if key in keys),
        )
        for hop in kept
    )


def reported(place: Place, *, since: datetime | None) -> tuple[Hop, ...]:
    """Give the hops of the newest verification, as its report has them.

    None while there is no report that can be read, and of one that ended before `since`: what it saw may be gone.
    """
    newest = last_verification(place)
    if newest is None or (since is not None and newest.at < since):
        return ()
    try:
        value = json.loads(newest.path.with_suffix(".json").read_bytes())
        return tuple(_hop(hop) for hop in value["hops"])
    except (OSError, ValueError, TypeError, KeyError):
        return ()


def _hop(value: dict[str, object]) -> Hop:
    evidence, commands = value.get("evidence") or (), value.get("commands") or ()
    return Hop(
        key=str(value["key"]),
        title=str(value["title"]),
        subject=str(value["subject"]),
        state=HopState(str(value["state"])),
        observed_at=datetime.fromisoformat(str(value["observed_at"])).astimezone(UTC),
        evidence=tuple(map(str, evidence)) if isinstance(evidence, list) else (),
        reason=str(value.get("reason") or ""),
        remedy=str(value.get("remedy") or ""),
        waiting_on=str(value.get("waiting_on") or ""),
        commands=tuple(map(str, commands)) if isinstance(commands, list) else (),
    )


class _Once:
    """Reads each peering once a look, and keeps what was read; asks on for everything else."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._lock = threading.Lock()
        self.peerings: dict[str, PeeringFact | None] = {}

    def peering(self, peering_id: str) -> PeeringFact | None:
        """Read a peering, or give what was read."""
        with self._lock:
            if peering_id not in self.peerings:
                self.peerings[peering_id] = self._reads.peering(peering_id)
            return self.peerings[peering_id]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reads, name)
