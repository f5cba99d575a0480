"""Network load balancers as AWS has them: addresses, ARNs, protection, and health that nobody made up."""

from __future__ import annotations

import ipaddress
from typing import Any

from wizard.rehearsal.embedded.hooks import Target, TargetHealth
from wizard.rehearsal.embedded.patching import wrap, wrap_property
from wizard.rehearsal.embedded.services.answers import failure, param
from wizard.rehearsal.embedded.world import world


def _create_load_balancer(original: Any, backend: Any, **request: Any) -> Any:
    name = request["name"]
    if any(existing.name == name for existing in backend.load_balancers.values()):
        raise failure("DuplicateLoadBalancerName", f"A load balancer with the name '{name}' already exists.")
    # A balancer is internet-facing unless it is asked to be internal; moto leaves the scheme out.
    request["scheme"] = request.get("scheme") or "internet-facing"
    if request.get("loadbalancer_type") != "network":
        return original(backend, **request)
    mappings = {mapping["SubnetId"]: mapping for mapping in request.get("subnet_mappings") or []}
    addresses = {
        subnet_id: _elastic_address(backend, mapping["AllocationId"])
        for subnet_id, mapping in mappings.items()
        if mapping.get("AllocationId")
    }
    tags = request.pop("tags", None)
    balancer = original(backend, **request)
    del backend.load_balancers[balancer.arn]
    balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    backend.load_balancers[balancer.arn] = balancer
    backend.tagging_service.tag_resource(balancer.arn, tags)
    balancer.dns_name = f"{name}-{balancer.arn.rsplit('/', 1)[1]}.elb.{backend.region_name}.amazonaws.com"
    if balancer.security_groups:
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = "on"
    balancer.interfaces = {
        subnet.id: _interface(backend, balancer, subnet, mappings.get(subnet.id, {}), addresses.get(subnet.id))
        for subnet in balancer.subnets
    }
    return balancer


def _elastic_address(backend: Any, allocation_id: str) -> Any:
    addresses = backend.ec2_backend.addresses
    for address in addresses:
        if address.allocation_id == allocation_id:
            if address.association_id:
                raise failure("ResourceInUse", f"The address {allocation_id} is already associated.")
            return address
    raise failure("AllocationIdNotFound", f"The allocation ID '{allocation_id}' does not exist")


def _interface(backend: Any, balancer: Any, subnet: Any, mapping: dict[str, Any], address: Any) -> Any:
    """Make the network interface that stands in a subnet: the source address that a target sees."""
    ec2 = backend.ec2_backend
    interface = ec2.create_network_interface(
        subnet,
        mapping.get("PrivateIPv4Address") or subnet.get_available_subnet_ip(balancer),
        group_ids=list(balancer.security_groups or []),
        description=f"ELB {balancer.arn.split(':loadbalancer/', 1)[1]}",
    )
    interface.interface_type = "network_load_balancer"
    interface.requester_managed = True
    interface.requester_id = "amazon-elb"
    interface.status = "in-use"
    if address is not None:
        ec2.associate_address(eni=interface, allocation_id=address.allocation_id)
    return interface


def _set_subnets(
    original: Any, backend: Any, arn: str, subnets: list[str], subnet_mappings: list[dict[str, Any]]
) -> Any:
    """Move a network load balancer: it may stand in a single zone, and has an interface in each of its subnets."""
    from moto.elbv2.models import AvailabilityZone

    balancer = backend.load_balancers.get(arn)
    if balancer is None or not hasattr(balancer, "interfaces"):
        return original(backend, arn, subnets, subnet_mappings)
    mappings = {mapping["SubnetId"]: mapping for mapping in subnet_mappings}
    chosen = [backend.ec2_backend.get_subnet(subnet_id) for subnet_id in (*subnets, *mappings)]
    if len({subnet.availability_zone for subnet in chosen}) < len(chosen):
        raise failure(
            "InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in one zone"
        )
    for gone in set(balancer.interfaces) - {subnet.id for subnet in chosen}:
        _dismantle(backend.ec2_backend, balancer.interfaces.pop(gone))
    for subnet in chosen:
        if subnet.id not in balancer.interfaces:
            balancer.interfaces[subnet.id] = _interface(backend, balancer, subnet, mappings.get(subnet.id, {}), None)
    balancer.subnets = chosen
    return _availability_zones([AvailabilityZone(subnet) for subnet in chosen], balancer)


def _availability_zones(zones: list[Any], balancer: Any) -> list[Any]:
    interfaces = getattr(balancer, "interfaces", {})
    for zone, subnet in zip(zones, balancer.subnets, strict=True):
        zone.load_balancer_addresses = _addresses(interfaces.get(subnet.id))
    return zones


def _addresses(interface: Any) -> list[dict[str, Any]]:
    """Show the addresses that were asked for; those that AWS chose are not shown."""
    if interface is None or not interface.public_ip:
        return []
    return [{"IpAddress": interface.public_ip, "AllocationId": interface.association.get("allocationId")}]


def _delete_load_balancer(original: Any, backend: Any, arn: str) -> Any:
    balancer = backend.load_balancers.get(arn)
    if balancer is None:
        return original(backend, arn)
    if str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
        raise failure("OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted: protection is enabled")
    services = backend.ec2_backend.configurations.values()
    if any(arn in service.network_load_balancer_arns for service in services):
        raise failure("ResourceInUse", f"Load balancer '{arn}' is currently associated with another service")
    for interface in getattr(balancer, "interfaces", {}).values():
        _dismantle(backend.ec2_backend, interface)
    return original(backend, arn)


def _dismantle(ec2: Any, interface: Any) -> None:
    for address in ec2.addresses:
        if address.eni is interface:
            ec2.disassociate_address(association_id=address.association_id)
    interface.attachment_id = None
    interface.status = "available"
    interface.delete()


def _set_security_groups(original: Any, response: Any) -> Any:
    answer = original(response)
    enforce = param(response, "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    if enforce is not None:
        balancer = response.elbv2_backend.load_balancers[param(response, "LoadBalancerArn")]
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = enforce
        answer.result["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = enforce
    return answer


def _register(original: Any, group: Any, targets: list[dict[str, Any]]) -> None:
    if group.target_type == "ip":
        for target in targets:
            _check_address(group, target)
    original(group, targets)
    for target in targets:
        group.targets[target["Id"]]["Port"] = int(target.get("Port") or group.port)
        if target.get("AvailabilityZone"):
            group.targets[target["Id"]]["AvailabilityZone"] = target["AvailabilityZone"]


def _check_address(group: Any, target: dict[str, Any]) -> None:
    try:
        address = ipaddress.ip_address(target["Id"])
    except ValueError:
        raise failure("ValidationError", f"'{target['Id']}' must be a valid IPv4 address") from None
    vpc = group.ec2_backend.get_vpc(group.vpc_id)
    cidrs = [association["cidr_block"] for association in vpc.get_cidr_block_association_set()]
    if any(address in ipaddress.ip_network(cidr) for cidr in cidrs):
        return
    shared = ipaddress.ip_network("100.64.0.0/10")
    if not address.is_private and address not in shared:
        raise failure("InvalidTarget", f"The IP address '{address}' is not a valid IP address for the target group")
    if target.get("AvailabilityZone") != "all":
        raise failure("ValidationError", f"The Availability Zone for '{address}', outside the VPC, must be 'all'")


def _deregister(original: Any, group: Any, targets: list[dict[str, Any]]) -> None:
    # AWS: "If the specified target does not exist, the action returns successfully"
    original(group, [target for target in targets if target["Id"] in group.targets])


def _health_for(original: Any, group: Any, target: dict[str, Any], ec2_backend: Any) -> Any:
    status = original(group, target, ec2_backend)
    if status.status == "unavailable":
        status.status = "unused"
        return status
    registered = group.targets.get(target["Id"])
    if status.status != "healthy" or registered is None:
        return status
    verdict = _verdict(group, registered)
    status.status, status.reason, status.description = (
        verdict.state,
        verdict.reason or None,
        verdict.description or None,
    )
    return status


def _verdict(group: Any, registered: dict[str, Any]) -> TargetHealth:
    from moto.elbv2.models import elbv2_backends

    backend = elbv2_backends[group.account_id][group.region_name]
    if not _in_use(backend, group.arn):
        return TargetHealth("unused", "Target.NotInUse", "Target group is not configured to receive traffic")
    target = Target(str(registered["Id"]), int(registered["Port"]))
    return world().hooks.target_health(group.account_id, group.region_name, group.arn, target) or TargetHealth(
        "initial", "Elb.RegistrationInProgress", "Target registration is in progress"
    )


def _in_use(backend: Any, group_arn: str) -> bool:
    return any(group_arn in _forwarded(balancer) for balancer in backend.load_balancers.values())


def _forwarded(balancer: Any) -> set[str]:
    arns: set[str] = set()
    for listener in list(balancer.listeners.values()):
        for action in listener.default_actions:
            arns.add(action.data.get("TargetGroupArn", ""))
            groups = action.data.get("ForwardConfig", {}).get("TargetGroups", [])
            arns.update(group["TargetGroupArn"] for group in groups)
    return arns


def install() -> None:
    """Correct what moto says of network load balancers and their targets."""
    from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer, FakeTargetGroup
    from moto.elbv2.responses import ELBV2Response

    wrap(ELBv2Backend, "create_load_balancer", _create_load_balancer)
    wrap(ELBv2Backend, "delete_load_balancer", _delete_load_balancer)
    wrap(ELBv2Backend, "set_subnets", _set_subnets)
    wrap_property(FakeLoadBalancer, "availability_zones", _availability_zones)
    wrap(FakeTargetGroup, "register", _register)
    wrap(FakeTargetGroup, "deregister", _deregister)
    wrap(FakeTargetGroup, "health_for", _health_for)
    wrap(ELBV2Response, "set_security_groups", _set_security_groups)
