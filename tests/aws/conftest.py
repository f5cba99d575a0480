"""A stock moto in this process, an account in it, and time that stands still."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field

import botocore.loaders
import pytest
from moto import mock_aws

from wizard.answers.account import Account
from wizard.aws.clock import Clock
from wizard.aws.session import AwsSession, open_session
from wizard.blueprints.springtail.answers import ShardAnswers

ACCOUNT_ID = "123456789012"
SECRET_KEY = "canary-of-the-operators-secret-key-0000000"
ENVIRON = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
}


@pytest.fixture(scope="session", autouse=True)
def _one_loader() -> Iterator[None]:
    """Read the services' models once: every session would parse them anew, a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.loaders, "create_loader", functools.cache(botocore.loaders.create_loader))
        yield


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def account(**changes: str) -> Account:
    return Account(**{"id": ACCOUNT_ID, "region": "us-east-1"} | changes)


@pytest.fixture
def session(aws: None) -> AwsSession:
    return open_session(account(), environ=ENVIRON)


def shard(**changes: object) -> ShardAnswers:
    fixed = {"planewright": "0.1.0", "name": "use1-a", "account": account(), "zone_id": "use1-az1"}
    return ShardAnswers.model_validate(fixed | changes)


@dataclass
class StillTime:
    """Time that passes only in sleeps, which take none."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, sleep=self._sleep)


@pytest.fixture
def still() -> StillTime:
    return StillTime()
