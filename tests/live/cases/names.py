"""Names that are taken or too long, and private zones that are in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.live.account import Account, Case
from tests.live.built import aws_tags, bear_shard_names, bear_watcher_names, tagged_vpc
from wizard.findings import Severity

HOST = "springtail.acme.example.com"


def _everything(account: Account) -> None:
    """Somebody else has one of every kind of thing that a deployment names."""
    vpc = tagged_vpc(account, "10.99.0.0/16", {})
    subnet = account.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24")["Subnet"]["SubnetId"]
    elb = account.client("elbv2")
    elb.create_load_balancer(Name="acme-prod-in", Type="network", Scheme="internal", Subnets=[subnet])
    elb.create_target_group(Name="acme-prod-out-px", Protocol="TCP", Port=5432, VpcId=vpc, TargetType="instance")
    account.client("iam").create_instance_profile(InstanceProfileName="acme-prod-proxy")
    account.client("iam").create_role(
        RoleName="acme-prod-fdw",
        AssumeRolePolicyDocument="{}",
        Tags=aws_tags({"planewright:shard": "use1-b", "planewright:deployment": "acme-prod"}),
    )
    account.client("ssm").put_parameter(
        Name="/planewright/acme-prod/node-config-proxy", Value="{}", Type="String", Tags=aws_tags({"team": "search"})
    )
    account.client("elasticache").create_user(
        UserId="acme-prod-redis", UserName="acme", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
    )
    bear_watcher_names(account, {})


def _deleted_secret(account: Account) -> None:
    """What a destroy leaves: the secret is ours by its tags, and cannot be made again. Another one is somebody else's."""
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name="redis/password/us-east-1/use1-a/1001")
    name = "sk/acme/acme-main/aws/dbi/1001/primary_db_password"
    tags = aws_tags({"planewright:shard": "use1-a", "planewright:deployment": "acme-prod"})
    secrets.create_secret(Name=name, Tags=tags)
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)


TAKEN = (
    Case(
        "NAME_TAKEN",
        "what a deployment bears, among it a role of a deployment on another shard",
        Severity.CRITICAL,
        "name",
        (
            "load balancer acme-prod-in",
            "--names acme-prod-in",
            "target group acme-prod-out-px",
            "role acme-prod-fdw is there already, of deployment acme-prod on shard use1-b",
            "instance profile acme-prod-proxy is there already, and Planewright has not made it",
            "parameter /planewright/acme-prod/node-config-proxy",
            "Redis user acme-prod-redis",
            "role acme-prod-watcher",
            "function acme-prod-watcher",
            "event rule acme-prod-watcher",
            "log group /aws/lambda/acme-prod-watcher",
            "alarm acme-prod-watcher-errors",
        ),
        prepare=_everything,
    ),
    Case(
        "NAME_TAKEN",
        "a secret, and one that was deleted not long ago",
        Severity.CRITICAL,
        "identifiers.instance",
        (
            "secret redis/password/us-east-1/use1-a/1001 is there already",
            "primary_db_password was deleted on",
            "seed-secrets acme-prod --purge",
            "restore-secret",
        ),
        prepare=_deleted_secret,
    ),
    Case(
        "NAME_TAKEN",
        "what a shard bears",
        Severity.CRITICAL,
        "name",
        (
            "topic use1-a-events",
            "Redis user use1-a-default",
            "Redis user group use1-a-users",
            "cache parameter group use1-a-redis-ake",
            "cache subnet group use1-a-redis",
            "replication group use1-a-redis",
        ),
        prepare=lambda account: bear_shard_names(account, {}),
        beside=lambda account: {"deployment": None},
    ),
)

TOO_LONG = (
    Case(
        "NAME_TOO_LONG",
        "a host name longer than DNS takes",
        Severity.CRITICAL,
        "proxy.host",
        ("has 259 characters", "253"),
        deployment={"proxy.host": "springtail." * 21 + "acme.example.com" + ".example.com"},
    ),
)


def _zones(*names: str) -> Callable[[Account], None]:
    def prepare(account: Account) -> None:
        vpc = tagged_vpc(account, "10.30.0.0/16", {"Name": "web"})
        for name in names:
            account.client("route53").create_hosted_zone(
                Name=name, CallerReference=name, VPC={"VPCRegion": "us-east-1", "VPCId": vpc}
            )

    return prepare


def _authorized_zone(account: Account) -> None:
    """Another deployment's zone of the same name, which the application's owner has not associated yet."""
    vpc = tagged_vpc(account, "10.98.0.0/24", {"Name": "other transit"})
    route53 = account.client("route53")
    zone = route53.create_hosted_zone(Name=HOST, CallerReference="1", VPC={"VPCRegion": "us-east-1", "VPCId": vpc})[
        "HostedZone"
    ]["Id"]
    route53.create_vpc_association_authorization(
        HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-0b1c2d3e4f5061728"}
    )


def _in_the_vpc_made(account: Account) -> dict[str, Any]:
    """Answers cannot know the id that the embedded AWS gave: the application is moved to the VPC that was made."""
    vpcs = account.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["web"]}])["Vpcs"]
    return {"deployment": account.subject(deployment={"applications.0.vpc_id": vpcs[0]["VpcId"]}).deployment}


PRIVATE_ZONES = (
    Case(
        "PRIVATE_ZONE_CONFLICT",
        "the application's VPC has a zone of the name already",
        Severity.CRITICAL,
        "proxy.host",
        (HOST, "application web's vpc-", "another host name"),
        prepare=_zones(HOST),
        beside=_in_the_vpc_made,
    ),
    Case(
        "PRIVATE_ZONE_CONFLICT",
        "another deployment's zone is about to be associated with it",
        Severity.CRITICAL,
        "proxy.host",
        (HOST, "application web's vpc-0b1c2d3e4f5061728"),
        prepare=_authorized_zone,
    ),
    Case(
        "PRIVATE_ZONE_CONFLICT",
        "the application's VPC has a parent's zone and a child's",
        Severity.WARN,
        "proxy.host",
        ("(acme.example.com) is a parent", "hidden", f"(eu.{HOST}) is a child"),
        prepare=_zones("acme.example.com", f"eu.{HOST}"),
        beside=_in_the_vpc_made,
    ),
)

CASES: tuple[Case, ...] = (*TAKEN, *TOO_LONG, *PRIVATE_ZONES)
