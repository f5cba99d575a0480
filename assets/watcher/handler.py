"""Keep the inbound target group at the addresses that the database's name has now.

Called each minute, from within the transit VPC, with what it needs in its environment: DATABASE_HOST, DATABASE_PORT,
TARGET_GROUP_ARN, SNS_TOPIC_ARN. A call looks, decides (`decide`, pure) and does; it remembers nothing, so a call that was
lost is made good by the next one. What it cannot settle is raised: Lambda counts it, and the alarm on its errors tells.

The rule of every change: the database is never left without a target that could serve. A target goes only when another
one that the name resolves to is healthy, so neither a failed lookup nor half a failover empties the group.

This file is the whole function: the standard library and boto3, Python 3.12 on Lambda.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_elbv2.type_defs import TargetDescriptionTypeDef
    from mypy_boto3_sns import SNSClient

#: What a load balancer takes as a target outside its own VPC (RFC 1918 and RFC 6598).
PLAUSIBLE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))

#: Seconds and attempts of each call to AWS: a call and its one retry end well within the function's own time limit.
CALLS = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 2, "mode": "standard"})

#: The database's VPC is never the load balancer's: a peering's two sides cannot overlap. AWS then wants this zone.
OUTSIDE_THE_VPC = "all"

HEALTHY = "healthy"
DRAINING = "draining"

Resolve = Callable[[str], Iterable[str]]


class WatcherError(Exception):
    """What keeps the watcher from doing its work; the message names it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A registered target; `state` as elbv2 says it (healthy, unhealthy, initial, draining, unused, …)."""

    address: str
    port: int
    state: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `problem`: nothing can be decided, and why. `wait`: stale targets stay for now, and why."""

    register: tuple[str, ...] = ()
    deregister: tuple[Target, ...] = ()
    problem: str = ""
    wait: str = ""

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.register or self.deregister)


@dataclass(frozen=True, slots=True)
class Settings:
    """What one watcher watches."""

    host: str
    port: int
    target_group_arn: str
    topic_arn: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Read the function's environment; WatcherError names what is missing."""
        try:
            return cls(
                host=environment["DATABASE_HOST"],
                port=int(environment["DATABASE_PORT"]),
                target_group_arn=environment["TARGET_GROUP_ARN"],
                topic_arn=environment["SNS_TOPIC_ARN"],
            )
        except (KeyError, ValueError) as error:
            raise WatcherError(f"the function's environment is incomplete or wrong: {error}") from None


def implausible(addresses: Iterable[str]) -> list[str]:
    """Addresses that cannot be the database seen through a peering: public, loopback, link-local, or none at all."""
    return [address for address in sorted(addresses) if not _plausible(address)]


def _plausible(address: str) -> bool:
    try:
        parsed = IPv4Address(address)
    except ValueError:
        return False
    return any(parsed in network for network in PLAUSIBLE)


def decide(resolved: Iterable[str], targets: Iterable[Target], port: int) -> Decision:
    """Decide which addresses to register at `port`, and which targets may go.

    A draining target is on its way out: it neither counts as registered nor as something to deregister.
    """
    wanted = frozenset(resolved)
    if not wanted:
        return Decision(problem="the name resolves to no address")
    wrong = implausible(wanted)
    if wrong:
        return Decision(
            problem=f"the name resolves to {', '.join(wrong)}: not a private address (10/8, 172.16/12, 192.168/16, "
            "100.64/10). For a publicly accessible database that means: DNS resolution is not on for the peering"
        )
    live = [target for target in targets if target.state != DRAINING]
    current = [target for target in live if target.port == port and target.address in wanted]
    stale = sorted((target for target in live if target not in current), key=lambda t: (t.address, t.port))
    register = tuple(sorted(wanted - {target.address for target in current}))
    if not stale:
        return Decision(register=register)
    if not any(target.state == HEALTHY for target in current):
        return Decision(register=register, wait="no address that the name resolves to is healthy yet")
    return Decision(register=register, deregister=tuple(stale))


def resolve_host(host: str) -> list[str]:
    """Give all IPv4 addresses of `host`; WatcherError if the lookup fails."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        raise WatcherError(f"{host} cannot be resolved: {error}") from None
    return sorted({str(entry[4][0]) for entry in found})


def registered(elbv2: ElasticLoadBalancingv2Client, target_group_arn: str) -> list[Target]:
    """Give every target of the group, whatever its state: asking for the new address alone would hide stale ones."""
    answer = elbv2.describe_target_health(TargetGroupArn=target_group_arn)
    return [
        Target(
            address=entry["Target"]["Id"],
            port=entry["Target"].get("Port", 0),
            state=entry["TargetHealth"]["State"],
            zone=entry["Target"].get("AvailabilityZone", ""),
        )
        for entry in answer["TargetHealthDescriptions"]
    ]


def watch(
    settings: Settings, *, resolve: Resolve, elbv2: ElasticLoadBalancingv2Client, sns: SNSClient
) -> dict[str, Any]:
    """Look once, decide, do, tell; give what was found and done.

    Raises WatcherError when nothing could be decided, botocore's errors when AWS does not answer.
    """
    resolved = sorted(resolve(settings.host))
    targets = registered(elbv2, settings.target_group_arn)
    decision = decide(resolved, targets, settings.port)
    if decision.problem:
        raise WatcherError(f"{settings.host}: {decision.problem}")
    report: dict[str, Any] = {
        "host": settings.host,
        "resolved": resolved,
        "targets": [{"address": t.address, "port": t.port, "state": t.state} for t in targets],
        "registered": list(decision.register),
        "deregistered": [target.address for target in decision.deregister],
        "wait": decision.wait,
    }
    _apply(decision, settings, elbv2)
    _log("change" if decision.changes else "info", **report)
    if decision.changes:
        sns.publish(
            TopicArn=settings.topic_arn,
            Subject="Planewright: the database's address changed",
            Message=json.dumps({"source": "planewright-watcher", "target_group": settings.target_group_arn, **report}),
        )
    return report


def _apply(decision: Decision, settings: Settings, elbv2: ElasticLoadBalancingv2Client) -> None:
    # The new ones first: between the two calls there is one target too many, never one too few.
    if decision.register:
        elbv2.register_targets(
            TargetGroupArn=settings.target_group_arn,
            Targets=[
                {"Id": address, "Port": settings.port, "AvailabilityZone": OUTSIDE_THE_VPC}
                for address in decision.register
            ],
        )
    if decision.deregister:
        elbv2.deregister_targets(
            TargetGroupArn=settings.target_group_arn, Targets=[_description(target) for target in decision.deregister]
        )


def _description(target: Target) -> TargetDescriptionTypeDef:
    # As it was registered: AWS knows a target by all of these.
    if target.zone:
        return {"Id": target.address, "Port": target.port, "AvailabilityZone": target.zone}
    return {"Id": target.address, "Port": target.port}


def _log(level: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"level": level, **fields}) + "\n")
    sys.stdout.flush()


def lambda_handler(_event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry: one look. Endpoints and region are those of the function's environment."""
    try:
        settings = Settings.read(os.environ)
        return watch(
            settings,
            resolve=resolve_host,
            elbv2=boto3.client("elbv2", config=CALLS),
            sns=boto3.client("sns", config=CALLS),
        )
    except WatcherError as error:
        # One line that an operator finds, beside the traceback that Lambda writes.
        _log("error", problem=str(error))
        raise
