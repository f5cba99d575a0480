"""Who may reach the proxy, and whether what they send can be read on the way."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, collapse_addresses

from wizard.blueprints.springtail.answers import DeploymentAnswers, TlsHolder, Topology
from wizard.checks.codes import code
from wizard.checks.network import is_private
from wizard.findings import Finding, Severity

#: The widest block that still looks like one organisation's addresses.
WIDEST = 16

OPEN = code(
    "PUBLIC_INGRESS_OPEN",
    Severity.CRITICAL,
    Severity.HIGH,
    why="the proxy answers for the customer's whole database: everybody in these addresses can try passwords on it",
    remedy="list the addresses that the customer's applications really come from, such as their NAT gateways' /32",
)
PRIVATE_CLIENT = code(
    "CLIENT_CIDR_PRIVATE",
    Severity.WARN,
    why="packets from private addresses never arrive over the internet: the load balancer sees the public address behind them",
    remedy="list the public addresses that the applications leave from; for private ones choose the private topology",
)
NO_CLIENTS = code(
    "NO_CLIENT_CIDRS",
    Severity.WARN,
    why="the load balancer's security group then lets nobody in",
    remedy="ask the customer for the public addresses of their applications and set proxy.client_cidrs",
)
NO_TLS = code(
    "PROXY_TLS_MISSING",
    Severity.CRITICAL,
    Severity.WARN,
    why="without TLS on the proxy, passwords and rows travel in clear text between application and proxy",
    remedy="say who holds the proxy's certificate (proxy.tls: vendor or customer) and for which name (proxy.host)",
)


def deployment(answers: DeploymentAnswers) -> Iterator[Finding]:
    """Check the way from applications to the proxy."""
    public = answers.topology is Topology.PUBLIC
    if answers.proxy.tls is TlsHolder.NONE:
        yield NO_TLS.at(
            "proxy.tls",
            "nobody holds a certificate for the proxy",
            severity=Severity.CRITICAL if public else Severity.WARN,
        )
    if not public:
        return
    if not answers.proxy.client_cidrs:
        yield NO_CLIENTS.at("proxy.client_cidrs", "no client may connect")
    for index, cidr in enumerate(answers.proxy.client_cidrs):
        if is_private(cidr):
            yield PRIVATE_CLIENT.at(f"proxy.client_cidrs[{index}]", f"{cidr} is not public address space")
    # Two halves of the internet are the whole of it: blocks are weighed after joining them.
    for block in collapse_addresses(map(IPv4Network, answers.proxy.client_cidrs)):
        if block.prefixlen == 0:
            yield OPEN.at("proxy.client_cidrs", "the whole internet may connect to the proxy")
        elif block.prefixlen < WIDEST:
            yield OPEN.at(
                "proxy.client_cidrs",
                f"{block} is {block.num_addresses:,} addresses",
                severity=Severity.HIGH,
            )
