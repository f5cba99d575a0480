"""What went wrong in people's words: who, why, and what to do next."""

from __future__ import annotations

import json

import pytest

from tests.engine.conftest import STREAMS, stream
from wizard.engine.diagnostics import brief, failure
from wizard.engine.events import Diagnostic, read_diagnostic
from wizard.engine.reducer import reduce as fold
from wizard.errors import AccountError, EngineError, PlanewrightError, StateLockedError


@pytest.mark.parametrize(
    ("name", "kind", "title", "action"),
    [
        ("err-access-denied", AccountError, "AWS denied", "be allowed"),
        ("err-endpoint-unreachable", EngineError, "could not be reached", "HTTPS_PROXY"),
        ("err-invalid-token", AccountError, "refused to say whose credentials", "get-caller-identity"),
        ("err-no-credentials", AccountError, "no AWS credentials", "AWS_PROFILE"),
        ("err-stale-plan", EngineError, "out of date", "plan again"),
        ("err-undeclared-var", EngineError, "could not be planned", "run the command again"),
        ("lock-stale-plan", StateLockedError, "holds the state's lock", "planewright unlock"),
        ("lock-conflict-dynamodb-plan", StateLockedError, "holds the state's lock", "wait"),
        ("apply-sigterm-plugin-died", EngineError, "provider died", "plan again"),
    ],
)
def test_a_recorded_failure_gets_its_words(name: str, kind: type[PlanewrightError], title: str, action: str) -> None:
    error = failure("instance could not be planned", fold(stream(name)).errors)
    assert type(error) is kind
    assert title in error.title
    assert action in error.action
    assert error.cause


def test_denied_actions_are_named() -> None:
    error = failure("instance could not be applied", fold(stream("err-access-denied")).errors)
    assert "ec2:CreateVpc" in error.title


def test_a_held_lock_says_who_since_when_and_for_what() -> None:
    error = failure("instance could not be planned", fold(stream("lock-stale-plan")).errors)
    assert error.cause == (
        "ci@dead has held it since 2026-11-20 02:11:55 UTC, for apply (lock id 11111111-2222-3333-4444-555555555555)"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "operation error STS: GetCallerIdentity, StatusCode: 403, api error ExpiredToken: The security token",
            "expired",
        ),
        ("SSOTokenProvider: the SSO session has expired or is otherwise invalid", "expired"),
        ("AWS account ID not allowed: 111111111111", "another AWS account"),
        ("write /var/state: no space left on device", "disk is full"),
        ("Inconsistent dependency lock file", "lock file names"),
        ("state data in S3 does not have the expected content.", "not the one whose digest the lock table has"),
    ],
)
def test_known_signs_are_recognised(text: str, words: str) -> None:
    assert words in failure("x", [Diagnostic("error", text)]).title


def test_errors_are_listed_once_with_their_resource_and_a_limit() -> None:
    many = [Diagnostic("error", f"boom {index}", address=f"a.b[{index}]") for index in range(9)]
    cause = failure("x", [*many, many[0], Diagnostic("error", "execution halted")]).cause
    assert "a.b[0]: boom 0" in cause
    assert "and 4 more" in cause
    assert "halted" not in cause


def test_a_provider_is_no_resource_and_a_place_is_given_instead() -> None:
    item = Diagnostic("error", "no\n credentials", "see docs", 'provider["x"]', "main.tf:4")
    assert brief(item) == "no credentials (main.tf:4) — see docs"


def test_warnings_are_no_failure_and_silence_is_said() -> None:
    assert "without saying why" in failure("x", [Diagnostic("warning", "old")]).cause


@pytest.mark.parametrize(("name", "count"), [("validate-config-error", 4), ("validate-provider-error", 1)])
def test_the_answers_of_validate_read_as_diagnostics(name: str, count: int) -> None:
    value = json.loads((STREAMS / f"{name}.jsonl").read_text())
    found = [read_diagnostic(item) for item in value["diagnostics"]]
    assert len(found) == count
    assert all(item.where for item in found)
