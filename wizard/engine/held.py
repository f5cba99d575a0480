"""Managed resources as a plan's refreshed state has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Held:
    """A managed resource. Its values may be sensitive: they are compared, never shown and never kept."""

    type: str
    values: dict[str, Any] = field(repr=False)


def read_held(document: dict[str, Any]) -> tuple[Held, ...]:
    """Read them from `prior_state` of `show -json PLAN`."""
    root = ((document.get("prior_state") or {}).get("values") or {}).get("root_module") or {}
    return tuple(_resources(root))


def _resources(module: dict[str, Any]) -> Iterator[Held]:
    for item in module.get("resources") or []:
        if item.get("mode") == "managed":
            yield Held(str(item.get("type", "")), item.get("values") or {})
    for child in module.get("child_modules") or []:
        yield from _resources(child)
