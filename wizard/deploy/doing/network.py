"""Peering, routes, rule and zone: what is left to do of each, or to take back. Pure."""

from __future__ import annotations

from wizard.deploy.doing.calls import Move, UntilActive, call
from wizard.deploy.doing.database import Found, Missing, database_of
from wizard.deploy.doing.decided import Part, Stand
from wizard.deploy.doing.theirs import TAG, Named, Peered, Table, Theirs
from wizard.handoff.model import Admit, Peering, Routes, Step, Zone
from wizard.verify.customer.routes import table_of

_ANEW = "the operator has to request it anew"


# -- the peering


def acceptance(step: Step, wanted: Peering, theirs: Theirs, *, undo: bool) -> Part:
    """Decide for an acceptance."""
    seen = _ours(step, wanted, theirs)
    if isinstance(seen, Part):
        return Part(step, Stand.NOTHING, notes=(seen.why,)) if undo and theirs.peering(wanted.id) is None else seen
    notes = (f"{seen.id} is {seen.status}",)
    if undo:
        if seen.status not in {"active", "provisioning"}:
            return Part(step, Stand.NOTHING, notes=notes)
        deleted = call("ec2", "DeleteVpcPeeringConnection", VpcPeeringConnectionId=wanted.id)
        return Part(step, Stand.TO_DO, (deleted,), (*notes, step.undo))
    if seen.status == "active":
        return Part(step, Stand.DONE, notes=notes)
    if seen.status not in {"pending-acceptance", "initiating-request", "provisioning"}:
        return Part(step, Stand.BLOCKED, notes=notes, why=f"it cannot be accepted any more: {_ANEW}")
    accept = call("ec2", "AcceptVpcPeeringConnection", VpcPeeringConnectionId=wanted.id)
    moves: tuple[Move, ...] = (UntilActive(wanted.id),)
    return Part(step, Stand.TO_DO, moves if seen.status == "provisioning" else (accept, *moves), notes)


def names(step: Step, wanted: Peering, theirs: Theirs, *, undo: bool, accepted: bool) -> Part:
    """Decide for the option by which our side resolves their public names to private addresses."""
    seen = _ours(step, wanted, theirs)
    if isinstance(seen, Part):
        return Part(step, Stand.NOTHING, notes=(seen.why,)) if undo and theirs.peering(wanted.id) is None else seen
    notes = (f"the accepter's option of {seen.id} is {'on' if seen.dns else 'off'}",)
    if undo and (not seen.dns or seen.status != "active"):
        return Part(step, Stand.NOTHING, notes=notes)
    if not undo and seen.dns:
        return Part(step, Stand.DONE, notes=notes)
    if not undo and seen.status != "active" and not accepted:
        return Part(step, Stand.BLOCKED, notes=notes, why="only an active peering has options: accept it first")
    option = {"AllowDnsResolutionFromRemoteVpc": not undo}
    set_it = call(
        "ec2",
        "ModifyVpcPeeringConnectionOptions",
        VpcPeeringConnectionId=wanted.id,
        AccepterPeeringConnectionOptions=option,
    )
    return Part(step, Stand.TO_DO, (set_it,), notes)


def _ours(step: Step, wanted: Peering, theirs: Theirs) -> Peered | Part:
    """Give the peering if it is the very request that the step is about; else why nothing is done about it."""
    seen = theirs.peering(wanted.id)
    if seen is None:
        return Part(step, Stand.BLOCKED, why=f"AWS knows no {wanted.id} here, or no longer: {_ANEW}")
    asked = (wanted.vpc_id, wanted.our_account_id, wanted.our_vpc_id)
    if (seen.vpc_id, seen.our_account_id, seen.our_vpc_id) != asked:
        who = f"account {wanted.our_account_id}, {wanted.our_vpc_id}, to {wanted.vpc_id}"
        return Part(step, Stand.BLOCKED, why=f"{wanted.id} is not the request of {who}")
    if seen.our_cidr not in {"", wanted.our_cidr}:
        return Part(step, Stand.BLOCKED, why=f"{wanted.id} comes from {seen.our_cidr}, not from {wanted.our_cidr}")
    return seen


# -- routes


def routes(step: Step, wanted: Routes, theirs: Theirs, named: Named, port: int, *, undo: bool) -> Part:
    """Decide for the routes of a VPC: in the tables of the database's subnets where those are known, else in all."""
    if undo:
        return _routes_back(step, wanted, theirs, named)
    found = _tables(wanted, theirs, named, port)
    if isinstance(found, str):
        return Part(step, Stand.BLOCKED, why=found)
    tables, notes = found
    moves: list[Move] = []
    elsewhere = []
    for table in tables:
        leads = table.leads(wanted.destination)
        if leads is None:
            moves.append(
                call(
                    "ec2",
                    "CreateRoute",
                    RouteTableId=table.id,
                    DestinationCidrBlock=wanted.destination,
                    VpcPeeringConnectionId=wanted.peering_id,
                )
            )
            continue
        notes.append(f"{table.id} sends {wanted.destination} to {leads[0]} ({leads[1]})")
        if leads[0] != wanted.peering_id:
            elsewhere.append(table.id)
    if elsewhere:
        why = (
            f"a route to {wanted.destination} leads elsewhere in {', '.join(elsewhere)}, and is left alone: "
            "whoever knows what it is for deletes it, then this is done again"
        )
        return Part(step, Stand.BLOCKED, notes=tuple(notes), why=why)
    return Part(step, Stand.TO_DO if moves else Stand.DONE, tuple(moves), tuple(notes))


def _routes_back(step: Step, wanted: Routes, theirs: Theirs, named: Named) -> Part:
    # Wherever one leads to this peering: what the database's subnets are by now does not matter.
    tables = [one for one in theirs.tables if one.vpc_id == wanted.vpc_id]
    leading = [
        table.id
        for table in tables
        if (table.leads(wanted.destination) or ("", ""))[0] == wanted.peering_id
        and (not named.route_tables or table.id in named.route_tables)
    ]
    moves = tuple(
        call("ec2", "DeleteRoute", RouteTableId=table, DestinationCidrBlock=wanted.destination) for table in leading
    )
    return Part(step, Stand.TO_DO if moves else Stand.NOTHING, moves)


def _tables(wanted: Routes, theirs: Theirs, named: Named, port: int) -> tuple[list[Table], list[str]] | str:
    """Give the tables that need the route, with what was seen; or why they are not known."""
    every = [one for one in theirs.tables if one.vpc_id == wanted.vpc_id]
    if named.route_tables:
        unknown = [one for one in named.route_tables if one not in {table.id for table in every}]
        if unknown:
            return f"{wanted.vpc_id} has no route table {', '.join(unknown)}"
        return [table for table in every if table.id in named.route_tables], []
    notes: list[str] = []
    if wanted.host:
        database = database_of(theirs, named, wanted.host, port, wanted.vpc_id)
        notes.append(database.note)
        if isinstance(database, Missing) and database.wrong:
            return database.note
        if isinstance(database, Found) and database.subnets:
            counting = (table_of(subnet, every) for subnet in database.subnets)
            every = list({table.id: table for table in counting if table is not None}.values())
        else:
            notes.append(f"every route table of {wanted.vpc_id} is taken (--only with --route-tables names others)")
    return (every, notes) if every else f"{wanted.vpc_id} has no route table that could be found"


# -- the rule


def admission(step: Step, wanted: Admit, theirs: Theirs, named: Named, deployment: str, *, undo: bool) -> Part:
    """Decide for the rule of the database's security group."""
    if undo:
        return _admission_back(step, wanted, theirs, deployment)
    groups: tuple[str, ...] = (named.security_group,) if named.security_group else ()
    notes: tuple[str, ...] = ()
    if not groups:
        database = database_of(theirs, named, wanted.host, wanted.port, wanted.vpc_id)
        notes = (database.note,)
        if isinstance(database, Missing) or not database.groups:
            why = f"the security group of {wanted.host} is not known: name it (--security-group)"
            return Part(step, Stand.BLOCKED, notes=notes, why=why)
        groups = database.groups
    there = next(
        (one for one in theirs.rules if one.group_id in groups and one.admits(wanted.source_cidr, wanted.port)), None
    )
    if there is not None:
        seen = f"{there.id} of {there.group_id} lets {wanted.source_cidr} in to TCP {wanted.port}"
        return Part(step, Stand.DONE, notes=(*notes, seen))
    rule = {
        "IpProtocol": "tcp",
        "FromPort": wanted.port,
        "ToPort": wanted.port,
        "IpRanges": [{"CidrIp": wanted.source_cidr, "Description": deployment}],
    }
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": TAG, "Value": deployment}]}]
    admit = call(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        GroupId=groups[0],
        IpPermissions=[rule],
        TagSpecifications=tags,
    )
    return Part(step, Stand.TO_DO, (admit,), notes)


def _admission_back(step: Step, wanted: Admit, theirs: Theirs, deployment: str) -> Part:
    ours = [
        rule
        for rule in theirs.rules
        if rule.ours == deployment and (rule.cidr, rule.first) == (wanted.source_cidr, wanted.port)
    ]
    moves = tuple(
        call("ec2", "RevokeSecurityGroupIngress", GroupId=rule.group_id, SecurityGroupRuleIds=[rule.id])
        for rule in ours
    )
    return Part(step, Stand.TO_DO if moves else Stand.NOTHING, moves)


# -- the private zone


def zone(step: Step, wanted: Zone, theirs: Theirs, *, undo: bool) -> Part:
    """Decide for the association of their VPC with our private zone."""
    associated = (wanted.vpc_id, wanted.zone_id) in theirs.zones
    notes = (f"{wanted.vpc_id} is {'' if associated else 'not '}associated with {wanted.zone_id}",)
    if associated is not undo:
        return Part(step, Stand.NOTHING if undo else Stand.DONE, notes=notes)
    operation = "DisassociateVPCFromHostedZone" if undo else "AssociateVPCWithHostedZone"
    vpc = {"VPCRegion": wanted.region, "VPCId": wanted.vpc_id}
    return Part(step, Stand.TO_DO, (call("route53", operation, HostedZoneId=wanted.zone_id, VPC=vpc),), notes)
