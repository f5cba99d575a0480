"""The path: which hops a deployment or a shard has, in the order data travels, and what each stands on. Pure.

Two kinds of dependency:

- `needs`: without that hop nobody can look at all (a command cannot be run on a node that is not online).
- `stands_on`: one can look, and what is seen is kept; but when it is bad and something it stands on is bad too, that
  other hop is the one to repair. It is then `not_observable`, naming the first cause, so that one broken link shows as one
  failure and not as a dozen.
"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.blueprints.springtail.answers import DeploymentAnswers, Topology
from wizard.blueprints.springtail.contracts import (
    InstanceOutputs,
    PrivateOutputs,
    PublicOutputs,
    ServiceOutputs,
    ShardOutputs,
)

#: Seconds that a hop may take before it is given up. Commands on nodes wait for SSM and for TCP timeouts.
READ_SECONDS = 45.0
COMMAND_SECONDS = 150.0


@dataclass(frozen=True, slots=True)
class PlannedHop:
    """A hop to look at: `probe` names who looks, `about` which node or application it is, where there are several."""

    key: str
    title: str
    subject: str
    probe: str
    about: str = ""
    needs: tuple[str, ...] = ()
    stands_on: tuple[str, ...] = ()
    seconds: float = READ_SECONDS

    @property
    def after(self) -> tuple[str, ...]:
        """Every hop that has to be known first."""
        return tuple(dict.fromkeys((*self.needs, *self.stands_on)))


def ingestion_key(outputs: InstanceOutputs) -> str:
    """Key of the node that talks to the database."""
    return next(key for key, node in sorted(outputs.nodes.items()) if node.role == "ingestion")


def deployment_path(deployment: DeploymentAnswers, outputs: InstanceOutputs) -> tuple[PlannedHop, ...]:
    """Hops of a deployment, from its nodes to the database and from the applications to its proxies."""
    hops = [*_nodes(outputs), *_volumes(outputs), _redis_user(outputs)]
    if deployment.topology is Topology.PRIVATE and outputs.private is not None:
        hops += _private(deployment, outputs, outputs.private)
    elif outputs.service is not None:
        hops += _service(deployment, outputs, outputs.service)
    elif outputs.public is not None:
        hops += _public(deployment, outputs, outputs.public)
    # The last hop is an application's; Springtail stands before it.
    return (*hops[:-1], *_springtail(deployment, outputs), hops[-1])


def shard_path(outputs: ShardOutputs) -> tuple[PlannedHop, ...]:
    """Hops of a shard: what its deployments share."""
    return (
        PlannedHop("shard.vpc", "The shard's VPC exists", outputs.vpc_id, "vpc"),
        PlannedHop("shard.nat", "The NAT gateway is up, at the address customers allow", outputs.nat_public_ip, "nat"),
        PlannedHop(
            "shard.redis",
            "Redis is available, over TLS, with our user group",
            outputs.redis_replication_group_id,
            "redis",
        ),
        PlannedHop(
            "shard.redis.default", "Redis' default user may do nothing", outputs.redis_user_group_id, "redis_default"
        ),
    )


def _nodes(outputs: InstanceOutputs) -> list[PlannedHop]:
    hops = []
    for key, node in sorted(outputs.nodes.items(), key=lambda item: (_START_ORDER.index(item[1].role), item[0])):
        running, online = f"node.{key}.running", f"node.{key}.ssm"
        subject = f"{node.name} ({node.instance_id})"
        hops += [
            PlannedHop(running, f"{key} runs", subject, "node_running", key),
            PlannedHop(online, f"{key} is online in SSM", subject, "node_online", key, stands_on=(running,)),
            PlannedHop(
                f"node.{key}.boot",
                f"{key} has finished booting",
                subject,
                "node_boot",
                key,
                needs=(online,),
                seconds=COMMAND_SECONDS,
            ),
        ]
    return hops


#: Springtail's own start order, and so the order that people look in.
_START_ORDER = ("ingestion", "proxy", "fdw")


def _volumes(outputs: InstanceOutputs) -> list[PlannedHop]:
    """None where ingestion keeps its data on its own disks: its boot marker tells of those."""
    count = len(outputs.volume_ids)
    title = "Volumes are attached to ingestion and encrypted"
    return [PlannedHop("volumes", title, f"{count} volumes of ingestion", "volumes")] if count else []


def _redis_user(outputs: InstanceOutputs) -> PlannedHop:
    return PlannedHop("redis.user", "The deployment's Redis user is on", outputs.redis_user_id, "redis_user")


def _private(deployment: DeploymentAnswers, outputs: InstanceOutputs, path: PrivateOutputs) -> list[PlannedHop]:
    database = f"{deployment.database.host}:{deployment.database.port}"
    peering = path.database_peering
    online = f"node.{ingestion_key(outputs)}.ssm"
    hops = [
        PlannedHop(
            "peering.database",
            "The customer has accepted the peering",
            f"{peering.id} to {peering.peer_vpc_id} of {peering.peer_account_id}",
            "peering",
        ),
        PlannedHop(
            "peering.database.dns",
            "The peering resolves names on our side",
            peering.id,
            "peering_dns",
            stands_on=("peering.database",),
        ),
        PlannedHop("inbound.nlb", "The inbound load balancer is active", path.inbound_nlb_arn, "inbound_nlb"),
        PlannedHop(
            "inbound.zone",
            "The inbound path lies in the shard's zone",
            path.inbound_endpoint_id,
            "inbound_zone",
            stands_on=("inbound.nlb", "inbound.endpoint"),
        ),
        PlannedHop(
            "inbound.target",
            "The watcher has registered the database",
            path.inbound_target_group_arn,
            "inbound_target",
            stands_on=("peering.database",),
        ),
        PlannedHop(
            "inbound.health",
            "The load balancer reaches the database",
            database,
            "inbound_health",
            needs=("inbound.target",),
            stands_on=("peering.database", "inbound.nlb", "inbound.zone"),
        ),
        PlannedHop(
            "inbound.endpoint", "The inbound endpoint is available", path.inbound_endpoint_id, "inbound_endpoint"
        ),
        PlannedHop(
            "inbound.dns",
            "The endpoint's name resolves on the node",
            path.inbound_endpoint_dns,
            "inbound_dns",
            needs=(online,),
            stands_on=("inbound.endpoint",),
            seconds=COMMAND_SECONDS,
        ),
        *_database(
            deployment,
            online,
            ("inbound.nlb", "inbound.endpoint", "inbound.dns", "peering.database", "inbound.target", "inbound.health"),
        ),
        PlannedHop("outbound.nlb", "The outbound load balancer is active", path.outbound_nlb_arn, "outbound_nlb"),
        *_proxies(deployment, outputs, "outbound", path.outbound_target_group_arn),
        PlannedHop(
            "outbound.endpoint", "The outbound endpoint is available", path.outbound_endpoint_id, "outbound_endpoint"
        ),
    ]
    if deployment.proxy.host:
        hops.append(
            PlannedHop(
                "outbound.name",
                "The proxy's name points at the endpoint",
                f"{deployment.proxy.host} in {path.private_zone_id}",
                "outbound_name",
                stands_on=("outbound.endpoint",),
            )
        )
    hops += [
        PlannedHop(
            f"peering.application.{name}",
            f"The owner of application {name} has accepted the peering",
            f"{application.id} to {application.peer_vpc_id} of {application.peer_account_id}",
            "peering",
            name,
        )
        for name, application in sorted(path.application_peerings.items())
    ]
    return [*hops, _answers(deployment, "outbound")]


def _service(deployment: DeploymentAnswers, outputs: InstanceOutputs, path: ServiceOutputs) -> list[PlannedHop]:
    """Neither peering nor transit VPC nor watcher: what lies behind the customer's service is theirs, and shows in TCP."""
    online = f"node.{ingestion_key(outputs)}.ssm"
    host = deployment.database.host
    return [
        PlannedHop(
            "service.seen",
            "The customer's endpoint service admits us",
            path.inbound_service_name,
            "service_seen",
        ),
        PlannedHop(
            "service.endpoint",
            "The customer has accepted our endpoint",
            f"{path.inbound_endpoint_id} of {path.inbound_service_name}",
            "service_endpoint",
        ),
        PlannedHop(
            "service.zone",
            "Service and endpoint lie in the shard's zone",
            path.inbound_endpoint_id,
            "service_zone",
            stands_on=("service.endpoint",),
        ),
        PlannedHop(
            "service.name",
            "The database's own name leads to the endpoint",
            host,
            "service_name",
            stands_on=("service.endpoint",),
        ),
        PlannedHop(
            "service.dns",
            "The database's name resolves to the endpoint on the node",
            host,
            "service_dns",
            needs=(online,),
            stands_on=("service.endpoint", "service.name"),
            seconds=COMMAND_SECONDS,
        ),
        *_database(deployment, online, ("service.endpoint", "service.zone", "service.name", "service.dns")),
        PlannedHop("outbound.nlb", "The outbound load balancer is active", path.outbound_nlb_arn, "outbound_nlb"),
        *_proxies(deployment, outputs, "outbound", path.outbound_target_group_arn),
        *(
            PlannedHop(
                f"service.application.{application.name}",
                f"Application {application.name} has an endpoint to the proxies",
                f"{path.outbound_service_name} from {application.vpc_id} of {application.account_id}",
                "service_application",
                application.name,
            )
            for application in sorted(deployment.applications, key=lambda it: it.name)
        ),
        _answers(deployment, "outbound"),
    ]


def _public(deployment: DeploymentAnswers, outputs: InstanceOutputs, path: PublicOutputs) -> list[PlannedHop]:
    online = f"node.{ingestion_key(outputs)}.ssm"
    return [
        PlannedHop(
            "database.name",
            "The database's name resolves on the node",
            deployment.database.host,
            "database_name",
            needs=(online,),
            seconds=COMMAND_SECONDS,
        ),
        *_database(deployment, online, ("database.name",)),
        PlannedHop(
            "egress.address",
            "The database sees the shard's fixed address",
            "the NAT gateway's address",
            "egress_address",
            needs=("database.psql",),
        ),
        PlannedHop("proxy.nlb", "The proxy's load balancer is active", path.proxy_nlb_dns, "proxy_nlb"),
        PlannedHop("proxy.listener", "It listens for applications", path.proxy_nlb_dns, "proxy_listener"),
        PlannedHop(
            "proxy.clients", "It admits the listed clients and nobody else", path.proxy_nlb_dns, "proxy_clients"
        ),
        *_proxies(deployment, outputs, "proxy", path.proxy_target_group_arn),
        _answers(deployment, "proxy"),
    ]


def _database(deployment: DeploymentAnswers, online: str, stands_on: tuple[str, ...]) -> list[PlannedHop]:
    database = deployment.database
    subject = f"{database.host}:{database.port}"
    return [
        PlannedHop(
            "database.tcp",
            "PostgreSQL answers the ingestion node",
            subject,
            "database_tcp",
            needs=(online,),
            stands_on=stands_on,
            seconds=COMMAND_SECONDS,
        ),
        PlannedHop(
            "database.psql",
            "psql logs in, TLS verified against the database's own name",
            f"{database.user} at {subject}/{database.name}",
            "database_psql",
            needs=(online, "database.tcp"),
            seconds=COMMAND_SECONDS,
        ),
        PlannedHop(
            "database.replication",
            "The database is ready for logical replication",
            subject,
            "database_replication",
            needs=("database.psql",),
        ),
    ]


def _proxies(
    deployment: DeploymentAnswers, outputs: InstanceOutputs, side: str, target_group_arn: str
) -> list[PlannedHop]:
    booted = tuple(f"node.{key}.boot" for key, node in sorted(outputs.nodes.items()) if node.role == "proxy")
    started = ("springtail.services",) if deployment.package.s3_uri else ()
    return [
        PlannedHop(f"{side}.targets", "Every proxy is registered", target_group_arn, "proxy_targets"),
        PlannedHop(
            f"{side}.health",
            "The load balancer reaches the proxies",
            f"{deployment.nodes.proxy.count} × proxy",
            "proxy_health",
            needs=(f"{side}.targets",),
            stands_on=(f"{side}.nlb", *booted, *started),
        ),
    ]


def _answers(deployment: DeploymentAnswers, side: str) -> PlannedHop:
    return PlannedHop(
        f"{side}.answers",
        "The proxy answers an application",
        deployment.proxy.host or "the proxy",
        "proxy_answers",
        stands_on=(f"{side}.health",),
    )


def _springtail(deployment: DeploymentAnswers, outputs: InstanceOutputs) -> list[PlannedHop]:
    """What runs on the nodes; none where no package is answered: “The proxy answers an application” says so."""
    if not deployment.package.s3_uri:
        return []
    online = f"node.{ingestion_key(outputs)}.ssm"
    proxy = next(key for key, node in sorted(outputs.nodes.items()) if node.role == "proxy")
    fdws = ", ".join(key for key, node in sorted(outputs.nodes.items()) if node.role == "fdw")
    return [
        PlannedHop(
            "springtail.services",
            "Springtail's services run",
            f"{len(outputs.nodes)} nodes",
            "services",
            needs=(online,),
            stands_on=("redis.user",),
            seconds=COMMAND_SECONDS,
        ),
        PlannedHop(
            "springtail.mode",
            "The proxy's mode lets replicas answer",
            "proxy.mode in Redis",
            "services_mode",
            needs=("springtail.services",),
        ),
        PlannedHop(
            "springtail.proxy",
            "The proxy answers a read at its own node",
            outputs.nodes[proxy].name,
            "services_answer",
            needs=("springtail.services", f"node.{proxy}.ssm"),
            seconds=COMMAND_SECONDS,
        ),
        PlannedHop(
            "springtail.read",
            "A read is served by an FDW",
            fdws,
            "services_read",
            needs=("springtail.proxy",),
            stands_on=("springtail.mode",),
        ),
    ]
