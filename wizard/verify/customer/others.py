"""What else shows on the customer's side: the peering's DNS option, the private zone, the parameter group. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from wizard.facts.database import RdsFact
from wizard.verify.customer.model import Way
from wizard.verify.outcome import Outcome, failed, passed, unseen, waiting

_ON = frozenset({"1", "on", "true"})


def inside(way: Way, addresses: Sequence[str]) -> bool:
    """Whether a name leads to addresses of the customer's VPC, and nowhere else."""
    return bool(addresses) and all(IPv4Address(one) in IPv4Network(way.vpc_block) for one in addresses)


def judge_dns(way: Way, host: str, *, allowed: bool, rds: RdsFact | None, addresses: Sequence[str]) -> Outcome:
    """Judge the accepter's DNS option. It counts only where the name is a public one, as that of an RDS database with public
    access. `addresses` are those that the name led our watcher to; `rds` is None where nobody could ask."""
    if allowed:
        return passed("the customer's side lets ours resolve its public names to private addresses")
    if inside(way, addresses):
        return passed(f"the option is off, and not needed: {host} leads to {', '.join(addresses)}")
    if rds is not None and rds.found and not rds.publicly_accessible:
        return passed(f"the option is off, and not needed: RDS gives {rds.instance} no public address")
    if rds is not None and rds.found:
        return failed(
            f"{host} has a public address, and the customer's side does not let ours resolve it to the private one",
            "the customer switches the option on; it is the handoff's step database.dns",
            f"{rds.instance} is publicly accessible; AllowDnsResolutionFromRemoteVpc of the accepter is off",
            commands=(_allow(way),),
        )
    return unseen(
        f"the option is off; whether {host} needs it is not known",
        "it does where the name has a public address: the customer switches it on, the handoff's step database.dns",
    )


def judge_association(zones: Sequence[str], zone_id: str, way: Way, host: str) -> Outcome:
    """Judge whether an application's VPC knows our private zone."""
    if zone_id in zones:
        return passed(f"{way.vpc_id} is associated with {zone_id}: {host} resolves there")
    return waiting(
        "the customer",
        f"{way.vpc_id} is not associated with the private zone: {host} does not resolve there",
        "the customer associates it, for which it is authorized",
        f"{len(zones)} private zones are associated with {way.vpc_id}, {zone_id} is none of them",
        commands=(_associate(zone_id, way),),
    )


def judge_parameters(rds: RdsFact, host: str) -> Outcome:
    """Judge the parameter group: logical replication is set there, and in force."""
    if not rds.found:
        return unseen(f"RDS knows no {host} in account {rds.account}", "the database itself tells, once psql gets in")
    value = rds.parameter("rds.logical_replication") or "not set"
    evidence = (
        f"{rds.group}: rds.logical_replication = {value}, {rds.apply_status or 'state not told'} on {rds.instance}"
    )
    if value.lower() not in _ON:
        remedy = "the customer sets it to 1, which takes a restart; the handoff's step database.parameters"
        if rds.default_group:
            remedy += f". {rds.group} cannot be changed: the step makes a group, and associates it"
        return failed(f"logical replication is off in parameter group {rds.group}", remedy, evidence)
    if rds.apply_status == "in-sync":
        return passed(evidence)
    if rds.apply_status == "pending-reboot":
        return waiting(
            "the customer",
            f"parameter group {rds.group} is set, and counts only after a restart (pending-reboot)",
            "the customer restarts the database at the time that was agreed upon; the handoff's step database.reboot",
            evidence,
        )
    return waiting("AWS", f"parameter group {rds.group} is being applied", "verify again in a minute", evidence)


def _allow(way: Way) -> str:
    return (
        f"aws ec2 modify-vpc-peering-connection-options --region {way.region} --vpc-peering-connection-id "
        f"{way.peering_id} --accepter-peering-connection-options AllowDnsResolutionFromRemoteVpc=true"
    )


def _associate(zone_id: str, way: Way) -> str:
    return (
        f"aws route53 associate-vpc-with-hosted-zone --hosted-zone-id {zone_id} "
        f"--vpc VPCRegion={way.region},VPCId={way.vpc_id}"
    )
