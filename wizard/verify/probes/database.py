"""The database, seen from the ingestion node: TCP, psql over verified TLS, readiness for replication."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from wizard.verify.outcome import Known, Outcome, failed, passed, unseen
from wizard.verify.path import PlannedHop
from wizard.verify.probes.command import ask
from wizard.verify.probes.inbound import judge_resolved
from wizard.verify.probes.psql import Login, judge_login, judge_replication
from wizard.verify.scene import Scene

#: Seconds that a connection may take before it counts as not answered.
_CONNECTS_WITHIN = 8

#: Where the boot script puts the certificates of whichever authority was answered, the operating system's included.
_AUTHORITY = "/etc/planewright/database-ca.pem"


def name(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The database's public name resolves on the node."""
    host = scene.deployment.database.host
    answer = ask(scene.reads, scene.ingestion, "resolve", {"HOST": host})
    if isinstance(answer, Outcome):
        return answer
    remedy = "it has to be a public name with an IPv4 address: a NAT gateway gives IPv6 no fixed address"
    return judge_resolved(host, answer.get("addresses") or [], remedy)


def tcp(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Something answers on the database's port as PostgreSQL does."""
    inputs: dict[str, str | int] = {
        "HOST": _via(scene),
        "PORT": scene.deployment.database.port,
        "TIMEOUT": _CONNECTS_WITHIN,
    }
    answer = ask(scene.reads, scene.ingestion, "tcp", inputs)
    if isinstance(answer, Outcome):
        return answer
    return judge_tcp(answer, _login(scene))


def judge_tcp(answer: Mapping[str, Any], login: Login) -> Outcome:
    """Judge a connection, and how it was answered when asked for TLS."""
    where = f"{answer.get('address') or login.host}:{login.port}"
    outcome, reply = answer.get("outcome"), answer.get("answer")
    if outcome == "connected" and reply == "tls":
        return passed(f"{where} answered in {float(answer.get('seconds') or 0) * 1000:.0f} ms and offers TLS")
    admit = f"the customer's security group must admit {login.seen_as} on TCP {login.port}"
    if login.via_endpoint:
        admit = f"the endpoint's security group must admit {login.node}, on TCP {login.port}; {admit}"
    elif not login.via_service:
        admit += (
            "; the network ACLs of the database's subnet must let that in and the answer out; its route table must lead back to "
            "the internet"
        )
    if login.via_service:
        admit = (
            f"the customer looks at their load balancer: it listens on {login.port}, its target group has the database's "
            f"address of today and calls it healthy, its own security group lets PrivateLink in; {admit}"
        )
    told = {
        "refused": (
            f"{where} refuses the connection",
            "is PostgreSQL running there, and on this port? The customer looks at the database",
        ),
        "timed_out": (f"{where} does not answer: something drops the packets", admit),
        "unreachable": (
            f"the node has no route to {where}",
            f"planewright plan {login.deployment} shows what has been changed in the route tables",
        ),
        "unresolved": (f"the name of {where} does not resolve on the node", "see the hop of the name"),
    }
    replies = {
        "no_tls": (
            f"{where} is PostgreSQL, but does not offer TLS",
            "the customer switches TLS on; without it the replication user's password would travel in clear",
        ),
        "silent": (f"{where} takes the connection, and says nothing", f"nothing is behind it that answers: {admit}"),
        "closed": (
            f"{where} takes the connection, and closes it",
            f"the load balancer reaches no database, or what is there is not PostgreSQL: {admit}",
        ),
    }
    chosen = replies.get(str(reply)) if outcome == "connected" else told.get(str(outcome))
    reason, remedy = chosen or (
        f"{where} could not be asked",
        "what answers there may not be PostgreSQL: database.host and database.port",
    )
    return failed(reason, remedy, *([str(answer["problem"])] if answer.get("problem") else []))


def login(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The replication user logs in."""
    database = scene.deployment.database
    answer = ask(
        scene.reads,
        scene.ingestion,
        "psql",
        {
            "HOST": database.host,
            "VIA": _via(scene),
            "PORT": database.port,
            "DATABASE": database.name,
            "DBUSER": database.user,
            "SECRET": scene.outputs.database_secret_name,
            "REGION": scene.shard_outputs.region,
            "CA": _AUTHORITY,
            "TIMEOUT": _CONNECTS_WITHIN,
        },
        seconds=90,
    )
    if isinstance(answer, Outcome):
        return answer
    return judge_login(answer, _login(scene))


def replication(scene: Scene, _planned: PlannedHop, known: Known) -> Outcome:
    """The database is ready for logical replication, by what it said when psql asked."""
    database = scene.deployment.database
    return judge_replication(known["database.psql"].seen or {}, database.user, len(database.replicated))


def egress(scene: Scene, _planned: PlannedHop, known: Known) -> Outcome:
    """The database itself tells which address it sees: there is no need to ask a service outside."""
    answer = known["database.psql"].seen or {}
    return judge_egress(str(answer.get("client_address") or ""), scene.shard_outputs.nat_public_ip)


def judge_egress(seen: str, wanted: str) -> Outcome:
    """Compare the address that the database sees with the one that customers allow."""
    evidence = f"the database sees {seen or 'no address'}, the NAT gateway has {wanted}"
    if seen == wanted:
        return passed(evidence)
    if not seen or not ip_address(seen).is_global:
        return unseen(
            "the database sees a private address: something in front of it forwards the connection",
            f"ask the customer which address their firewall sees; {wanted} belongs on its allow-list",
            evidence,
        )
    return failed(
        f"the database sees {seen}, not the shard's fixed address {wanted}",
        "the private subnet's default route has to lead to the shard's NAT gateway: planewright plan of the shard",
        evidence,
    )


def _via(scene: Scene) -> str:
    """The name whose address is connected to: the endpoint's, or the database's own."""
    return scene.private.inbound_endpoint_dns if scene.outputs.private else scene.deployment.database.host


def _login(scene: Scene) -> Login:
    database = scene.deployment.database
    return Login(
        deployment=scene.deployment.name,
        node=scene.ingestion.name,
        host=database.host,
        port=database.port,
        database=database.name,
        user=database.user,
        secret=scene.outputs.database_secret_name,
        authority=f"database.certificate_authority: {database.certificate_authority.value}",
        seen_as=_seen_as(scene),
        via_endpoint=scene.outputs.public is None,
        via_service=scene.outputs.service is not None,
    )


def _seen_as(scene: Scene) -> str:
    """The block that the database's own security group has to admit."""
    if scene.outputs.private is not None:
        return scene.outputs.private.transit_vpc_cidr
    vpc = scene.deployment.database.vpc
    if scene.outputs.service is not None and vpc is not None:
        return vpc.cidr  # behind a service, the database sees the addresses of the customer's own load balancer
    return f"{scene.shard_outputs.nat_public_ip}/32"
