"""What a difference does to what runs, now. Pure: a table, the first line that fits counts.

It is about what AWS has by now; what putting it back would do is said by the plan that does so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from wizard.changes.change import Change, Difference
from wizard.findings import Severity

_OPEN: Final = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class Weight:
    """How bad it is, and what it comes to in words."""

    severity: Severity
    text: str


_H, _W, _I, _C = Severity.HIGH, Severity.WARN, Severity.INFO, Severity.CRITICAL
#: What it means that a resource is gone, by its type.
_GONE: Final[tuple[tuple[str, Weight], ...]] = (
    ("aws_ebs_volume", Weight(_C, "the data on it is gone, unless somebody took a snapshot")),
    (
        "aws_elasticache_replication_group",
        Weight(_C, "Redis is gone, with what every deployment of the shard keeps in it"),
    ),
    ("aws_secretsmanager_secret", Weight(_C, "nodes that start anew find no password")),
    ("aws_instance", Weight(_H, "the node is gone; traffic to it fails")),
    ("aws_volume_attachment", Weight(_H, "the node has lost a volume of its pool")),
    ("aws_vpc_peering_connection", Weight(_H, "nothing reaches the customer's network through it")),
    ("aws_(lb|lb_listener|lb_target_group.*|vpc_endpoint.*|nat_gateway|eip)$", Weight(_H, "the data path is cut here")),
    ("aws_(route|route_table.*|subnet|internet_gateway|vpc)$", Weight(_H, "packets no longer find the way")),
    ("aws_vpc_security_group_(in|e)gress_rule", Weight(_H, "what it let through is refused now")),
    ("aws_route53_", Weight(_H, "the name no longer leads to the endpoint")),
    ("aws_iam_", Weight(_H, "what nodes may do is less than they need")),
    ("aws_elasticache_user", Weight(_H, "services cannot log in to Redis")),
    ("aws_(lambda|cloudwatch)_", Weight(_W, "a new address of the database goes unnoticed")),
)
#: What another value of an attribute means, by type and path.
_CHANGED: Final[tuple[tuple[str, str, Weight], ...]] = (
    ("", r"^tags(_all)?\.planewright:", Weight(_W, "by this tag Planewright knows what is its own")),
    ("", r"^tags(_all)?\b", Weight(_I, "nothing that runs notices")),
    ("aws_instance", r"^instance_state", Weight(_H, "the node does not run")),
    ("aws_instance", r"^(disable_api_termination|disable_api_stop)", Weight(_W, "its protection is off, or on by surprise")),
    ("aws_instance", r"^metadata_options", Weight(_H, "how programs on the node get its credentials has changed")),
    ("aws_instance", r"^(instance_type|ebs_optimized)", Weight(_W, "the node has other memory, processors or disk throughput than was reckoned with")),
    ("aws_(instance|network_interface).*", r"security_group", Weight(_H, "other rules hold for the node's traffic")),
    ("aws_ebs_volume", r"^(iops|throughput|type)$", Weight(_W, "the volume is faster or slower than was reckoned with, and costs otherwise")),
    ("aws_ebs_volume", r"^size$", Weight(_W, "the volume is larger, and cannot be made smaller again")),
    ("aws_(security_group|vpc_security_group_.*)", r"", Weight(_H, "other traffic is let through than the answers say")),
    ("aws_route$", r"^state", Weight(_H, "packets are dropped here: what the route leads to is gone")),
    ("aws_(route|route_table.*)$", r"", Weight(_H, "packets take another way")),
    ("aws_vpc_peering_connection", r"^accept_status", Weight(_H, "nothing reaches the customer's network through it")),
    ("aws_vpc_peering_connection.*", r"^(requester|accepter)", Weight(_H, "names resolve to other addresses across the peering")),
    ("aws_iam_", r"", Weight(_H, "what may be done, and by whom, has changed")),
    ("aws_(lb.*|vpc_endpoint.*)", r"", Weight(_H, "the data path has changed here")),
    ("aws_elasticache_", r"", Weight(_H, "who may do what in Redis, or how it runs, has changed")),
    ("aws_route53_", r"", Weight(_H, "the name leads elsewhere")),
    ("aws_lambda_function", r"", Weight(_W, "the watcher runs otherwise than it was emitted")),
)  # fmt: skip
_OTHER: Final = Weight(_W, "no rule says what this means: look at it")


def weigh(change: Change, differences: tuple[Difference, ...]) -> Weight:
    """Say what it comes to: of several differences, the worst."""
    if change.kind == "delete":
        return next((weight for type_, weight in _GONE if re.match(type_, change.type)), Weight(_W, "it is gone"))
    found = [_of(change.type, item) for item in differences] or [_OTHER]
    return max(found, key=lambda weight: weight.severity.rank)


def _of(type_: str, item: Difference) -> Weight:
    if re.match(r"aws_(security_group|vpc_security_group_ingress_rule)", type_) and _opened(item):
        return Weight(_C, "the whole internet is let in")
    return next(
        (weight for kind, path, weight in _CHANGED if re.match(kind, type_) and re.search(path, item.path)), _OTHER
    )


def _opened(item: Difference) -> bool:
    return item.path.partition("[")[0] in {"ingress", "cidr_ipv4", "cidr_ipv6"} and (
        _names_all(item.after) and not _names_all(item.before)
    )


def _names_all(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_names_all(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_names_all(item) for item in value)
    return value in _OPEN
