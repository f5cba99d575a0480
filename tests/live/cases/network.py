"""Networks, zones, names and private zones that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.live.account import Account, Case
from tests.live.built import DEPLOYMENT_TAGS, SHARD_TAGS, aws_tags, shard_outputs, tagged_vpc
from wizard.findings import Severity


def _vpc(cidr: str, **tags: str) -> Any:
    def prepare(account: Account) -> None:
        tagged_vpc(account, cidr, tags)

    return prepare


def _peered_with_the_customer(account: Account) -> None:
    """A VPC of the account, of another workspace perhaps, that is peered with the application's VPC already."""
    theirs = tagged_vpc(account, "10.30.0.0/16", {"Name": "web"})
    near = tagged_vpc(account, "100.64.0.0/22", {"planewright:shard": "use1-a", "planewright:deployment": "acme-test"})
    ec2 = account.client("ec2")
    peering = ec2.create_vpc_peering_connection(VpcId=near, PeerVpcId=theirs)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])


def _application_vpc_of(account: Account) -> Mapping[str, Any]:
    """Answers cannot know the id that the embedded AWS gave: the application is moved to the VPC that was made."""
    vpcs = account.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["web"]}])["Vpcs"]
    return {"deployment": account.subject(deployment={"applications.0.vpc_id": vpcs[0]["VpcId"]}).deployment}


def _peered_with_our_transit(account: Account) -> None:
    ours, other = tagged_vpc(account, "100.64.0.0/24", DEPLOYMENT_TAGS), tagged_vpc(account, "10.30.64.0/20", {})
    ec2 = account.client("ec2")
    peering = ec2.create_vpc_peering_connection(VpcId=ours, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])


def _small_transit(account: Account) -> None:
    """An apply that failed half way: the shard stands, the transit VPC as well, and there is no contract of it."""
    _small_shard(account)
    vpc = tagged_vpc(account, "100.64.0.0/24", DEPLOYMENT_TAGS)
    account.client("ec2").create_subnet(
        VpcId=vpc,
        CidrBlock="100.64.0.0/26",
        AvailabilityZoneId="use1-az1",
        TagSpecifications=[{"ResourceType": "subnet", "Tags": aws_tags({"Name": "acme-prod-transit"})}],
    )


def _small_shard(account: Account) -> None:
    """A shard whose private subnet has eleven addresses to give."""
    vpc = tagged_vpc(account, "10.64.0.0/16", SHARD_TAGS)
    for cidr in ("10.64.0.0/28", "10.64.64.0/28"):
        account.client("ec2").create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId="use1-az1")


def _built(account: Account) -> Mapping[str, Any]:
    return {"shard_built": shard_outputs(account)}


def _shard_alone(account: Account) -> Mapping[str, Any]:
    del account
    return {"deployment": None}


ZONES = (
    Case(
        "ZONE_UNKNOWN",
        "the region has no such zone",
        Severity.CRITICAL,
        "zone_id",
        ("use1-az9", "zone IDs of us-east-1: use1-az1, use1-az2"),
        shard={"zone_id": "use1-az9"},
    ),
    Case(
        "ZONE_NOT_USABLE",
        "a Local Zone",
        Severity.CRITICAL,
        "zone_id",
        ("local zone", "use1-az1"),
        shard={"zone_id": "use1-bos1-az1"},
    ),
    Case(
        "ZONE_CANNOT_CHANGE",
        "the shard is built in another zone",
        Severity.CRITICAL,
        "zone_id",
        ("built in use1-az1", "the answers say use1-az2", "back to use1-az1"),
        shard={"zone_id": "use1-az2"},
        prepare=_small_shard,
        beside=_built,
    ),
    Case(
        "ENDPOINT_NOT_IN_ZONE",
        "the zone lacks the endpoints that the watcher needs",
        Severity.CRITICAL,
        "zone_id",
        ("com.amazonaws.us-east-1.elasticloadbalancing", "use1-az3", "choose a zone ID that has them: use1-az1"),
        shard={"zone_id": "use1-az3"},
    ),
)

ADDRESSES = (
    Case(
        "CIDR_OVERLAP",
        "a VPC of the account has the transit VPC's block",
        Severity.WARN,
        "transit.vpc_cidr",
        ("100.64.0.0/16", "billing", "100.65.0.0/24 overlaps with nothing"),
        prepare=_vpc("100.64.0.0/16", Name="billing"),
    ),
    Case(
        "CIDR_OVERLAP",
        "a VPC of the account has the new shard's block",
        Severity.WARN,
        "network.vpc_cidr",
        ("10.64.128.0/20", "billing"),
        prepare=_vpc("10.64.128.0/20", Name="billing"),
        beside=_shard_alone,
    ),
    Case(
        "CIDR_OVERLAP",
        "another VPC with the transit's addresses is peered with the application's VPC already",
        Severity.CRITICAL,
        "transit.vpc_cidr",
        ("100.64.0.0/22", "pcx-", "(active)", "100.64.4.0/24"),
        prepare=_peered_with_the_customer,
        beside=_application_vpc_of,
    ),
    Case(
        "CIDR_OVERLAP",
        "somebody has peered our transit VPC with a network of the application's addresses",
        Severity.CRITICAL,
        "applications[0].cidr",
        ("10.30.0.0/16", "10.30.64.0/20", "with the transit VPC already"),
        prepare=_peered_with_our_transit,
    ),
    Case(
        "CIDR_CANNOT_CHANGE",
        "the transit subnet is built with another block",
        Severity.CRITICAL,
        "transit.subnet_cidr",
        ("100.64.0.0/26", "the answers say 100.64.0.0/25"),
        prepare=_small_transit,
        beside=_built,
    ),
    Case(
        "CIDR_CANNOT_CHANGE",
        "the shard is built with another block",
        Severity.CRITICAL,
        "network.vpc_cidr",
        ("10.64.0.0/16", "the answers say 10.80.0.0/16", "back to 10.64.0.0/16"),
        shard={
            "network.vpc_cidr": "10.80.0.0/16",
            "network.private_subnet_cidr": "10.80.0.0/18",
            "network.public_subnet_cidr": "10.80.64.0/24",
        },
        prepare=_small_shard,
        beside=lambda account: {**_built(account), "deployment": None},
    ),
    Case(
        "CIDR_CANNOT_CHANGE",
        "an apply that failed half way has made the transit VPC with another block",
        Severity.CRITICAL,
        "transit.vpc_cidr",
        ("100.72.0.0/24", "back to 100.72.0.0/24"),
        prepare=_vpc("100.72.0.0/24", **{"planewright:shard": "use1-a", "planewright:deployment": "acme-prod"}),
    ),
    Case(
        "SUBNET_FULL",
        "the shard has fewer addresses than the deployment's nodes need",
        Severity.CRITICAL,
        "nodes.fdw.count",
        ("10.64.0.0/28 has 11 addresses free", "adds 14", "3 too many"),
        deployment={"nodes.fdw.count": 10},
        shard={"network.private_subnet_cidr": "10.64.0.0/28", "network.public_subnet_cidr": "10.64.64.0/28"},
        prepare=_small_shard,
        beside=_built,
    ),
    Case(
        "SUBNET_FULL",
        "the deployment is the last one that fits",
        Severity.WARN,
        "nodes.fdw.count",
        ("11 addresses free", "leaves 5"),
        shard={"network.private_subnet_cidr": "10.64.0.0/28", "network.public_subnet_cidr": "10.64.64.0/28"},
        prepare=_small_shard,
        beside=_built,
    ),
    Case(
        "SUBNET_FULL",
        "a shard that is still to be built is too small",
        Severity.CRITICAL,
        "nodes.fdw.count",
        ("10.64.0.0/27 has 26 addresses free", "adds 36", "10 too many"),
        deployment={"nodes.fdw.count": 32},
        shard={"network.private_subnet_cidr": "10.64.0.0/27"},
    ),
)

CASES: tuple[Case, ...] = (*ZONES, *ADDRESSES)
