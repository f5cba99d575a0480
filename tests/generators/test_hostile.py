"""Answers never become code: whatever a person types, only data files differ, and they say just what was typed."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings

from generators.springtail import deployment_files, shard_files
from tests.generators.samples import INSTANCE_OUTPUTS, SHARD_OUTPUTS, STATE, pins, stack_files
from tests.generators.strategies import deployments, hostile_deployments, shards
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.stacks import LINK, stacks_of

#: Files that are made of values. All others are structure.
DATA = {"terraform.tfvars.json", "contract.auto.tfvars.json", "backend.tf.json"}

LIMITS = {
    "inbound_nlb": 32,
    "inbound_target_group": 32,
    "outbound_nlb": 32,
    "outbound_target_group": 32,
    "proxy_nlb": 32,
    "proxy_target_group": 32,
    "redis_user_id": 40,
}

wide = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@cache
def _structure(stack: str) -> dict[str, bytes]:
    return {name: data for name, data in stack_files(stack).items() if name not in DATA}


def _without_data(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name not in DATA}


def _emit(deployment: DeploymentAnswers, shard: ShardAnswers, stack: str) -> dict[str, bytes]:
    contract = INSTANCE_OUTPUTS if stack == LINK else SHARD_OUTPUTS
    return deployment_files(deployment, shard, stack, pins=pins(), contract=contract, state=STATE)


def _variables(files: dict[str, bytes]) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(files["terraform.tfvars.json"])
    return values


@given(shards())
@wide
def test_a_shards_code_is_the_same_for_all_answers(shard: ShardAnswers) -> None:
    files = shard_files(shard, state=STATE)
    assert _without_data(files) == _structure("shard/shard")
    variables = _variables(files)
    assert variables["tags"] == shard.governance.tags
    assert variables["network"] == shard.network.model_dump()
    assert variables["kms_key_arn"] == (shard.governance.kms_key_arn or None)


@given(hostile_deployments(), shards())
@wide
def test_a_deployments_code_depends_on_its_topology_alone(deployment: DeploymentAnswers, shard: ShardAnswers) -> None:
    for stack in stacks_of(deployment):
        files = _emit(deployment, shard, stack)
        assert _without_data(files) == _structure(f"{deployment.topology}/{stack}")
        assert _variables(files)["tags"] == {**shard.governance.tags, **deployment.tags}


@given(hostile_deployments(), shards())
@wide
def test_what_was_typed_arrives_as_it_was_typed(deployment: DeploymentAnswers, shard: ShardAnswers) -> None:
    variables = _variables(_emit(deployment, shard, "instance"))
    # The excluded are for the stack's structure, or for checks before anything is built.
    database = deployment.database.model_dump(
        mode="json", exclude={"link", "service_name", "vpc", "databases", "profile"}
    )
    assert variables["database"] == database
    assert variables["identifiers"] == deployment.identifiers.model_dump()
    assert variables["package"] == deployment.package.model_dump()
    assert variables["account_id"] == shard.account.id
    assert variables["nodes"]["fdw"]["count"] == deployment.nodes.fdw.count
    assert variables["nodes"]["ingestion"]["storage"] == deployment.nodes.ingestion.storage
    assert variables.get("client_cidrs", []) == list(deployment.proxy.client_cidrs)
    assert sorted(variables.get("applications", {})) == sorted(a.name for a in deployment.applications)


@given(deployments(), shards())
@wide
def test_names_stay_within_awss_limits(deployment: DeploymentAnswers, shard: ShardAnswers) -> None:
    names = _variables(_emit(deployment, shard, "instance"))["names"]
    for purpose, name in names.items():
        assert re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", name), purpose
        assert len(name) <= LIMITS.get(purpose, 64), purpose
    assert len({name for purpose, name in names.items() if purpose.endswith(("nlb", "group", "role"))}) == 9


def test_the_longest_answers_fit_into_a_nodes_parameter() -> None:
    """4096 characters is what a standard parameter holds; the module writes these values and AWS's ids into it."""
    longest = {
        "deployment": "d" * 32,
        "shard": "s" * 32,
        "ids": {"organization": "o" * 32, "account": "a" * 32, "instance": "i" * 32},
        "package": {"uri": f"s3://{'b' * 63}/{'k' * 900}", "sha256": "0" * 64},
        "redis": {"host": "r" * 120, "port": 65535, "user": "u" * 40, "secret": f"redis/password/{'x' * 90}"},
        "database": {
            "host": "h" * 253,
            "port": 65535,
            "name": "n" * 63,
            "user": "u" * 63,
            "secret": f"sk/{'x' * 68}/aws/dbi/{'x' * 32}/primary_db_password",
            "endpoint": "e" * 120,
            "ca": {"kind": "system", "parameter": f"/planewright/{'d' * 32}/database-ca"},
        },
        "sns_topic_arn": "a" * 330,
        "volumes": {"data": ["vol-0123456789abcdef0"] * 8, "slog": "vol-0123456789abcdef0"},
        "role": "ingestion",
        "region": "ap-southeast-2",
        "format": 1,
    }
    written = stack_files("private/instance")["modules/nodes/configuration.tf"].decode()
    for key in (*longest, "secret", "endpoint", "parameter", "sha256"):
        assert re.search(rf"\b{key}\s*=", written), f"{key} is no longer written: measure anew"
    assert len(json.dumps(longest)) <= 4096
