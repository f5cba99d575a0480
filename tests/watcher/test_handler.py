"""The watcher against an elbv2 and an SNS that answer from memory, and against boto3's own request checks."""

from __future__ import annotations

import json
import socket
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from assets.watcher import handler
from assets.watcher.handler import Settings, WatcherError, watch

GROUP = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/acme-in-db/0123456789abcdef"
TOPIC = "arn:aws:sns:us-east-1:111111111111:use1-a-events"
SETTINGS = Settings(host="db.acme.example.com", port=5432, target_group_arn=GROUP, topic_arn=TOPIC)


def health(address: str, state: str, **more: Any) -> dict[str, Any]:
    return {"Target": {"Id": address, "Port": 5432, **more}, "TargetHealth": {"State": state}}


class Aws:
    """elbv2 and SNS behind stubs: each call's parameters are checked against the service's model and against these."""

    def __init__(self) -> None:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
        self.elbv2 = boto3.client("elbv2", **keys)
        self.sns = boto3.client("sns", **keys)
        self.elbv2_calls = Stubber(self.elbv2)
        self.sns_calls = Stubber(self.sns)
        self.elbv2_calls.activate()
        self.sns_calls.activate()

    def holds(self, *targets: dict[str, Any]) -> None:
        # No `Targets` in the request: a question about the new address alone would never show a stale one.
        self.elbv2_calls.add_response(
            "describe_target_health", {"TargetHealthDescriptions": list(targets)}, {"TargetGroupArn": GROUP}
        )

    def expects(self, operation: str, *targets: dict[str, Any]) -> None:
        self.elbv2_calls.add_response(operation, {}, {"TargetGroupArn": GROUP, "Targets": list(targets)})

    def expects_message(self) -> None:
        self.sns_calls.add_response("publish", {"MessageId": "1"})

    def watch(self, *addresses: str) -> dict[str, Any]:
        return watch(SETTINGS, resolve=lambda _host: addresses, elbv2=self.elbv2, sns=self.sns)

    def had_all_calls(self) -> None:
        self.elbv2_calls.assert_no_pending_responses()
        self.sns_calls.assert_no_pending_responses()


def test_a_new_address_is_registered_outside_the_vpc_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    aws = Aws()
    aws.holds()
    aws.expects("register_targets", {"Id": "10.20.0.1", "Port": 5432, "AvailabilityZone": "all"})
    aws.expects_message()
    report = aws.watch("10.20.0.1")
    aws.had_all_calls()
    assert report["registered"] == ["10.20.0.1"]
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["level"] == "change"


def test_a_stale_address_is_deregistered_as_it_was_registered() -> None:
    aws = Aws()
    aws.holds(health("10.20.0.1", "unhealthy", AvailabilityZone="all"), health("10.20.0.2", "healthy"))
    aws.expects("deregister_targets", {"Id": "10.20.0.1", "Port": 5432, "AvailabilityZone": "all"})
    aws.expects_message()
    assert aws.watch("10.20.0.2")["deregistered"] == ["10.20.0.1"]
    aws.had_all_calls()


def test_where_nothing_changes_nothing_is_called_and_nobody_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    aws = Aws()
    aws.holds(health("10.20.0.1", "healthy"))
    report = aws.watch("10.20.0.1")
    aws.had_all_calls()
    assert (report["registered"], report["deregistered"], report["wait"]) == ([], [], "")
    assert json.loads(capsys.readouterr().out)["level"] == "info"


def test_the_new_target_stands_before_the_old_one_goes() -> None:
    aws = Aws()
    aws.holds(health("10.20.0.1", "healthy"), health("10.20.0.9", "healthy"))
    # Stubs answer in this order only.
    aws.expects("register_targets", {"Id": "10.20.0.2", "Port": 5432, "AvailabilityZone": "all"})
    aws.expects("deregister_targets", {"Id": "10.20.0.9", "Port": 5432})
    aws.expects_message()
    aws.watch("10.20.0.1", "10.20.0.2")
    aws.had_all_calls()


@pytest.mark.parametrize("answer", [(), ("52.1.2.3",), ("10.20.0.1", "127.0.0.1")])
def test_an_answer_that_cannot_be_the_database_raises_and_changes_nothing(answer: tuple[str, ...]) -> None:
    aws = Aws()
    aws.holds(health("10.20.0.7", "healthy"))
    with pytest.raises(WatcherError, match=SETTINGS.host):
        aws.watch(*answer)
    aws.had_all_calls()


def test_a_failed_lookup_raises_and_names_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(WatcherError, match=r"db\.acme\.example\.com cannot be resolved"):
        handler.resolve_host("db.acme.example.com")


def test_every_address_of_the_name_is_taken_once() -> None:
    assert handler.resolve_host("127.0.0.1") == ["127.0.0.1"]


def test_lambda_is_told_of_a_failure_in_one_line_and_by_the_exception(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATABASE_HOST", "DATABASE_PORT", "TARGET_GROUP_ARN", "SNS_TOPIC_ARN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(WatcherError, match="DATABASE_HOST"):
        handler.lambda_handler({}, None)
    [line] = capsys.readouterr().out.splitlines()
    assert "DATABASE_HOST" in json.loads(line)["problem"]


def test_lambda_reads_its_environment_and_uses_its_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    aws.holds(health("10.20.0.1", "healthy"))
    made = {"elbv2": aws.elbv2, "sns": aws.sns}
    monkeypatch.setattr(boto3, "client", lambda name, config: made[name])
    monkeypatch.setattr(handler, "resolve_host", lambda host: ["10.20.0.1"])
    environment = {"HOST": SETTINGS.host, "PORT": "5432"}
    for name, value in environment.items():
        monkeypatch.setenv(f"DATABASE_{name}", value)
    monkeypatch.setenv("TARGET_GROUP_ARN", GROUP)
    monkeypatch.setenv("SNS_TOPIC_ARN", TOPIC)
    assert handler.lambda_handler({}, None)["resolved"] == ["10.20.0.1"]


def test_a_silent_api_cannot_hold_a_call_until_lambda_kills_it() -> None:
    config: Any = handler.CALLS
    # Look, register, deregister, publish: in the worst case each waits out both of its attempts.
    worst = 4 * config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout)
    assert worst <= 45  # the function's own limit is 50 seconds
