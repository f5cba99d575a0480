"""A security group's rules as the provider lists them, taken apart: AWS merges those that differ only in their source. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

_SOURCES: Final = {
    "security_groups": ("UserIdGroupPairs", "GroupId"),
    "cidr_blocks": ("IpRanges", "CidrIp"),
    "ipv6_cidr_blocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefix_list_ids": ("PrefixListIds", "PrefixListId"),
}


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One source and its ports. `kind` is the provider's name of the list that it stands in; `self` for the group itself."""

    protocol: str
    first: int
    last: int
    kind: str
    source: str

    @property
    def text(self) -> str:
        """A few words: `tcp 22 10.0.0.0/8`."""
        ports = "all" if self.protocol == "-1" else f"{self.protocol} {_ports(self.first, self.last)}"
        return f"{ports} {self.source or 'the group itself'}"

    def permission(self, group: str) -> dict[str, Any]:
        """Give it as the EC2 API takes it."""
        listed, key = _SOURCES.get(self.kind, _SOURCES["security_groups"])
        ports = {} if self.protocol == "-1" else {"FromPort": self.first, "ToPort": self.last}
        return {"IpProtocol": self.protocol, **ports, listed: [{key: group if self.kind == "self" else self.source}]}


def _ports(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def entries(value: Any) -> frozenset[Entry]:
    """Take `ingress` or `egress` apart; nothing for what is secret or unknown."""
    found = set()
    for rule in value if isinstance(value, list) else []:
        if not isinstance(rule, dict):
            continue
        ports = (str(rule.get("protocol")), int(rule.get("from_port") or 0), int(rule.get("to_port") or 0))
        found |= {Entry(*ports, kind, str(source)) for kind in _SOURCES for source in rule.get(kind) or []}
        if rule.get("self"):
            found.add(Entry(*ports, "self", ""))
    return frozenset(found)
