"""The data path as a value: places, and routes of stops through them, out of answers that may not be complete yet. Pure.

    private   node ─► endpoint ─► service ─► load balancer ─► target ─► peering ─► database
              application ─► peering ─► endpoint ─► service ─► load balancer ─► proxy
    service   node ─► endpoint ─► service ─► database        application ─► endpoint ─► service ─► load balancer ─► proxy
    public    node ─► NAT ─► internet ─► database          client ─► internet ─► load balancer ─► proxy

Every stop has a key, and names the hops of a verification that prove it: one drawing serves the plan and the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.names import fit
from wizard.verify.hops import HopState

#: What stands where an answer is missing.
UNANSWERED = "?"


@dataclass(frozen=True, slots=True)
class Stop:
    """A thing on the path. `details` are short texts, each of its own; `proofs` are keys of hops, or, with a dot at the
    end, what they begin with."""

    key: str
    label: str
    details: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()

    @property
    def unanswered(self) -> bool:
        """Whether an answer that it shows is missing."""
        return any(UNANSWERED in detail for detail in self.details)

    def state(self, states: Mapping[str, HopState]) -> HopState | None:
        """Give the state of its hops that needs somebody most; None while nobody has looked at any."""
        found = [state for key, state in states.items() if any(_proves(proof, key) for proof in self.proofs)]
        return min(found, key=lambda state: state.rank, default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where stops lie: a network, with its block and zone."""

    label: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One way through the places: a stop, or nothing, for each column of the picture, left to right.

    `forward`: connections are opened from left to right.
    """

    key: str
    title: str
    stops: tuple[Stop | None, ...]
    forward: bool

    @property
    def in_order(self) -> tuple[tuple[int, Stop], ...]:
        """Stops with their columns, in the order in which a connection passes them."""
        there = tuple((column, stop) for column, stop in enumerate(self.stops) if stop is not None)
        return there if self.forward else there[::-1]


@dataclass(frozen=True, slots=True)
class Picture:
    """The places from left to right, which of them each column lies in (None: between two), and the routes."""

    places: tuple[Place, ...]
    columns: tuple[int | None, ...]
    routes: tuple[Route, ...]

    def masked(self, mask: Callable[[str], str]) -> Picture:
        """Give the picture with every name and address gone through a mask."""

        def of(details: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(mask(detail) for detail in details)

        def stop(it: Stop | None) -> Stop | None:
            return None if it is None else replace(it, details=of(it.details))

        return Picture(
            tuple(Place(mask(place.label), of(place.details)) for place in self.places),
            self.columns,
            tuple(replace(route, stops=tuple(map(stop, route.stops))) for route in self.routes),
        )


def picture_of_deployment(given: Mapping[str, Any], shard: ShardAnswers | None) -> Picture:
    """Draw a deployment's path from answers by key (`Draft.given`); `shard` is None while it cannot be opened."""
    name = _text(given.get("shard"))
    place = Place(f"shard {name}", (shard.network.vpc_cidr, shard.zone_id) if shard else (UNANSWERED,))
    if given.get("topology") == "private":
        return _service(given, place) if given.get("database.link") == "customer_service" else _private(given, place)
    if given.get("topology") == "public":
        return _public(given, place)
    return Picture(
        (place,), (0,), (Route("database", "", (Stop("topology", "topology", (UNANSWERED,)),), forward=True),)
    )


def picture_of_shard(given: Mapping[str, Any], name: str) -> Picture:
    """Draw what a shard gives its deployments: Redis, and the fixed address that customers allow."""
    zone = _text(given.get("zone_id"))
    private = Place("private subnet", (_text(given.get("network.private_subnet_cidr")), zone))
    public = Place("public subnet", (_text(given.get("network.public_subnet_cidr")), zone))
    nodes = Stop("nodes", "nodes", ("of all deployments",), ("shard.vpc",))
    replicas = int(given.get("redis.replicas") or 0)
    redis = Stop(
        "redis",
        "Redis",
        (f"{name}-redis", _text(given.get("redis.node_type")), f"{replicas} replicas" if replicas else "no replica"),
        ("shard.redis", "shard.redis."),
    )
    nat = Stop("nat", "NAT gateway", ("one fixed address", "on allow-lists"), ("shard.nat",))
    return Picture(
        (private, public),
        (0, 0, 1),
        (
            Route("redis", "Nodes to Redis", (nodes, redis, None), forward=True),
            Route("egress", "Nodes to the internet", (nodes, None, nat), forward=True),
        ),
    )


def _private(given: Mapping[str, Any], shard: Place) -> Picture:
    name = _text(given.get("name"))
    to_database = Route(
        "database",
        "Node to database",
        (
            _ingestion(),
            Stop("inbound.endpoint", "endpoint", (), ("inbound.endpoint", "inbound.dns")),
            Stop("inbound.service", "service", (), ("inbound.zone",)),
            Stop("inbound.nlb", "NLB", (fit(f"{name}-in", 32),), ("inbound.nlb",)),
            Stop("inbound.target", "target", (), ("inbound.target", "inbound.health")),
            Stop(
                "peering.database",
                "peering",
                (),
                ("peering.database", "peering.database."),
            ),
            _database(given),
        ),
        forward=True,
    )
    endpoint = Stop(
        "outbound.endpoint", "endpoint", (_text(given.get("proxy.host")),), ("outbound.endpoint", "outbound.name")
    )
    peering = Stop("peering.application", "peering", (), ("peering.application.",))
    to_proxy = _to_proxy(given, endpoint, None, peering)
    transit = Place("transit VPC", (_text(given.get("transit.vpc_cidr")),))
    return Picture((shard, transit, _customer(given)), (0, 0, None, 1, 1, None, 2), (to_database, to_proxy))


def _service(given: Mapping[str, Any], shard: Place) -> Picture:
    """Nothing of ours lies between the shard and the customer: PrivateLink joins them, both ways."""
    service = _text(given.get("database.service_name"))
    to_database = Route(
        "database",
        "Node to database",
        (
            _ingestion(),
            Stop("service.endpoint", "endpoint", (), ("service.endpoint", "service.name", "service.dns")),
            Stop("service", "service", (service.rpartition(".")[2],), ("service.seen", "service.zone")),
            Stop("service.nlb", "their NLB", (), ()),
            _database(given),
        ),
        forward=True,
    )
    endpoint = Stop(
        "service.application", "their endpoint", (_text(given.get("proxy.host")),), ("service.application.",)
    )
    to_proxy = _to_proxy(given, endpoint)
    return Picture((shard, _customer(given)), (0, 0, None, 1, 1), (to_database, to_proxy))


def _public(given: Mapping[str, Any], shard: Place) -> Picture:
    name = _text(given.get("name"))
    clients = tuple(map(str, given.get("proxy.client_cidrs") or ()))
    to_database = Route(
        "database",
        "Node to database",
        (
            _ingestion(),
            Stop("egress", "NAT gateway", ("the shard's fixed address",), ("egress.address",)),
            Stop("database.name", "internet", (), ("database.name",)),
            _database(given),
        ),
        forward=True,
    )
    to_proxy = Route(
        "proxy",
        "Client to proxy",
        (
            _proxy(given, "proxy"),
            Stop("proxy.nlb", "NLB", (fit(f"{name}-px", 32), f"port {_text(given.get('proxy.port'))}"), _PUBLIC_NLB),
            Stop("internet", "internet", (), ()),
            Stop("clients", "clients", _some(clients), ("proxy.answers",)),
        ),
        forward=False,
    )
    return Picture((shard, Place("customer")), (0, 0, None, 1), (to_database, to_proxy))


_PUBLIC_NLB = ("proxy.nlb", "proxy.listener", "proxy.clients")


def _to_proxy(given: Mapping[str, Any], *between: Stop | None) -> Route:
    """An application's way to the proxy over PrivateLink; `between` lies between our service and the application."""
    balancer = fit(f"{_text(given.get('name'))}-out", 32)
    stops = (
        _proxy(given, "outbound"),
        Stop("outbound.nlb", "NLB", (balancer,), ("outbound.nlb",)),
        Stop("outbound.service", "service", (), ()),
        *between,
        _application(given),
    )
    return Route("proxy", "Application to proxy", stops, forward=False)


def _customer(given: Mapping[str, Any]) -> Place:
    details = tuple(_text(given.get(f"database.vpc.{name}")) for name in ("account_id", "cidr", "region"))
    return Place("customer", details)


def _ingestion() -> Stop:
    return Stop("node.ingestion", "ingestion", ("1 node",), ("node.ingestion-", "volumes"))


def _proxy(given: Mapping[str, Any], side: str) -> Stop:
    count = given.get("nodes.proxy.count")
    proofs = ("node.proxy-", f"{side}.targets", f"{side}.health")
    return Stop("node.proxy", "proxy", ("1 node" if count == 1 else f"{_text(count)} nodes",), proofs)


def _database(given: Mapping[str, Any]) -> Stop:
    host, port = _text(given.get("database.host")), _text(given.get("database.port"))
    return Stop("database", "database", (f"{host}:{port}",), ("database.tcp", "database.psql", "database.replication"))


def _application(given: Mapping[str, Any]) -> Stop:
    found = given.get("applications") or ()
    names = tuple(_text(app.get("name")) for app in found if isinstance(app, Mapping))
    return Stop("application", "application", _some(names) if names else ("none yet",), ("outbound.answers",))


def _some(texts: tuple[str, ...], at_most: int = 2) -> tuple[str, ...]:
    """Give the first texts and how many more there are; a missing answer when there is none."""
    if not texts:
        return (UNANSWERED,)
    rest = len(texts) - at_most
    return (*texts[:at_most], f"and {rest} more") if rest > 0 else texts


def _text(value: Any) -> str:
    return UNANSWERED if value in (None, "") else str(value)


def _proves(proof: str, key: str) -> bool:
    return key.startswith(proof) if proof[-1] in ".-" else key == proof
