"""What stands already is not in its own way: blocks, names and zones of a deployment that is built."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.live.account import Account
from tests.live.built import (
    DEPLOYMENT_TAGS,
    SHARD_TAGS,
    aws_tags,
    bear_shard_names,
    bear_watcher_names,
    instance_outputs,
    shard_outputs,
    tagged_vpc,
)
from wizard.blueprints.springtail.derived import Kind, of_deployment
from wizard.checks.live import addresses, private_zones, taken, zones
from wizard.checks.subject import Subject
from wizard.findings import Finding, Severity

HOST = "springtail.acme.example.com"


def _above_info(account: Account, subject: Subject) -> list[Finding]:
    modules = (addresses, private_zones, taken, zones)
    facts = account.checker().read((ask for module in modules for ask in module.asks(subject)), subject)
    found = [finding for module in modules for finding in module.check(subject, facts)]
    return [finding for finding in found if finding.severity is not Severity.INFO]


def _shard(account: Account) -> None:
    vpc = tagged_vpc(account, "10.64.0.0/16", SHARD_TAGS)
    for cidr in ("10.64.0.0/18", "10.64.64.0/24"):
        account.client("ec2").create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId="use1-az1")
    bear_shard_names(account, SHARD_TAGS)


def _names(account: Account, subject: Subject) -> None:
    """Make everything of the deployment that is not the watcher's, with its tags."""
    assert subject.deployment is not None
    makers: dict[Kind, Any] = {
        Kind.ROLE: lambda name: account.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument="{}", Tags=aws_tags(DEPLOYMENT_TAGS)
        ),
        Kind.INSTANCE_PROFILE: lambda name: account.client("iam").create_instance_profile(
            InstanceProfileName=name, Tags=aws_tags(DEPLOYMENT_TAGS)
        ),
        Kind.PARAMETER: lambda name: account.client("ssm").put_parameter(
            Name=name, Value="{}", Type="String", Tags=aws_tags(DEPLOYMENT_TAGS)
        ),
        Kind.SECRET: lambda name: account.client("secretsmanager").create_secret(
            Name=name, Tags=aws_tags(DEPLOYMENT_TAGS)
        ),
        Kind.REDIS_USER: lambda name: account.client("elasticache").create_user(
            UserId=name, UserName=name, Engine="redis", AccessString="off -@all", NoPasswordRequired=True
        ),
    }
    for named in of_deployment(subject.deployment, subject.shard):
        if named.kind in makers and "watcher" not in named.name:
            makers[named.kind](named.name)


def _path(account: Account) -> dict[str, Any]:
    """Make the transit VPC with its peering and zone; the application's VPC is the customer's and accepts."""
    ec2, customer = account.client("ec2"), account.client("ec2", "customer")
    transit = tagged_vpc(account, "100.64.0.0/24", DEPLOYMENT_TAGS)
    application = customer.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(
        VpcId=transit,
        PeerVpcId=application,
        PeerOwnerId="222222222222",
        TagSpecifications=[{"ResourceType": "vpc-peering-connection", "Tags": aws_tags(DEPLOYMENT_TAGS)}],
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    customer.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    route53 = account.client("route53")
    zone = route53.create_hosted_zone(Name=HOST, CallerReference="1", VPC={"VPCRegion": "us-east-1", "VPCId": transit})[
        "HostedZone"
    ]["Id"].rsplit("/", 1)[-1]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=aws_tags(DEPLOYMENT_TAGS))
    vpc = {"VPCRegion": "us-east-1", "VPCId": application}
    route53.create_vpc_association_authorization(HostedZoneId=zone, VPC=vpc)
    account.client("route53", "customer").associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=vpc)
    return {"transit": transit, "application": application, "peering": peering, "zone": zone}


def test_a_built_deployment_is_not_in_its_own_way(account: Account) -> None:
    _shard(account)
    made = _path(account)
    subject = account.subject(deployment={"applications.0.vpc_id": made["application"]})
    _names(account, subject)
    bear_watcher_names(account, DEPLOYMENT_TAGS)
    built = {"shard_built": shard_outputs(account), "built": instance_outputs(made)}

    standing = account.subject(deployment={"applications.0.vpc_id": made["application"]}, **built)

    assert _above_info(account, standing) == []
    # The application has moved to another VPC with the old one's addresses: our own old peering goes with the apply.
    assert _above_info(account, account.subject(**built)) == []


def test_an_apply_that_failed_half_way_has_left_what_is_ours(account: Account) -> None:
    """There is no contract yet: the tags alone say whose it is. The peering, made last, has none."""
    _shard(account)
    made = _path(account)
    account.client("ec2").delete_tags(Resources=[made["peering"]], Tags=aws_tags(DEPLOYMENT_TAGS))
    subject = account.subject(deployment={"applications.0.vpc_id": made["application"]})
    bear_watcher_names(account, DEPLOYMENT_TAGS)

    assert _above_info(account, subject) == []


def test_a_built_shard_is_not_in_its_own_way(account: Account) -> None:
    _shard(account)
    outputs = shard_outputs(account)

    assert _above_info(account, Subject(account.subject().shard, shard_built=outputs)) == []
    assert _above_info(account, Subject(account.subject().shard)) == []


def test_a_block_that_stands_is_not_told_to_move(account: Account) -> None:
    """Somebody's VPC overlaps, and came later or was put up with: AWS could not change ours any more."""
    _shard(account)
    made = _path(account)
    tagged_vpc(account, "100.64.0.0/20", {"Name": "billing"})
    tagged_vpc(account, "10.64.0.0/20", {"Name": "billing"})
    application = {"applications.0.vpc_id": made["application"]}
    built = {"shard_built": shard_outputs(account), "built": instance_outputs(made)}

    for standing in (account.subject(deployment=application, **built), account.subject(deployment=application)):
        assert _above_info(account, standing) == []
        assert _above_info(account, replace(standing, deployment=None)) == []


def test_another_deployments_networks_are_none_of_its_business(account: Account) -> None:
    """All transit VPCs may have one block, and all shards: nothing of ours is routed between them."""
    tagged_vpc(account, "100.64.0.0/24", {**DEPLOYMENT_TAGS, "planewright:deployment": "globex-prod"})
    tagged_vpc(account, "10.64.0.0/16", {**SHARD_TAGS, "planewright:shard": "use1-b"})

    assert _above_info(account, account.subject()) == []
    assert _above_info(account, Subject(account.subject().shard)) == []
