"""Quotas that are used up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.live.account import Account, Case
from wizard.findings import Severity


def _lowered(code: str, value: float) -> Callable[[Account], None]:
    return lambda account: account.fault(quotas={code: value})


def _addresses(account: Account) -> None:
    for _ in range(5):
        account.client("ec2").allocate_address(Domain="vpc")


def _instances(account: Account) -> None:
    account.fault(quotas={"L-1216C47A": 32})
    ec2 = account.client("ec2")
    images = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])["Images"]
    ec2.run_instances(ImageId=images[0]["ImageId"], InstanceType="c6i.2xlarge", MinCount=1, MaxCount=1)


def _gateways(account: Account) -> None:
    account.fault(quotas={"L-A4707A72": 2})
    for _ in range(2):
        account.client("ec2").create_internet_gateway()


def _shard_alone(account: Account) -> Mapping[str, Any]:
    del account
    return {"deployment": None}


def _exceeded(code: str, title: str, path: str, says: tuple[str, ...], value: float, **more: Any) -> Case:
    return Case("QUOTA_EXCEEDED", title, Severity.CRITICAL, path, (code, *says), prepare=_lowered(code, value), **more)


CASES: tuple[Case, ...] = (
    Case(
        "QUOTA_NOT_WEIGHED",
        "a family with a quota of its own",
        Severity.WARN,
        "nodes",
        ("x2gd.4xlarge", "a quota of its own", "list-service-quotas"),
        deployment={"nodes.ingestion.instance_type": "x2gd.4xlarge"},
    ),
    Case(
        "QUOTA_EXCEEDED",
        "a new account has five vCPUs",
        Severity.CRITICAL,
        "nodes",
        (
            "L-1216C47A",
            "quota 5, in use 0, this plan adds 28: 23 short",
            "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A",
            "--desired-value 28 --region us-east-1",
            "days",
        ),
        prepare=_lowered("L-1216C47A", 5),
    ),
    Case(
        "QUOTA_EXCEEDED",
        "instances of others take the vCPUs",
        Severity.CRITICAL,
        "nodes",
        ("L-1216C47A", "quota 32, in use 8, this plan adds 28: 4 short", "--desired-value 36"),
        prepare=_instances,
    ),
    Case(
        "QUOTA_EXCEEDED",
        "all Elastic IP addresses are in use",
        Severity.CRITICAL,
        "account.region",
        ("L-0263D0A3", "quota 5, in use 5, this plan adds 1: 1 short", "--desired-value 6"),
        topology="public",
        prepare=_addresses,
    ),
    _exceeded("L-F678F1CE", "no VPC more", "account.region", ("quota 1, in use 1, this plan adds 1: 1 short",), 1),
    _exceeded(
        "L-29B6F2EB", "endpoints of the transit VPC", "shard", ("the transit VPC: quota 2", "adds 3: 1 short"), 2
    ),
    _exceeded("L-7E9ECCDB", "peerings of the transit VPC", "applications", ("quota 1, in use 0, this plan adds 2",), 1),
    _exceeded("L-DC9F7029", "peering requests", "applications", ("quota 1, in use 0, this plan adds 2: 1 short",), 1),
    _exceeded("L-93826ACB", "routes", "applications", ("acme-prod-transit: quota 1", "adds 2: 1 short"), 1),
    _exceeded("L-2AFB9258", "groups on an interface", "account.region", ("quota 0", "adds 1: 1 short"), 0),
    _exceeded(
        "L-0EA8095F",
        "more clients than a group has rules",
        "proxy.client_cidrs",
        ("in proxy-nlb, inbound: quota 1", "adds 2: 1 short"),
        1,
        topology="public",
    ),
    _exceeded("L-0EA8095F", "rules in the shard's Redis group", "shard", ("redis, inbound: quota 2", "adds 3"), 2),
    _exceeded("L-E79EC296", "security groups", "account.region", ("this plan adds 10",), 8),
    _exceeded("L-407747CB", "subnets", "account.region", ("the transit VPC: quota 0", "adds 1: 1 short"), 0),
    _exceeded("L-69A177A2", "load balancers", "account.region", ("elasticloadbalancing", "adds 2: 1 short"), 1),
    Case(
        "QUOTA_EXCEEDED",
        "internet gateways of others",
        Severity.CRITICAL,
        "account.region",
        ("L-A4707A72", "quota 2, in use 2, this plan adds 1: 1 short"),
        prepare=_gateways,
        beside=_shard_alone,
    ),
    _exceeded("L-FE5A380F", "NAT gateways", "zone_id", ("in use1-az1: quota 0", "adds 1"), 0, beside=_shard_alone),
    Case(
        "QUOTA_TIGHT",
        "hardly any vCPU is left",
        Severity.WARN,
        "nodes",
        ("quota 30, in use 0, this plan adds 28: 2 left", "--desired-value 56"),
        prepare=_lowered("L-1216C47A", 30),
    ),
    Case(
        "PEERING_EXPIRES_EARLY",
        "requests expire after a day",
        Severity.INFO,
        "database.vpc.account_id",
        ("L-8312C5BB", "24 hours", "168"),
        prepare=_lowered("L-8312C5BB", 24),
    ),
)
