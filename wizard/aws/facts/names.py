"""Names that are taken in the account, and private zones that answer for a host's. Readers.

Nothing of a name is no error here: it is the good answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from wizard.aws.errors import error_code
from wizard.aws.facts.tags import tags_of, tags_of_mapping
from wizard.aws.session import AwsSession
from wizard.facts import names as asked
from wizard.facts.naming import NamesAsk, TakenName
from wizard.facts.network import Tags

#: What AWS's services say when there is nothing of a name.
ABSENT = frozenset(
    {
        "NoSuchEntity",
        "ResourceNotFoundException",
        "NotFound",
        "NotFoundException",
        "UserNotFound",
        "UserGroupNotFound",
        "ReplicationGroupNotFoundFault",
        "CacheParameterGroupNotFound",
        "CacheSubnetGroupNotFoundFault",
    }
)
#: Tags of at most so many zones come with one call.
_ZONES_AT_ONCE = 10

Finder = Callable[[AwsSession, str], TakenName]


def _load_balancers(session: AwsSession, ask: NamesAsk) -> tuple[TakenName, ...]:
    # All of them: asked by name, AWS answers with an error unless every one exists.
    pages = session.client("elbv2", ask.region).get_paginator("describe_load_balancers").paginate()
    arns = {it["LoadBalancerArn"]: it["LoadBalancerName"] for page in pages for it in page["LoadBalancers"]}
    return _with_elb_tags(session, ask, arns)


def _target_groups(session: AwsSession, ask: NamesAsk) -> tuple[TakenName, ...]:
    pages = session.client("elbv2", ask.region).get_paginator("describe_target_groups").paginate()
    arns = {it["TargetGroupArn"]: it["TargetGroupName"] for page in pages for it in page["TargetGroups"]}
    return _with_elb_tags(session, ask, arns)


def _with_elb_tags(session: AwsSession, ask: NamesAsk, arns: Mapping[str, str]) -> tuple[TakenName, ...]:
    taken = {arn: name for arn, name in arns.items() if name in ask.names}
    if not taken:
        return ()
    described = session.client("elbv2", ask.region).describe_tags(ResourceArns=list(taken))["TagDescriptions"]
    return tuple(TakenName(taken[it["ResourceArn"]], tags_of(it.get("Tags", []))) for it in described)


def _parameters(session: AwsSession, ask: NamesAsk) -> tuple[TakenName, ...]:
    ssm = session.client("ssm", ask.region)
    pages = ssm.get_paginator("describe_parameters").paginate(
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": list(ask.names)}]
    )
    found = [parameter["Name"] for page in pages for parameter in page["Parameters"]]
    return tuple(
        TakenName(
            name, tags_of(ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name).get("TagList", []))
        )
        for name in found
    )


def _alarms(session: AwsSession, ask: NamesAsk) -> tuple[TakenName, ...]:
    cloudwatch = session.client("cloudwatch", ask.region)
    found = cloudwatch.describe_alarms(AlarmNames=list(ask.names), AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    alarms = [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
    return tuple(
        TakenName(
            alarm["AlarmName"],
            tags_of(cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"]).get("Tags", [])),
        )
        for alarm in alarms
    )


def _log_groups(session: AwsSession, ask: NamesAsk) -> tuple[TakenName, ...]:
    return tuple(_log_groups_of(session, ask))


def _log_groups_of(session: AwsSession, ask: NamesAsk) -> Iterator[TakenName]:
    logs = session.client("logs", ask.region)
    for name in ask.names:
        # There is no way to ask for one; the name itself comes first of those that begin with it.
        groups = logs.describe_log_groups(logGroupNamePrefix=name, limit=1)["logGroups"]
        for group in groups:
            if group["logGroupName"] == name:
                arn = group["arn"].removesuffix(":*")
                yield TakenName(name, tags_of_mapping(logs.list_tags_for_resource(resourceArn=arn).get("tags", {})))


def _each(find: Finder) -> Callable[[AwsSession, NamesAsk], tuple[TakenName, ...]]:
    """Look the names up one by one, for services that know no other way."""

    def read(session: AwsSession, ask: NamesAsk) -> tuple[TakenName, ...]:
        return tuple(_those_that_exist(session, ask, find))

    return read


def _those_that_exist(session: AwsSession, ask: NamesAsk, find: Finder) -> Iterator[TakenName]:
    for name in ask.names:
        try:
            yield find(session, name)
        except ClientError as error:
            if error_code(error) not in ABSENT:
                raise


def _role(session: AwsSession, name: str) -> TakenName:
    return TakenName(name, tags_of(session.client("iam").get_role(RoleName=name)["Role"].get("Tags", [])))


def _instance_profile(session: AwsSession, name: str) -> TakenName:
    found = session.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    return TakenName(name, tags_of(found.get("Tags", [])))


def _function(session: AwsSession, name: str) -> TakenName:
    functions = session.client("lambda")
    found = functions.get_function(FunctionName=name)
    if found.get("TagsError", {}).get(
        "ErrorCode"
    ):  # it may be read, its tags may not: the call that is about them says so as an error
        return TakenName(
            name, tags_of_mapping(functions.list_tags(Resource=found["Configuration"]["FunctionArn"])["Tags"])
        )
    return TakenName(name, tags_of_mapping(found.get("Tags", {})))


def _rule(session: AwsSession, name: str) -> TakenName:
    events = session.client("events")
    arn = events.describe_rule(Name=name)["Arn"]
    return TakenName(name, tags_of(events.list_tags_for_resource(ResourceARN=arn).get("Tags", [])))


def _secret(session: AwsSession, name: str) -> TakenName:
    found = session.client("secretsmanager").describe_secret(SecretId=name)
    return TakenName(name, tags_of(found.get("Tags", [])), found.get("DeletedDate"))


def _topic(session: AwsSession, name: str) -> TakenName:
    sns = session.client("sns")
    arn = f"arn:{session.partition}:sns:{session.region}:{session.account.id}:{name}"
    sns.get_topic_attributes(TopicArn=arn)
    return TakenName(name, tags_of(sns.list_tags_for_resource(ResourceArn=arn).get("Tags", [])))


def _redis_user(session: AwsSession, name: str) -> TakenName:
    return _cached(session, name, session.client("elasticache").describe_users(UserId=name)["Users"])


def _user_group(session: AwsSession, name: str) -> TakenName:
    return _cached(session, name, session.client("elasticache").describe_user_groups(UserGroupId=name)["UserGroups"])


def _replication_group(session: AwsSession, name: str) -> TakenName:
    found = session.client("elasticache").describe_replication_groups(ReplicationGroupId=name)
    return _cached(session, name, found["ReplicationGroups"])


def _cache_parameter_group(session: AwsSession, name: str) -> TakenName:
    found = session.client("elasticache").describe_cache_parameter_groups(CacheParameterGroupName=name)
    return _cached(session, name, found["CacheParameterGroups"])


def _cache_subnet_group(session: AwsSession, name: str) -> TakenName:
    found = session.client("elasticache").describe_cache_subnet_groups(CacheSubnetGroupName=name)
    return _cached(session, name, found["CacheSubnetGroups"])


def _cached(session: AwsSession, name: str, found: Sequence[Mapping[str, Any]]) -> TakenName:
    tags = session.client("elasticache").list_tags_for_resource(ResourceName=found[0]["ARN"])
    return TakenName(name, tags_of(tags.get("TagList", [])))


def private_zones(session: AwsSession, ask: asked.PrivateZones) -> tuple[asked.PrivateZone, ...]:
    """Find the account's private zones that a resolver may take for the host, with their VPCs (route53:ListHostedZones, …)."""
    route53 = session.client("route53")
    pages = route53.get_paginator("list_hosted_zones").paginate()
    found = {
        zone["Id"].rsplit("/", 1)[-1]: name
        for page in pages
        for zone in page["HostedZones"]
        if zone.get("Config", {}).get("PrivateZone", False)
        and _related(name := zone["Name"].rstrip(".").lower(), ask.host)
    }
    tags = dict(_zone_tags(session, list(found)))
    return tuple(
        asked.PrivateZone(
            id=zone_id,
            name=name,
            vpc_ids=tuple(sorted(vpc["VPCId"] for vpc in route53.get_hosted_zone(Id=zone_id).get("VPCs", []))),
            authorized_vpc_ids=tuple(sorted(authorized_vpcs(session, zone_id))),
            tags=tags.get(zone_id, ()),
        )
        for zone_id, name in sorted(found.items())
    )


def authorized_vpcs(session: AwsSession, zone_id: str) -> Iterator[str]:
    """Give the VPCs that may be associated with a zone (route53:ListVPCAssociationAuthorizations). Raises ClientError."""
    route53, page = session.client("route53"), ""
    while True:  # botocore has no paginator for it
        more = {"NextToken": page} if page else {}
        answer = route53.list_vpc_association_authorizations(HostedZoneId=zone_id, **more)
        yield from (vpc["VPCId"] for vpc in answer.get("VPCs", []))
        page = answer.get("NextToken", "")
        if not page:
            return


def _related(zone: str, host: str) -> bool:
    return zone == host or zone.endswith(f".{host}") or host.endswith(f".{zone}")


def _zone_tags(session: AwsSession, ids: Sequence[str]) -> Iterator[tuple[str, Tags]]:
    for start in range(0, len(ids), _ZONES_AT_ONCE):
        answer = session.client("route53").list_tags_for_resources(
            ResourceType="hostedzone", ResourceIds=list(ids[start : start + _ZONES_AT_ONCE])
        )
        for tag_set in answer["ResourceTagSets"]:
            yield tag_set.get("ResourceId", ""), tags_of(tag_set.get("Tags", []))


READERS: dict[type[Any], Callable[[AwsSession, Any], Any]] = {
    asked.LoadBalancersNamed: _load_balancers,
    asked.TargetGroupsNamed: _target_groups,
    asked.RolesNamed: _each(_role),
    asked.InstanceProfilesNamed: _each(_instance_profile),
    asked.FunctionsNamed: _each(_function),
    asked.RulesNamed: _each(_rule),
    asked.LogGroupsNamed: _log_groups,
    asked.AlarmsNamed: _alarms,
    asked.SecretsNamed: _each(_secret),
    asked.ParametersNamed: _parameters,
    asked.RedisUsersNamed: _each(_redis_user),
    asked.ReplicationGroupsNamed: _each(_replication_group),
    asked.UserGroupsNamed: _each(_user_group),
    asked.CacheParameterGroupsNamed: _each(_cache_parameter_group),
    asked.CacheSubnetGroupsNamed: _each(_cache_subnet_group),
    asked.TopicsNamed: _each(_topic),
    asked.PrivateZones: private_zones,
}
