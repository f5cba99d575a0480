"""Whether names are free: everything that an apply will make is looked up by its name, and what is not ours is in the way."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from wizard.blueprints.springtail.derived import Kind, Named, of_deployment, of_shard
from wizard.blueprints.springtail.ownership import DEPLOYMENT_TAG, SHARD_TAG, Whose, whose
from wizard.checks.codes import code
from wizard.checks.subject import Subject
from wizard.facts import names as asked
from wizard.facts.asking import Ask, Facts
from wizard.facts.naming import NamesAsk, TakenName
from wizard.findings import Finding, Severity

TAKEN = code(
    "NAME_TAKEN",
    Severity.CRITICAL,
    why="AWS refuses a second one of a name, or lets the apply take over what is there: it would stop half way or break another's",
    remedy="choose another name, or delete what bears it if nothing uses it",
)

#: Which ask looks a kind up, and whether all its names go into one call.
_ASKS: dict[Kind, tuple[type[NamesAsk], bool]] = {
    Kind.LOAD_BALANCER: (asked.LoadBalancersNamed, True),
    Kind.TARGET_GROUP: (asked.TargetGroupsNamed, True),
    Kind.PARAMETER: (asked.ParametersNamed, True),
    Kind.ALARM: (asked.AlarmsNamed, True),
    # One call for each name: asks of their own, so that they run side by side.
    Kind.ROLE: (asked.RolesNamed, False),
    Kind.INSTANCE_PROFILE: (asked.InstanceProfilesNamed, False),
    Kind.FUNCTION: (asked.FunctionsNamed, False),
    Kind.RULE: (asked.RulesNamed, False),
    Kind.LOG_GROUP: (asked.LogGroupsNamed, False),
    Kind.SECRET: (asked.SecretsNamed, False),
    Kind.REDIS_USER: (asked.RedisUsersNamed, False),
    Kind.REPLICATION_GROUP: (asked.ReplicationGroupsNamed, False),
    Kind.USER_GROUP: (asked.UserGroupsNamed, False),
    Kind.CACHE_PARAMETER_GROUP: (asked.CacheParameterGroupsNamed, False),
    Kind.CACHE_SUBNET_GROUP: (asked.CacheSubnetGroupsNamed, False),
    Kind.TOPIC: (asked.TopicsNamed, False),
}

#: How what bears a name is looked at; deleting is the owner's own decision.
_LOOK = {
    Kind.LOAD_BALANCER: "aws elbv2 describe-load-balancers --names {}",
    Kind.TARGET_GROUP: "aws elbv2 describe-target-groups --names {}",
    Kind.PARAMETER: "aws ssm get-parameter --name {}",
    Kind.ALARM: "aws cloudwatch describe-alarms --alarm-names {}",
    Kind.ROLE: "aws iam get-role --role-name {}",
    Kind.INSTANCE_PROFILE: "aws iam get-instance-profile --instance-profile-name {}",
    Kind.FUNCTION: "aws lambda get-function --function-name {}",
    Kind.RULE: "aws events describe-rule --name {}",
    Kind.LOG_GROUP: "aws logs describe-log-groups --log-group-name-prefix {}",
    Kind.SECRET: "aws secretsmanager describe-secret --secret-id {}",
    Kind.REDIS_USER: "aws elasticache describe-users --user-id {}",
    Kind.REPLICATION_GROUP: "aws elasticache describe-replication-groups --replication-group-id {}",
    Kind.USER_GROUP: "aws elasticache describe-user-groups --user-group-id {}",
    Kind.CACHE_PARAMETER_GROUP: "aws elasticache describe-cache-parameter-groups --cache-parameter-group-name {}",
    Kind.CACHE_SUBNET_GROUP: "aws elasticache describe-cache-subnet-groups --cache-subnet-group-name {}",
    Kind.TOPIC: "aws sns list-topics",
}


def asks(subject: Subject) -> Iterator[Ask[Any]]:
    """Ask for every name that an apply of the subject would make."""
    for ask, _ in _questions(subject):
        yield ask


def check(subject: Subject, facts: Facts) -> Iterator[Finding]:
    """Say of each name that is taken by whom."""
    for ask, wanted in _questions(subject):
        by_name = {taken.name: taken for taken in facts.value(ask) or ()}
        for named in wanted:
            if named.name in by_name:
                yield from _taken(subject, named, by_name[named.name])


def _questions(subject: Subject) -> Iterator[tuple[NamesAsk, tuple[Named, ...]]]:
    by_kind: dict[Kind, list[Named]] = defaultdict(list)
    for named in _wanted(subject):
        by_kind[named.kind].append(named)
    for kind, wanted in by_kind.items():
        question, together = _ASKS[kind]
        for some in (wanted,) if together else ([named] for named in wanted):
            yield question(region=subject.region, names=tuple(named.name for named in some)), tuple(some)


def _wanted(subject: Subject) -> tuple[Named, ...]:
    if subject.deployment is None:
        return of_shard(subject.shard)
    return of_deployment(subject.deployment, subject.shard)


def _taken(subject: Subject, named: Named, taken: TakenName) -> Iterator[Finding]:
    what = f"{named.kind.value} {named.name}"
    if taken.deleted_at is not None:
        yield TAKEN.at(
            named.path,
            f"{what} was deleted on {taken.deleted_at:%Y-%m-%d} and keeps its name until its recovery window ends",
            remedy=(
                f"wait for that, or delete it for good: planewright seed-secrets {subject.name} --purge; or have it "
                f"back (aws secretsmanager restore-secret --secret-id {shlex.quote(named.name)}) and import it"
            ),
        )
    elif not _is_ours(subject, named, taken):
        look = _LOOK[named.kind].format(shlex.quote(named.name))
        yield TAKEN.at(
            named.path,
            f"{what} is there already, {_owner(taken)}",
            remedy=f"look whose it is ({look}); then delete it if nothing uses it, or choose another {_part(named)}",
        )


def _owner(taken: TakenName) -> str:
    tags = dict(taken.tags)
    if SHARD_TAG not in tags:
        return "and Planewright has not made it"
    of = f"deployment {tags[DEPLOYMENT_TAG]} on " if DEPLOYMENT_TAG in tags else ""
    return f"of {of}shard {tags[SHARD_TAG]}"


def _part(named: Named) -> str:
    return "name" if named.path == "name" else f"value for {named.path}"


def _is_ours(subject: Subject, named: Named, taken: TakenName) -> bool:
    wanted = Whose.SHARD if subject.deployment is None else Whose.DEPLOYMENT
    name = subject.deployment.name if subject.deployment else ""
    return whose(taken.tags, shard=subject.shard.name, deployment=name) is wanted or named.name in _contracted(subject)


def _contracted(subject: Subject) -> frozenset[str]:
    """Names that the applied stack's contract tells: ours, whatever somebody has done to their tags."""
    if subject.deployment is None:
        shard = subject.shard_built
        if shard is None:
            return frozenset()
        topic = shard.sns_topic_arn.rsplit(":", 1)[-1]
        return frozenset({shard.redis_replication_group_id, shard.redis_user_group_id, topic})
    built = subject.built
    if built is None:
        return frozenset()
    found = {
        built.database_secret_name,
        built.redis_secret_name,
        built.proxy_tls_secret_name or "",
        built.redis_user_id,
    }
    arns: tuple[str, ...] = ()
    if built.private:
        path = built.private
        found.add(path.watcher_function_name)
        arns = (
            path.inbound_nlb_arn,
            path.inbound_target_group_arn,
            path.outbound_nlb_arn,
            path.outbound_target_group_arn,
        )
    elif built.service:
        arns = (built.service.outbound_nlb_arn, built.service.outbound_target_group_arn)
    elif built.public:
        arns = (built.public.proxy_nlb_arn, built.public.proxy_target_group_arn)
    # …:loadbalancer/net/NAME/ID, …:targetgroup/NAME/ID
    return frozenset(found | {arn.split("/")[-2] for arn in arns if arn.count("/") >= 2})
