"""By what each type of resource is known in AWS, and the id that the provider imports it by. Pure; no state is needed.

`hashicorp/aws` 5.100 has an id of its own making for many types (`role/policy-arn`, `ZONE_name_TYPE`). Each rule says which of
a resource's planned attributes single it out among what AWS has, and how what was found becomes that id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """How a type is known.

    `by`: planned attributes that have to be known, and the same. `also`: the same, where they are known. `tagged`: what AWS has
    carries the planned tags that tell whose it is (`planewright:…`, `Name`). `id` is made of what AWS has. `never` says why
    the provider cannot import it.
    """

    id: str = ""
    by: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    tagged: bool = False
    never: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that AWS has: attributes by the provider's names, and its tags. `tags` None: nobody can say, or it has none by nature.

    `note` is for people: what tells it from another of the same name.
    """

    facts: Mapping[str, str]
    tags: Mapping[str, str] | None = None
    note: str = field(default="", compare=False)


def _own(id_: str, *by: str, also: tuple[str, ...] = ()) -> Rule:
    return Rule(id_, by, also, tagged=True)


def _part(id_: str, *by: str) -> Rule:
    return Rule(id_, by)


_RULE_OF_GROUP = _part(
    "{security_group_rule_id}",
    "security_group_id",
    "ip_protocol",
    "from_port",
    "to_port",
    "cidr_ipv4",
    "referenced_security_group_id",
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        # The network
        "aws_vpc": _own("{id}", "cidr_block"),
        "aws_default_security_group": _part("{id}", "vpc_id"),
        "aws_subnet": _own("{id}", "cidr_block", also=("vpc_id",)),
        "aws_internet_gateway": _own("{id}", also=("vpc_id",)),
        "aws_eip": _own("{id}"),
        "aws_nat_gateway": _own("{id}", also=("subnet_id", "allocation_id")),
        "aws_route_table": _own("{id}", also=("vpc_id",)),
        "aws_route": _part("{route_table_id}_{destination_cidr_block}", "route_table_id", "destination_cidr_block"),
        # A subnet has one table: where it is another than planned, the plan says that it is put back.
        "aws_route_table_association": _part("{subnet_id}/{route_table_id}", "subnet_id"),
        "aws_security_group": _own("{id}", "name", also=("vpc_id",)),
        "aws_vpc_security_group_ingress_rule": _RULE_OF_GROUP,
        "aws_vpc_security_group_egress_rule": _RULE_OF_GROUP,
        "aws_vpc_endpoint": _own("{id}", also=("vpc_id", "service_name")),
        "aws_vpc_endpoint_service": _own("{id}"),
        "aws_vpc_peering_connection": _own("{id}", "peer_vpc_id", also=("vpc_id",)),
        "aws_vpc_peering_connection_options": _part("{vpc_peering_connection_id}", "vpc_peering_connection_id"),
        # Nodes
        "aws_instance": _own("{id}"),
        "aws_ebs_volume": _own("{id}", also=("availability_zone",)),
        "aws_volume_attachment": _part(
            "{device_name}:{volume_id}:{instance_id}", "device_name", "volume_id", "instance_id"
        ),
        "aws_ssm_parameter": _own("{name}", "name"),
        "aws_secretsmanager_secret": _own("{arn}", "name"),
        # Roles
        "aws_iam_role": _own("{name}", "name"),
        "aws_iam_role_policy": _part("{role}:{name}", "role", "name"),
        "aws_iam_role_policy_attachment": _part("{role}/{policy_arn}", "role", "policy_arn"),
        "aws_iam_instance_profile": _own("{name}", "name"),
        # Redis and events
        "aws_elasticache_subnet_group": _own("{name}", "name"),
        "aws_elasticache_parameter_group": _own("{name}", "name"),
        "aws_elasticache_user": _own("{user_id}", "user_id"),
        "aws_elasticache_user_group": _own("{user_group_id}", "user_group_id"),
        "aws_elasticache_user_group_association": _part("{user_group_id},{user_id}", "user_group_id", "user_id"),
        "aws_elasticache_replication_group": _own("{replication_group_id}", "replication_group_id"),
        "aws_sns_topic": _own("{arn}", "name"),
        # Load balancers
        "aws_lb": _own("{arn}", "name"),
        "aws_lb_target_group": _own("{arn}", "name"),
        "aws_lb_listener": _part("{arn}", "load_balancer_arn", "port"),
        "aws_lb_target_group_attachment": Rule(
            never="the provider cannot import it; made again, a target that is registered stays as it is"
        ),
        # The watcher
        "aws_cloudwatch_log_group": _own("{name}", "name"),
        "aws_lambda_function": _own("{function_name}", "function_name"),
        "aws_lambda_function_event_invoke_config": _part("{function_name}", "function_name"),
        "aws_lambda_permission": _part("{function_name}/{statement_id}", "function_name", "statement_id"),
        "aws_cloudwatch_event_rule": _own("{name}", "name"),
        "aws_cloudwatch_event_target": _part("{rule}/{target_id}", "rule", "arn"),
        "aws_cloudwatch_metric_alarm": _own("{alarm_name}", "alarm_name"),
        # Names
        "aws_route53_zone": _own("{zone_id}", "name"),
        "aws_route53_record": _part("{zone_id}_{name}_{type}", "zone_id", "name", "type"),
        "aws_route53_vpc_association_authorization": _part("{zone_id}:{vpc_id}", "zone_id", "vpc_id"),
    }
)
