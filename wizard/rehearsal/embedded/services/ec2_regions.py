"""Regions: which there are, and which the account has opened."""

from __future__ import annotations

from functools import cache
from typing import Any

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure, flag, param, result


def _describe(original: Any, response: Any) -> Any:
    named = param(response, "RegionNames", [])
    regions = list(original(response).result["Regions"])
    unknown = set(named) - {region.name for region in regions}
    if unknown:
        raise failure("InvalidParameterValue", f"Invalid region(s): {', '.join(sorted(unknown))}")
    conditions = [(condition["Name"], condition.get("Values", [])) for condition in param(response, "Filters", [])]
    return result({"Regions": [it for it in regions if _shown(it, response, conditions, named)]})


def _shown(region: Any, response: Any, conditions: list[tuple[str, list[str]]], named: list[str]) -> bool:
    # A region belongs to one partition; moto tells those of all.
    partition = (
        "aws-cn" if region.name.startswith("cn-") else "aws-us-gov" if region.name.startswith("us-gov-") else "aws"
    )
    if partition != response.partition:
        return False
    # AWS leaves out what is not open to the account, unless all are asked for.
    if region.opt_in_status == "not-opted-in" and not (flag(response, "AllRegions") or named):
        return False
    shown = {"region-name": region.name, "endpoint": region.endpoint, "opt-in-status": region.opt_in_status}
    return all(shown.get(name) in values for name, values in conditions)


def refused(region: str) -> tuple[str, str] | None:
    """Say how AWS refuses whatever is signed for a region that it has not, or that the account has not opened."""
    status = _statuses().get(region)
    if status is None:
        return "SignatureDoesNotMatch", f"Credential should be scoped to a valid region, not '{region}'."
    if status == "not-opted-in":
        return "AuthFailure", "AWS was not able to validate the provided access credentials"
    return None


@cache
def _statuses() -> dict[str, str]:
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    return {"aws-global": ""} | {region.name: region.opt_in_status for region in RegionsAndZonesBackend.regions}


def install() -> None:
    """Hold the regions' description to its filters."""
    from moto.ec2.responses.availability_zones_and_regions import AvailabilityZonesAndRegions

    wrap(AvailabilityZonesAndRegions, "describe_regions", _describe)
