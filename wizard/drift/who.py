"""Probably whose doing a difference is: the newest call that fits it. Pure.

CloudTrail tells which calls named a resource, not which of them made a difference. So a call is fitted by its name, and what
is said stays a probability; where no call's name fits, the newest one that changed the resource is named as no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from wizard.changes.change import Change
from wizard.facts.trail import TRAIL_DAYS, TRAIL_DELAY_MINUTES, Trail, TrailEvent


class Sure(StrEnum):
    """How much is known of who did it."""

    PROBABLY = "probably"
    PERHAPS = "perhaps"
    SAID = "AWS says"
    UNKNOWN = "nobody knows"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who, as far as it is known. `why` says why no more is known, or what AWS itself says."""

    sure: Sure
    who: str = ""
    call: str = ""
    at: datetime | None = None
    agent: str = ""
    why: str = ""

    @property
    def text(self) -> str:
        """One line for people."""
        if self.sure is Sure.SAID:
            return self.why
        if self.at is None:
            return f"unknown: {self.why}"
        return f"{self.sure.value} {self.who} by {self.call} at {self.at:%Y-%m-%d %H:%M:%S} UTC"


_GONE: Final = r"^(Delete|Terminate|Revoke|Remove|Detach|Disassociate|Release|Deregister|Reject|Replace)"
#: Which calls change an attribute, by the beginning of its path; the first that fits counts.
_CALLS: Final = (
    (r"^tags(_all)?\b", r"Tag"),
    (r"^(in|e)gress added", r"^AuthorizeSecurityGroup|^ModifySecurityGroupRules"),
    (r"^(in|e)gress removed", r"^RevokeSecurityGroup|^ModifySecurityGroupRules"),
    (r"^(in|e)gress", r"SecurityGroup(In|E)gress|SecurityGroupRule"),
    (r"^(cidr_ipv[46]|from_port|to_port|ip_protocol|referenced_security_group_id)", r"SecurityGroupRule"),
    (r"^(iops|size|throughput|type)$", r"^ModifyVolume|^SetLoadBalancer|^Modify"),
    (r"^root_block_device.*\.(volume_|iops|throughput)", r"^ModifyVolume"),
    (r"^instance_state", r"^(Start|Stop|Reboot|Terminate)Instances"),
    (r"^metadata_options", r"InstanceMetadata"),
    (r"^monitoring", r"onitorInstances"),
    (r"^iam_instance_profile", r"IamInstanceProfile"),
    (r"^(requester|accepter)\b", r"VpcPeeringConnectionOptions"),
    (r"^accept_status", r"VpcPeeringConnection"),
    (r"^route\b|^gateway_id|^nat_gateway_id|^vpc_peering", r"Route\b|Route$"),
    (r"^(policy|inline_policy|managed_policy_arns|assume_role_policy)", r"Polic"),
    (r"^(user_ids|user_group)", r"UserGroup|User$"),
    (r"^(access_string|passwords|authentication)", r"User$"),
    (r"^records|^ttl", r"ResourceRecordSets"),
)
#: Programs of ours, and the engine's: by their agent.
_PROGRAMS: Final = {"planewright/": "Planewright", "OpenTofu/": "OpenTofu", "HashiCorp/": "Terraform"}


def doer(change: Change, names: Iterable[str], trail: Trail, *, paths: Sequence[str]) -> Doer:
    """Say whose doing it probably is. `names` are those that the resource goes by, `paths` the attributes that differ."""
    wanted = frozenset(names)
    about = [event for event in trail.events if wanted & frozenset(event.names)]
    wants = [_GONE] if change.kind == "delete" else [_call_of(path) for path in paths]
    fitting = [event for event in about if any(re.search(want, event.name) for want in wants)]
    for found, sure in ((fitting, Sure.PROBABLY), (about, Sure.PERHAPS)):
        if found:
            event = max(found, key=lambda event: event.at)
            return Doer(sure, event.who, event.name, event.at, _program(event))
    return Doer(Sure.UNKNOWN, why=_why_not(trail, wanted))


def _call_of(path: str) -> str:
    return next((call for attribute, call in _CALLS if re.search(attribute, path)), r"^(?!.*Tag)")


def _program(event: TrailEvent) -> str:
    return next((name for mark, name in _PROGRAMS.items() if mark in event.agent), event.agent.partition(" ")[0])


def _why_not(trail: Trail, names: frozenset[str]) -> str:
    if trail.permission:
        return f"CloudTrail cannot be read, {trail.permission} is missing"
    if trail.unread:
        return f"CloudTrail could not be read: {trail.unread}"
    if names & frozenset(trail.unasked):
        return "CloudTrail was not asked: too many resources drifted at once"
    return (
        f"CloudTrail tells of no call; it tells of one up to {TRAIL_DELAY_MINUTES} minutes later, for {TRAIL_DAYS} days, "
        "and in the account of who made it"
    )
