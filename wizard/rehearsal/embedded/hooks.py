"""What the embedded AWS asks the rehearsed world.

An API server holds what was configured; whether an agent is up, what a command prints and whether a target answers are
facts of the world. `Hooks` answers as an empty world does: no agent is online and no health check has been made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal

PingStatus = Literal["Online", "ConnectionLost", "Inactive"]
CommandStatus = Literal["Success", "Failed", "TimedOut", "Cancelled"]
TargetState = Literal["initial", "healthy", "unhealthy", "unhealthy.draining", "unused", "draining", "unavailable"]


#: Calls whose IAM action is named otherwise. S3's own are mapped where moto names them.
_PERMISSIONS: Final = MappingProxyType(
    {
        ("lambda", "Invoke"): "lambda:InvokeFunction",
        ("lambda", "InvokeAsync"): "lambda:InvokeFunction",
        ("s3", "HeadBucket"): "s3:ListBucket",
        ("s3", "HeadObject"): "s3:GetObject",
        ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
        ("s3", "ListObjects"): "s3:ListBucket",
        ("s3", "ListObjectsV2"): "s3:ListBucket",
        ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
        ("s3", "DeleteObjects"): "s3:DeleteObject",
        ("s3", "GetBucketEncryption"): "s3:GetEncryptionConfiguration",
        ("s3", "PutBucketEncryption"): "s3:PutEncryptionConfiguration",
        ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
        ("s3", "PutPublicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    }
)


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request as the API sees it: `service` and `action` as IAM names them (`ec2`, `CreateVpc`)."""

    account: str
    region: str
    service: str
    action: str
    access_key: str
    user_agent: str = ""

    @property
    def permission(self) -> str:
        """The IAM action, such as `ec2:CreateVpc`. A few calls need one of another name."""
        return _PERMISSIONS.get((self.service, self.action), f"{self.service}:{self.action}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An API error to answer with: its code (`Throttling`, `ExpiredToken`), its text, the HTTP status."""

    code: str
    message: str
    status: int = 400


@dataclass(frozen=True, slots=True)
class Command:
    """An SSM command as one instance's agent gets it. `timeout_seconds` is the document's execution timeout."""

    account: str
    region: str
    instance_id: str
    command_id: str
    document_name: str
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timeout_seconds: int = 3600

    @property
    def lines(self) -> tuple[str, ...]:
        """The shell lines of AWS-RunShellScript."""
        return self.parameters.get("commands", ())


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What the agent reports: `exit_code` is -1 when the command never ran to an end."""

    status: CommandStatus
    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A target of a target group: an address or instance id, and the port it is registered with."""

    id: str
    port: int


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """A health check's verdict; `reason` is AWS's code, such as `Target.FailedHealthChecks`."""

    state: TargetState
    reason: str = ""
    description: str = ""


class Hooks:
    """The world that the embedded AWS asks. Derive from it and override; calls come from the server's threads."""

    #: IAM actions (`ec2:CreateVpc`) that nobody is allowed: the simulation, a dry run and the call itself agree.
    denied_actions: frozenset[str] = frozenset()

    #: Applied service quotas by code (`L-1216C47A`), where they differ from a new account's defaults.
    quotas: Mapping[str, float] = MappingProxyType({})

    #: Quotas that AWS tells no applied value of, so that only its default is there to be read.
    unapplied_quotas: frozenset[str] = frozenset()

    #: How far AWS's calendar is ahead of this machine's clock: for what happens by itself after days.
    ahead: timedelta = timedelta()

    #: How long after a call CloudTrail tells of it. AWS says within 15 minutes, and mostly takes five.
    trail_delay: timedelta = timedelta()

    def refuse(self, call: ApiCall) -> Refusal | None:
        """Say why a call is to fail (throttling, expired credentials), or None to let it through."""
        del call
        return None

    def settled(self, call: ApiCall) -> None:
        """Hear that a call has taken effect, or has failed; its answer is about to be sent. Not told of S3."""
        del call

    def allows(self, call: ApiCall) -> bool:
        """Say whether the caller's policies allow this call; without them nobody is held to any."""
        del call
        return True

    def ping_status(self, instance_id: str) -> PingStatus | None:
        """Say how the instance's SSM agent is, or None when it never registered."""
        del instance_id
        return None

    def run_command(self, command: Command) -> CommandResult:
        """Run a command on an instance whose agent is online. Called in a thread of its own; it may take long."""
        return CommandResult("Failed", "", f"no agent runs on {command.instance_id}", -1)

    def target_health(self, account: str, region: str, target_group_arn: str, target: Target) -> TargetHealth | None:
        """Say how a registered target of a group in use does, or None when no check has been made yet."""
        del account, region, target_group_arn, target
        return None
