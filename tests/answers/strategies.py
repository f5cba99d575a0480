"""Random valid answers, hostile ones included, for properties of everything that reads and writes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wizard import __version__

names = st.from_regex(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", fullmatch=True)
accounts = st.from_regex(r"[0-9]{12}", fullmatch=True)
hosts = st.from_regex(r"[a-z0-9]{1,20}\.[a-z0-9]{1,10}(\.[a-z]{2,5})?", fullmatch=True)
vpcs = st.from_regex(r"vpc-[0-9a-f]{8,17}", fullmatch=True)
regions = st.sampled_from(("us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1"))
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", fullmatch=True)
#: What YAML, shells and HCL would love to misread, within the alphabet of tags.
tag_values = st.sampled_from(
    (
        "yes",
        "no",
        "null",
        "0x10",
        "1e3",
        "012",
        "2024-01-01",
        "- a",
        "a: b",
        "@x",
        "=",
        " x ",
        "",
        "on",
        "1:20",
        "é",
    )
) | st.from_regex(r"[\w .:/=+@-]{0,40}", fullmatch=True).filter(lambda v: len(v) <= 256)
tag_keys = st.from_regex(r"[A-Za-z0-9 .:/=+@_-]{1,40}", fullmatch=True).filter(
    lambda k: not k.lower().startswith(("aws:", "planewright:"))
)
tags = st.dictionaries(tag_keys, tag_values, max_size=5)


@st.composite
def cidrs(draw: st.DrawFn) -> str:
    from ipaddress import IPv4Network

    prefix = draw(st.integers(16, 28))
    return str(IPv4Network((draw(st.integers(0, 2**32 - 1)), prefix), strict=False))


@st.composite
def deployments(draw: st.DrawFn) -> dict[str, Any]:
    """Plain data of a valid deployment: what is optional is left out now and then."""
    topology = draw(st.sampled_from(("private", "public")))

    def vpc() -> dict[str, str]:
        return {"account_id": draw(accounts), "region": draw(regions), "vpc_id": draw(vpcs), "cidr": draw(cidrs())}

    raw: dict[str, Any] = {
        "planewright": __version__,
        "kind": "deployment",
        "blueprint": "springtail",
        "name": draw(names),
        "shard": draw(names),
        "topology": topology,
        "identifiers": {"organization": draw(ids), "account": draw(ids), "instance": draw(ids)},
        "database": {"host": draw(hosts), "port": draw(st.integers(1, 65535))},
        "proxy": {"host": draw(hosts), "tls": draw(st.sampled_from(("none", "vendor", "customer")))},
        "tags": draw(tags),
        "nodes": {"fdw": {"count": draw(st.integers(1, 32))}},
    }
    if topology == "private":
        raw["database"]["vpc"] = vpc()
        raw["applications"] = [{"name": draw(names), **vpc()} for _ in range(draw(st.integers(0, 3)))]
    else:
        raw["proxy"]["client_cidrs"] = draw(st.lists(cidrs(), max_size=3))
    return raw
