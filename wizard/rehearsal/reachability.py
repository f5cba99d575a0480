"""What connects: a pure function from what AWS holds to connected, refused or timed out, and by what.

The walk goes as a packet does: the source's security group, its subnet's network ACL and route table; a peering, NAT or
internet gateway; the far side's ACL, security group and way back; then, behind an interface endpoint, the endpoint
service, its load balancer, the listener and the registered targets, each of which is a walk of its own.

AWS's rules that decide here, where they surprise:

- What a security group, an ACL or a missing route stops is dropped: it times out. Only a host refuses.
- An NLB drops what comes to a port without a listener, and resets what comes to a target group without targets.
- Over PrivateLink a target sees the load balancer's own address; otherwise instance targets see the client's.
- Peerings are not transitive, and both sides need a route.
- An ACL knows no connections: the answer, to an ephemeral port, needs an entry of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from wizard.rehearsal.model import (
    Endpoint,
    Interface,
    Kind,
    LoadBalancer,
    Network,
    Peering,
    Route,
    Rule,
    Service,
    Subnet,
    Target,
    TargetGroup,
    Vpc,
    contains,
)

#: Stands for AWS's own public endpoints: an address of the documentation block, so that it is nobody's.
AWS_API = "192.0.2.1"
_EPHEMERAL = (32768, 60999)


class State(StrEnum):
    """How an attempt to connect ends."""

    CONNECTED = "connected"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Source:
    """Who dials. `vpc` is empty for somebody on the internet.

    `reply_to` is where the answer goes, if not to `address`: an NLB that keeps the client's address gets it itself.
    """

    label: str
    address: str
    vpc: str = ""
    subnet: str = ""
    groups: tuple[str, ...] = ()
    public_ip: str = ""
    reply_to: str = ""

    @classmethod
    def of(cls, interface: Interface, label: str = "") -> Source:
        """Make a source of an interface."""
        return cls(
            label or f"{interface.kind} {interface.owner or interface.id}",
            interface.private_ip,
            interface.vpc,
            interface.subnet,
            interface.groups,
            interface.public_ip,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ends, what decided it, the path that was walked, and the service at its end when it connected."""

    state: State
    by: str
    hops: tuple[str, ...] = ()
    final: Service | None = None


class _StoppedError(Exception):
    def __init__(self, by: str, state: State = State.TIMED_OUT) -> None:
        super().__init__(by)
        self.by = by
        self.state = state


def reach(network: Network, source: Source, address: str, port: int) -> Verdict:
    """Say how a TCP connection from `source` to an IPv4 address and port ends."""
    walk = _Walk(network)
    walk.hops.append(f"{source.label} {source.address}")
    try:
        final = walk.send(source, address, port)
    except _StoppedError as stopped:
        return Verdict(stopped.state, stopped.by, tuple(walk.hops))
    return Verdict(State.CONNECTED, f"{final.name} listens on {final.address}:{final.port}", tuple(walk.hops), final)


def reach_target(network: Network, balancer: LoadBalancer, group: TargetGroup, target: Target, port: int) -> Verdict:
    """Say how the load balancer's own connection (a health check) to a registered target ends."""
    walk = _Walk(network)
    try:
        source = walk.node(balancer)
        final = walk.send(source, walk.address_of(group, target), port)
    except _StoppedError as stopped:
        return Verdict(stopped.state, stopped.by, tuple(walk.hops))
    return Verdict(State.CONNECTED, f"{final.name} answers", tuple(walk.hops), final)


def reach_aws(network: Network, source: Source, service: str) -> Verdict:
    """Say whether the source reaches an AWS API (`ssm`): by an interface endpoint of its VPC, or the internet."""
    for endpoint in network.endpoints:
        wanted = endpoint.vpc == source.vpc and endpoint.private_dns and endpoint.service.endswith(f".{service}")
        addresses = network.interfaces_of(endpoint.id) if wanted else ()
        if addresses:
            # With private DNS on, the API's name leads to the endpoint and nowhere else.
            return reach(network, source, addresses[0].private_ip, 443)
    return reach(network, source, AWS_API, 443)


class _Walk:
    """One attempt to connect: collects hops, and stops by raising."""

    def __init__(self, network: Network) -> None:
        self.net = network
        self.hops: list[str] = []

    # Leaving the source

    def send(self, source: Source, address: str, port: int) -> Service:
        if not source.vpc:
            return self._from_internet(source, address, port)
        subnet = self._subnet(source.subnet)
        self._groups_allow(source, address, port)
        self._acl_allows(subnet, outward=True, address=address, port=port)
        route = self._route(subnet, address)
        if route.target == "local":
            return self._arrive(source, source.vpc, address, port)
        if route.target.startswith("pcx-"):
            return self._through_peering(source, route.target, address, port)
        if route.target.startswith("nat-"):
            return self._through_nat(route.target, address, port)
        if route.target.startswith("igw-"):
            self._gateway_serves(route.target, source.vpc)
            if not source.public_ip:
                raise _StoppedError(f"{source.label} has no public address, and {route.target} needs one")
            self.hops.append(route.target)
            return self._from_internet(Source(source.label, source.public_ip), address, port)
        raise _StoppedError(f"the route to {route.cidr} leads to {route.target}, which carries nothing here")

    def _groups_allow(self, source: Source, address: str, port: int) -> None:
        if not source.groups:
            return
        there = self._interface_near(source.vpc, address)
        rules = [rule for group in source.groups for rule in self._rules(group, egress=True)]
        if not any(rule.covers(port) and _meets(rule, address, there.groups if there else ()) for rule in rules):
            raise _StoppedError(f"no egress rule of {_list(source.groups)} lets tcp/{port} to {address} out")

    def _route(self, subnet: Subnet, address: str) -> Route:
        table = self.net.table_of(subnet)
        route = table.best(address) if table else None
        where = f"{table.id if table else 'no route table'} of {subnet.vpc} ({self.net.owner(subnet.account)})"
        if route is None:
            raise _StoppedError(f"no route to {self._block_of(subnet.vpc, address)} in {where}")
        if route.blackhole and not route.target.startswith("pcx-"):
            raise _StoppedError(f"the route to {route.cidr} in {where} leads to {route.target}, which is gone")
        return route

    # Between networks

    def _through_peering(self, source: Source, peering_id: str, address: str, port: int) -> Service:
        peering = self._peering(peering_id)
        far = peering.other(source.vpc)
        vpc = self.net.vpc(far.vpc) if far else None
        self.hops.append(peering_id)
        if vpc is None or not vpc.holds(address):
            raise _StoppedError(f"{address} is not in the VPC at the other side of {peering_id}")
        return self._arrive(source, vpc.id, address, port, peering)

    def _peering(self, peering_id: str) -> Peering:
        peering = self.net.peering(peering_id)
        if peering is None:
            raise _StoppedError(f"peering {peering_id} does not exist")
        if peering.status != "active":
            waits = peering.status == "pending-acceptance"
            until = f" (waits for {self.net.owner(peering.accepter.account)})" if waits else ""
            raise _StoppedError(f"peering {peering_id} is {peering.status}{until}")
        return peering

    def _through_nat(self, nat_id: str, address: str, port: int) -> Service:
        nat = next((nat for nat in self.net.nats if nat.id == nat_id), None)
        if nat is None or nat.state != "available":
            raise _StoppedError(f"NAT gateway {nat_id} is {nat.state if nat else 'gone'}")
        subnet = self._subnet(nat.subnet)
        self._acl_allows(subnet, outward=True, address=address, port=port)
        route = self._route(subnet, address)
        if not route.target.startswith("igw-"):
            raise _StoppedError(f"NAT gateway {nat_id}'s subnet {subnet.id} has no route to an internet gateway")
        self._gateway_serves(route.target, nat.vpc)
        self.hops.append(f"{nat_id} as {nat.public_ip}")
        return self._from_internet(Source(f"NAT gateway {nat_id}", nat.public_ip), address, port)

    def _gateway_serves(self, gateway_id: str, vpc: str) -> None:
        if not any(g.id == gateway_id and vpc in g.vpcs for g in self.net.gateways):
            raise _StoppedError(f"internet gateway {gateway_id} is not attached to {vpc}")

    def _from_internet(self, source: Source, address: str, port: int) -> Service:
        if address == AWS_API:
            return Service("", AWS_API, port, "AWS")
        there = next((i for i in self.net.interfaces if i.public_ip and i.public_ip == address), None)
        if there is None:
            service = self.net.service_at("", address, port)
            if service is None:
                raise _StoppedError(f"nobody on the internet answers at {address}")
            return service
        return self._arrive(source, there.vpc, there.private_ip, port)

    # Arriving

    def _arrive(self, source: Source, vpc: str, address: str, port: int, peering: Peering | None = None) -> Service:
        there = self.net.interface_at(vpc, address)
        if there is None:
            raise _StoppedError(f"nothing holds {address} in {vpc}")
        subnet = self._subnet(there.subnet)
        self._acl_allows(subnet, outward=False, address=source.address, port=port)
        if there.groups:
            self._groups_admit(source, there, port, across=peering)
        self._returns(subnet, source.reply_to or source.address, peering)
        if there.kind is Kind.ENDPOINT:
            return self._through_endpoint(source, there, port)
        if there.kind is Kind.BALANCER:
            return self._through_balancer(there.owner, source, port, private_link=False)
        self.hops.append(f"{there.kind} {there.owner or there.id} {address}:{port}")
        service = self.net.service_at(vpc, address, port)
        if service is None:
            raise _StoppedError(f"nothing listens on {address}:{port} ({there.owner or there.id})", State.REFUSED)
        return service

    def _groups_admit(self, source: Source, there: Interface, port: int, across: Peering | None) -> None:
        # A group of a peered VPC can be named only inside one region.
        same_region = across is None or across.requester.region == across.accepter.region
        sources = source.groups if source.vpc and same_region else ()
        rules = [rule for group in there.groups for rule in self._rules(group, egress=False)]
        if not any(rule.covers(port) and _meets(rule, source.address, sources) for rule in rules):
            raise _StoppedError(
                f"no ingress rule of {_list(there.groups)} ({self.net.owner(there.account)}) lets tcp/{port} "
                f"from {source.address} in"
            )

    def _returns(self, subnet: Subnet, address: str, peering: Peering | None) -> None:
        try:
            route = self._route(subnet, address)
        except _StoppedError as stopped:
            raise _StoppedError(f"the answer is lost: {stopped.by}") from None
        vpc = self.net.vpc(subnet.vpc)
        if peering is not None:
            right = route.target == peering.id
        elif vpc is not None and vpc.holds(address):
            right = route.target == "local"
        else:
            right = route.target.startswith("igw-")
            if right:
                self._gateway_serves(route.target, subnet.vpc)
        if not right:
            raise _StoppedError(f"the answer is lost: {subnet.vpc} sends {address} to {route.target}")

    # Behind an address

    def _through_endpoint(self, source: Source, there: Interface, port: int) -> Service:
        endpoint = next((e for e in self.net.endpoints if e.id == there.owner), None)
        if endpoint is None or endpoint.state.lower() != "available":
            raise _StoppedError(f"endpoint {there.owner} is {endpoint.state if endpoint else 'gone'}")
        self.hops.append(f"endpoint {endpoint.id}")
        service = next((s for s in self.net.endpoint_services if s.name == endpoint.service), None)
        if service is None:
            return self._aws_service(endpoint, there, port)
        if service.state.lower() != "available":
            raise _StoppedError(f"endpoint service {service.name} is {service.state}")
        self.hops.append(f"endpoint service {service.name}")
        if not service.balancers:
            raise _StoppedError(f"endpoint service {service.name} has no load balancer")
        return self._first(
            partial(self._through_balancer, arn, source, port, private_link=True) for arn in service.balancers
        )

    def _aws_service(self, endpoint: Endpoint, there: Interface, port: int) -> Service:
        ours = endpoint.service.startswith("com.amazonaws.vpce.")
        if ours or not endpoint.service.startswith(("com.amazonaws.", "cn.com.amazonaws.")):
            raise _StoppedError(f"endpoint service {endpoint.service} does not exist")
        if port != 443:
            raise _StoppedError(f"{endpoint.service} listens on 443 only", State.REFUSED)
        return Service(there.vpc, there.private_ip, 443, endpoint.service)

    def _through_balancer(self, arn: str, client: Source, port: int, *, private_link: bool) -> Service:
        balancer = self.net.balancer(arn)
        if balancer is None or balancer.state != "active":
            raise _StoppedError(f"load balancer {balancer.name if balancer else arn} is not active")
        self.hops.append(f"load balancer {balancer.name}:{port}")
        node = self.node(balancer)
        if private_link and balancer.groups and balancer.filters_private_link:
            # A client behind an endpoint is judged by its own address, not by a group.
            inside = next(i for i in self.net.interfaces_of(balancer.arn))
            self._groups_admit(replace(client, groups=()), inside, port, None)
        listener = next((listener for listener in balancer.listeners if listener.port == port), None)
        if listener is None:
            raise _StoppedError(f"load balancer {balancer.name} has no listener on port {port}")
        group = self.net.target_group(listener.target_group)
        if group is None or not group.targets:
            name = group.name if group else listener.target_group
            raise _StoppedError(f"target group {name} has no registered target", State.REFUSED)
        keeps = group.preserve_client_ip and not private_link
        seen = replace(node, address=client.address, reply_to=node.address) if keeps else node
        self.hops.append(f"target group {group.name}")
        return self._first(partial(self._to_target, group, target, seen) for target in group.targets)

    def _to_target(self, group: TargetGroup, target: Target, source: Source) -> Service:
        return self.send(source, self.address_of(group, target), target.port)

    def _first(self, attempts: Iterable[Callable[[], Service]]) -> Service:
        """Take the first way that connects (an NLB prefers healthy targets), or the first way's failure."""
        failures: list[tuple[_StoppedError, list[str]]] = []
        before = list(self.hops)
        for attempt in attempts:
            self.hops = list(before)
            try:
                return attempt()
            except _StoppedError as stopped:
                failures.append((stopped, self.hops))
        first, self.hops = failures[0]
        raise first

    def node(self, balancer: LoadBalancer) -> Source:
        """Give the load balancer's own address as a source."""
        nodes = self.net.interfaces_of(balancer.arn)
        if not nodes:
            raise _StoppedError(f"load balancer {balancer.name} has no address")
        return Source.of(nodes[0], f"load balancer {balancer.name}")

    def address_of(self, group: TargetGroup, target: Target) -> str:
        """Give a target's address; an instance that does not run has none that answers."""
        if not group.by_instance:
            return target.id
        instance = self.net.instance(target.id)
        if instance is None or instance.state != "running":
            raise _StoppedError(f"target {target.id} is {instance.state if instance else 'gone'}")
        return instance.private_ip

    # Looking things up

    def _subnet(self, subnet_id: str) -> Subnet:
        subnet = self.net.subnet(subnet_id)
        if subnet is None:
            raise _StoppedError(f"subnet {subnet_id} does not exist")
        return subnet

    def _within(self, subnet: Subnet, address: str) -> bool:
        """Whether both ends are in one subnet: an ACL stands only at its edge."""
        there = self.net.interface_at(subnet.vpc, address)
        return there is not None and there.subnet == subnet.id

    def _acl_allows(self, subnet: Subnet, *, outward: bool, address: str, port: int) -> None:
        """Stop unless the subnet's ACL lets the connection through and its answer, to an ephemeral port, back."""
        acl = self.net.acl_of(subnet)
        if acl is None or self._within(subnet, address):
            return
        for egress, wanted in ((outward, (port,)), (not outward, _EPHEMERAL)):
            for number in wanted:
                if not acl.allows(egress=egress, address=address, port=number):
                    way = f"to {address} out" if egress else f"from {address} in"
                    raise _StoppedError(
                        f"network ACL {acl.id} ({self.net.owner(acl.account)}) lets no tcp/{number} {way}"
                    )

    def _rules(self, group_id: str, *, egress: bool) -> tuple[Rule, ...]:
        group = self.net.group(group_id)
        if group is None:
            return ()
        return group.egress if egress else group.ingress

    def _interface_near(self, vpc_id: str, address: str) -> Interface | None:
        """Find who holds the address in this VPC or one that it is peered with."""
        return next((i for vpc in self._near(vpc_id) if (i := self.net.interface_at(vpc.id, address))), None)

    def _near(self, vpc_id: str) -> Iterator[Vpc]:
        ids = [vpc_id, *(side.vpc for p in self.net.peerings if (side := p.other(vpc_id)))]
        return (vpc for vpc in map(self.net.vpc, ids) if vpc)

    def _block_of(self, vpc_id: str, address: str) -> str:
        """Name the network that an address belongs to, as a person would write the missing route."""
        for vpc in self._near(vpc_id):
            if vpc.holds(address):
                return vpc.cidrs[0]
        return address


def _meets(rule: Rule, address: str, groups: tuple[str, ...]) -> bool:
    return (bool(rule.cidr) and contains(rule.cidr, address)) or (bool(rule.group) and rule.group in groups)


def _list(groups: tuple[str, ...]) -> str:
    return f"security group {', '.join(groups)}"
