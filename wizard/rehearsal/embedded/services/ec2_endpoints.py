"""PrivateLink: who may connect to an endpoint service, who accepts, and where the endpoint stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from wizard.rehearsal.embedded.patching import add, wrap
from wizard.rehearsal.embedded.services.answers import failure, param, result

_PRIVATELINK: Final = "com.amazonaws.vpce."
#: AWS's own interface services that a zone lacks, by the zone's ID. Every region has such zones; which service lacks
#: where is chosen here.
_LACKING: Final = {"use1-az3": frozenset({"elasticloadbalancing"})}


def _every_backend(backend: Any) -> Iterator[Any]:
    from moto.ec2.models import ec2_backends

    for regions in list(ec2_backends.values()):
        if backend.region_name in regions:
            yield regions[backend.region_name]


def _service_named(backend: Any, service_name: str) -> Any | None:
    for owner in _every_backend(backend):
        for service in list(owner.configurations.values()):
            if service.service_name == service_name:
                return service
    return None


def _may_connect(service: Any, account: str) -> bool:
    if service.ec2_backend.account_id == account:
        return True
    return any(principal == "*" or f"::{account}:" in principal for principal in service.principals)


def _create(original: Any, backend: Any, **request: Any) -> Any:
    service_name = request["service_name"]
    service = None
    if service_name.startswith(_PRIVATELINK):
        service = _service_named(backend, service_name)
        if service is None or not _may_connect(service, backend.account_id):
            raise failure("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    endpoint = original(backend, **request)
    if (endpoint.vpc_endpoint_type or "Gateway").lower() == "interface":
        _place(backend, endpoint)
        endpoint.dns_entries = _names(backend, endpoint)
    _check_zones(backend, service, endpoint)
    if service is not None and service.acceptance_required:
        endpoint.state = "pendingAcceptance"
    return endpoint


def _place(backend: Any, endpoint: Any, interface_ids: list[str] | None = None) -> None:
    """Put interfaces (all, unless some are named) at addresses of their subnets, in the endpoint's groups; moto invents both."""
    if not endpoint.security_group_ids:
        endpoint.security_group_ids = [backend.get_default_security_group(endpoint.vpc_id).id]
    groups = [backend.get_security_group_from_id(group_id) for group_id in endpoint.security_group_ids]
    for interface_id in endpoint.network_interface_ids if interface_ids is None else interface_ids:
        interface = backend.get_network_interface(interface_id)
        address = interface.subnet.get_available_subnet_ip(interface)
        interface.private_ip_address = address
        interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
        interface._group_set = groups  # noqa: SLF001 - moto's place for an interface's own groups
        interface.description = f"VPC Endpoint Interface {endpoint.id}"
        interface.interface_type = "vpc_endpoint"
        interface.requester_managed = True
        interface.status = "in-use"


def _names(backend: Any, endpoint: Any) -> list[dict[str, str]]:
    """Give the endpoint's names: the region's first, one for each zone, and the service's own where it is private DNS."""
    from moto.moto_api._internal import mock_random

    region = backend.region_name
    label = f"{endpoint.id}-{mock_random.get_random_hex(8)}"
    service = endpoint.service_name.rsplit(".", 1)[1]
    zones = [backend.get_subnet(subnet_id).availability_zone for subnet_id in endpoint.subnet_ids or []]
    names = [
        f"{stem}.{service}.{region}.vpce.amazonaws.com" for stem in (label, *(f"{label}-{zone}" for zone in zones))
    ]
    if endpoint.private_dns_enabled and not endpoint.service_name.startswith(_PRIVATELINK):
        names.append(f"{service}.{region}.amazonaws.com")
    return [{"dns_name": name, "hosted_zone_id": "Z7HUB22UULQXV"} for name in names]


def _check_zones(backend: Any, service: Any | None, endpoint: Any) -> None:
    for subnet_id in endpoint.subnet_ids or []:
        if not _serves(backend, service, endpoint.service_name, subnet_id):
            backend.delete_vpc_endpoints([endpoint.id])
            raise _no_such_zone(endpoint.service_name, subnet_id)


def _serves(backend: Any, service: Any | None, service_name: str, subnet_id: str) -> bool:
    zone = backend.get_subnet(subnet_id).availability_zone
    return zone not in _lacking(service_name) if service is None else zone in _zones_of(service)


def _zones_of(service: Any) -> set[str]:
    """Give the zones of a service now: its load balancers may have got others since it was made, which moto forgets."""
    from moto.elbv2.models import elbv2_backends

    backend = service.ec2_backend
    balancers = elbv2_backends[backend.account_id][backend.region_name].load_balancers
    found = [balancers[arn] for arn in service.network_load_balancer_arns if arn in balancers]
    return {subnet.availability_zone for balancer in found for subnet in balancer.subnets}


def _no_such_zone(service_name: str, subnet_id: str) -> Exception:
    return failure(
        "InvalidParameter",
        f"The VPC endpoint service {service_name} does not support the availability zone of the subnet: {subnet_id}.",
    )


def _lacking(service_name: str) -> frozenset[str]:
    """Names of the zones that lack one of AWS's own services."""
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    service = service_name.rsplit(".", 1)[-1]
    return frozenset(
        zone.name
        for zones in RegionsAndZonesBackend.zones.values()
        for zone in zones
        if service in _LACKING.get(zone.zone_id, ())
    )


def _default_services(original: Any, account_id: str, region: str) -> list[dict[str, Any]]:
    return [*_of_aws(original, account_id, region), *_of_others(account_id, region)]


def _of_others(account_id: str, region: str) -> list[dict[str, Any]]:
    """Give the services of other accounts that this one is allowed to connect to: it sees no other."""
    from moto.ec2.models import ec2_backends

    return [
        {**service.to_dict(), "AvailabilityZones": sorted(_zones_of(service))}
        for owner, regions in list(ec2_backends.items())
        if owner != account_id and region in regions
        for service in list(regions[region].configurations.values())
        if _may_connect(service, account_id)
    ]


def _of_aws(original: Any, account_id: str, region: str) -> list[dict[str, Any]]:
    return [
        {
            **service,
            "AvailabilityZones": [
                zone for zone in service["AvailabilityZones"] if zone not in _lacking(service["ServiceName"])
            ],
        }
        for service in original(account_id, region)
    ]


def _filter_services(
    original: Any, names: list[str], filters: list[dict[str, Any]], services: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    # The API says Values; moto reads Value.
    found: list[dict[str, Any]] = original(
        names, [{**condition, "Value": condition.get("Values", [])} for condition in filters], services
    )
    return found


def _modify(original: Any, backend: Any, vpc_id: str, **request: Any) -> None:
    endpoint = backend.vpc_end_points[vpc_id]  # moto calls the endpoint's id vpc_id here
    service = _service_named(backend, endpoint.service_name)
    added = [subnet_id for subnet_id in request.get("add_subnets") or [] if subnet_id not in endpoint.subnet_ids]
    for subnet_id in added:
        if not _serves(backend, service, endpoint.service_name, subnet_id):
            raise _no_such_zone(endpoint.service_name, subnet_id)
    original(backend, vpc_id=vpc_id, **request)
    _move(backend, endpoint, added)
    groups = [backend.get_security_group_from_id(group_id) for group_id in endpoint.security_group_ids]
    for interface_id in endpoint.network_interface_ids:
        backend.get_network_interface(interface_id)._group_set = groups  # noqa: SLF001 - as above


def _move(backend: Any, endpoint: Any, added: list[str]) -> None:
    """Give a changed endpoint an interface in each subnet that it got, and none in those that it lost; moto does neither."""
    if (endpoint.vpc_endpoint_type or "Gateway").lower() != "interface":
        return
    for interface_id in list(endpoint.network_interface_ids):
        interface = backend.get_network_interface(interface_id)
        if interface.subnet.id not in endpoint.subnet_ids:
            endpoint.network_interface_ids.remove(interface_id)
            interface.subnet.del_subnet_ip(interface.private_ip_address)
            backend.enis.pop(interface_id)
    made = [backend.create_network_interface(subnet_id, "").id for subnet_id in added]
    endpoint.network_interface_ids += made
    _place(backend, endpoint, made)


def _delete(original: Any, backend: Any, vpce_ids: list[str] | None = None) -> None:
    for endpoint_id in vpce_ids or []:
        endpoint = backend.vpc_end_points.get(endpoint_id)
        for interface_id in endpoint.network_interface_ids if endpoint else []:
            interface = backend.enis.get(interface_id)
            if interface is not None:
                interface.subnet.del_subnet_ip(interface.private_ip_address)
    original(backend, vpce_ids)
    for endpoint_id in vpce_ids or []:
        backend.vpc_end_points.pop(endpoint_id, None)
        backend.tags.pop(endpoint_id, None)  # moto keeps the tags of what is deleted


def _connections(backend: Any, service_id: str) -> list[Any]:
    service = backend.describe_vpc_endpoint_service_configurations([service_id])[0]
    return [
        endpoint
        for owner in _every_backend(backend)
        for endpoint in list(owner.vpc_end_points.values())
        if endpoint.service_name == service.service_name
    ]


def _describe_vpc_endpoint_connections(response: Any) -> Any:
    backend = response.ec2_backend
    wanted = {condition["Name"]: condition.get("Values", []) for condition in param(response, "Filters", [])}
    connections = []
    for service_id in wanted.get("service-id") or list(backend.configurations):
        for endpoint in _connections(backend, service_id):
            connection = {
                "ServiceId": service_id,
                "VpcEndpointId": endpoint.id,
                "VpcEndpointOwner": endpoint.owner_id,
                "VpcEndpointState": endpoint.state,
                "CreationTimestamp": endpoint.creation_timestamp,
                "DnsEntries": endpoint.dns_entries,
                "NetworkLoadBalancerArns": backend.configurations[service_id].network_load_balancer_arns,
            }
            shown = {"vpc-endpoint-id": endpoint.id, "vpc-endpoint-state": endpoint.state}
            if all(shown[name] in wanted[name] for name in shown if name in wanted):
                connections.append(connection)
    return result({"VpcEndpointConnections": connections})


def _change_connections(state: str, allowed: tuple[str, ...]) -> Callable[[Any], Any]:
    def action(response: Any) -> Any:
        connections = {
            endpoint.id: endpoint for endpoint in _connections(response.ec2_backend, param(response, "ServiceId"))
        }
        unsuccessful = []
        for endpoint_id in param(response, "VpcEndpointIds", []):
            endpoint = connections.get(endpoint_id)
            if endpoint is not None and endpoint.state in allowed:
                endpoint.state = state
                continue
            code = "InvalidVpcEndpointId.NotFound" if endpoint is None else "InvalidState"
            error = {"Code": code, "Message": f"The connection of {endpoint_id} cannot be changed"}
            unsuccessful.append({"ResourceId": endpoint_id, "Error": error})
        return result({"Unsuccessful": unsuccessful})

    return action


def _delete_services(original: Any, response: Any) -> Any:
    backend = response.ec2_backend
    for service_id in param(response, "ServiceIds", []):
        if service_id not in backend.configurations:
            continue
        connected = [endpoint.id for endpoint in _connections(backend, service_id) if endpoint.state == "available"]
        if connected:
            error = {
                "Code": "ExistingVpcEndpointConnections",
                "Message": f"{service_id} has existing active connections",
            }
            return result({"Unsuccessful": [{"ResourceId": service_id, "Error": error}]})
    return original(response)


def _modify_permissions(original: Any, backend: Any, service_id: str, added: list[str], removed: list[str]) -> None:
    original(backend, service_id, added, removed)
    service = backend.configurations[service_id]
    service.principals = sorted(service.principals)  # moto goes through a set, and an order that changes is drift


def install() -> None:
    """Complete endpoints and endpoint services."""
    from moto.ec2.models.vpc_service_configuration import VPCServiceConfigurationBackend
    from moto.ec2.models.vpcs import VPCBackend
    from moto.ec2.responses.vpc_service_configuration import VPCEndpointServiceConfiguration

    wrap(VPCBackend, "create_vpc_endpoint", _create)
    wrap(VPCBackend, "modify_vpc_endpoint", _modify)
    wrap(VPCBackend, "delete_vpc_endpoints", _delete)
    for name, around in (
        ("_collect_default_endpoint_services", _default_services),
        ("_filter_endpoint_services", _filter_services),
    ):
        wrap(VPCBackend, name, around)
        setattr(VPCBackend, name, staticmethod(getattr(VPCBackend, name)))  # as it was
    wrap(VPCServiceConfigurationBackend, "modify_vpc_endpoint_service_permissions", _modify_permissions)
    wrap(VPCEndpointServiceConfiguration, "delete_vpc_endpoint_service_configurations", _delete_services)
    actions = {
        "describe_vpc_endpoint_connections": _describe_vpc_endpoint_connections,
        "accept_vpc_endpoint_connections": _change_connections("available", ("pendingAcceptance", "rejected")),
        "reject_vpc_endpoint_connections": _change_connections("rejected", ("pendingAcceptance", "available")),
    }
    for name, action in actions.items():
        add(VPCEndpointServiceConfiguration, name, action)
