"""Springtail's `terraform.tfvars.json`: everything a person answered, as data and in no other file.

Optional ARNs are empty in the answers and null in OpenTofu, where an empty string would be taken for a value.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from wizard.blueprints.springtail import names
from wizard.blueprints.springtail.answers import (
    Ami,
    Application,
    DatabaseVpc,
    DataVolumes,
    DeploymentAnswers,
    LogVolume,
    ShardAnswers,
    Storage,
    TlsHolder,
    Topology,
    VolumeType,
)
from wizard.blueprints.springtail.facts import Pin, Pins

Values: TypeAlias = dict[str, Any]


def shard(answers: ShardAnswers) -> Values:
    """Give the variables of stack `shard`."""
    return {
        "account_id": answers.account.id,
        "region": answers.account.region,
        "shard": answers.name,
        "tags": answers.governance.tags,
        "zone_id": answers.zone_id,
        "network": answers.network.model_dump(mode="json"),
        "redis": answers.redis.model_dump(mode="json"),
        "names": names.shard_names(answers),
        "kms_key_arn": answers.governance.kms_key_arn or None,
    }


def instance(deployment: DeploymentAnswers, shard: ShardAnswers, pins: Pins | None) -> Values:
    """Give the variables of stack `instance`, of either topology."""
    database = deployment.database
    common = {
        **_deployment(deployment, shard),
        "names": names.names(deployment),
        "identifiers": deployment.identifiers.model_dump(mode="json"),
        "database": {
            "host": database.host,
            "port": database.port,
            "name": database.name,
            "user": database.user,
            "certificate_authority": database.certificate_authority.value,
            "ca_pem": database.ca_pem,
        },
        "proxy": {"host": deployment.proxy.host, "port": deployment.proxy.port},
        "nodes": _nodes(deployment, pins),
        "apart": {key: node.model_dump(mode="json") for key, node in sorted(pins.nodes.items())} if pins else {},
        "package": deployment.package.model_dump(mode="json"),
        "secret_names": {
            "database": names.database_secret(deployment),
            "redis": names.redis_secret(shard, deployment),
            "proxy_tls": None if deployment.proxy.tls is TlsHolder.NONE else names.proxy_tls_secret(deployment),
        },
        "kms_key_arn": shard.governance.kms_key_arn or None,
        "permissions_boundary_arn": shard.governance.permissions_boundary_arn or None,
        "deletion_protection": shard.governance.deletion_protection,
    }
    if deployment.through_service:
        return common | _service(deployment)
    return common | (_private(deployment, shard) if deployment.topology is Topology.PRIVATE else _public(deployment))


def link(deployment: DeploymentAnswers, shard: ShardAnswers) -> Values:
    """Give the variables of stack `link`: all else comes with the contract."""
    named = {"database_host": deployment.database.host} if deployment.through_service else {}
    return _deployment(deployment, shard) | named


def _deployment(deployment: DeploymentAnswers, shard: ShardAnswers) -> Values:
    return {
        "account_id": shard.account.id,
        "region": shard.account.region,
        "shard": shard.name,
        "deployment": deployment.name,
        "tags": {**shard.governance.tags, **deployment.tags},
    }


def _private(deployment: DeploymentAnswers, shard: ShardAnswers) -> Values:
    return {
        "database_vpc": _vpc(deployment.database.vpc) if deployment.database.vpc else None,
        "applications": {application.name: _vpc(application) for application in deployment.applications},
        "transit": deployment.transit.model_dump(mode="json"),
        "log_retention_days": shard.log_retention_days,
    }


def _service(deployment: DeploymentAnswers) -> Values:
    return {
        "database_service_name": deployment.database.service_name,
        "applications": {application.name: _vpc(application) for application in deployment.applications},
    }


def _public(deployment: DeploymentAnswers) -> Values:
    return {"client_cidrs": list(deployment.proxy.client_cidrs)}


def _vpc(vpc: DatabaseVpc | Application) -> Values:
    return {"account_id": vpc.account_id, "region": vpc.region, "vpc_id": vpc.vpc_id, "cidr": vpc.cidr}


def _nodes(deployment: DeploymentAnswers, pins: Pins | None) -> Values:
    nodes = deployment.nodes
    on_ebs = nodes.ingestion.storage is Storage.EBS
    return {
        "ingestion": {
            "instance_type": nodes.ingestion.instance_type,
            "ami_id": _image(nodes.ingestion.ami, pins.ingestion if pins else None),
            "root_volume_gib": nodes.ingestion.root_volume_gib,
            "storage": nodes.ingestion.storage.value,
            "volumes": _volume(nodes.ingestion.volumes) if on_ebs else None,
            "slog": _volume(nodes.ingestion.slog) if on_ebs else None,
        },
        "proxy": {
            "instance_type": nodes.proxy.instance_type,
            "ami_id": _image(nodes.proxy.ami, pins.proxy if pins else None),
            "root_volume_gib": nodes.proxy.root_volume_gib,
            "count": nodes.proxy.count,
        },
        "fdw": {
            "instance_type": nodes.fdw.instance_type,
            "ami_id": _image(nodes.fdw.ami, pins.fdw if pins else None),
            "root_volume_gib": nodes.fdw.root_volume_gib,
            "count": nodes.fdw.count,
        },
    }


def _volume(volume: DataVolumes | LogVolume) -> Values:
    """Give a volume's values. Throughput is gp3's alone: with other types it follows from the IOPS, and is refused."""
    values = volume.model_dump(mode="json")
    return values if volume.type is VolumeType.GP3 else values | {"throughput_mibps": None}


def _image(ami: Ami, pin: Pin | None) -> str:
    """Give the image that the answers name, else the pinned one, else none, which the stack's own validation reports."""
    return ami.id or (pin.ami_id if pin else "")
