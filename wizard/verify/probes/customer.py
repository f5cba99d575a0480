"""The customer's side, seen with the role that they gave, or by the answer that they sent."""

from __future__ import annotations

from ipaddress import IPv4Network

from wizard.blueprints.springtail.contracts import PeeringOutput
from wizard.verify.customer.acls import judge_acls
from wizard.verify.customer.model import Ground, Way
from wizard.verify.customer.others import inside, judge_association, judge_dns, judge_parameters
from wizard.verify.customer.path import DATABASE
from wizard.verify.customer.reads import Look, Side
from wizard.verify.customer.routes import judge_routes
from wizard.verify.customer.rules import judge_rules
from wizard.verify.outcome import Known, Outcome
from wizard.verify.path import PlannedHop
from wizard.verify.scene import Scene


def dns(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The accepter's DNS option is on, where it is needed."""
    way, side = way_of(scene), scene.customers[DATABASE]
    found = side.peering(way.peering_id)
    host = scene.deployment.database.host
    allowed, addresses = found is not None and found.accepter_dns, addresses_of(scene)
    # Where our own watcher was led inside, RDS has nothing to add.
    rds = None if allowed or inside(way, addresses) else side.rds(host)
    return judge_dns(way, host, allowed=allowed, rds=rds, addresses=addresses)


def routes(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """The route tables lead back over the peering."""
    way, side = way_of(scene, planned.about), scene.customers[planned.about]
    tables = side.route_tables(way.vpc_id)
    if planned.about == DATABASE:
        return judge_routes(tables, way, _ground(scene, side, way))
    return judge_routes(tables, way, Ground(), every=True)


def rules(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The security groups of the database's interfaces let the load balancer in."""
    way, side = way_of(scene), scene.customers[DATABASE]
    ground = _ground(scene, side, way)
    found = side.rules(ground.groups)
    lists = side.prefix_lists(rule.prefix_list for rule in found if rule.prefix_list)
    balancer = scene.reads.load_balancer(scene.private.inbound_nlb_arn)
    # A group of a peered VPC can be named only within one region.
    nameable = balancer is not None and way.region == scene.shard_outputs.region
    ours = balancer.security_group_ids if balancer is not None and nameable else ()
    return judge_rules(found, way, ground.interfaces, lists, ours)


def acls(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The network ACLs of the database's subnets let connections in, and answers out."""
    way, side = way_of(scene), scene.customers[DATABASE]
    return judge_acls(side.acls(way.vpc_id), way, _ground(scene, side, way))


def parameters(scene: Scene, _planned: PlannedHop, _known: Known) -> Outcome:
    """The parameter group is set, and in force."""
    host = scene.deployment.database.host
    return judge_parameters(scene.customers[DATABASE].rds(host), host)


def zone(scene: Scene, planned: PlannedHop, _known: Known) -> Outcome:
    """An application's VPC is associated with our private zone."""
    way, path = way_of(scene, planned.about), scene.private
    zones = scene.customers[planned.about].zones(way.vpc_id)
    return judge_association(zones, path.private_zone_id or "", way, scene.deployment.proxy.host)


def way_of(scene: Scene, about: str = DATABASE) -> Way:
    """Give what a side of the customer's has to let through."""
    path = scene.private
    peering = path.database_peering if about == DATABASE else path.application_peerings[about]
    return way_to(peering, path.transit_vpc_cidr, scene.deployment.transit.subnet_cidr, scene.deployment.database.port)


def way_to(peering: PeeringOutput, transit: str, subnet: str, port: int) -> Way:
    """Give what the VPC behind a peering has to let through: to where our load balancers are, if that is still told right."""
    whole, part = IPv4Network(transit), IPv4Network(subnet)
    return Way(
        account_id=peering.peer_account_id,
        region=peering.peer_region,
        vpc_id=peering.peer_vpc_id,
        vpc_block=peering.peer_cidr,
        peering_id=peering.id,
        destination=transit,
        ours=part if part.subnet_of(whole) else whole,
        port=port,
    )


def addresses_of(scene: Scene) -> tuple[str, ...]:
    """Give the addresses that the database's name led the watcher to."""
    found = scene.reads.targets(scene.private.inbound_target_group_arn)
    return tuple(dict.fromkeys(one.address for one in found if one.state != "draining"))


def _ground(scene: Scene, side: Side, way: Way) -> Ground:
    return side.ground(way.vpc_id, addresses_of(scene), scene.deployment.database.host)


def seen(scene: Scene) -> frozenset[Look]:
    """Say what of the database's side is looked at."""
    side = scene.customers.get(DATABASE)
    return side.tells if side is not None else frozenset()
