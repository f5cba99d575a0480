"""Which probe looks at which hop."""

from __future__ import annotations

from collections.abc import Callable

from wizard.verify.outcome import Known, Outcome, Probe
from wizard.verify.path import PlannedHop
from wizard.verify.probes import customer, database, inbound, nodes, outbound, proxy, service, shard, springtail
from wizard.verify.scene import Scene, ShardScene

DEPLOYMENT: dict[str, Callable[[Scene, PlannedHop, Known], Outcome]] = {
    "node_running": nodes.running,
    "node_online": nodes.online,
    "node_boot": nodes.boot,
    "volumes": nodes.volumes,
    "redis_user": nodes.redis_user,
    "peering": inbound.peering,
    "peering_dns": inbound.peering_dns,
    "customer_dns": customer.dns,
    "customer_routes": customer.routes,
    "customer_rules": customer.rules,
    "customer_acls": customer.acls,
    "customer_parameters": customer.parameters,
    "customer_zone": customer.zone,
    "inbound_nlb": inbound.load_balancer,
    "inbound_zone": inbound.zone,
    "inbound_target": inbound.target,
    "inbound_health": inbound.health,
    "inbound_endpoint": inbound.endpoint,
    "inbound_dns": inbound.endpoint_name,
    "service_seen": service.seen,
    "service_endpoint": service.endpoint,
    "service_zone": service.zone,
    "service_name": service.name,
    "service_dns": service.resolved,
    "service_application": service.application,
    "database_name": database.name,
    "database_tcp": database.tcp,
    "database_psql": database.login,
    "database_replication": database.replication,
    "egress_address": database.egress,
    "outbound_nlb": outbound.load_balancer,
    "outbound_endpoint": outbound.endpoint,
    "outbound_name": outbound.name,
    "proxy_nlb": proxy.load_balancer,
    "proxy_listener": proxy.listener,
    "proxy_clients": proxy.clients,
    "proxy_targets": proxy.targets,
    "proxy_health": proxy.health,
    "proxy_answers": proxy.answers,
    "services": springtail.running,
    "services_mode": springtail.mode,
    "services_answer": springtail.answer,
    "services_read": springtail.read,
}

SHARD: dict[str, Callable[[ShardScene], Outcome]] = {
    "vpc": shard.vpc,
    "nat": shard.nat,
    "redis": shard.redis,
    "redis_default": shard.redis_default,
}


def deployment_probe(scene: Scene) -> Probe:
    """Give the probe that looks at any hop of this deployment."""
    return lambda planned, known: DEPLOYMENT[planned.probe](scene, planned, known)


def shard_probe(scene: ShardScene) -> Probe:
    """Give the probe that looks at any hop of this shard."""
    return lambda planned, _known: SHARD[planned.probe](scene)
