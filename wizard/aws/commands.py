"""Running a script on a node through SSM, and asking which nodes can be reached that way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from wizard.aws.clock import Clock
from wizard.aws.errors import error_code
from wizard.aws.session import AwsSession
from wizard.errors import AwsError

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import GetCommandInvocationResultTypeDef

_TERMINAL = {"Success", "Cancelled", "TimedOut", "Failed"}
#: SSM's own least time for a command to reach the agent.
_DELIVERY_S = 30
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """What a script came to. `exit_code` is -1 when it did not end by itself; SSM cuts outputs at 24,000 characters.

    `status` is SSM's detailed one (Success, Failed, Execution Timed Out, Delivery Timed Out, Undeliverable, Terminated, …), or
    NoAnswer when our own deadline passed first.
    """

    status: str
    exit_code: int
    stdout: str
    stderr: str
    command_id: str


@dataclass(frozen=True, slots=True)
class NodePing:
    """What SSM knows of a node's agent. `status` is Online, ConnectionLost or Inactive."""

    status: str
    agent_version: str
    last_ping: datetime | None


def run_script(
    session: AwsSession,
    instance_id: str,
    script: str,
    *,
    timeout_seconds: int,
    comment: str,
    clock: Clock | None = None,
) -> ScriptResult:
    """Run a shell script as root on an instance and wait for its end.

    SSM keeps the script and its output, and CloudTrail the script: neither may carry a secret; what the script needs it
    fetches on the node. Raises AwsError when the command cannot be sent. A script that fails is a result, not an error.
    """
    clock = clock or Clock()
    ssm = session.client("ssm")
    with session.call(f"run a command on {instance_id}"):
        try:
            sent = ssm.send_command(
                InstanceIds=[instance_id],
                DocumentName="AWS-RunShellScript",
                Comment=comment[:100],
                TimeoutSeconds=_DELIVERY_S,
                Parameters={"commands": script.splitlines(), "executionTimeout": [str(timeout_seconds)]},
            )
        except ClientError as error:
            if error_code(error) != "InvalidInstanceId":
                raise
            raise AwsError(
                f"could not run a command on {instance_id}",
                cause="SSM does not know the instance, or its agent is not running (InvalidInstanceId)",
                action="wait until the node has booted; it needs AmazonSSMManagedInstanceCore and a way to the ssm and "
                "ssmmessages endpoints",
            ) from None
        command_id = str(sent["Command"]["CommandId"])
        return _wait(session, instance_id, command_id, clock, clock.monotonic() + _DELIVERY_S + timeout_seconds + 10)


def _wait(session: AwsSession, instance_id: str, command_id: str, clock: Clock, deadline: float) -> ScriptResult:
    pause = _FIRST_PAUSE_S
    while True:
        answer = _invocation(session, instance_id, command_id)
        if answer and answer["Status"] in _TERMINAL:
            return ScriptResult(
                answer.get("StatusDetails") or answer["Status"],
                int(answer.get("ResponseCode", -1)),
                answer.get("StandardOutputContent", ""),
                answer.get("StandardErrorContent", ""),
                command_id,
            )
        if clock.monotonic() >= deadline:
            session.client("ssm").cancel_command(CommandId=command_id, InstanceIds=[instance_id])
            return ScriptResult("NoAnswer", -1, "", "", command_id)
        clock.sleep(min(pause, max(deadline - clock.monotonic(), 0)))
        pause = min(pause * 1.6, _LONGEST_PAUSE_S)


def _invocation(session: AwsSession, instance_id: str, command_id: str) -> GetCommandInvocationResultTypeDef | None:
    try:
        return session.client("ssm").get_command_invocation(CommandId=command_id, InstanceId=instance_id)
    except ClientError as error:
        # SSM tells of a command a moment after it has taken it.
        if error_code(error) == "InvocationDoesNotExist":
            return None
        raise


def online_nodes(session: AwsSession, instance_ids: Sequence[str]) -> dict[str, NodePing]:
    """Tell what SSM knows of each instance; one whose agent never registered is missing."""
    found: dict[str, NodePing] = {}
    pages = session.client("ssm").get_paginator("describe_instance_information")
    with session.call("ask SSM which nodes are online"):
        for ids in _batches(instance_ids, 50):
            for page in pages.paginate(Filters=[{"Key": "InstanceIds", "Values": ids}]):
                for node in page["InstanceInformationList"]:
                    found[node["InstanceId"]] = NodePing(
                        node["PingStatus"], node.get("AgentVersion", ""), node.get("LastPingDateTime")
                    )
    return found


def _batches(items: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
