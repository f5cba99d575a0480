"""The shipped examples, as the rooms of permissions take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.live.account import changed
from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.deploy.needed import emitted_of
from wizard.permissions.emitted import Emitted
from wizard.permissions.grants import Grant
from wizard.permissions.needed import operator_grants
from wizard.permissions.places import Places
from wizard.rehearsal.answers import example

ACCOUNT = "111111111111"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0f0f0f0f-1111-2222-3333-444444444444"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/bounds"
#: Everything that an answer can bring in.
DEMANDING = {
    "governance.kms_key_arn": KEY,
    "governance.permissions_boundary_arn": BOUNDARY,
    "state.kms_key_arn": KEY,
    "state.lock": "both",
}


def shard(**changes: Any) -> ShardAnswers:
    return build(changed(example("shard"), dotted(changes)), ShardAnswers, source="the shard's example")


def deployment(topology: str, **changes: Any) -> DeploymentAnswers:
    return build(changed(example(topology), dotted(changes)), DeploymentAnswers, source="the example")


def dotted(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords cannot hold dots: two underscores stand for one."""
    return {key.replace("__", "."): value for key, value in changes.items()}


def emitted(topology: str, demands: Mapping[str, Any] | None = None) -> tuple[Emitted, ...]:
    own = shard(**(demands or {}))
    return emitted_of(own, None if topology == "shard" else deployment(topology))


def grants(topology: str, demands: Mapping[str, Any] | None = None) -> tuple[Grant, ...]:
    own = shard(**(demands or {}))
    instance = None if topology == "shard" else deployment(topology)
    return operator_grants(Places(own, instance), emitted_of(own, instance))
