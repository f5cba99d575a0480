"""Which product of the Price List each thing is, and in which units it may be priced.

A product is found by filters on its attributes and by its usage type. That carries the region's own prefix
(`BoxUsage:…` in us-east-1, `EUW2-BoxUsage:…` in London, `us-east-1-KMS-Keys`), so it is compared without one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from wizard.facts.prices import Price, PriceFact

#: `USE1-`, `UGW1-`, `EU-` (Ireland, of old), or the whole region. Other prefixes (`TS-`, `Regional`) are other products.
_PREFIX = r"(?:EU-|[A-Z]{3}\d-|[a-z]{2}(?:-[a-z]+)+-\d-)?"

Units = tuple[tuple[str, Decimal], ...]

_ONE = Decimal(1)
#: How much of the list's unit one of ours is. A price in any other unit is not understood, and so not known.
HOURS: Units = (("hrs", _ONE), ("hours", _ONE), ("hour", _ONE))
GIB_MONTHS: Units = (("gb-mo", _ONE), ("gb-month", _ONE), ("gib-mo", _ONE))
IOPS_MONTHS: Units = (("iops-mo", _ONE), ("iops-month", _ONE))
MIBPS_MONTHS: Units = (("gibps-mo", _ONE / 1024), ("mibps-mo", _ONE))
SECRETS: Units = (("secrets", _ONE), ("secret", _ONE))
KEYS: Units = (("keys", _ONE), ("key", _ONE), ("months", _ONE))
ZONES: Units = (("hostedzone", _ONE), ("hostedzones", _ONE))
ALARMS: Units = (("alarms", _ONE), ("alarm", _ONE))


@dataclass(frozen=True, slots=True)
class Product:
    """What is asked for, the usage type that picks it out of the answer, and the units that are understood."""

    ask: Price
    usage_type: str
    units: Units

    def matches(self, fact: PriceFact) -> bool:
        """Whether a price is this product's."""
        return re.fullmatch(_PREFIX + re.escape(self.usage_type), fact.usage_type) is not None


def instance(region: str, instance_type: str) -> Product:
    """An EC2 instance's hour: Linux, on demand, shared tenancy, no license."""
    filters = (
        ("instanceType", instance_type),
        ("operatingSystem", "Linux"),
        ("tenancy", "Shared"),
        ("preInstalledSw", "NA"),
        ("capacitystatus", "Used"),
        ("licenseModel", "No License required"),
        ("operation", "RunInstances"),
    )
    return Product(Price(region, "AmazonEC2", filters), f"BoxUsage:{instance_type}", HOURS)


def volume_storage(region: str, volume_type: str) -> Product:
    """A GiB of an EBS volume, for a month."""
    return Product(_volume(region, "Storage", volume_type), f"EBS:VolumeUsage.{volume_type}", GIB_MONTHS)


def volume_iops(region: str, volume_type: str, tier: int = 1) -> Product:
    """One provisioned IOPS of an EBS volume, for a month; io2 has three tiers, each a product."""
    suffix = "" if tier == 1 else f".tier{tier}"
    usage = f"EBS:VolumeP-IOPS.{volume_type}{suffix}"
    return Product(_volume(region, "System Operation", volume_type), usage, IOPS_MONTHS)


def volume_throughput(region: str) -> Product:
    """A MiB/s of a gp3 volume, for a month. The list prices it by the GiB/s."""
    return Product(_volume(region, "Provisioned Throughput", "gp3"), "EBS:VolumeP-Throughput.gp3", MIBPS_MONTHS)


def _volume(region: str, family: str, volume_type: str) -> Price:
    return Price(region, "AmazonEC2", (("productFamily", family), ("volumeApiName", volume_type)))


def nat_gateway(region: str) -> Product:
    """A NAT gateway's hour."""
    return Product(Price(region, "AmazonEC2", (("productFamily", "NAT Gateway"),)), "NatGateway-Hours", HOURS)


def public_ipv4(region: str) -> Product:
    """The hour of a public IPv4 address that is in use."""
    ask = Price(region, "AmazonVPC", (("group", "VPCPublicIPv4Address"),))
    return Product(ask, "PublicIPv4:InUseAddress", HOURS)


def interface_endpoint(region: str) -> Product:
    """An interface endpoint's hour, in one zone."""
    return Product(Price(region, "AmazonVPC", (("productFamily", "VpcEndpoint"),)), "VpcEndpoint-Hours", HOURS)


def network_load_balancer(region: str) -> Product:
    """A network load balancer's hour."""
    filters = (("productFamily", "Load Balancer-Network"), ("locationType", "AWS Region"))
    return Product(Price(region, "AWSELB", filters), "LoadBalancerUsage", HOURS)


def cache_node(region: str, node_type: str) -> Product:
    """A Redis node's hour."""
    filters = (("instanceType", node_type), ("cacheEngine", "Redis"), ("locationType", "AWS Region"))
    return Product(Price(region, "AmazonElastiCache", filters), f"NodeUsage:{node_type}", HOURS)


def secret(region: str) -> Product:
    """A secret of Secrets Manager, for a month."""
    ask = Price(region, "AWSSecretsManager", (("productFamily", "Secret"),))
    return Product(ask, "AWSSecretsManager-Secrets", SECRETS)


def key(region: str) -> Product:
    """A KMS key, for a month."""
    return Product(Price(region, "awskms", (("productFamily", "Encryption Key"),)), "KMS-Keys", KEYS)


def hosted_zone() -> Product:
    """A Route 53 zone, for a month. It is sold worldwide: its products carry no region."""
    return Product(Price("", "AmazonRoute53", (("productFamily", "DNS Zone"),)), "HostedZone", ZONES)


def alarm(region: str) -> Product:
    """A CloudWatch alarm of standard resolution, for a month."""
    return Product(Price(region, "AmazonCloudWatch", (("productFamily", "Alarm"),)), "CW:AlarmMonitorUsage", ALARMS)
