"""Answers, pins and contracts that the tests emit from: the shipped examples, and what AWS would have said."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Literal

from ruamel.yaml import YAML

from generators.springtail import deployment_files, shard_files
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, ServiceOutputs, ShardOutputs
from wizard.blueprints.springtail.facts import Pin, Pins, StateLocation

STATE = StateLocation(
    backend="s3",
    bucket="planewright-state-111111111111-us-east-1",
    region="us-east-1",
    kms_key_arn="arn:aws:kms:us-east-1:111111111111:key/11111111-2222-3333-4444-555555555555",
)

#: The same home of the state, locked otherwise.
LOCKS: dict[str, StateLocation] = {
    lock: STATE.model_copy(update={"lock": lock, "lock_table": "planewright-state-lock"})
    for lock in ("dynamodb", "both")
}

SHARD_OUTPUTS = ShardOutputs(
    account_id="111111111111",
    region="us-east-1",
    zone_id="use1-az1",
    availability_zone="us-east-1a",
    vpc_id="vpc-0123456789abcdef0",
    vpc_cidr="10.64.0.0/16",
    private_subnet_id="subnet-0123456789abcdef0",
    private_subnet_cidr="10.64.0.0/18",
    public_subnet_id="subnet-0123456789abcdef1",
    public_subnet_cidr="10.64.64.0/24",
    nat_public_ip="198.51.100.10",
    redis_replication_group_id="use1-a-redis",
    redis_user_group_id="use1-a-users",
    redis_host="master.use1-a-redis.abcdef.use1.cache.amazonaws.com",
    redis_port=6379,
    redis_security_group_id="sg-0123456789abcdef0",
    sns_topic_arn="arn:aws:sns:us-east-1:111111111111:use1-a-events",
)


def _peering(peering_id: str, vpc_id: str, cidr: str) -> dict[str, str]:
    return {
        "id": peering_id,
        "peer_account_id": "222222222222",
        "peer_region": "us-east-1",
        "peer_vpc_id": vpc_id,
        "peer_cidr": cidr,
    }


INSTANCE_OUTPUTS = InstanceOutputs.model_validate_json(
    json.dumps(
        {
            "nodes": {
                "ingestion-0": {
                    "name": "acme-prod-ingestion-0",
                    "role": "ingestion",
                    "instance_id": "i-0123456789abcdef0",
                    "private_ip": "10.64.0.10",
                }
            },
            "data_volume_ids": [f"vol-0123456789abcdef{index}" for index in range(4)],
            "slog_volume_id": "vol-0123456789abcdef9",
            "database_secret_name": "sk/acme/acme-main/aws/dbi/1001/primary_db_password",
            "redis_secret_name": "redis/password/us-east-1/use1-a/1001",
            "redis_user_id": "acme-prod-redis",
            "redis_user_name": "acme-prod-redis",
            "redis_access_string": "on ~1001:* -@all",
            "private": {
                "transit_vpc_id": "vpc-0123456789abcdef1",
                "transit_vpc_cidr": "100.64.0.0/24",
                "inbound_nlb_arn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/in/1",
                "inbound_target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/in/1",
                "inbound_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
                "inbound_endpoint_id": "vpce-0123456789abcdef0",
                "inbound_endpoint_dns": "vpce-0.vpce-svc-1.us-east-1.vpce.amazonaws.com",
                "outbound_nlb_arn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/out/1",
                "outbound_target_group_arn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/out/1",
                "outbound_service_name": "com.amazonaws.vpce.us-east-1.vpce-svc-2",
                "outbound_endpoint_id": "vpce-0123456789abcdef1",
                "outbound_endpoint_dns": "vpce-1.vpce-svc-2.us-east-1.vpce.amazonaws.com",
                "private_zone_id": "Z0123456789",
                "watcher_function_name": "acme-prod-watcher",
                "database_peering": _peering("pcx-0123456789abcdef0", "vpc-0a1b2c3d4e5f60718", "10.20.0.0/16"),
                "application_peerings": {
                    "web": _peering("pcx-0123456789abcdef1", "vpc-0b1c2d3e4f5061728", "10.30.0.0/16")
                },
            },
        }
    )
)


#: The same nodes, behind the customer's endpoint service.
SERVICE_OUTPUTS = INSTANCE_OUTPUTS.model_copy(
    update={
        "private": None,
        "service": ServiceOutputs(
            inbound_service_name="com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
            inbound_endpoint_id="vpce-0123456789abcdef0",
            outbound_nlb_arn="arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/out/1",
            outbound_target_group_arn="arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/out/1",
            outbound_service_name="com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef1",
            outbound_service_id="vpce-svc-0123456789abcdef1",
        ),
    }
)


def _example(name: str) -> dict[str, Any]:
    text = files("assets").joinpath(f"examples/{name}.yaml").read_text()
    values: dict[str, Any] = YAML(typ="safe").load(text)
    return values


def shard_answers() -> ShardAnswers:
    """The example shard."""
    return ShardAnswers.model_validate(_example("shard"))


def deployment_answers(topology: str) -> DeploymentAnswers:
    """The example deployment of a topology."""
    return DeploymentAnswers.model_validate(_example(topology))


def variant(topology: str, **ingestion: Any) -> DeploymentAnswers:
    """The example deployment of a topology, with other answers for its ingestion node."""
    raw = _example(topology)
    raw.setdefault("nodes", {}).setdefault("ingestion", {}).update(ingestion)
    return DeploymentAnswers.model_validate(raw)


#: The examples with another storage under ingestion: what is emitted differs from the example's in its values only.
STORAGES: dict[str, dict[str, Any]] = {
    "nvme": {"instance_type": "i4i.4xlarge", "storage": "nvme"},
    "io2": {"volumes": {"type": "io2", "iops": 8000}, "slog": {"type": "io2", "iops": 1000}},
}


def pins() -> Pins:
    """One image for each role of the examples."""

    def pin(instance_type: str, architecture: Literal["x86_64", "arm64"] = "x86_64") -> Pin:
        return Pin(
            ami_id="ami-0123456789abcdef0",
            architecture=architecture,
            instance_type=instance_type,
            resolved_at="2026-01-01T00:00:00Z",
        )

    return Pins(ingestion=pin("r6i.4xlarge"), proxy=pin("c6i.xlarge"), fdw=pin("r6i.xlarge"))


def stack_files(stack: str, storage: str = "", state: StateLocation = STATE) -> dict[str, bytes]:
    """A stack of the examples, complete: `shard/shard`, `private/instance`, `service/link` …

    `storage` names one of STORAGES for its ingestion node.
    """
    owner, name = stack.split("/")
    if owner == "shard":
        return shard_files(shard_answers(), state=state)
    return deployment_files(
        variant(owner, **STORAGES[storage]) if storage else deployment_answers(owner),
        shard_answers(),
        name,
        pins=pins(),
        contract=_handed(owner) if name == "link" else SHARD_OUTPUTS,
        state=state,
    )


def _handed(owner: str) -> InstanceOutputs:
    return SERVICE_OUTPUTS if owner == "service" else INSTANCE_OUTPUTS


#: Every stack that the examples have.
STACKS = (
    "shard/shard",
    "private/instance",
    "private/link",
    "service/instance",
    "service/link",
    "public/instance",
)
