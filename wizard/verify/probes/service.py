"""The private way without a peering: the customer's endpoint service, our endpoint to it, and their endpoints to ours."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.answers import Application
from wizard.facts.network import ServiceSeen
from wizard.verify.outcome import Known, Outcome, failed, passed, unseen, waiting
from wizard.verify.path import PlannedHop
from wizard.verify.probes.balancing import judge_endpoint
from wizard.verify.probes.command import ask
from wizard.verify.reads import Connection, Record
from wizard.verify.scene import Scene

if TYPE_CHECKING:
    from wizard.aws.reads import EndpointFact


def seen(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The service shows itself to this account, which it does to those alone whom its owner allows."""
    path = scene.service
    return judge_seen(
        scene.reads.service(path.inbound_service_name),
        scene.reads.endpoint(path.inbound_endpoint_id),
        service=path.inbound_service_name,
        principal=f"arn:{scene.shard.account.partition.value}:iam::{scene.shard.account.id}:root",
        region=scene.shard.account.region,
    )


def judge_seen(
    found: ServiceSeen, endpoint: EndpointFact | None, *, service: str, principal: str, region: str
) -> Outcome:
    """Judge what AWS shows of the service. An endpoint that was made before stays when it is not shown any more."""
    if found.exists:
        asks = "asks for acceptance" if found.acceptance_required else "takes every endpoint of those it allows"
        return passed(f"{service} of {found.owner or 'its owner'}, in {', '.join(found.zone_ids)}; {asks}")
    remedy = (
        f"the customer allows {principal}: aws ec2 modify-vpc-endpoint-service-permissions --region {region} "
        f"--service-id {service.rpartition('.')[2]} --add-allowed-principals {principal}"
    )
    if endpoint is not None and endpoint.state == "available":
        return unseen(f"{service} does not show itself any more; our endpoint was accepted and stands", remedy)
    return failed(f"this account sees no service {service}: it is gone, or does not admit us", remedy)


def endpoint(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The customer has accepted our endpoint."""
    found = scene.reads.endpoint(scene.service.inbound_endpoint_id)
    return judge_accepted(found, scene.deployment.name, scene.shard.account.region)


def judge_accepted(found: EndpointFact | None, deployment: str, region: str) -> Outcome:
    """Judge an endpoint whose service is somebody else's: whose turn it is differs from one of our own."""
    if found is None or found.state not in {"pendingacceptance", "rejected", "expired"}:
        return judge_endpoint(found, deployment)
    evidence = f"{found.id} of {found.service_name}: {found.state}"
    accept = (
        f"aws ec2 accept-vpc-endpoint-connections --region {region} "
        f"--service-id {found.service_name.rpartition('.')[2]} --vpc-endpoint-ids {found.id}"
    )
    if found.state == "pendingacceptance":
        return waiting(
            "the customer", "they have not accepted our endpoint", f"the service's owner runs: {accept}", evidence
        )
    return failed(
        f"the customer's side has {'rejected our endpoint' if found.state == 'rejected' else 'let the request expire'}",
        f"ask them why; once that is settled they run: {accept}. If it stays {found.state}: delete {found.id} and run "
        f"planewright apply {deployment}, which makes another",
        evidence,
    )


def zone(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Service and endpoint lie in the shard's zone: an endpoint serves only zones that both sides have."""
    path = scene.service
    return judge_zone(
        scene.reads.service(path.inbound_service_name),
        scene.reads.endpoint(path.inbound_endpoint_id),
        zone_id=scene.shard_outputs.zone_id,
    )


def judge_zone(found: ServiceSeen, endpoint: EndpointFact | None, *, zone_id: str) -> Outcome:
    """Compare zones by ID: names differ between accounts."""
    evidence = (
        f"shard: {zone_id}",
        f"service: {', '.join(found.zone_ids) if found.exists else 'not shown'}",
        f"endpoint: {', '.join(endpoint.zone_ids) if endpoint else 'not there'}",
    )
    if endpoint is None or zone_id not in endpoint.zone_ids:
        remedy = "it belongs to the shard's zone; planewright plan shows what has been changed by hand"
        return failed(f"the endpoint is not in {zone_id}", remedy, *evidence)
    if found.exists and zone_id not in found.zone_ids:
        remedy = f"the customer adds a subnet in {zone_id} to the service's load balancer"
        return failed(f"the customer's load balancer is not in {zone_id} any more", remedy, *evidence)
    return passed(*evidence)


def name(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The private zone of stack link leads the database's own name to the endpoint."""
    host, deployment = scene.deployment.database.host, scene.deployment.name
    zone_id = scene.link.database_zone_id if scene.link else ""
    if not zone_id:
        remedy = f"planewright apply {deployment} applies stack link, once the endpoint is accepted"
        return waiting("the operator", "stack link has not been applied", remedy)
    return judge_name(host, scene.reads.records(zone_id, host), scene.service.inbound_endpoint_id, zone_id, deployment)


def judge_name(host: str, found: Sequence[Record], endpoint_id: str, zone_id: str, deployment: str) -> Outcome:
    """Judge the record: an alias to the endpoint."""
    pointing = [record for record in found if record.type in ("A", "AAAA", "CNAME")]
    evidence = tuple(f"{record.name} {record.type} {', '.join(record.values)}" for record in pointing)
    if any(value.lower().startswith(f"{endpoint_id}-") for record in pointing for value in record.values):
        return passed(*evidence)
    remedy = f"planewright apply {deployment} sets the record again"
    if not pointing:
        return failed(f"{zone_id} has no record of {host}", remedy)
    return failed(f"{host} points elsewhere, not at {endpoint_id}", remedy, *evidence)


def resolved(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """On the node, the database's name has an address of the endpoint's and no other."""
    host = scene.deployment.database.host
    answer = ask(scene.reads, scene.ingestion, "resolve", {"HOST": host})
    if isinstance(answer, Outcome):
        return answer
    vpc = scene.deployment.database.vpc
    return judge_addresses(host, answer.get("addresses") or [], vpc.cidr if vpc else "")


def judge_addresses(host: str, addresses: Sequence[str], theirs: str) -> Outcome:
    """Judge what a node was told: a public address, or one of the customer's VPC, goes past the endpoint."""
    evidence = f"{host} is {', '.join(addresses)}"
    if not addresses:
        return failed(f"{host} does not resolve on the node", "DNS support has to be on in the shard's VPC")
    past = [one for one in map(ip_address, addresses) if one.is_global or (theirs and one in ip_network(theirs))]
    if past:
        return failed(
            f"{host} leads to {', '.join(map(str, past))}, past the endpoint",
            "another private zone answers in the shard's VPC, or the node remembers an older answer: verify again in a "
            "few minutes, and look at the zones of the shard's VPC",
            evidence,
        )
    return passed(evidence)


def application(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """An application's account has an endpoint to our service."""
    wanted = next(it for it in scene.deployment.applications if it.name == planned.about)
    path = scene.service
    return judge_connected(wanted, scene.reads.connections(path.outbound_service_id), path.outbound_service_name)


def judge_connected(wanted: Application, found: Sequence[Connection], service: str) -> Outcome:
    """Judge the connections of an application's account. AWS tells their account, and not their VPC."""
    theirs = [one for one in found if one.owner == wanted.account_id and one.state not in {"deleted", "deleting"}]
    evidence = tuple(f"{one.endpoint_id} of {one.owner}: {one.state}" for one in theirs)
    if any(one.state == "available" for one in theirs):
        return passed(*evidence, "of the account's VPCs, AWS does not tell which")
    if any(one.state == "pending" for one in theirs):
        return waiting("AWS", "their endpoint is pending", "verify again in two minutes", *evidence)
    return waiting(
        "the customer",
        f"account {wanted.account_id} has no endpoint to the proxies",
        f"in {wanted.vpc_id} they make an interface endpoint to {service}: the step is in the handoff",
        *evidence,
    )
