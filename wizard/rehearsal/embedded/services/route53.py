"""Route 53: private zones that a VPC of another account is associated with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from wizard.rehearsal.embedded.patching import add, replace, state_of, wrap
from wizard.rehearsal.embedded.services.answers import failure, param, result

_PATH: Final = r"{0}/(?P<api_version>[\d_-]+)/hostedzone/(?P<zone_id>[^/]+)/"


@dataclass(slots=True)
class Authorizations:
    """For each zone the VPCs (id to region) that their owners may associate with it."""

    by_zone: dict[str, dict[str, str]] = field(default_factory=dict)


def _authorized(backend: Any, zone: Any) -> dict[str, str]:
    return state_of(backend, Authorizations).by_zone.setdefault(zone.resource_id, {})


def _own_private_zone(response: Any) -> Any:
    zone = response.backend.get_hosted_zone(param(response, "HostedZoneId"))
    if not zone.private_zone:
        raise failure("InvalidInput", "Only a private hosted zone can be associated with a VPC.")
    return zone


def _create_vpc_association_authorization(response: Any) -> Any:
    zone = _own_private_zone(response)
    vpc_id, region = param(response, "VPC.VPCId"), param(response, "VPC.VPCRegion")
    _authorized(response.backend, zone)[vpc_id] = region
    return result({"HostedZoneId": zone.resource_id, "VPC": {"VPCId": vpc_id, "VPCRegion": region}})


def _list_vpc_association_authorizations(response: Any) -> Any:
    zone = response.backend.get_hosted_zone(param(response, "HostedZoneId"))
    vpcs = [{"VPCId": vpc, "VPCRegion": region} for vpc, region in _authorized(response.backend, zone).items()]
    return result({"HostedZoneId": zone.resource_id, "VPCs": vpcs})


def _delete_vpc_association_authorization(response: Any) -> Any:
    zone = response.backend.get_hosted_zone(param(response, "HostedZoneId"))
    if _authorized(response.backend, zone).pop(param(response, "VPC.VPCId"), None) is None:
        raise failure("VPCAssociationAuthorizationNotFound", "The VPC is not authorized to be associated.")
    return result({})


def _every_backend(response: Any) -> list[Any]:
    from moto.route53.models import route53_backends

    return [backends[response.partition] for backends in list(route53_backends.values())]


def _find_zone(response: Any) -> tuple[Any, Any]:
    """Find the zone, whoever owns it: (owner's backend, zone)."""
    zone_id = param(response, "HostedZoneId").replace("/hostedzone/", "")
    for backend in _every_backend(response):
        if zone_id in backend.zones:
            return backend, backend.zones[zone_id]
    raise failure("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}")


def _owns_vpc(response: Any, vpc_id: str, region: str) -> bool:
    from moto.ec2.models import ec2_backends

    return vpc_id in ec2_backends[response.current_account][region].vpcs


def _change(comment: Any) -> Any:
    from moto.core.utils import utcnow

    change = {"Id": "/change/C1PA6795UKMFR9", "Status": "INSYNC", "SubmittedAt": utcnow(), "Comment": comment}
    return result({"ChangeInfo": change})


def _associate_vpc_with_hosted_zone(response: Any) -> Any:
    owner, zone = _find_zone(response)
    vpc_id, region = param(response, "VPC.VPCId"), param(response, "VPC.VPCRegion")
    if not zone.private_zone:
        raise failure("PublicZoneVPCAssociation", "You can't associate a VPC with a public hosted zone.")
    if not _owns_vpc(response, vpc_id, region):
        raise failure(
            "NotAuthorizedException", f"The VPC {vpc_id} does not belong to account {response.current_account}."
        )
    if owner is not response.backend and vpc_id not in _authorized(owner, zone):
        raise failure(
            "NotAuthorizedException", f"The VPC {vpc_id} has not authorized association with your hosted zone."
        )
    _check_conflict(response, zone.name, vpc_id, zone.resource_id)
    if all(vpc["vpc_id"] != vpc_id for vpc in zone.vpcs):
        zone.add_vpc(vpc_id, region)
    return _change(param(response, "Comment"))


def _check_conflict(response: Any, name: str, vpc_id: str, zone_id: str = "") -> None:
    """A VPC resolves a name in one zone only; a parent's zone beside its child's is no conflict."""
    for backend in _every_backend(response):
        for zone in list(backend.zones.values()):
            if zone.resource_id != zone_id and zone.name == name and any(vpc["vpc_id"] == vpc_id for vpc in zone.vpcs):
                raise failure("ConflictingDomainExists", f"The VPC {vpc_id} is associated with another zone for {name}")


def _create_hosted_zone(original: Any, response: Any) -> Any:
    name, vpc_id, region = param(response, "Name"), param(response, "VPC.VPCId"), param(response, "VPC.VPCRegion")
    if vpc_id is not None:
        if not _owns_vpc(response, vpc_id, region):
            raise failure("InvalidVPCId", f"The VPC {vpc_id} in region {region} that you provided is not authorized.")
        _check_conflict(response, name if name.endswith(".") else f"{name}.", vpc_id)
        # A VPC alone makes a zone private; moto wants to be told.
        response.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
    return original(response)


def _disassociate_vpc_from_hosted_zone(response: Any) -> Any:
    owner, zone = _find_zone(response)
    vpc_id, region = param(response, "VPC.VPCId"), param(response, "VPC.VPCRegion")
    if owner is not response.backend and not _owns_vpc(response, vpc_id, region):
        raise failure("NotAuthorizedException", f"Neither the zone nor the VPC {vpc_id} is yours.")
    if all(vpc["vpc_id"] != vpc_id for vpc in zone.vpcs):
        raise failure("VPCAssociationNotFound", f"The VPC {vpc_id} is not associated with the hosted zone.")
    if len(zone.vpcs) == 1:
        raise failure("LastVPCAssociation", "The VPC is the last one that is associated with the hosted zone.")
    zone.delete_vpc(vpc_id)
    return _change(param(response, "Comment"))


def _list_hosted_zones_by_vpc(response: Any) -> Any:
    vpc_id = param(response, "VPCId")
    summaries = [
        summary for backend in _every_backend(response) for summary in backend.list_hosted_zones_by_vpc(vpc_id)
    ]
    return result({"HostedZoneSummaries": summaries, "MaxItems": "100"})


def install() -> None:
    """Add authorizations, and let zones and VPCs of two accounts meet."""
    from moto.route53 import urls
    from moto.route53.responses import Route53

    for path in ("authorizevpcassociation", "deauthorizevpcassociation"):
        urls.url_paths[f"{_PATH}{path}/?$"] = Route53.dispatch
    for action in (
        _create_vpc_association_authorization,
        _list_vpc_association_authorizations,
        _delete_vpc_association_authorization,
    ):
        add(Route53, action.__name__.removeprefix("_"), action)
    for action in (_associate_vpc_with_hosted_zone, _disassociate_vpc_from_hosted_zone, _list_hosted_zones_by_vpc):
        replace(Route53, action.__name__.removeprefix("_"), action)
    wrap(Route53, "create_hosted_zone", _create_hosted_zone)
