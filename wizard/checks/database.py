"""The customer's database: whether this address can be replicated from, and whether its certificate can be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.blueprints.springtail.answers import (
    CertificateAuthority,
    DeploymentAnswers,
    Topology,
)
from wizard.checks.codes import code
from wizard.findings import Finding, Severity

READER = code(
    "DB_HOST_READER",
    Severity.CRITICAL,
    Severity.HIGH,
    why="logical replication reads the writer's WAL: a reader has no replication slots that would last",
    remedy="use the writer's endpoint (for Aurora the one with .cluster- in its name)",
)
POOLER = code(
    "DB_HOST_POOLER",
    Severity.CRITICAL,
    why="a pooler or RDS Proxy does not pass the replication protocol on",
    remedy="use the database's own endpoint and port (5432 unless changed)",
)
ADDRESS = code(
    "DB_HOST_IS_ADDRESS",
    Severity.CRITICAL,
    why="TLS is verified against the database's name, and an address changes with a failover",
    remedy="use the database's DNS name",
)
IPV6_ONLY = code(
    "DB_HOST_IPV6_ONLY",
    Severity.HIGH,
    why="Supabase's direct host has only an IPv6 address unless the project has the IPv4 add-on; the shard leaves through IPv4",
    remedy="order the IPv4 add-on for the project, then acknowledge this with the date",
)
NOT_IN_VPC = code(
    "DB_HOST_NOT_IN_VPC",
    Severity.CRITICAL,
    why="a database that its provider runs outside the customer's VPCs can be reached by neither a peering nor an endpoint service of theirs",
    remedy="choose the public topology",
)
CERTIFICATE = code(
    "DB_CERTIFICATE_DOUBTFUL",
    Severity.WARN,
    why="the certificate of an RDS database carries its RDS endpoint's name, signed by Amazon's RDS authority; no other name",
    remedy="use the RDS endpoint's own name with `rds`; for a certificate of the customer's, `system` or `pem`",
)
REGION = code(
    "DB_HOST_REGION_MISMATCH",
    Severity.HIGH,
    why="the VPC to be peered with is not the one that this endpoint resolves into",
    remedy="ask the customer for the VPC of the database itself",
)

_RDS = re.compile(r"\.(?P<region>[a-z]{2}(-[a-z]+)+-\d)\.rds\.amazonaws\.com(\.cn)?$")
_ADDRESS = re.compile(r"\d+(\.\d+){3}")
#: Host names that providers give to their poolers: RDS Proxy, Supabase, Neon.
_POOLERS = (
    re.compile(r"\.proxy-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?$"),
    re.compile(r"\.pooler\.supabase\.com$"),
    re.compile(r"^[a-z0-9-]+-pooler\.[a-z0-9.-]*neon\.tech$"),
)
_POOLER_PORT = 6543
_SUPABASE = re.compile(r"^db\.[a-z0-9]+\.supabase\.co$")
_HOSTED = re.compile(r"(\.supabase\.(co|com)|\.neon\.tech)$")


def deployment(answers: DeploymentAnswers) -> Iterator[Finding]:
    """Check the database's address, port and certificate authority."""
    yield from _host(answers)
    yield from _certificate(answers)
    if answers.topology is not Topology.PRIVATE:
        return
    host = answers.database.host
    if _HOSTED.search(host):
        yield NOT_IN_VPC.at("database.host", f"{host} is run by its provider, in no VPC of the customer's")
    rds = _RDS.search(host)
    if rds and answers.database.vpc is not None and rds["region"] != answers.database.vpc.region:
        yield REGION.at(
            "database.vpc.region", f"{host} is in {rds['region']}, the VPC in {answers.database.vpc.region}"
        )


def _host(answers: DeploymentAnswers) -> Iterator[Finding]:
    host = answers.database.host
    if ".cluster-ro-" in host:
        yield READER.at("database.host", f"{host} is an Aurora reader endpoint")
    elif ".cluster-custom-" in host:
        yield READER.at(
            "database.host",
            f"{host} is an Aurora custom endpoint, which may lead to a reader",
            severity=Severity.HIGH,
        )
    if any(pattern.search(host) for pattern in _POOLERS):
        yield POOLER.at("database.host", f"{host} is a pooler's or a proxy's name")
    elif answers.database.port == _POOLER_PORT:
        yield POOLER.at("database.port", f"{_POOLER_PORT} is the port of poolers")
    if _ADDRESS.fullmatch(host):
        yield ADDRESS.at("database.host", f"{host} is an address")
    if answers.topology is Topology.PUBLIC and _SUPABASE.search(host):
        yield IPV6_ONLY.at("database.host", f"{host} is a Supabase project's direct host")


def _certificate(answers: DeploymentAnswers) -> Iterator[Finding]:
    rds = bool(_RDS.search(answers.database.host))
    authority = answers.database.certificate_authority
    if rds and authority is CertificateAuthority.SYSTEM:
        what = "an RDS endpoint's certificate is signed by no authority that operating systems know"
        yield CERTIFICATE.at("database.certificate_authority", what)
    if not rds and authority is CertificateAuthority.RDS:
        what = f"{answers.database.host} is no RDS endpoint: Amazon's bundle signs no certificate of that name"
        yield CERTIFICATE.at("database.certificate_authority", what)
