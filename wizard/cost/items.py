"""What is paid for by time: of a shard, and of a deployment on it. The stacks are `assets/modules`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wizard.answers.account import StateBackend
from wizard.blueprints.springtail.answers import (
    DataVolumes,
    DeploymentAnswers,
    LogVolume,
    ShardAnswers,
    Storage,
    TlsHolder,
    Topology,
    VolumeType,
)
from wizard.blueprints.springtail.stacks import INSTANCE, SHARD
from wizard.blueprints.springtail.volumes import EBS
from wizard.cost import products
from wizard.cost.products import Product

#: Hours of a month, as AWS's own calculator counts them.
HOURS = 730

#: Above so many IOPS of one io2 volume the next tier's price holds (EBS pricing): tiers end at these.
IO2_TIERS = ((1, 0, 32_000), (2, 32_000, 64_000), (3, 64_000, None))


@dataclass(frozen=True, slots=True)
class Item:
    """Something paid for by the month: `count` of it, and of each so much (`each`) of the product's own unit."""

    stack: str
    role: str
    what: str
    count: int
    product: Product
    each: int = 1
    unit: str = ""

    @property
    def quantity(self) -> Decimal:
        """How much of the product's unit in a month (hours, GiB-months, …)."""
        return Decimal(self.count * self.each)

    @property
    def amount(self) -> str:
        """The quantity as people count it: `2 x 730 hours`."""
        return f"{self.count} x {self.each} {self.unit}" if self.unit else str(self.count)


def of_shard(shard: ShardAnswers) -> Iterator[Item]:
    """What a shard costs, whoever uses it."""
    region = shard.account.region
    yield _hours(SHARD, "network", "NAT gateway", 1, products.nat_gateway(region))
    yield _hours(SHARD, "network", "public IPv4 address of the NAT gateway", 1, products.public_ipv4(region))
    nodes, node_type = 1 + shard.redis.replicas, shard.redis.node_type
    yield _hours(SHARD, "redis", node_type, nodes, products.cache_node(region, node_type))
    if shard.state.backend is StateBackend.S3 and not shard.state.kms_key_arn:
        yield Item(SHARD, "state", "KMS key of the state (account-wide)", 1, products.key(region))


def of_deployment(deployment: DeploymentAnswers, region: str) -> Iterator[Item]:
    """What a deployment costs beside its shard."""
    nodes = deployment.nodes
    for role, node, count in (
        ("ingestion", nodes.ingestion, 1),
        ("proxy", nodes.proxy, nodes.proxy.count),
        ("fdw", nodes.fdw, nodes.fdw.count),
    ):
        yield _hours(INSTANCE, role, node.instance_type, count, products.instance(region, node.instance_type))
        yield Item(
            INSTANCE,
            role,
            "root volume, gp3",
            count,
            products.volume_storage(region, "gp3"),
            node.root_volume_gib,
            "GiB",
        )
        if role == "ingestion" and nodes.ingestion.storage is Storage.EBS:
            yield from _volumes("data volume", nodes.ingestion.volumes, nodes.ingestion.volumes.count, region)
            yield from _volumes("SLOG volume", nodes.ingestion.slog, 1, region)
    yield from _path(deployment, region)
    secrets = 2 + (deployment.proxy.tls is not TlsHolder.NONE)
    yield Item(INSTANCE, "secrets", "secret", secrets, products.secret(region))


def _path(deployment: DeploymentAnswers, region: str) -> Iterator[Item]:
    balancer, endpoint = products.network_load_balancer(region), products.interface_endpoint(region)
    if deployment.topology is Topology.PUBLIC:
        yield _hours(INSTANCE, "path", "network load balancer of the proxies", 1, balancer)
        yield _hours(INSTANCE, "path", "public IPv4 address of the load balancer", 1, products.public_ipv4(region))
        return
    if deployment.through_service:
        yield _hours(INSTANCE, "path", "network load balancer of the proxies", 1, balancer)
        yield _hours(INSTANCE, "path", "interface endpoint to the customer's service", 1, endpoint)
        yield Item(INSTANCE, "path", "private zone of the database's name", 1, products.hosted_zone())
        return
    yield _hours(INSTANCE, "path", "network load balancer, inbound and outbound", 2, balancer)
    yield _hours(INSTANCE, "path", "interface endpoint, inbound and outbound", 2, endpoint)
    if deployment.proxy.host:
        yield Item(INSTANCE, "path", "private zone of the proxy's name", 1, products.hosted_zone())
    yield _hours(INSTANCE, "watcher", "interface endpoint of an AWS API", 2, endpoint)
    yield Item(INSTANCE, "watcher", "alarm", 1, products.alarm(region))


def _volumes(what: str, volume: DataVolumes | LogVolume, count: int, region: str) -> Iterator[Item]:
    kind = volume.type.value

    def item(name: str, product: Product, each: int, unit: str) -> Item:
        return Item(INSTANCE, "ingestion", f"{what}, {name}", count, product, each, unit)

    yield item(kind, products.volume_storage(region, kind), volume.size_gib, "GiB")
    if volume.type is VolumeType.IO2:
        for tier, above, up_to in IO2_TIERS:
            iops = min(volume.iops, up_to or volume.iops) - above
            if iops > 0:
                name = f"io2 IOPS above {above}" if above else "io2 IOPS"
                yield item(name, products.volume_iops(region, kind, tier), iops, "IOPS")
        return
    included = EBS[VolumeType.GP3]
    if volume.iops > included.included_iops:
        product = products.volume_iops(region, kind)
        yield item(f"IOPS above {included.included_iops}", product, volume.iops - included.included_iops, "IOPS")
    if volume.throughput_mibps > included.included_mibps:
        product = products.volume_throughput(region)
        yield item(
            f"MiB/s above {included.included_mibps}",
            product,
            volume.throughput_mibps - included.included_mibps,
            "MiB/s",
        )


def _hours(stack: str, role: str, what: str, count: int, product: Product) -> Item:
    return Item(stack, role, what, count, product, HOURS, "hours")
