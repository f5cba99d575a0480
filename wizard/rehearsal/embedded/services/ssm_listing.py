"""SSM: commands and invocations listed, and a command cancelled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from wizard.rehearsal.embedded.services import ssm
from wizard.rehearsal.embedded.services.answers import flag, param, result

_LIST_LIMIT: Final = 2_500


def list_commands(response: Any) -> Any:
    """ListCommands, the newest first."""
    instance_id = param(response, "InstanceId")
    sent = [ssm.command_of(response)] if param(response, "CommandId") else list(ssm.log_of(response).values())[::-1]
    return result(
        {"Commands": [ssm.described(one) for one in sent if instance_id is None or instance_id in one.invocations]}
    )


def list_command_invocations(response: Any) -> Any:
    """ListCommandInvocations, with the plugins' output where details are asked for."""
    instance_id = param(response, "InstanceId")
    sent = [ssm.command_of(response)] if param(response, "CommandId") else list(ssm.log_of(response).values())[::-1]
    details = flag(response, "Details")
    return result(
        {
            "CommandInvocations": [
                _listed(ssm.expire(invocation), with_plugins=bool(details))
                for one in sent
                for invocation in one.invocations.values()
                if instance_id in {None, invocation.command.instance_id}
            ]
        }
    )


def _listed(invocation: ssm.Invocation, *, with_plugins: bool) -> dict[str, Any]:
    listed: dict[str, Any] = {
        "CommandId": invocation.command.command_id,
        "InstanceId": invocation.command.instance_id,
        "Comment": invocation.comment,
        "DocumentName": invocation.command.document_name,
        "RequestedDateTime": invocation.requested,
        "Status": invocation.status,
        "StatusDetails": invocation.details,
    }
    if with_plugins:
        listed["CommandPlugins"] = [
            {
                "Name": "aws:runShellScript",
                "Status": invocation.status,
                "StatusDetails": invocation.details,
                "ResponseCode": invocation.exit_code,
                "ResponseStartDateTime": invocation.started,
                "ResponseFinishDateTime": invocation.ended,
                "Output": (invocation.stdout + invocation.stderr)[:_LIST_LIMIT],
            }
        ]
    return listed


def cancel_command(response: Any) -> Any:
    """CancelCommand: what still runs is forgotten; the agent is not interrupted, as AWS does not promise it either."""
    wanted = param(response, "InstanceIds", [])
    for instance_id, invocation in ssm.command_of(response).invocations.items():
        if invocation.status in ssm.RUNNING and (not wanted or instance_id in wanted):
            invocation.status = invocation.details = "Cancelled"
            invocation.ended = datetime.now(UTC)
    return result({})
