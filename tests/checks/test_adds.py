"""What a stack is said to hold is what its modules hold: counted there, resource by resource."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from generators.springtail import deployment_files, shard_files
from tests.generators.hcl import Block, blocks, code
from wizard.blueprints.load import build
from wizard.blueprints.springtail.adds import Holds, Network, deployment_holds, shard_holds
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.rehearsal.answers import example

ROLES = ("ingestion", "proxy", "fdw")
SHARD = build(example("shard"), ShardAnswers, source="the shard's example")

#: Applications: one of a VPC of its own, one in the database's VPC, which shares the database's peering.
_OF_ITS_OWN = {"name": "jobs", "account_id": "222222222222", "region": "us-east-1", "cidr": "10.31.0.0/16"}
MANY = {
    "private": {
        "applications": [
            {**_OF_ITS_OWN, "vpc_id": "vpc-0b1c2d3e4f5061729"},
            {**_OF_ITS_OWN, "name": "web", "vpc_id": "vpc-0a1b2c3d4e5f60718", "cidr": "10.20.0.0/16"},
        ],
        "nodes": {"proxy": {"count": 3}, "fdw": {"count": 5}},
    },
    "public": {"nodes": {"proxy": {"count": 2}, "fdw": {"count": 4}}},
}


class Stack:
    """An emitted stack's resources, each as often as its for_each makes it."""

    def __init__(self, files: Mapping[str, bytes], deployment: DeploymentAnswers | None) -> None:
        self._files, self._deployment = files, deployment
        self._text = "\n".join(code(files).values())

    def resources(self, kind: str) -> Iterator[tuple[Block, Any]]:
        """Give each resource of a type, with its each.value (or None)."""
        for block in blocks(self._files, "resource", kind):
            assert block.value("count") is None, f"{block}: count is not understood here"
            for each in self._each(block):
                yield block, each

    def count(self, kind: str) -> int:
        return sum(1 for _ in self.resources(kind))

    def _each(self, block: Block) -> tuple[Any, ...]:
        wanted = block.value("for_each")
        if wanted is None:
            return (None,)
        return self._iterations()[wanted]  # an iteration that is not known here is to be counted first

    def _iterations(self) -> dict[str, tuple[Any, ...]]:
        deployment = self._deployment
        if deployment is None:
            return {}
        database = deployment.database.vpc
        return {
            "local.roles": ROLES,
            "var.node_security_group_ids": ROLES,
            "local.mesh": tuple(self._mesh()),
            "var.applications": tuple(it.name for it in deployment.applications),
            "local.peered_applications": tuple(
                it.name for it in deployment.applications if database and it.vpc_id != database.vpc_id
            ),
            "local.watcher_apis": tuple(self._set("watcher_apis")),
            "toset(var.client_cidrs)": tuple(set(deployment.proxy.client_cidrs)),
            "local.proxies": tuple(range(deployment.nodes.proxy.count)),
            "local.fdw_nodes": tuple(range(deployment.nodes.fdw.count)),
        }

    def _mesh(self) -> Iterator[dict[str, str]]:
        body = re.search(r"^  mesh = \{\n(.*?)^  \}", self._text, re.MULTILINE | re.DOTALL)
        assert body
        for line in body[1].splitlines():
            found = re.search(r'from = "(\w+)", to = "(\w+)"', line)
            assert found, line
            yield {"from": found[1], "to": found[2]}

    def _set(self, name: str) -> list[str]:
        found = re.search(rf"{name} *= toset\(\[(.*?)\]\)", self._text)
        return re.findall(r'"([^"]+)"', found[1]) if found else []

    def rules(self) -> dict[str, tuple[int, int]]:
        """Count the rules of each group, by its name without the object's."""
        names = {
            block.labels[1]: re.sub(r"^\$\{var\.\w+\}-", "", (block.value("name") or "").strip('"'))
            for block in blocks(self._files, "resource", "aws_security_group")
        }
        found: dict[str, Counter[str]] = {}
        for label, group in names.items():
            for role in ROLES if label == "node" else (group,):
                found[role] = Counter()
        for way in ("ingress", "egress"):
            for block, each in self.resources(f"aws_vpc_security_group_{way}_rule"):
                of = _group(block.value("security_group_id") or "", each, names)
                found.setdefault(of, Counter())[way] += 1
        return {of: (counted["ingress"], counted["egress"]) for of, counted in found.items()}

    def routes(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for block, _ in self.resources("aws_route"):
            found[_table(block.value("route_table_id") or "")] += 1
        for block, _ in self.resources("aws_vpc_endpoint"):
            if _kind(block) == "Gateway":
                found.update(
                    _table(it) for it in re.findall(r"aws_route_table\.\w+", block.value("route_table_ids") or "")
                )
        return dict(found)

    def endpoints(self) -> dict[Network, int]:
        return self._by_network(it for it, _ in self.resources("aws_vpc_endpoint") if _kind(it) == "Interface")

    def subnets(self) -> dict[Network, int]:
        return self._by_network(it for it, _ in self.resources("aws_subnet"))

    def _by_network(self, found: Iterator[Block]) -> dict[Network, int]:
        where = {
            "aws_vpc.transit.id": Network.TRANSIT,
            "aws_vpc.this.id": Network.SHARD,
            "var.shard.vpc_id": Network.SHARD,
        }
        return dict(Counter(where[it.value("vpc_id") or ""] for it in found))

    def most_groups(self) -> int:
        lists = re.findall(r"^ +(?:vpc_)?security_group(?:s|_ids) += \[([^\]]*)\]$", self._text, re.MULTILINE)
        assert lists
        return max(len(it.split(",")) for it in lists)


def _group(written: str, each: Any, names: dict[str, str]) -> str:
    if written == "each.value":
        return str(each)
    if written == "var.shard.redis_security_group_id":
        return "redis"
    if role := re.fullmatch(r"var\.node_security_group_ids\.(\w+)", written):
        return role[1]
    if indexed := re.fullmatch(r"aws_security_group\.node\[each\.(key|value\.(\w+))\]\.id", written):
        return str(each if indexed[1] == "key" else each[indexed[2]])
    plain = re.fullmatch(r"aws_security_group\.(\w+)\.id", written)
    assert plain, f"a rule of {written}: whose is that?"
    return names[plain[1]]


def _table(written: str) -> str:
    found = re.match(r"aws_route_table\.(\w+)", written)
    assert found, written
    return found[1]


def _kind(endpoint: Block) -> str:
    return (endpoint.value("vpc_endpoint_type") or "").strip('"')


def _require(holds: Holds, stack: Stack) -> None:
    assert holds.vpcs == stack.count("aws_vpc")
    assert holds.internet_gateways == stack.count("aws_internet_gateway")
    assert holds.nat_gateways == stack.count("aws_nat_gateway")
    assert holds.addresses == stack.count("aws_eip")
    assert holds.network_balancers == stack.count("aws_lb")
    assert holds.security_groups == stack.count("aws_security_group") + stack.count("aws_vpc"), "a VPC brings one along"
    assert holds.peerings == stack.count("aws_vpc_peering_connection")
    assert holds.groups_per_interface == stack.most_groups()
    assert holds.subnets == stack.subnets()
    assert holds.interface_endpoints == stack.endpoints()
    assert holds.routes == stack.routes()
    assert {name: (it.inbound, it.outbound) for name, it in holds.rules.items()} == stack.rules()
    assert sum(it.count for it in holds.nodes) == stack.count("aws_instance")


@pytest.mark.parametrize("changes", [{}, MANY], ids=["as shipped", "with many"])
@pytest.mark.parametrize("topology", ["private", "service", "public"])
def test_a_deployment_holds_what_its_modules_declare(topology: str, changes: dict[str, Any]) -> None:
    answers = build(example(topology) | changes.get(topology, {}), DeploymentAnswers, source="the example")
    files = deployment_files(answers, SHARD, "instance", pins=None, contract=None, state=None)
    _require(deployment_holds(answers), Stack(files, answers))


def test_a_shard_holds_what_its_module_declares() -> None:
    _require(shard_holds(), Stack(shard_files(SHARD, state=None), None))


def test_the_link_holds_nothing_that_a_quota_counts() -> None:
    answers = build(example("private"), DeploymentAnswers, source="the example")
    files = deployment_files(answers, SHARD, "link", pins=None, contract=None, state=None)
    assert {it.labels[0] for it in blocks(files, "resource")} == {"aws_vpc_peering_connection_options"}
