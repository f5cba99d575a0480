"""The private way to the database: peering, load balancer, target, endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.contracts import PeeringOutput, PrivateOutputs
from wizard.verify.customer import commands
from wizard.verify.customer.model import Way
from wizard.verify.customer.reads import Look
from wizard.verify.outcome import Known, Outcome, failed, passed, waiting
from wizard.verify.path import PlannedHop
from wizard.verify.probes import customer as theirs
from wizard.verify.probes.balancing import judge_endpoint, judge_load_balancer, told
from wizard.verify.probes.command import ask
from wizard.verify.scene import Scene

if TYPE_CHECKING:
    from wizard.aws.reads import EndpointFact, LoadBalancerFact, PeeringFact, TargetFact


def peering(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The owner of the other VPC has accepted."""
    path = scene.private
    wanted = path.application_peerings[planned.about] if planned.about else path.database_peering
    return judge_peering(wanted, scene.reads.peering(wanted.id), scene.clock(), scene.deployment.name)


def judge_peering(wanted: PeeringOutput, found: PeeringFact | None, now: datetime, deployment: str) -> Outcome:
    """Judge a peering's status."""
    anew = (
        f"planewright apply {deployment} requests it anew (it gets another id); then account {wanted.peer_account_id} "
        "accepts that one"
    )
    if found is None:
        return failed(f"{wanted.id} is not there any more: AWS forgets a dead peering after some hours", anew)
    evidence = f"{found.id}: {found.status}{f' ({found.message})' if found.message else ''}"
    if found.status == "active":
        return passed(evidence)
    if found.status in ("initiating-request", "provisioning"):
        return waiting("AWS", f"the peering is {found.status}", "verify again in a minute", evidence)
    if found.status == "pending-acceptance" and not (found.expires_at and found.expires_at <= now):
        until = f" until {found.expires_at:%Y-%m-%d %H:%M} UTC" if found.expires_at else ""
        return waiting(
            "the customer",
            f"account {wanted.peer_account_id} has not accepted the peering; it can{until}",
            f"the owner of {wanted.peer_vpc_id} runs: aws ec2 accept-vpc-peering-connection --region "
            f"{wanted.peer_region} --vpc-peering-connection-id {wanted.id}",
            evidence,
        )
    if found.status in ("pending-acceptance", "expired"):
        return failed("nobody accepted the peering in time: it has expired", anew, evidence)
    causes = {
        "rejected": f"account {wanted.peer_account_id} has rejected the peering",
        "failed": f"AWS refused the peering: overlapping CIDRs, or no {wanted.peer_vpc_id} in {wanted.peer_account_id}",
        "deleted": "somebody has deleted the peering",
        "deleting": "somebody is deleting the peering",
    }
    remedies = {"failed": f"compare transit.vpc_cidr with {wanted.peer_cidr} and the VPC's id; then {anew}"}
    reason = causes.get(found.status, f"the peering is {found.status}")
    return failed(reason, remedies.get(found.status, anew), evidence)


def peering_dns(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Our side's DNS option is set, which can be done only once the peering is active."""
    found = scene.reads.peering(scene.private.database_peering.id)
    return judge_peering_dns(found, link_applied=scene.link is not None, deployment=scene.deployment.name)


def judge_peering_dns(found: PeeringFact | None, *, link_applied: bool, deployment: str) -> Outcome:
    """Judge the requester's DNS option."""
    if found is not None and found.requester_dns:
        return passed("DNS resolution from the remote VPC is allowed on our side")
    remedy = f"planewright apply {deployment} applies stack link, now that there is something to link"
    if not link_applied:
        return waiting("the operator", "stack link has not been applied", remedy)
    return failed("the option is off on our side, although stack link was applied", remedy)


def load_balancer(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The inbound load balancer is active."""
    return judge_load_balancer(scene.reads.load_balancer(scene.private.inbound_nlb_arn), scene.deployment.name)


def zone(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """Load balancer and endpoint lie in the shard's zone: an endpoint serves only zones that both sides have."""
    path = scene.private
    return judge_zone(
        scene.reads.load_balancer(path.inbound_nlb_arn),
        scene.reads.endpoint(path.inbound_endpoint_id),
        zone=scene.shard_outputs.availability_zone,
        zone_id=scene.shard_outputs.zone_id,
        deployment=scene.deployment.name,
    )


def judge_zone(
    balancer: LoadBalancerFact | None, endpoint: EndpointFact | None, *, zone: str, zone_id: str, deployment: str
) -> Outcome:
    """Compare zones: the load balancer's by name, which means the same within our own account, the endpoint's by ID."""
    remedy = (
        f"both belong to the shard's zone {zone}: planewright plan {deployment} shows what has been changed by hand"
    )
    evidence = (
        f"shard: {zone} ({zone_id})",
        f"load balancer: {', '.join(balancer.zones) if balancer else 'not there'}",
        f"endpoint: {', '.join(endpoint.zone_ids) if endpoint else 'not there'}",
    )
    if balancer is None or zone not in balancer.zones:
        return failed(f"the load balancer is not in {zone}", remedy, *evidence)
    if endpoint is None or zone_id not in endpoint.zone_ids:
        return failed(f"the endpoint is not in {zone_id}", remedy, *evidence)
    return passed(*evidence)


def target(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The watcher has registered the database's address."""
    path = scene.private
    found = scene.reads.targets(path.inbound_target_group_arn)
    # The option is the customer's, and shown to both sides.
    customer = None if registered(found) else scene.reads.peering(path.database_peering.id)
    return judge_target(found, path, scene.deployment, resolves=customer is not None and customer.accepter_dns)


def registered(found: Sequence[TargetFact]) -> bool:
    """Whether there is an address that is not on its way out."""
    return any(one.state != "draining" for one in found)


def judge_target(
    found: Sequence[TargetFact], path: PrivateOutputs, deployment: DeploymentAnswers, *, resolves: bool
) -> Outcome:
    """Judge what is registered; `resolves`: the customer's side of the peering lets us resolve their public names."""
    evidence = tuple(told(one) for one in found)
    if registered(found):
        return passed(*evidence)
    host, customer = deployment.database.host, path.database_peering
    why = (
        f"the watcher runs each minute: wait two after an apply, then read why: aws logs tail /aws/lambda/"
        f"{path.watcher_function_name} --since 10m. "
    )
    if not resolves:
        why += (
            f"A publicly accessible database has a public address for us until the customer's DNS option is on: in account "
            f"{customer.peer_account_id}, aws ec2 modify-vpc-peering-connection-options --region {customer.peer_region} "
            f"--vpc-peering-connection-id {customer.id} --accepter-peering-connection-options "
            "AllowDnsResolutionFromRemoteVpc=true. "
        )
    return failed(
        f"no address of {host} is registered",
        f"{why}A name in a customer's private zone does not resolve from the transit VPC. If the watcher itself fails, planewright "
        f"plan {deployment.name} shows what has been changed by hand",
        *evidence,
    )


def health(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The load balancer's health checks reach the database."""
    path = scene.private
    return judge_health(
        scene.reads.targets(path.inbound_target_group_arn),
        transit=path.transit_vpc_cidr,
        customer=path.database_peering,
        port=scene.deployment.database.port,
        deployment=scene.deployment.name,
        beyond=Beyond(theirs.way_of(scene), theirs.seen(scene)),
    )


@dataclass(frozen=True, slots=True)
class Beyond:
    """What the customer's side would have to let through, and what of it is looked at by hops of its own."""

    way: Way
    looked: frozenset[Look] = frozenset()

    def open_commands(self, addresses: Sequence[str]) -> tuple[str, ...]:
        """Give the lines that decide what nobody has looked at: route and rule first, the network ACL when these are known."""
        routes, rules = commands.deciding(self.way, addresses)
        first = tuple(line for look, line in ((Look.ROUTES, routes), (Look.RULES, rules)) if look not in self.looked)
        return first or (() if Look.ACLS in self.looked else commands.beyond(self.way, addresses))

    @property
    def told(self) -> str:
        """Say how far it is seen."""
        names = {Look.ROUTES: "a route", Look.RULES: "a rule", Look.ACLS: "a network ACL"}
        left = [name for look, name in names.items() if look not in self.looked]
        if not left:
            return "timeout beyond the peering, although the customer's routes, rules and network ACLs let it through"
        either = f"{', '.join(left[:-1])} or {left[-1]}" if len(left) > 1 else left[0]
        return (
            f"timeout beyond the peering: {either} in the customer's {self.way.vpc_id}, which cannot be seen from here"
        )


def judge_health(
    found: Sequence[TargetFact],
    *,
    transit: str,
    customer: PeeringOutput,
    port: int,
    deployment: str,
    beyond: Beyond,
) -> Outcome:
    """Judge health: one healthy target carries all connections."""
    evidence = tuple(told(one) for one in found)
    if any(one.state == "healthy" for one in found):
        return passed(*evidence)
    if any(one.state == "initial" for one in found):
        return waiting("AWS", "health checks have just begun", "verify again in a minute", *evidence)
    reason = next((one.reason for one in found if one.state != "draining"), "")
    if reason == "Target.FailedHealthChecks":
        return failed(
            "the database's address answers, but refuses the connection",
            f"is PostgreSQL running, and does it listen on port {port}? The customer looks at the database itself",
            *evidence,
        )
    open_commands = beyond.open_commands([one.address for one in found if one.state != "draining"])
    paste = (
        "the customer runs the commands below, each a line, and sends what they print: "
        f"planewright verify {deployment} --pasted FILE judges it. Or "
    )
    return failed(
        f"the load balancer cannot reach the database's address; {beyond.told}",
        f"{paste if open_commands else ''}"
        f"the customer checks, in {customer.peer_vpc_id}: a route to {transit} over {customer.id} in the database's "
        f"route tables; a security-group rule that admits {transit} on TCP {port}; network ACLs both ways. "
        f"On our side: a route to {customer.peer_cidr} in the transit VPC, and egress of the load balancer's security group",
        *evidence,
        commands=open_commands,
    )


def endpoint(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The inbound endpoint is available."""
    return judge_endpoint(scene.reads.endpoint(scene.private.inbound_endpoint_id), scene.deployment.name)


def endpoint_name(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The endpoint's DNS name resolves on the ingestion node."""
    host = scene.private.inbound_endpoint_dns
    answer = ask(scene.reads, scene.ingestion, "resolve", {"HOST": host})
    if isinstance(answer, Outcome):
        return answer
    return judge_resolved(host, answer.get("addresses") or [], "DNS support has to be on in the shard's VPC")


def judge_resolved(host: str, addresses: Sequence[str], remedy: str) -> Outcome:
    """Judge what a node was told of a name."""
    if addresses:
        return passed(f"{host} is {', '.join(addresses)}")
    return failed(f"{host} does not resolve on the node", remedy)
