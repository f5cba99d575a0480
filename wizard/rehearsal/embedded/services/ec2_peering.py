"""VPC peering: overlapping networks fail, a request expires after seven days, each side sets its own options once the
peering is active, and each account has tags of its own on it.
"""

from __future__ import annotations

import copy
import ipaddress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure, param, result
from wizard.rehearsal.embedded.world import world

#: How long a request can be accepted.
_LASTS: Final = timedelta(days=7)
_FILTERS: Final = {
    "vpc-peering-connection-id": lambda peering: peering.id,
    "status-code": lambda peering: peering.status["Code"],
    "requester-vpc-info.vpc-id": lambda peering: peering.vpc.id,
    "requester-vpc-info.owner-id": lambda peering: peering.vpc.owner_id,
    "requester-vpc-info.cidr-block": lambda peering: peering.vpc.cidr_block,
    "accepter-vpc-info.vpc-id": lambda peering: peering.peer_vpc.id,
    "accepter-vpc-info.owner-id": lambda peering: peering.peer_vpc.owner_id,
    "accepter-vpc-info.cidr-block": lambda peering: peering.peer_vpc.cidr_block,
}


def _create(original: Any, backend: Any, vpc: Any, peer_vpc: Any, tags: Any = None) -> Any:
    peering = original(backend, vpc, peer_vpc, tags)
    peering.expiration_time = _now() + _LASTS
    if _overlap(vpc, peer_vpc):
        peering._status.code = "failed"  # noqa: SLF001 - moto has no verb for it
        peering._status.message = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"  # noqa: SLF001
    return peering


def _overlap(vpc: Any, peer_vpc: Any) -> bool:
    mine, theirs = (
        [ipaddress.ip_network(entry["cidr_block"]) for entry in side.get_cidr_block_association_set()]
        for side in (vpc, peer_vpc)
    )
    return any(one.overlaps(other) for one in mine for other in theirs)


def _get(original: Any, backend: Any, vpc_pcx_id: str) -> Any:
    """Give a peering as it is now: time passes for one that nobody accepts."""
    peering = original(backend, vpc_pcx_id)
    if peering.status["Code"] == "pending-acceptance" and _now() >= peering.expiration_time:
        peering._status.code, peering._status.message = "expired", "Expired"  # noqa: SLF001 - moto has no verb for it
    if peering.status["Code"] != "pending-acceptance":
        peering.expiration_time = None  # AWS tells it of a request that waits, and of nothing else
    return peering


def _now() -> datetime:
    return datetime.now(UTC) + world().hooks.ahead


def _modify_options(original: Any, response: Any) -> Any:
    peering_id = param(response, "VpcPeeringConnectionId")
    peering = response.ec2_backend.get_vpc_peering_connection(peering_id)
    if peering.status["Code"] != "active":
        raise failure(
            "OperationNotPermitted",
            f"Peering {peering_id} is not active. Peering options can be added only to active peerings.",
        )
    sides = (
        ("RequesterPeeringConnectionOptions", peering.vpc),
        ("AccepterPeeringConnectionOptions", peering.peer_vpc),
    )
    for name, vpc in sides:
        if param(response, name) and vpc.owner_id != response.current_account:
            side = name.removesuffix("PeeringConnectionOptions").lower()
            raise failure("OperationNotPermitted", f"User cannot modify the {side}'s options of {peering_id}.")
    return original(response)


def _describe(original: Any, response: Any) -> Any:
    del original
    backend = response.ec2_backend
    ids = param(response, "VpcPeeringConnectionIds", [])
    peerings = [
        _seen_by(backend, backend.get_vpc_peering_connection(peering_id))
        for peering_id in ids or list(backend.vpc_pcxs)
    ]
    for condition in param(response, "Filters", []):
        name, values = condition["Name"], condition.get("Values", [])
        peerings = [peering for peering in peerings if _matches(peering, name, values)]
    return result({"VpcPeeringConnections": peerings})


def _seen_by(backend: Any, peering: Any) -> Any:
    """Give a peering with an account's own tags: what the other account has tagged it with, AWS tells nobody else."""
    seen = copy.copy(peering)
    seen.ec2_backend = backend
    return seen


def _matches(peering: Any, name: str, values: list[str]) -> bool:
    if name.startswith("tag:"):
        tags = {tag["key"]: tag["value"] for tag in peering.get_tags()}
        return tags.get(name.removeprefix("tag:")) in values
    if name not in _FILTERS:
        raise failure("InvalidParameterValue", f"The filter '{name}' is invalid")
    return _FILTERS[name](peering) in values


def install() -> None:
    """Correct peering."""
    from moto.ec2.models.vpc_peering_connections import VPCPeeringConnectionBackend
    from moto.ec2.responses.vpc_peering_connections import VPCPeeringConnections

    wrap(VPCPeeringConnectionBackend, "create_vpc_peering_connection", _create)
    wrap(VPCPeeringConnectionBackend, "get_vpc_peering_connection", _get)
    wrap(VPCPeeringConnections, "modify_vpc_peering_connection_options", _modify_options)
    wrap(VPCPeeringConnections, "describe_vpc_peering_connections", _describe)
