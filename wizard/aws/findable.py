"""What AWS has of the types that a stack's plan would make, whatever the service. Reads, and changes nothing.

What is known by a name of its own is read as the checks read whether a name is taken: with its tags, so that somebody else's
is told from ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.facts import names as taken
from wizard.aws.facts.tags import tags_of
from wizard.aws.findable_ec2 import READERS as EC2
from wizard.aws.findable_ec2 import Reader
from wizard.aws.session import AwsSession
from wizard.drift.known_by import RULES, Candidate
from wizard.drift.taking_in import Wanted, plain
from wizard.facts import names as asked
from wizard.facts.naming import NamesAsk

#: What services say of something that is not there.
_ABSENT: Final = taken.ABSENT | {"LoadBalancerNotFound", "TargetGroupNotFound", "NoSuchHostedZone"}


def candidates(session: AwsSession, wanted: Iterable[Wanted]) -> dict[str, tuple[Candidate, ...]]:
    """Give what AWS has, by type, for those of which enough is known. Raises AwsError, which names the call that AWS refused."""
    by_type: dict[str, list[Wanted]] = {}
    for one in wanted:
        if one.ready and one.type in READERS:
            by_type.setdefault(one.type, []).append(one)
    found = {}
    for type_, some in by_type.items():
        with session.call(f"look for {some[0].address} in AWS"):
            found[type_] = tuple(READERS[type_](session, some))
    return found


def _values(some: Sequence[Wanted], key: str) -> list[str]:
    return list(dict.fromkeys(one.values[key] for one in some))


def _named(ask: type[NamesAsk]) -> Reader:
    """Look a type up by its names, as the checks do. What was deleted and only blocks its name is not there."""

    def read(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
        key = RULES[some[0].type].by[0]
        for item in taken.READERS[ask](session, ask(session.region, tuple(_values(some, key)))):
            if item.deleted_at is None:
                yield Candidate({key: item.name}, dict(item.tags))

    return read


def _if_there(session: AwsSession, service: Any, call: str, **arguments: Any) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = getattr(session.client(service), call)(**arguments)
    except ClientError as error:
        if error_code(error) in _ABSENT:
            return None
        raise
    return found


# -- secrets, topics


def _secrets(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for name in _values(some, "name"):
        found = _if_there(session, "secretsmanager", "describe_secret", SecretId=name)
        if found is not None and found.get("DeletedDate") is None:
            yield Candidate({"arn": found["ARN"], "name": found["Name"]}, dict(tags_of(found.get("Tags", []))))


def _topics(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for name in _values(some, "name"):
        arn = f"arn:{session.partition}:sns:{session.region}:{session.account.id}:{name}"
        if _if_there(session, "sns", "get_topic_attributes", TopicArn=arn) is not None:
            tags = session.client("sns").list_tags_for_resource(ResourceArn=arn).get("Tags", [])
            yield Candidate({"arn": arn, "name": name}, dict(tags_of(tags)))


# -- roles


def _role_policies(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for one in some:
        role, name = one.values["role"], one.values["name"]
        if _if_there(session, "iam", "get_role_policy", RoleName=role, PolicyName=name) is not None:
            yield Candidate({"role": role, "name": name})


def _attached_policies(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    pages = session.client("iam").get_paginator("list_attached_role_policies")
    for role in _values(some, "role"):
        try:
            attached = [it["PolicyArn"] for page in pages.paginate(RoleName=role) for it in page["AttachedPolicies"]]
        except ClientError as error:
            if error_code(error) not in _ABSENT:
                raise
            continue
        yield from (Candidate({"role": role, "policy_arn": arn}) for arn in attached)


# -- Redis


def _users_of_groups(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for group in _values(some, "user_group_id"):
        found = _if_there(session, "elasticache", "describe_user_groups", UserGroupId=group)
        for it in (found or {}).get("UserGroups", []):
            yield from (Candidate({"user_group_id": group, "user_id": user}) for user in it.get("UserIds", []))


# -- load balancers


def _balancers(call: str, listed: str, arn: str, name: str) -> Reader:
    def read(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
        elb = session.client("elbv2")
        found: dict[str, str] = {}
        for wanted in _values(some, "name"):
            items = (_if_there(session, "elbv2", call, Names=[wanted]) or {}).get(listed, [])
            found |= {item[arn]: item[name] for item in items}
        if not found:
            return
        for it in elb.describe_tags(ResourceArns=list(found))["TagDescriptions"]:
            own = it["ResourceArn"]
            yield Candidate({"arn": own, "name": found[own]}, dict(tags_of(it.get("Tags", []))))

    return read


def _listeners(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for balancer in _values(some, "load_balancer_arn"):
        found = _if_there(session, "elbv2", "describe_listeners", LoadBalancerArn=balancer) or {}
        for it in found.get("Listeners", []):
            facts = {"arn": it["ListenerArn"], "load_balancer_arn": balancer, "port": plain(it.get("Port"))}
            yield Candidate(facts)


# -- the watcher


def _invoke_configs(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for name in _values(some, "function_name"):
        if _if_there(session, "lambda", "get_function_event_invoke_config", FunctionName=name) is not None:
            yield Candidate({"function_name": name})


def _permissions(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    import json

    for name in _values(some, "function_name"):
        found = _if_there(session, "lambda", "get_policy", FunctionName=name)
        for it in json.loads(found["Policy"]).get("Statement", []) if found else []:
            yield Candidate({"function_name": name, "statement_id": it.get("Sid", "")})


def _targets(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for rule in _values(some, "rule"):
        found = _if_there(session, "events", "list_targets_by_rule", Rule=rule) or {}
        for it in found.get("Targets", []):
            yield Candidate({"rule": rule, "arn": it["Arn"], "target_id": it["Id"]})


# -- names


def _zones(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for name in _values(some, "name"):
        for zone in taken.private_zones(session, asked.PrivateZones(name)):
            if zone.name == name:
                yield Candidate({"zone_id": zone.id, "name": zone.name}, dict(zone.tags), ", ".join(zone.vpc_ids))


def _records(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    pages = session.client("route53").get_paginator("list_resource_record_sets")
    for zone in _values(some, "zone_id"):
        for page in pages.paginate(HostedZoneId=zone):
            for it in page["ResourceRecordSets"]:
                yield Candidate({"zone_id": zone, "name": it["Name"].rstrip("."), "type": it["Type"]})


def _authorizations(session: AwsSession, some: Sequence[Wanted]) -> Iterator[Candidate]:
    for zone in _values(some, "zone_id"):
        try:
            authorized = list(taken.authorized_vpcs(session, zone))
        except ClientError as error:
            if error_code(error) not in _ABSENT:
                raise
            continue
        yield from (Candidate({"zone_id": zone, "vpc_id": vpc}) for vpc in authorized)


READERS: Final[Mapping[str, Reader]] = {
    **EC2,
    "aws_ssm_parameter": _named(asked.ParametersNamed),
    "aws_secretsmanager_secret": _secrets,
    "aws_iam_role": _named(asked.RolesNamed),
    "aws_iam_role_policy": _role_policies,
    "aws_iam_role_policy_attachment": _attached_policies,
    "aws_iam_instance_profile": _named(asked.InstanceProfilesNamed),
    "aws_elasticache_subnet_group": _named(asked.CacheSubnetGroupsNamed),
    "aws_elasticache_parameter_group": _named(asked.CacheParameterGroupsNamed),
    "aws_elasticache_user": _named(asked.RedisUsersNamed),
    "aws_elasticache_user_group": _named(asked.UserGroupsNamed),
    "aws_elasticache_user_group_association": _users_of_groups,
    "aws_elasticache_replication_group": _named(asked.ReplicationGroupsNamed),
    "aws_sns_topic": _topics,
    "aws_lb": _balancers("describe_load_balancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerName"),
    "aws_lb_target_group": _balancers("describe_target_groups", "TargetGroups", "TargetGroupArn", "TargetGroupName"),
    "aws_lb_listener": _listeners,
    "aws_cloudwatch_log_group": _named(asked.LogGroupsNamed),
    "aws_lambda_function": _named(asked.FunctionsNamed),
    "aws_lambda_function_event_invoke_config": _invoke_configs,
    "aws_lambda_permission": _permissions,
    "aws_cloudwatch_event_rule": _named(asked.RulesNamed),
    "aws_cloudwatch_event_target": _targets,
    "aws_cloudwatch_metric_alarm": _named(asked.AlarmsNamed),
    "aws_route53_zone": _zones,
    "aws_route53_record": _records,
    "aws_route53_vpc_association_authorization": _authorizations,
}
