"""NAT gateways and subnets: an interface stands in its subnet, and a subnet with an interface in it stays."""

from __future__ import annotations

from typing import Any

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure


def _create_nat(original: Any, backend: Any, *args: Any, **kwargs: Any) -> Any:
    gateway = original(backend, *args, **kwargs)
    interface = gateway._eni  # noqa: SLF001 - moto's name for it
    address = interface.subnet.get_available_subnet_ip(interface)
    interface.private_ip_address = gateway.private_ip = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    interface._group_set = []  # noqa: SLF001 - a NAT gateway is in no security group
    interface.description = f"Interface for NAT Gateway {gateway.id}"
    interface.interface_type = "nat_gateway"
    interface.requester_managed = True
    interface.status = "in-use"
    for entry in gateway.address_set:
        entry["privateIp"] = address
    return gateway


def _delete_nat(original: Any, backend: Any, nat_gateway_id: str) -> Any:
    gateway = backend.nat_gateways.get(nat_gateway_id)
    if gateway is None:
        raise failure("NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found")
    interface = gateway._eni  # noqa: SLF001 - as above
    if interface.id in backend.enis:
        for address in backend.addresses:
            if address.eni is interface:
                backend.disassociate_address(association_id=address.association_id)
        interface.delete()
    return original(backend, nat_gateway_id)


def _delete_subnet(original: Any, backend: Any, subnet_id: str) -> Any:
    inside = [interface.id for interface in list(backend.enis.values()) if interface.subnet.id == subnet_id]
    if inside:
        raise failure(
            "DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted: {inside[0]}"
        )
    return original(backend, subnet_id)


def install() -> None:
    """Correct NAT gateways and the end of a subnet."""
    from moto.ec2.models.nat_gateways import NatGatewayBackend
    from moto.ec2.models.subnets import SubnetBackend

    wrap(NatGatewayBackend, "create_nat_gateway", _create_nat)
    wrap(NatGatewayBackend, "delete_nat_gateway", _delete_nat)
    wrap(SubnetBackend, "delete_subnet", _delete_subnet)
