"""Commands go to agents that the world has, and come back with what they printed."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients
from tests.rehearsal.embedded.test_ec2 import launch
from wizard.rehearsal.embedded.hooks import Command, CommandResult, Hooks, PingStatus
from wizard.rehearsal.embedded.world import connect


class World(Hooks):
    """Every instance's agent is online; a command waits until it is let go."""

    def __init__(self, outcome: CommandResult, ping: PingStatus | None = "Online") -> None:
        self.outcome = outcome
        self.ping = ping
        self.go = threading.Event()
        self.started = threading.Event()
        self.done = threading.Event()
        self.commands: list[Command] = []

    def ping_status(self, instance_id: str) -> PingStatus | None:
        return self.ping

    def run_command(self, command: Command) -> CommandResult:
        self.commands.append(command)
        self.started.set()
        assert self.go.wait(120)
        return self.outcome


@pytest.fixture
def node(client: Clients, network: dict[str, str]) -> str:
    return str(launch(client, SubnetId=network["subnet"])["InstanceId"])


def send(client: Clients, node: str, **more: Any) -> str:
    request = {"InstanceIds": [node], "DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ["echo hi"]}}
    return str(client("ssm").send_command(**(request | more))["Command"]["CommandId"])


def invocation(client: Clients, command: str, node: str) -> Any:
    return client("ssm").get_command_invocation(CommandId=command, InstanceId=node)


def ended(client: Clients, command: str, node: str) -> Any:
    for _ in range(200):
        found = invocation(client, command, node)
        if found["Status"] not in {"Pending", "InProgress"}:
            return found
    raise AssertionError("the command did not end")


def test_without_a_world_no_instance_is_managed(client: Clients, node: str) -> None:
    assert client("ssm").describe_instance_information()["InstanceInformationList"] == []
    with pytest.raises(ClientError, match="InvalidInstanceId"):
        send(client, node)


def test_an_instance_nobody_knows_is_refused(client: Clients, node: str) -> None:
    connect(World(CommandResult("Success")))
    with pytest.raises(ClientError, match="InvalidInstanceId"):
        send(client, "i-0123456789abcdef0")


def test_a_managed_instance_is_shown_with_its_ping_status(client: Clients, node: str) -> None:
    world = World(CommandResult("Success"))
    connect(world)
    by_id = [{"Key": "InstanceIds", "Values": [node]}]
    (shown,) = client("ssm").describe_instance_information(Filters=by_id)["InstanceInformationList"]
    assert (shown["InstanceId"], shown["PingStatus"]) == (node, "Online")
    world.ping = "ConnectionLost"
    online = [{"Key": "PingStatus", "Values": ["Online"]}]
    assert client("ssm").describe_instance_information(Filters=online)["InstanceInformationList"] == []


def test_an_instance_that_is_stopped_is_not_online(client: Clients, node: str) -> None:
    connect(World(CommandResult("Success")))
    client("ec2").stop_instances(InstanceIds=[node])
    (shown,) = client("ssm").describe_instance_information()["InstanceInformationList"]
    assert shown["PingStatus"] == "ConnectionLost"


def test_a_command_is_in_progress_until_its_agent_reports(client: Clients, node: str) -> None:
    world = World(CommandResult("Success", "hi\n", "", 0))
    connect(world)
    command = send(client, node, Parameters={"commands": ["echo hi"], "executionTimeout": ["60"]})
    assert world.started.wait(120)
    assert invocation(client, command, node)["Status"] == "InProgress"
    world.go.set()
    found = ended(client, command, node)
    assert (found["Status"], found["StandardOutputContent"], found["ResponseCode"]) == ("Success", "hi\n", 0)
    (given,) = world.commands
    assert given.lines == ("echo hi",)
    assert given.timeout_seconds == 60
    assert (given.account, given.instance_id, given.command_id) == ("111111111111", node, command)


@pytest.mark.parametrize(
    ("outcome", "details"),
    [
        (CommandResult("Failed", "", "no such host", 2), "Failed"),
        (CommandResult("TimedOut", "", "", -1), "ExecutionTimedOut"),
    ],
)
def test_a_command_that_goes_wrong_says_how(client: Clients, node: str, outcome: CommandResult, details: str) -> None:
    world = World(outcome)
    connect(world)
    world.go.set()
    found = ended(client, send(client, node), node)
    assert (found["Status"], found["StatusDetails"]) == (outcome.status, details)
    assert found["ResponseCode"] == outcome.exit_code
    assert found["StandardErrorContent"] == outcome.stderr


def test_long_output_is_cut_off_as_on_aws(client: Clients, node: str) -> None:
    world = World(CommandResult("Success", "x" * 30_000, "y" * 30_000, 0))
    connect(world)
    world.go.set()
    found = ended(client, send(client, node), node)
    assert len(found["StandardOutputContent"]) == 24_000
    assert len(found["StandardErrorContent"]) == 8_000


def test_a_command_for_an_agent_that_is_lost_waits(client: Clients, node: str) -> None:
    connect(World(CommandResult("Success"), ping="ConnectionLost"))
    assert invocation(client, send(client, node), node)["Status"] == "Pending"


def test_invocations_are_listed_with_their_output(client: Clients, node: str) -> None:
    world = World(CommandResult("Success", "hi\n", "", 0))
    connect(world)
    world.go.set()
    command = send(client, node)
    ended(client, command, node)
    (listed,) = client("ssm").list_command_invocations(CommandId=command, Details=True)["CommandInvocations"]
    assert listed["Status"] == "Success"
    assert listed["CommandPlugins"][0]["Output"] == "hi\n"
    (sent,) = client("ssm").list_commands(CommandId=command)["Commands"]
    assert (sent["Status"], sent["TargetCount"], sent["CompletedCount"]) == ("Success", 1, 1)


def test_a_cancelled_command_stays_cancelled(client: Clients, node: str) -> None:
    world = World(CommandResult("Success", "late\n", "", 0))
    connect(world)
    command = send(client, node)
    assert world.started.wait(120)
    client("ssm").cancel_command(CommandId=command)
    world.go.set()
    assert ended(client, command, node)["Status"] == "Cancelled"


def test_instances_are_addressed_by_tag(client: Clients, node: str) -> None:
    world = World(CommandResult("Success"))
    connect(world)
    world.go.set()
    client("ec2").create_tags(Resources=[node], Tags=[{"Key": "role", "Value": "fdw"}])
    command = send(client, node, InstanceIds=[], Targets=[{"Key": "tag:role", "Values": ["fdw"]}])
    assert ended(client, command, node)["Status"] == "Success"


def test_what_was_never_sent_is_not_found(client: Clients, node: str) -> None:
    connect(World(CommandResult("Success")))
    with pytest.raises(ClientError, match="InvocationDoesNotExist"):
        invocation(client, "00000000-0000-0000-0000-000000000000", node)
    with pytest.raises(ClientError, match="InvalidDocument"):
        send(client, node, DocumentName="No-SuchDocument")
