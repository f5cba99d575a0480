"""The catalogue of instance types: moto has AWS's own data, and none of AWS's manners (pages, limits, patterns)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from typing import Any

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure, flag, param, result

#: What AWS gives on a page, and the most that may be asked for.
_TYPES_A_PAGE = 100
_OFFERINGS_A_PAGE = 1000


def _describe_types(original: Any, response: Any) -> Any:
    del original
    names = param(response, "InstanceTypes", [])
    if names and param(response, "MaxResults"):
        raise failure(
            "InvalidParameterCombination", "The parameter instanceTypes cannot be used with the parameter maxResults"
        )
    if len(names) > _TYPES_A_PAGE:
        raise failure("InvalidParameterValue", f"At most {_TYPES_A_PAGE} instance types may be given.")
    filters = response._filters_from_querystring()  # noqa: SLF001 - moto's own name for it
    patterns = filters.pop("instance-type", None)
    found = response.ec2_backend.describe_instance_types(names, filters)
    if not flag(response, "IncludeUnsupportedInRegion"):
        here = _offered_in(response.region)
        found = [it for it in found if it["InstanceType"] in here]
    page, token = _page(response, _matching(found, patterns), _TYPES_A_PAGE)
    return result({"InstanceTypes": page, "NextToken": token})


def _describe_offerings(original: Any, response: Any) -> Any:
    del original
    filters = response._filters_from_querystring()  # noqa: SLF001 - as above
    patterns = filters.pop("instance-type", None)
    found = response.ec2_backend.describe_instance_type_offerings(param(response, "LocationType"), filters)
    page, token = _page(response, _matching(found, patterns), _OFFERINGS_A_PAGE)
    return result({"InstanceTypeOfferings": page, "NextToken": token})


def _offered_in(region: str) -> set[str]:
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    return {it["InstanceType"] for it in INSTANCE_TYPE_OFFERINGS["region"].get(region, [])}


def _matching(found: Sequence[Any], patterns: Sequence[str] | None) -> list[Any]:
    """Keep what a filter on the type's name lets through; a star stands for anything."""
    if patterns is None:
        return list(found)
    either = re.compile("|".join(translate(pattern) for pattern in patterns))
    return [it for it in found if either.match(it["InstanceType"])]


def _page(response: Any, found: list[Any], largest: int) -> tuple[list[Any], str | None]:
    size = int(param(response, "MaxResults", largest))
    if not 5 <= size <= largest:
        raise failure("InvalidParameterValue", f"Value ( {size} ) for parameter maxResults is invalid.")
    start = int(param(response, "NextToken", 0))
    return found[start : start + size], str(start + size) if start + size < len(found) else None


def install() -> None:
    """Complete the catalogue."""
    from moto.ec2.responses.instances import InstanceResponse

    wrap(InstanceResponse, "describe_instance_types", _describe_types)
    wrap(InstanceResponse, "describe_instance_type_offerings", _describe_offerings)
