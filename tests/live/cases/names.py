"""Names that are taken or too long, and private zones that are in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.live.account import Account, Case
from tests.live.built import aws_tags, bear_shard_names, bear_watcher_names, tagged_vpc
from wizard.findings import Severity

HOST = "springtail.acme.example.com"


def _load_balancer(account: Account) -> None:
    vpc = tagged_vpc(account, "10.99.0.0/16", {})
    subnet = account.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.99.0.0/24")["Subnet"]["SubnetId"]
    elb = account.client("elbv2")
    elb.create_load_balancer(Name="acme-prod-in", Type="network", Scheme="internal", Subnets=[subnet])
    elb.create_target_group(Name="acme-prod-out-px", Protocol="TCP", Port=5432, VpcId=vpc, TargetType="instance")


def _role(account: Account) -> None:
    account.client("iam").create_role(
        RoleName="acme-prod-fdw",
        AssumeRolePolicyDocument="{}",
        Tags=aws_tags({"planewright:shard": "use1-b", "planewright:deployment": "acme-prod"}),
    )


def _profile(account: Account) -> None:
    account.client("iam").create_instance_profile(InstanceProfileName="acme-prod-proxy")


def _parameter(account: Account) -> None:
    account.client("ssm").put_parameter(
        Name="/planewright/acme-prod/node-config-proxy", Value="{}", Type="String", Tags=aws_tags({"team": "search"})
    )


def _redis_user(account: Account) -> None:
    account.client("elasticache").create_user(
        UserId="acme-prod-redis", UserName="acme", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
    )


def _secret(account: Account) -> None:
    account.client("secretsmanager").create_secret(Name="redis/password/us-east-1/use1-a/1001")


def _deleted_secret(account: Account) -> None:
    """What a destroy leaves: the secret is ours by its tags, and cannot be made again."""
    secrets = account.client("secretsmanager")
    name = "sk/acme/acme-main/aws/dbi/1001/primary_db_password"
    tags = aws_tags({"planewright:shard": "use1-a", "planewright:deployment": "acme-prod"})
    secrets.create_secret(Name=name, Tags=tags)
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)


def _taken(title: str, says: tuple[str, ...], prepare: Callable[[Account], None], path: str = "name") -> Case:
    return Case("NAME_TAKEN", title, Severity.CRITICAL, path, says, prepare=prepare)


TAKEN = (
    _taken(
        "a load balancer and a target group",
        ("load balancer acme-prod-in", "target group acme-prod-out-px", "--names acme-prod-in"),
        _load_balancer,
    ),
    _taken("a role, of a deployment on another shard", ("role acme-prod-fdw", "of deployment acme-prod"), _role),
    _taken("an instance profile", ("instance profile acme-prod-proxy",), _profile),
    _taken("a parameter", ("parameter /planewright/acme-prod/node-config-proxy",), _parameter),
    _taken("a Redis user", ("Redis user acme-prod-redis", "--user-id acme-prod-redis"), _redis_user),
    _taken(
        "what a watcher bears",
        (
            "role acme-prod-watcher",
            "function acme-prod-watcher",
            "event rule acme-prod-watcher",
            "log group /aws/lambda/acme-prod-watcher",
            "alarm acme-prod-watcher-errors",
        ),
        lambda account: bear_watcher_names(account, {}),
    ),
    _taken("a secret", ("redis/password/us-east-1/use1-a/1001",), _secret, "identifiers.instance"),
    _taken(
        "a secret that was deleted not long ago",
        ("primary_db_password was deleted on", "seed-secrets acme-prod --purge", "restore-secret"),
        _deleted_secret,
        "identifiers.instance",
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
    Case(
        "NAME_TOO_LONG",
        "an image's parameter with more levels than Systems Manager takes",
        Severity.CRITICAL,
        "nodes.proxy.ami.parameter",
        ("16 levels", "takes 15"),
        deployment={"nodes.proxy.ami.parameter": "/images" * 16},
    ),
)


def _zone(name: str, tags: Mapping[str, str] | None = None) -> Callable[[Account], None]:
    def prepare(account: Account) -> None:
        vpc = tagged_vpc(account, "10.30.0.0/16", {"Name": "web"})
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
        prepare=_zone(HOST),
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
        "the application's VPC has the parent's zone",
        Severity.WARN,
        "proxy.host",
        ("(acme.example.com) is a parent", "hidden"),
        prepare=_zone("acme.example.com"),
        beside=_in_the_vpc_made,
    ),
    Case(
        "PRIVATE_ZONE_CONFLICT",
        "the application's VPC has a child's zone",
        Severity.WARN,
        "proxy.host",
        (f"(eu.{HOST}) is a child",),
        prepare=_zone(f"eu.{HOST}"),
        beside=_in_the_vpc_made,
    ),
)

CASES: tuple[Case, ...] = (*TAKEN, *TOO_LONG, *PRIVATE_ZONES)
