"""What a name resolves to from inside a VPC: a pure function, as Amazon's resolver answers.

The rules, in their order:

1. A private zone that is associated with the VPC and holds the name decides alone, the most specific first; a name it
   does not know does not exist, whatever public DNS says.
2. An interface endpoint's own names resolve to its private addresses, from anywhere: they are public names.
3. A load balancer's name resolves to its public addresses when it faces the internet, else to its private ones.
4. A managed database's own name, and an instance's public name, resolve to the private address when there is no public
   one, and from the same VPC. From a peered VPC only while the peering is active and *its owner's side* lets remote
   names resolve (`AllowDnsResolutionFromRemoteVpc`). From anywhere else to the public address.
5. Public zones; a CNAME or an alias is followed.

A VPC whose DNS support is off resolves nothing. `vpc` None is a client on the internet.
"""

from __future__ import annotations

from collections.abc import Callable

from wizard.rehearsal.model import Interface, Network, Record, Zone

_LONGEST_CHAIN = 8


def resolve(network: Network, vpc: str | None, name: str) -> tuple[str, ...]:
    """Give the IPv4 addresses of a name, as the VPC sees it; none when the name does not exist."""
    here = network.vpc(vpc) if vpc else None
    if here is not None and not here.dns_support:
        return ()
    wanted = name.rstrip(".").lower()
    for _ in range(_LONGEST_CHAIN):
        answer = _step(network, vpc, wanted)
        if isinstance(answer, tuple):
            return answer
        wanted = answer
    return ()


def names(network: Network, vpc: str | None) -> dict[str, tuple[str, ...]]:
    """Give every name that resolves from the VPC, with its addresses."""
    known = {record.name for zone in network.zones for record in zone.records}
    known |= {name for endpoint in network.endpoints for name in endpoint.dns_names}
    known |= {balancer.dns_name for balancer in network.balancers}
    known |= {database.name for database in network.databases}
    known |= {_public_name(interface) for interface in network.interfaces if interface.public_ip}
    known |= {_private_name(interface) for interface in network.interfaces}
    found = {name: resolve(network, vpc, name) for name in sorted(known)}
    return {name: addresses for name, addresses in found.items() if addresses}


def _step(network: Network, vpc: str | None, name: str) -> tuple[str, ...] | str:
    """Answer with addresses, or with the next name of a chain."""
    private = _zone_of(network, name, lambda zone: zone.private and vpc in zone.vpcs)
    if private is not None:
        return _in_zone(private, name)
    own = _aws_name(network, vpc, name)
    if own is not None:
        return own
    public = _zone_of(network, name, lambda zone: not zone.private)
    return _in_zone(public, name) if public else ()


def _zone_of(network: Network, name: str, fits: Callable[[Zone], bool]) -> Zone | None:
    held = [z for z in network.zones if fits(z) and (name == z.name or name.endswith(f".{z.name}"))]
    return max(held, key=lambda zone: len(zone.name), default=None)


def _in_zone(zone: Zone, name: str) -> tuple[str, ...] | str:
    record = _record(zone, name)
    if record is None:
        return ()
    return record.values if record.kind == "A" else record.values[0].rstrip(".").lower()


def _record(zone: Zone, name: str) -> Record | None:
    exact = next((r for r in zone.records if r.name == name), None)
    if exact is not None:
        return exact
    _, _, parent = name.partition(".")
    return next((r for r in zone.records if r.name == f"*.{parent}"), None)


def _aws_name(network: Network, vpc: str | None, name: str) -> tuple[str, ...] | None:
    for endpoint in network.endpoints:
        if name in endpoint.dns_names:
            return tuple(i.private_ip for i in network.interfaces_of(endpoint.id))
    for balancer in network.balancers:
        if name == balancer.dns_name:
            nodes = network.interfaces_of(balancer.arn)
            return tuple(n.private_ip if balancer.internal else n.public_ip for n in nodes)
    for database in network.databases:
        if name == database.name:
            held = next((i for i in network.interfaces if i.id == database.interface), None)
            return (_seen_from(network, vpc, held),) if held else ()
    for interface in network.interfaces:
        if interface.public_ip and name == _public_name(interface):
            return (_seen_from(network, vpc, interface),)
        if interface.vpc == vpc and name == _private_name(interface):
            return (interface.private_ip,)
    return None


def _seen_from(network: Network, vpc: str | None, interface: Interface) -> str:
    if not interface.public_ip or interface.vpc == vpc:
        return interface.private_ip
    for peering in network.peerings:
        here, there = peering.side(vpc or ""), peering.side(interface.vpc)
        if here and there and peering.status == "active" and there.dns:
            return interface.private_ip
    return interface.public_ip


def _public_name(interface: Interface) -> str:
    return f"ec2-{interface.public_ip.replace('.', '-')}.compute-1.amazonaws.com"


def _private_name(interface: Interface) -> str:
    return f"ip-{interface.private_ip.replace('.', '-')}.ec2.internal"
