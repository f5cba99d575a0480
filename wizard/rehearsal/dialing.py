"""Who may dial what: every pair of a node and an address that anything behind it could listen on. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.rehearsal.model import Interface, Kind, Network
from wizard.rehearsal.reachability import Source, Verdict, reach


@dataclass(frozen=True, slots=True, order=True)
class Dial:
    """One node's attempt: the node's instance id, and the address and port that it dials."""

    node: str
    address: str
    port: int


def verdicts(network: Network, account: str) -> dict[Dial, Verdict]:
    """Say for each running instance of an account, and each address and port worth dialling, how it ends."""
    places = sorted(set(_places(network)))
    found = {}
    for node in running(network, account):
        source = Source.of(node)
        for address, port in places:
            if address not in (node.private_ip, node.public_ip):
                found[Dial(node.owner, address, port)] = reach(network, source, address, port)
    return found


def running(network: Network, account: str) -> tuple[Interface, ...]:
    """Give the first interface of each running instance of the account."""
    found: dict[str, Interface] = {}
    for interface in network.interfaces:
        if interface.account == account and interface.kind is Kind.INSTANCE:
            instance = network.instance(interface.owner)
            if instance is not None and instance.state == "running":
                found.setdefault(interface.owner, interface)
    return tuple(found.values())


def _places(network: Network) -> Iterator[tuple[str, int]]:
    """Addresses and ports on which something listens, or would if all were well."""
    for service in network.services:
        holder = network.interface_at(service.vpc, service.address)
        yield from _addresses(holder, service.port) if holder else ((service.address, service.port),)
    for interface in network.interfaces:
        for port in _ports(network, interface):
            yield from _addresses(interface, port)
    for group in network.target_groups:
        for target in group.targets:
            instance = network.instance(target.id) if group.by_instance else None
            yield (instance.private_ip if instance else target.id, target.port)


def _ports(network: Network, interface: Interface) -> set[int]:
    """Give the ports to try on an interface: those of its listeners, or of the database behind it."""
    databases = {database.port for database in network.databases}
    if interface.kind is Kind.DATABASE:
        return {database.port for database in network.databases if database.interface == interface.id}
    if interface.kind is Kind.BALANCER:
        return _listening(network, interface.owner) or databases
    endpoint = next((e for e in network.endpoints if e.id == interface.owner), None)
    if endpoint is None or ".vpce-svc-" not in endpoint.service:
        return set()  # AWS's own APIs are spoken to elsewhere
    behind = next((s.balancers for s in network.endpoint_services if s.name == endpoint.service), ())
    # A listener that was taken away is still dialled, and must then be seen to time out.
    return {port for arn in behind for port in _listening(network, arn)} or databases


def _listening(network: Network, arn: str) -> set[int]:
    balancer = network.balancer(arn)
    return {listener.port for listener in balancer.listeners} if balancer else set()


def _addresses(interface: Interface, port: int) -> Iterator[tuple[str, int]]:
    yield (interface.private_ip, port)
    if interface.public_ip:
        yield (interface.public_ip, port)
