"""A price list, and estimates that are made by asking it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Protocol

import pytest

from tests.cost.pricelist import PriceList, region
from tests.live.account import changed
from wizard.aws.session import BRISK, AwsSession, open_session
from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.checks.subject import Subject
from wizard.cost.estimate import Estimate, asks_of, estimate
from wizard.deploy.checking import Checker
from wizard.rehearsal.answers import example

KEYS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}


class Estimating(Protocol):
    def __call__(
        self,
        topology: str = "private",
        *,
        shard: Mapping[str, Any] | None = None,
        deployment: Mapping[str, Any] | None = None,
    ) -> Estimate: ...


@pytest.fixture(scope="session")
def server() -> Iterator[PriceList]:
    with PriceList([]) as server:
        yield server


@pytest.fixture
def prices(server: PriceList) -> PriceList:
    """A price list as it is at first, asked by nobody yet."""
    server.products, server.asked = region(), []
    server.page, server.refusal = 100, None
    return server


@cache
def session(url: str) -> AwsSession:
    """Open a session whose Price List is at an address; its clients are dear, so it is one for all."""
    answers = build(example("shard"), ShardAnswers, source="shard")
    return open_session(answers.account, environ={**KEYS, "AWS_ENDPOINT_URL_PRICING": url}, patience=BRISK)


@pytest.fixture
def estimated(prices: PriceList) -> Estimating:
    def make(
        topology: str = "private",
        *,
        shard: Mapping[str, Any] | None = None,
        deployment: Mapping[str, Any] | None = None,
    ) -> Estimate:
        on = build(changed(example("shard"), shard or {}), ShardAnswers, source="shard")
        answers = build(changed(example(topology), deployment or {}), DeploymentAnswers, source=topology)
        checker = Checker(lambda: {"operator": session(prices.url)})
        facts = checker.read(asks_of(on, answers), Subject(on, answers))
        return estimate(on, answers, facts)

    return make
