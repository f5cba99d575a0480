"""Answers that are wrong by themselves: the same as in tests/checks, found by the whole check against an account as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.checks import test_checks as pure
from tests.live.account import Account, Case
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.deploy.needed import emitted_of
from wizard.facts.access import RegionStatus
from wizard.facts.asking import Facts
from wizard.findings import Severity

Beside = Callable[[Account], Mapping[str, Any]]
Expected = tuple[str, str, str]


def _case(expected: Expected, title: str, beside: Beside, **more: Any) -> Case:
    code, severity, path = expected
    return Case(code, title, Severity(severity), path, (), beside=beside, answers_only=True, **more)


def _a_shard_s(settings: tuple[str, ...]) -> Beside:
    def beside(_: Account) -> Mapping[str, Any]:
        shard = pure.shard(*settings)
        return {"shard": shard, "deployment": None, "emitted": emitted_of(shard)}

    return beside


def _a_deployment_s(name: str, settings: tuple[str, ...]) -> Beside:
    return _besides(lambda: pure.deployment(name, *settings))


def _besides(
    deployment: Callable[[], DeploymentAnswers], others: Callable[[], tuple[DeploymentAnswers, ...]] = lambda: ()
) -> Beside:
    def beside(_: Account) -> Mapping[str, Any]:
        shard: ShardAnswers = pure.shard()
        answers = deployment()
        return {
            "shard": shard,
            "deployment": answers,
            "others": others(),
            "emitted": emitted_of(shard, answers),
        }

    return beside


def _of_the_tables() -> Iterator[Case]:
    for settings, expected in pure.SHARD_CASES:
        yield _case(expected, f"shard {' '.join(settings)}", _a_shard_s(settings))
    for name, settings, expected in pure.CASES:
        yield _case(expected, f"{name} {' '.join(settings)}", _a_deployment_s(name, settings))


def _renamed(**fields: Any) -> Beside:
    return _besides(lambda: pure.deployment("private").model_copy(update=fields))


def _same_ids() -> tuple[DeploymentAnswers, ...]:
    ids = pure.deployment("private").identifiers
    return (pure.other("public").model_copy(update={"identifiers": ids}),)


def _private() -> DeploymentAnswers:
    return pure.deployment("private")


def _of_last_week(facts: Facts) -> Facts:
    week = timedelta(days=7, hours=1)
    return Facts({ask: replace(reading, at=reading.at - week) for ask, reading in facts.items()})


def _without_the_region(facts: Facts) -> Facts:
    return facts.only(frozenset(ask for ask in facts if not isinstance(ask, RegionStatus)))


CASES = (
    *_of_the_tables(),
    _case(("INSTANCE_ID_TAKEN", "critical", "identifiers.instance"), "two with one id", _besides(_private, _same_ids)),
    _case(("NAME_COLLISION", "critical", "name"), "names are made of the ids", _besides(_private, _same_ids)),
    _case(
        ("CIDR_OVERLAP", "critical", "transit.vpc_cidr"),
        "one customer VPC, two transit VPCs of one block",
        _besides(_private, lambda: (pure.other("private"),)),
    ),
    _case(
        ("PROXY_HOST_TAKEN", "critical", "proxy.host"),
        "two proxies of one name before one application",
        _besides(_private, lambda: (pure.other("private"),)),
    ),
    _case(("NAME_RESERVED", "critical", "name"), "AWS keeps internal-", _renamed(name="internal-acme")),
    _case(("NAME_SHORTENED", "info", "name"), "32 characters", _renamed(name="a" * 32)),
    _case(("TAGS_TOO_MANY", "critical", "tags"), "40 tags", _renamed(tags={f"t{n}": "x" for n in range(40)})),
    _case(("PACKAGE_MISSING", "info", "package.s3_uri"), "no package named", _besides(_private)),
    Case("FACTS_OLD", "a file of last week", Severity.WARN, "", ("7 days ago",), recorded=_of_last_week),
    Case(
        "FACT_NOT_RECORDED",
        "a file that says nothing of the region",
        Severity.HIGH,
        "facts.region_status",
        ("region_status", "unchecked: whether the region exists"),
        recorded=_without_the_region,
    ),
)
