"""What the caller is allowed, by simulation and by dry run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from wizard.facts.asking import Ask
from wizard.findings import Severity

#: Whose policies were simulated. Of a role's session, a policy of the session's own cannot be seen; the root account
#: and federated users have no policies to simulate.
PrincipalKind = Literal["user", "role", "root", "federated"]
ValueType = Literal["string", "stringList", "boolean"]
Why = Literal["", "implicit", "explicit", "boundary", "organization"]
#: EC2 calls that can be tried without anything there to name.
DryCall = Literal["CreateVpc", "CreateVolume", "AllocateAddress", "CreateSecurityGroup", "CreateInternetGateway"]


@dataclass(frozen=True, slots=True)
class Given:
    """A key of the request's context, as a real call would bring it. A `list` may hold several values."""

    key: str
    values: tuple[str, ...]
    type: ValueType = "string"


@dataclass(frozen=True, slots=True)
class Use:
    """Actions, each on every one of these resources, with this context."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    context: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """An action that the simulation does not allow on a resource, and by what.

    `lacks` are keys that a policy of the caller's looks at and that the simulation was not given: then nothing is proven.
    """

    action: str
    resource: str
    why: Why
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """What policies say of the uses that were asked about: all that is not refused is allowed.

    `principal` is the ARN of the user or role; nothing was simulated for one that is neither.
    """

    principal: str
    kind: PrincipalKind
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulated(Ask[Simulation]):
    """What the caller's own policies allow. Profile and role are part of the question: another one is somebody else."""

    kind: ClassVar[str] = "simulated"
    unchecks: ClassVar[str] = "whether the caller may do what the stacks need"
    permissions: ClassVar[tuple[str, ...]] = ("iam:SimulatePrincipalPolicy", "iam:GetRole", "sts:GetCallerIdentity")
    weight: ClassVar[Severity] = Severity.WARN

    profile: str
    role_arn: str
    region: str
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """How a call would have ended: allowed, denied for want of permission, or refused for another reason, unproven."""

    action: str
    outcome: Literal["allowed", "denied", "refused"]
    said: str


@dataclass(frozen=True, slots=True)
class DryRuns(Ask[tuple[DryRun, ...]]):
    """Calls with `DryRun`, with the tags of the real ones: AWS itself decides, organization and session policies included."""

    kind: ClassVar[str] = "dry_runs"
    unchecks: ClassVar[str] = "whether AWS itself lets the caller make what the stacks begin with"
    permissions: ClassVar[tuple[str, ...]] = (
        "ec2:CreateVpc",
        "ec2:CreateVolume",
        "ec2:AllocateAddress",
        "ec2:CreateSecurityGroup",
        "ec2:CreateInternetGateway",
        "ec2:CreateTags",
    )

    profile: str
    role_arn: str
    region: str
    zone_id: str
    calls: tuple[DryCall, ...]
    tags: tuple[tuple[str, str], ...]
