"""Names that are taken in the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.facts.naming import NamesAsk
from wizard.facts.network import Tags
from wizard.findings import Severity


@dataclass(frozen=True, slots=True)
class LoadBalancersNamed(NamesAsk):
    """Load balancers of these names."""

    kind: ClassVar[str] = "load_balancers_named"
    unchecks: ClassVar[str] = "whether names of load balancers are taken"
    permissions: ClassVar[tuple[str, ...]] = (
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
    )


@dataclass(frozen=True, slots=True)
class TargetGroupsNamed(NamesAsk):
    """Target groups of these names."""

    kind: ClassVar[str] = "target_groups_named"
    unchecks: ClassVar[str] = "whether names of target groups are taken"
    permissions: ClassVar[tuple[str, ...]] = (
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTags",
    )


@dataclass(frozen=True, slots=True)
class RolesNamed(NamesAsk):
    """Roles of these names."""

    kind: ClassVar[str] = "roles_named"
    unchecks: ClassVar[str] = "whether names of roles are taken"
    permissions: ClassVar[tuple[str, ...]] = ("iam:GetRole",)


@dataclass(frozen=True, slots=True)
class InstanceProfilesNamed(NamesAsk):
    """Instance profiles of these names."""

    kind: ClassVar[str] = "instance_profiles_named"
    unchecks: ClassVar[str] = "whether names of instance profiles are taken"
    permissions: ClassVar[tuple[str, ...]] = ("iam:GetInstanceProfile",)


@dataclass(frozen=True, slots=True)
class FunctionsNamed(NamesAsk):
    """Functions of these names."""

    kind: ClassVar[str] = "functions_named"
    unchecks: ClassVar[str] = "whether names of functions are taken"
    permissions: ClassVar[tuple[str, ...]] = ("lambda:GetFunction", "lambda:ListTags")


@dataclass(frozen=True, slots=True)
class RulesNamed(NamesAsk):
    """Event rules of these names."""

    kind: ClassVar[str] = "rules_named"
    unchecks: ClassVar[str] = "whether names of event rules are taken"
    permissions: ClassVar[tuple[str, ...]] = ("events:DescribeRule", "events:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class LogGroupsNamed(NamesAsk):
    """Log groups of these names."""

    kind: ClassVar[str] = "log_groups_named"
    unchecks: ClassVar[str] = "whether names of log groups are taken"
    permissions: ClassVar[tuple[str, ...]] = ("logs:DescribeLogGroups", "logs:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class AlarmsNamed(NamesAsk):
    """Alarms of these names."""

    kind: ClassVar[str] = "alarms_named"
    unchecks: ClassVar[str] = "whether names of alarms are taken"
    permissions: ClassVar[tuple[str, ...]] = ("cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class SecretsNamed(NamesAsk):
    """Secrets of these names."""

    kind: ClassVar[str] = "secrets_named"
    unchecks: ClassVar[str] = "whether names of secrets are taken"
    permissions: ClassVar[tuple[str, ...]] = ("secretsmanager:DescribeSecret",)


@dataclass(frozen=True, slots=True)
class ParametersNamed(NamesAsk):
    """Parameters of these names."""

    kind: ClassVar[str] = "parameters_named"
    unchecks: ClassVar[str] = "whether names of parameters are taken"
    permissions: ClassVar[tuple[str, ...]] = ("ssm:DescribeParameters", "ssm:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class RedisUsersNamed(NamesAsk):
    """Redis users of these names."""

    kind: ClassVar[str] = "redis_users_named"
    unchecks: ClassVar[str] = "whether names of Redis users are taken"
    permissions: ClassVar[tuple[str, ...]] = ("elasticache:DescribeUsers", "elasticache:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class ReplicationGroupsNamed(NamesAsk):
    """Redis replication groups of these names."""

    kind: ClassVar[str] = "replication_groups_named"
    unchecks: ClassVar[str] = "whether names of Redis replication groups are taken"
    permissions: ClassVar[tuple[str, ...]] = (
        "elasticache:DescribeReplicationGroups",
        "elasticache:ListTagsForResource",
    )


@dataclass(frozen=True, slots=True)
class UserGroupsNamed(NamesAsk):
    """Redis user groups of these names."""

    kind: ClassVar[str] = "user_groups_named"
    unchecks: ClassVar[str] = "whether names of Redis user groups are taken"
    permissions: ClassVar[tuple[str, ...]] = ("elasticache:DescribeUserGroups", "elasticache:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class CacheParameterGroupsNamed(NamesAsk):
    """Cache parameter groups of these names."""

    kind: ClassVar[str] = "cache_parameter_groups_named"
    unchecks: ClassVar[str] = "whether names of cache parameter groups are taken"
    permissions: ClassVar[tuple[str, ...]] = (
        "elasticache:DescribeCacheParameterGroups",
        "elasticache:ListTagsForResource",
    )


@dataclass(frozen=True, slots=True)
class CacheSubnetGroupsNamed(NamesAsk):
    """Cache subnet groups of these names."""

    kind: ClassVar[str] = "cache_subnet_groups_named"
    unchecks: ClassVar[str] = "whether names of cache subnet groups are taken"
    permissions: ClassVar[tuple[str, ...]] = (
        "elasticache:DescribeCacheSubnetGroups",
        "elasticache:ListTagsForResource",
    )


@dataclass(frozen=True, slots=True)
class TopicsNamed(NamesAsk):
    """Topics of these names."""

    kind: ClassVar[str] = "topics_named"
    unchecks: ClassVar[str] = "whether names of topics are taken"
    permissions: ClassVar[tuple[str, ...]] = ("sns:GetTopicAttributes", "sns:ListTagsForResource")


@dataclass(frozen=True, slots=True)
class PrivateZone:
    """A private hosted zone of the account. `name` has no dot at its end.

    `vpc_ids` are associated with it; `authorized_vpc_ids` may be, by their owners.
    """

    id: str
    name: str
    vpc_ids: tuple[str, ...]
    authorized_vpc_ids: tuple[str, ...]
    tags: Tags = ()


@dataclass(frozen=True, slots=True)
class PrivateZones(Ask[tuple[PrivateZone, ...]]):
    """The account's private zones of a host's name, of its parents and of its children."""

    kind: ClassVar[str] = "private_zones"
    unchecks: ClassVar[str] = "whether a private zone answers for a name of ours already"
    permissions: ClassVar[tuple[str, ...]] = (
        "route53:ListHostedZones",
        "route53:GetHostedZone",
        "route53:ListVPCAssociationAuthorizations",
        "route53:ListTagsForResources",
    )
    weight: ClassVar[Severity] = Severity.WARN

    host: str
