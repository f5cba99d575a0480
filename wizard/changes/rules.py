"""All rules in one place: what another value of an attribute does, what a new one and a missing one interrupt. Pure.

docs/changes.md is made of this. A type that is emitted has an entry; what no rule names is judged with care.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from wizard.changes.classes import ChangeClass, Rule, Table, safe
from wizard.changes.tables import balancing, compute, identity, network, storage

TABLES: Final[dict[str, Table]] = {
    **compute.TABLES,
    **storage.TABLES,
    **network.TABLES,
    **balancing.TABLES,
    **identity.TABLES,
}
_NAME = safe("a name for people and for bills", "tagging APIs of AWS")
#: Holds for every type that says nothing else.
COMMON: Final[Table] = {
    "tags": _NAME,
    "tags_all": _NAME,
    "description": _NAME,
    "timeouts": safe("how long the engine waits", "AWS provider: an argument of its own, no call to AWS"),
}
#: What follows from other attributes and is known only afterwards: nothing that anybody asked for.
FOLLOWS: Final = frozenset(
    {
        "arn",
        "code_sha256",
        "engine_version_actual",
        "has_drift",
        "id",
        "instance_state",
        "last_modified",
        "member_clusters",
        "primary_endpoint_address",
        "private_dns",
        "public_dns",
        "public_ip",
        "qualified_arn",
        "qualified_invoke_arn",
        "reader_endpoint_address",
        "source_code_size",
        "version",
    }
)
#: Attributes of an instance that it takes on by a stop, which blanks disks of its own.
STOPS: Final = frozenset({"instance_type", "ebs_optimized", "user_data", "user_data_base64"})
STOPS_SOURCE: Final = "EC2 User Guide: instance store, data persistence"
_INDEX = re.compile(r"\[\d+\]")

#: What stands still while a resource of this type is destroyed and made anew.
REPLACED: Final[dict[str, str]] = {
    "aws_instance": "the node is away until the new one has booted; volumes of their own are kept, and attached to it",
    "aws_volume_attachment": "the node is stopped, the volume detached and attached again; what it holds is kept",
    "aws_lb_listener": "nobody connects until the new one is there",
    "aws_lb_target_group": "targets get connections again once they have passed their health checks",
    "aws_lb_target_group_attachment": "the target gets connections again once it has passed its health checks",
    "aws_vpc_endpoint": "it has other addresses: connections end, and names lead to the new one within minutes",
    "aws_subnet": "everything in it is made anew as well",
    "aws_route": "packets find no way until the new one is there",
    "aws_vpc_security_group_ingress_rule": "what it lets in is refused until the new one is there",
    "aws_vpc_security_group_egress_rule": "what it lets out is refused until the new one is there",
    "aws_iam_role": "who holds it has no rights until the new one is there",
    "aws_iam_role_policy": "the role lacks these rights until the new one is there",
    "aws_lambda_function": "a failover of the database meanwhile is not followed",
    "aws_ssm_parameter": "a node that boots meanwhile waits for it",
}
REPLACED_ELSE: Final = "what uses it does without it until the new one is there, and has to follow its new id"
#: Types that nothing which runs misses when they are deleted, and why.
UNMISSED: Final[dict[str, str]] = {
    "aws_cloudwatch_metric_alarm": "nobody is told any more; nothing passes through it",
    "aws_lambda_function_event_invoke_config": "calls that fail are tried again as Lambda does by itself",
    "aws_route53_vpc_association_authorization": "an association that was made with it stays",
}


def rule_of(type_: str, path: str, before: Any, after: Any) -> Rule | None:
    """Give the rule for an attribute's change; None where no rule names it.

    Where it cannot be told which of an attribute's rules holds, the worst of them does.
    """
    possible: list[Rule] = []
    for rule in _found(type_, path):
        holds = rule.when.holds(before, after)
        if holds is not False:
            possible.append(rule)
        if holds:
            break
    return max(possible, key=lambda rule: rule.cls.rank, default=None)


@lru_cache(maxsize=4096)
def _found(type_: str, path: str) -> tuple[Rule, ...]:
    """The rules of an attribute: its type's own, or else what holds for every type, or else the type's for all others."""
    table, plain = TABLES.get(type_, {}), _INDEX.sub("", path)
    return _rules(table, plain) or _rules(COMMON, plain) or table.get("*", ())


def _rules(table: Table, path: str) -> tuple[Rule, ...]:
    """The rules of the attribute itself, or else of what it is part of."""
    while path:
        if path in table:
            return table[path]
        path = path.rpartition(".")[0]
    return ()


def unknown(path: str) -> Rule:
    """What is said of an attribute that no rule names."""
    return Rule(ChangeClass.INTERRUPTS, f"{path} is not known to be safe to change while it runs: no rule names it", "")
