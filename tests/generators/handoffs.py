"""The customer's steps of the shipped examples, and what a page says beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from generators.handoff.page import Cover
from tests.generators.samples import INSTANCE_OUTPUTS, SHARD_OUTPUTS, deployment_answers, shard_answers
from wizard.blueprints.springtail.contracts import InstanceOutputs, PublicOutputs
from wizard.handoff.model import Site, Step
from wizard.handoff.steps import handoff

SITE = Site("222222222222", "us-east-1")
RDS_HOST = "acme-main.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com"

_PUBLIC_PATH = PublicOutputs(
    proxy_nlb_arn="arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/proxy/1",
    proxy_nlb_dns="acme-prod-proxy-1.elb.us-east-1.amazonaws.com",
    proxy_public_ips=["198.51.100.20"],
    proxy_target_group_arn="arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/proxy/1",
)


@cache
def private_steps(host: str = RDS_HOST) -> tuple[Step, ...]:
    """The private example's, with a database that RDS runs unless another host is given."""
    return _private(host, INSTANCE_OUTPUTS)


@cache
def public_steps() -> tuple[Step, ...]:
    """The public example's: nobody named an account, so people do all of them."""
    outputs = INSTANCE_OUTPUTS.model_copy(update={"private": None, "public": _PUBLIC_PATH})
    return handoff(deployment_answers("public"), shard_answers(), outputs, SHARD_OUTPUTS)


@cache
def shared_vpc_steps() -> tuple[Step, ...]:
    """Those where the application lives in the database's VPC, and shares its peering."""
    assert INSTANCE_OUTPUTS.private is not None
    database = INSTANCE_OUTPUTS.private.database_peering
    path = INSTANCE_OUTPUTS.private.model_copy(update={"application_peerings": {"web": database}})
    return _private(RDS_HOST, INSTANCE_OUTPUTS.model_copy(update={"private": path}))


def _private(host: str, outputs: InstanceOutputs) -> tuple[Step, ...]:
    answers = deployment_answers("private")
    database = answers.database.model_copy(update={"host": host})
    return handoff(answers.model_copy(update={"database": database}), shard_answers(), outputs, SHARD_OUTPUTS)


def cover(**changes: object) -> Cover:
    """What the page of the example says beside its steps."""
    given: dict[str, object] = {
        "deployment": "acme-prod",
        "operator_account": "111111111111",
        "version": "0.1.0",
        "expires": {"pcx-0123456789abcdef0": datetime(2026, 11, 28, 11, 30, tzinfo=UTC)},
        "policies": {
            SITE: (("read", '{\n  "Version": "2012-10-17"\n}'), ("do", "{}"), ("undo", "{}")),
        },
    }
    return Cover(**{**given, **changes})  # type: ignore[arg-type]
