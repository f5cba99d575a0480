"""Where things are: regions, zones, accounts and partitions that have to agree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.answers.account import Partition
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers, Topology
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

PARTITION = code(
    "REGION_PARTITION_MISMATCH",
    Severity.CRITICAL,
    why="a partition has accounts, regions and ARNs of its own; nothing crosses from one into another, no peering either",
    remedy="set the partition that the region belongs to, or another region",
)
ZONE = code(
    "ZONE_REGION_MISMATCH",
    Severity.CRITICAL,
    why="a zone ID begins with its region's short name; a zone of another region cannot be used",
    remedy="list the region's zone IDs: aws ec2 describe-availability-zones --query 'AvailabilityZones[].ZoneId'",
)
ARN = code(
    "ARN_MISMATCH",
    Severity.CRITICAL,
    why="a key works in its own region only, and a role or a policy of another account cannot be attached or assumed as ours",
    remedy="name one of this account, region and partition, or leave it empty",
)
SAME_ACCOUNT = code(
    "ACCOUNT_SAME",
    Severity.INFO,
    why="the peering is then accepted by whoever runs this account, not by a customer",
    remedy="nothing to do if that is meant; else ask the customer for their own account id",
)
OTHER_REGION = code(
    "PEERING_CROSS_REGION",
    Severity.INFO,
    why="traffic between regions is charged both ways, adds latency, and security groups cannot refer to each other across it",
    remedy="a shard in the database's region avoids it; otherwise nothing to do",
)

_COMPASS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}  # fmt: skip


def partition_of(region: str) -> Partition:
    """Give the partition that a region's name belongs to."""
    if region.startswith("cn-"):
        return Partition.CHINA
    return Partition.GOVCLOUD if region.startswith("us-gov-") else Partition.AWS


def zone_prefix(region: str) -> str | None:
    """Give how the region's zone IDs begin (us-east-1: use1), or None for a region named in a way not known here."""
    area, *words, number = region.split("-")
    short = ["g" if word == "gov" else _COMPASS.get(word) for word in words]
    return None if None in short else area + "".join(filter(None, short)) + number


def shard(answers: ShardAnswers) -> Iterator[Finding]:
    """Check that the account's region, partition, zone and ARNs agree."""
    account = answers.account
    expected = partition_of(account.region)
    if account.partition is not expected:
        yield PARTITION.at(
            "account.partition",
            f"{account.region} belongs to {expected.value}, not to {account.partition.value}",
            remedy=f"set account.partition to {expected.value}, or another region",
        )
    prefix = zone_prefix(account.region)
    if prefix and not re.match(rf"{prefix}-", answers.zone_id):
        yield ZONE.at(
            "zone_id", f"{answers.zone_id} is no zone of {account.region}, whose zone IDs begin with {prefix}-"
        )
    for path, arn in {
        "account.role_arn": account.role_arn,
        "governance.permissions_boundary_arn": answers.governance.permissions_boundary_arn,
        "governance.kms_key_arn": answers.governance.kms_key_arn,
        "state.kms_key_arn": answers.state.kms_key_arn,
    }.items():
        if arn:
            yield from _arn(path, arn, answers)


def deployment(answers: DeploymentAnswers, on: ShardAnswers) -> Iterator[Finding]:
    """Check where the VPCs are that a private deployment is peered with."""
    if answers.topology is not Topology.PRIVATE:
        return
    peers = [(f"applications[{i}]", app.account_id, app.region) for i, app in enumerate(answers.applications)]
    if answers.database.vpc is not None:
        peers.insert(0, ("database.vpc", answers.database.vpc.account_id, answers.database.vpc.region))
    for path, account, region in peers:
        if account == on.account.id:
            yield SAME_ACCOUNT.at(f"{path}.account_id", f"{account} is the account that the shard lives in")
        if partition_of(region) is not partition_of(on.account.region):
            yield PARTITION.at(
                f"{path}.region",
                f"{region} and the shard's {on.account.region} belong to different partitions",
                remedy="a shard in the same partition can be peered with it",
            )
        elif region != on.account.region and answers.peered:
            yield OTHER_REGION.at(f"{path}.region", f"{region} is not the shard's {on.account.region}")


def _arn(path: str, arn: str, answers: ShardAnswers) -> Iterator[Finding]:
    _, partition, service, region, account, _ = arn.split(":", 5)
    home = answers.account
    wrong = []
    if partition != home.partition.value:
        wrong.append(f"partition {partition}")
    if service == "kms" and region != home.region:
        wrong.append(f"region {region}")
    if service == "iam" and account not in {home.id, "aws"}:
        wrong.append(f"account {account}")
    if wrong:
        yield ARN.at(
            path, f"names {' and '.join(wrong)}; the shard is in {home.id}, {home.region}, {home.partition.value}"
        )
