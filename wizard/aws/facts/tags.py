"""Tags as facts hold them: pairs in order, so that equal tags are equal values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wizard.facts.network import Tags


def tags_of(listed: Iterable[Mapping[str, Any]]) -> Tags:
    """Take tags as most services list them: `[{"Key": …, "Value": …}]`. Some leave an empty value out."""
    return tuple(sorted((tag["Key"], tag.get("Value", "")) for tag in listed))


def tags_of_mapping(tags: Mapping[str, str]) -> Tags:
    """Take tags as the newer services map them: `{key: value}`."""
    return tuple(sorted(tags.items()))
