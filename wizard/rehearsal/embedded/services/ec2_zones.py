"""Zones: which are open to the account, and those that nobody has opted into yet."""

from __future__ import annotations

from typing import Any, Final

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import flag, param, result

#: Local Zones, by region: (name, ID). They are extensions of a region, closed until the account opts in.
_LOCAL: Final = {"us-east-1": (("us-east-1-bos-1a", "use1-bos1-az1"), ("us-east-1-mia-1a", "use1-mia1-az1"))}


def _local_zones(region: str) -> list[Any]:
    from moto.ec2.models.availability_zones_and_regions import Zone

    zones = []
    for name, zone_id in _LOCAL.get(region, ()):
        zone = Zone(name, region, zone_id, "local-zone")
        zone.opt_in_status = "not-opted-in"
        zone.group_name = name[:-1]
        zones.append(zone)
    return zones


def _describe(original: Any, response: Any) -> Any:
    answer = original(response)
    zones = list(answer.result["AvailabilityZones"])
    for zone in zones:
        zone.opt_in_status = "opt-in-not-required"
        zone.group_name = zone.region_name
    # AWS leaves out what is not open to the account, unless all are asked for.
    if flag(response, "AllAvailabilityZones"):
        zones += [zone for zone in _local_zones(response.region) if _asked(response, zone)]
    return result({"AvailabilityZones": zones})


def _asked(response: Any, zone: Any) -> bool:
    shown = {
        "zone-id": zone.zone_id,
        "zone-name": zone.name,
        "zone-type": zone.zone_type,
        "region-name": zone.region_name,
        "opt-in-status": zone.opt_in_status,
        "state": zone.state,
    }
    conditions = [(condition["Name"], condition.get("Values", [])) for condition in param(response, "Filters", [])]
    conditions += [
        (name, wanted)
        for name, key in (("zone-id", "ZoneIds"), ("zone-name", "ZoneNames"))
        if (wanted := param(response, key, []))
    ]
    return all(shown.get(name) in wanted for name, wanted in conditions)


def install() -> None:
    """Complete the zones' description."""
    from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions

    wrap(AvailabilityZonesAndRegions, "describe_availability_zones", _describe)
