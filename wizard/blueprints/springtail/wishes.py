"""Where an answer has to be found again in a plan: sizes and places that must not stay as they are unnoticed. Pure.

The emitted values are what is wanted. A plan whose resource has another value afterwards would not do what was answered:
something in the stack ignores it (an `ignore_changes` in an edited file or in an override, a provider that suppresses it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Wish:
    """The value of a root variable (`nodes.fdw.instance_type`), and the attribute that has to be it afterwards.

    `key` is the answer that a person changes, `plus` what is added to the value on the way. `apart` names the value
    where a node may have one of its own (`apart.fdw-1.ami_id`).
    """

    variable: str
    module: str
    type: str
    name: str
    attribute: str
    key: str = ""
    plus: int = 0
    apart: str = ""

    def node(self, address: str) -> str:
        """Give the key of the node at an address: its index, and the first of its role where it has none."""
        return address.rpartition('["')[2].removesuffix('"]') if address.endswith('"]') else f"{self.name}-0"

    @property
    def where(self) -> tuple[str, str, str, str]:
        """Module, type, name and attribute: where in a plan it is looked for."""
        return self.module, self.type, self.name, self.attribute

    def answer(self, value: Any) -> Any:
        """Give what would have to be answered for the attribute to have this value."""
        return value - self.plus if self.plus and isinstance(value, int) else value


def _node(role: str) -> tuple[Wish, ...]:
    where = ("module.nodes", "aws_instance", role)
    return (
        Wish(
            f"nodes.{role}.instance_type",
            *where,
            "instance_type",
            f"nodes.{role}.instance_type",
            apart="instance_type",
        ),
        Wish(f"nodes.{role}.ami_id", *where, "ami", f"nodes.{role}.ami.id", apart="ami_id"),
        Wish(
            f"nodes.{role}.root_volume_gib", *where, "root_block_device.0.volume_size", f"nodes.{role}.root_volume_gib"
        ),
    )


def _volumes(variable: str, name: str) -> tuple[Wish, ...]:
    at = f"nodes.ingestion.{variable}"
    attributes = {"type": "type", "size_gib": "size", "iops": "iops", "throughput_mibps": "throughput"}
    return tuple(
        Wish(f"{at}.{value}", "module.nodes", "aws_ebs_volume", name, attribute, f"{at}.{value}")
        for value, attribute in attributes.items()
    )


def _redis(variable: str, attribute: str, plus: int = 0) -> Wish:
    key = f"redis.{variable}"
    return Wish(key, "module.shard", "aws_elasticache_replication_group", "this", attribute, key, plus)


WISHES: Final[tuple[Wish, ...]] = (
    *_node("ingestion"),
    *_node("proxy"),
    *_node("fdw"),
    *_volumes("volumes", "data"),
    *_volumes("slog", "slog"),
    _redis("node_type", "node_type"),
    _redis("replicas", "num_cache_clusters", plus=1),
    _redis("snapshot_retention_days", "snapshot_retention_limit"),
)
#: What the emitted modules tell the engine to leave alone, by type, and why. Held to the modules by a test.
LEFT_ALONE: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "aws_elasticache_user": (
        ("access_string", "authentication_mode", "passwords", "no_password_required"),
        "seed-secrets switches the user on, with a password that the engine must never see",
    ),
    "aws_elasticache_user_group": (("user_ids",), "deployments add and remove their own users"),
    "aws_route53_zone": (("vpc",), "customers associate their own VPCs with the zone"),
}
