"""What is gone with a resource: what it stores, and the names that others have written down. Pure; docs/changes.md."""

from __future__ import annotations

from typing import Final

from wizard.changes.change import Change

#: What is gone for good with a resource of this type. The words complete "destroying ADDRESS loses ...".
DATA: Final[dict[str, str]] = {
    "aws_ebs_volume": "the data on the volume",
    "aws_elasticache_replication_group": "Redis: configuration, users and coordinator state of every instance on the shard",
    "aws_elasticache_cluster": "the cache and all that is kept in it",
    "aws_secretsmanager_secret": "the secret's value; its name stays blocked until the recovery window is over",
    "aws_secretsmanager_secret_version": "this version of the secret",
    "aws_db_instance": "the database",
    "aws_rds_cluster": "the database cluster",
    "aws_s3_bucket": "the objects in the bucket",
    "aws_dynamodb_table": "the table's items",
    "aws_efs_file_system": "the files",
    "aws_kms_key": "all that was encrypted with the key",
    "aws_cloudwatch_log_group": "the logs",
}
#: Nothing stored, but others have written it down: on allow-lists, in connection strings, in their DNS.
NAMES: Final[dict[str, str]] = {
    "aws_eip": "a fixed address that others have on their allow-lists",
    "aws_nat_gateway": "the address that customers' allow-lists know the shard by, while it is gone",
    "aws_route53_zone": "the zone and its name servers, which others delegate to",
    "aws_lb": "the load balancer's name and addresses, which clients connect to",
    "aws_vpc_endpoint_service": "the service name that every consumer's endpoint is bound to",
    "aws_vpc_peering_connection": "the peering that the customer accepted: they must accept a new one and route to it",
    "aws_vpc": "the network and everything in it",
}
#: What a machine loses by a stop or its end, when it has disks of its own.
OWN_DISKS: Final = "what is on the machine's own disks"
INSTANCE: Final = "aws_instance"
# NVMe disks are in no block device mapping, so emitted code tells of them by a tag.
_STORAGE_TAG = ("planewright:storage", "nvme")


def holds_data(change: Change) -> str | None:
    """What a resource holds that its destruction loses; None when it holds nothing of its own."""
    if change.type == INSTANCE and _has_own_disks(change):
        return OWN_DISKS
    return DATA.get(change.type)


def holds_names(change: Change) -> str | None:
    """The name or address of a resource that others have written down; None when it has none."""
    return NAMES.get(change.type)


def _has_own_disks(change: Change) -> bool:
    key, value = _STORAGE_TAG
    return bool(change.before("ephemeral_block_device")) or (change.before("tags") or {}).get(key) == value
