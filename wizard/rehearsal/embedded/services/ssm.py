"""SSM: which instances are managed, and commands that their agents really run."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from wizard.rehearsal.embedded.hooks import Command, CommandResult
from wizard.rehearsal.embedded.patching import add, replace, state_of
from wizard.rehearsal.embedded.services.answers import failure, param, result
from wizard.rehearsal.embedded.world import World, world

STDOUT_LIMIT: Final = 24_000
"""Characters of the standard output that GetCommandInvocation shows; the rest is only in S3, if at all."""

STDERR_LIMIT: Final = 8_000
"""Characters of the standard error that GetCommandInvocation shows."""

_DOCUMENTS: Final = ("AWS-RunShellScript", "AWS-RunRemoteScript")

RUNNING: Final = ("Pending", "InProgress")
"""The states in which a command has not ended."""


@dataclass(slots=True)
class Invocation:
    """A command on one instance: `Pending`, `InProgress`, then what became of it."""

    command: Command
    comment: str
    requested: datetime
    deliver_by: datetime
    status: str = "Pending"
    details: str = "Pending"
    stdout: str = ""
    stderr: str = ""
    exit_code: int = -1
    started: datetime | None = None
    ended: datetime | None = None

    def finish(self, outcome: CommandResult) -> None:
        """Take over what the agent reports, unless the command was cancelled meanwhile."""
        if self.status not in RUNNING:
            return
        self.stdout, self.stderr, self.exit_code = outcome.stdout, outcome.stderr, outcome.exit_code
        self.ended = datetime.now(UTC)
        self.details = "ExecutionTimedOut" if outcome.status == "TimedOut" else outcome.status
        self.status = outcome.status


@dataclass(slots=True)
class SentCommand:
    """A command as it was sent, and its invocation on each instance."""

    id: str
    document: str
    parameters: dict[str, list[str]]
    comment: str
    timeout_seconds: int
    requested: datetime
    targets: list[dict[str, Any]]
    invocations: dict[str, Invocation] = field(default_factory=dict)


@dataclass(slots=True)
class CommandLog:
    """A region's commands by id, in the order in which they were sent."""

    by_id: dict[str, SentCommand] = field(default_factory=dict)


def log_of(response: Any) -> dict[str, SentCommand]:
    """Give the commands of the caller's account and region."""
    return state_of(response.ssm_backend, CommandLog).by_id


def _instances(response: Any) -> dict[str, Any]:
    from moto.ec2.models import ec2_backends

    backend = ec2_backends[response.current_account][response.region]
    return {instance.id: instance for instance in backend.all_instances() if instance.state != "terminated"}


def _ping(instance: Any) -> str | None:
    status = world().hooks.ping_status(instance.id)
    return "ConnectionLost" if status == "Online" and instance.state != "running" else status


def _tags(instance: Any) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in instance.get_tags()}


def _describe_instance_information(response: Any) -> Any:
    conditions = [(item["Key"], item["Values"]) for item in param(response, "Filters", [])]
    conditions += [(item["key"], item["valueSet"]) for item in param(response, "InstanceInformationFilterList", [])]
    found = []
    for instance in _instances(response).values():
        ping = _ping(instance)
        if ping is None or not all(_meets(instance, ping, key, values) for key, values in conditions):
            continue
        found.append(
            {
                "InstanceId": instance.id,
                "PingStatus": ping,
                "LastPingDateTime": datetime.now(UTC),
                "AgentVersion": "3.3.987.0",
                "IsLatestVersion": True,
                "PlatformType": "Linux",
                "PlatformName": "Ubuntu",
                "PlatformVersion": "24.04",
                "ResourceType": "EC2Instance",
                "IPAddress": instance.private_ip,
                "ComputerName": instance.private_dns_name,
            }
        )
    return result({"InstanceInformationList": found})


def _meets(instance: Any, ping: str, key: str, values: list[str]) -> bool:
    if key.startswith("tag:"):
        return _tags(instance).get(key.removeprefix("tag:")) in values
    known = {
        "InstanceIds": instance.id,
        "PingStatus": ping,
        "PlatformTypes": "Linux",
        "ResourceType": "EC2Instance",
    }
    if key not in known:
        raise failure("InvalidInstanceInformationFilterValue", f"The filter {key} is not valid.")
    return known[key] in values


def _send_command(response: Any) -> Any:
    document = param(response, "DocumentName")
    if document not in _DOCUMENTS and document not in response.ssm_backend._documents:  # noqa: SLF001 - moto's store
        raise failure("InvalidDocument", f"Document with name {document} does not exist.")
    from moto.moto_api._internal import mock_random

    requested = datetime.now(UTC)
    sent = SentCommand(
        id=str(mock_random.uuid4()),
        document=document,
        parameters=param(response, "Parameters", {}),
        comment=param(response, "Comment", ""),
        timeout_seconds=int(param(response, "TimeoutSeconds", 3600)),
        requested=requested,
        targets=param(response, "Targets", []),
    )
    instance_ids = _addressed(response, sent.targets)
    for instance_id in instance_ids:
        command = Command(
            account=response.current_account,
            region=response.region,
            instance_id=instance_id,
            command_id=sent.id,
            document_name=document,
            parameters={name: tuple(values) for name, values in sent.parameters.items()},
            timeout_seconds=int(sent.parameters.get("executionTimeout", ["3600"])[0]),
        )
        deliver_by = requested + timedelta(seconds=sent.timeout_seconds)
        sent.invocations[instance_id] = Invocation(command, sent.comment, requested, deliver_by)
    log_of(response)[sent.id] = sent
    answer = result({"Command": described(sent)})
    _deliver(response, sent)
    return answer


def _addressed(response: Any, targets: list[dict[str, Any]]) -> list[str]:
    """Find the instances meant. Those named one by one have to be managed; InvalidInstanceId if not."""
    instances = _instances(response)
    named = list(param(response, "InstanceIds", []))
    for target in targets:
        if target["Key"].lower() == "instanceids":
            named += target["Values"]
    unmanaged = [
        instance_id for instance_id in named if instance_id not in instances or _ping(instances[instance_id]) is None
    ]
    if unmanaged:
        raise failure(
            "InvalidInstanceId",
            f"Instances [[{', '.join(unmanaged)}]] not in a valid state for account {response.current_account}",
        )
    matched = [
        instance.id
        for instance in instances.values()
        for target in targets
        if target["Key"].startswith("tag:")
        and _tags(instance).get(target["Key"].removeprefix("tag:")) in target["Values"]
        and _ping(instance) is not None
    ]
    return list(dict.fromkeys(named + matched))


def _deliver(response: Any, sent: SentCommand) -> None:
    instances = _instances(response)
    surroundings = world()
    for instance_id, invocation in sent.invocations.items():
        if _ping(instances[instance_id]) == "Online":
            name = f"ssm-{sent.id[:8]}-{instance_id}"
            threading.Thread(target=_run, args=(surroundings, invocation), name=name, daemon=True).start()


def _run(surroundings: World, invocation: Invocation) -> None:
    invocation.started = datetime.now(UTC)
    invocation.status = invocation.details = "InProgress"
    try:
        outcome = surroundings.hooks.run_command(invocation.command)
    except Exception as error:  # noqa: BLE001 - the agent's thread ends here; a command must never hang for it
        surroundings.failures.append(f"ssm:SendCommand: {type(error).__name__}: {error}")
        outcome = CommandResult("Failed", "", f"the agent failed: {error}", -1)
    invocation.finish(outcome)


def expire(invocation: Invocation) -> Invocation:
    """Give up on a command that nobody has fetched in time."""
    if invocation.status == "Pending" and datetime.now(UTC) > invocation.deliver_by:
        invocation.status, invocation.details = "TimedOut", "DeliveryTimedOut"
    return invocation


def command_of(response: Any) -> SentCommand:
    """Find the command that a request names; InvalidCommandId if there is none."""
    sent = log_of(response).get(param(response, "CommandId"))
    if sent is None:
        raise failure("InvalidCommandId", "The specified command ID isn't valid. Verify the ID and try again.")
    return sent


def described(sent: SentCommand) -> dict[str, Any]:
    """Give a command as the API does, its state summed up over its instances."""
    states = [expire(invocation).status for invocation in sent.invocations.values()]
    status = next(
        (state for state in ("InProgress", "Pending", "TimedOut", "Failed", "Cancelled") if state in states), "Success"
    )
    return {
        "CommandId": sent.id,
        "DocumentName": sent.document,
        "Comment": sent.comment,
        "Parameters": sent.parameters,
        "InstanceIds": list(sent.invocations),
        "Targets": sent.targets,
        "RequestedDateTime": sent.requested,
        "ExpiresAfter": sent.requested + timedelta(seconds=sent.timeout_seconds),
        "Status": status,
        "StatusDetails": status,
        "TargetCount": len(states),
        "CompletedCount": sum(state not in RUNNING for state in states),
        "ErrorCount": sum(state in {"Failed", "TimedOut"} for state in states),
        "TimeoutSeconds": sent.timeout_seconds,
    }


def _get_command_invocation(response: Any) -> Any:
    sent = log_of(response).get(param(response, "CommandId"))
    invocation = sent.invocations.get(param(response, "InstanceId")) if sent else None
    if invocation is None or param(response, "PluginName", "aws:runShellScript") != "aws:runShellScript":
        raise failure(
            "InvocationDoesNotExist", "The command ID and managed node ID you specified didn't match any invocations."
        )
    expire(invocation)
    return result(
        {
            "CommandId": invocation.command.command_id,
            "InstanceId": invocation.command.instance_id,
            "Comment": invocation.comment,
            "DocumentName": invocation.command.document_name,
            "PluginName": "aws:runShellScript",
            "ResponseCode": invocation.exit_code,
            "ExecutionStartDateTime": invocation.started.isoformat() if invocation.started else "",
            "ExecutionEndDateTime": invocation.ended.isoformat() if invocation.ended else "",
            "Status": invocation.status,
            "StatusDetails": invocation.details,
            "StandardOutputContent": invocation.stdout[:STDOUT_LIMIT],
            "StandardErrorContent": invocation.stderr[:STDERR_LIMIT],
        }
    )


def install() -> None:
    """Replace what moto makes up, and add what it lacks."""
    from moto.ssm.responses import SimpleSystemManagerResponse

    from wizard.rehearsal.embedded.services import ssm_listing

    replace(SimpleSystemManagerResponse, "send_command", _send_command)
    replace(SimpleSystemManagerResponse, "get_command_invocation", _get_command_invocation)
    replace(SimpleSystemManagerResponse, "list_commands", ssm_listing.list_commands)
    add(SimpleSystemManagerResponse, "list_command_invocations", ssm_listing.list_command_invocations)
    add(SimpleSystemManagerResponse, "cancel_command", ssm_listing.cancel_command)
    add(SimpleSystemManagerResponse, "describe_instance_information", _describe_instance_information)
