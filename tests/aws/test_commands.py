"""Scripts on nodes, through SSM as it really behaves: late, racing, and sometimes silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import StillTime
from wizard.aws.commands import online_nodes, run_script
from wizard.aws.session import AwsSession
from wizard.errors import AwsError


@dataclass
class FakeSsm:
    """Answers each look at a command with the next of `looks`, the last one for ever."""

    looks: list[dict[str, Any] | str]
    nodes: dict[str, str] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    asked: list[list[str]] = field(default_factory=list)
    refuses: str = ""

    def send_command(self, **request: Any) -> dict[str, Any]:
        if self.refuses:
            raise ClientError({"Error": {"Code": self.refuses}}, "SendCommand")
        self.sent.append(request)
        return {"Command": {"CommandId": "c-1"}}

    def get_command_invocation(self, **request: str) -> dict[str, Any]:
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, str):
            raise ClientError({"Error": {"Code": look}}, "GetCommandInvocation")
        return look

    def cancel_command(self, **request: Any) -> None:
        self.cancelled.append(request["CommandId"])

    def get_paginator(self, name: str) -> FakeSsm:
        assert name == "describe_instance_information"
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        ids = request["Filters"][0]["Values"]
        self.asked.append(ids)
        known = [
            {"InstanceId": name, "PingStatus": self.nodes[name], "AgentVersion": "3.3"}
            for name in ids
            if name in self.nodes
        ]
        # SSM pages even a single answer.
        return [{"InstanceInformationList": [node]} for node in known] + [{"InstanceInformationList": []}]


PENDING: dict[str, Any] = {"Status": "InProgress"}
DONE: dict[str, Any] = {
    "Status": "Success",
    "StatusDetails": "Success",
    "ResponseCode": 0,
    "StandardOutputContent": "hello\n",
    "StandardErrorContent": "",
}


@pytest.fixture
def fake(session: AwsSession) -> FakeSsm:
    ssm = FakeSsm([DONE])
    session._clients["ssm", "us-east-1"] = ssm
    return ssm


def run(session: AwsSession, still: StillTime, script: str = "echo hello") -> Any:
    return run_script(session, "i-1", script, timeout_seconds=60, comment="say hello", clock=still.clock())


def test_what_the_script_said_is_handed_back(session: AwsSession, fake: FakeSsm, still: StillTime) -> None:
    result = run(session, still, "echo hello\nexit 0\n")
    assert (result.status, result.exit_code, result.stdout, result.command_id) == ("Success", 0, "hello\n", "c-1")
    assert fake.sent[0]["DocumentName"] == "AWS-RunShellScript"
    assert fake.sent[0]["Parameters"] == {"commands": ["echo hello", "exit 0"], "executionTimeout": ["60"]}


def test_a_command_that_ssm_does_not_know_yet_is_waited_for(
    session: AwsSession, fake: FakeSsm, still: StillTime
) -> None:
    fake.looks = ["InvocationDoesNotExist", {"Status": "Pending"}, PENDING, PENDING, DONE]
    assert run(session, still).status == "Success"
    assert still.slept == sorted(still.slept), "pauses grow"
    assert len(still.slept) == 4


def test_a_script_that_fails_is_a_result_with_its_words(session: AwsSession, fake: FakeSsm, still: StillTime) -> None:
    fake.looks = [
        DONE | {"Status": "Failed", "StatusDetails": "Failed", "ResponseCode": 7, "StandardErrorContent": "no"}
    ]
    result = run(session, still)
    assert (result.status, result.exit_code, result.stderr) == ("Failed", 7, "no")


def test_ssms_detail_tells_a_script_too_slow_from_a_node_never_reached(
    session: AwsSession, fake: FakeSsm, still: StillTime
) -> None:
    fake.looks = [{"Status": "TimedOut", "StatusDetails": "DeliveryTimedOut"}]
    result = run(session, still)
    assert (result.status, result.exit_code) == ("DeliveryTimedOut", -1)


def test_when_nobody_answers_the_command_is_withdrawn(session: AwsSession, fake: FakeSsm, still: StillTime) -> None:
    fake.looks = [PENDING]
    assert run(session, still).status == "NoAnswer"
    assert fake.cancelled == ["c-1"]
    assert 90 <= sum(still.slept) <= 110


def test_a_node_that_is_not_there_is_told_with_what_it_needs(
    session: AwsSession, fake: FakeSsm, still: StillTime
) -> None:
    fake.refuses = "InvalidInstanceId"
    with pytest.raises(AwsError, match="AmazonSSMManagedInstanceCore"):
        run(session, still)


def test_a_denial_names_the_permission(session: AwsSession, fake: FakeSsm, still: StillTime) -> None:
    fake.refuses = "AccessDeniedException"
    with pytest.raises(AwsError, match="SendCommand"):
        run(session, still)


def test_online_nodes_are_told_over_all_pages_and_unknown_ones_are_missing(session: AwsSession, fake: FakeSsm) -> None:
    fake.nodes = {"i-1": "Online", "i-2": "ConnectionLost"}
    found = online_nodes(session, ["i-1", "i-2", "i-3"])
    assert {name: ping.status for name, ping in found.items()} == fake.nodes


def test_many_nodes_are_asked_for_in_batches_and_none_in_no_call(session: AwsSession, fake: FakeSsm) -> None:
    ids = [f"i-{number}" for number in range(120)]
    fake.nodes = dict.fromkeys(ids, "Online")
    assert list(online_nodes(session, ids)) == ids
    assert [len(batch) for batch in fake.asked] == [50, 50, 20]
    fake.asked.clear()
    assert online_nodes(session, []) == {}
    assert fake.asked == []
