"""Every kind of ask, by name: exported facts are read by it."""

from __future__ import annotations

from functools import cache
from typing import Any

from wizard.facts import access, compute, database, grants, names, network, prices, quotas, state
from wizard.facts.asking import Ask

#: Modules that hold asks.
MODULES = (access, compute, database, grants, names, network, prices, quotas, state)


@cache
def kinds() -> dict[str, type[Ask[Any]]]:
    """Give each kind's class."""
    found: dict[str, type[Ask[Any]]] = {}
    for module in MODULES:
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Ask) and thing.__module__ == module.__name__:
                if thing.kind in found:
                    raise ValueError(f"two asks are called {thing.kind}")
                found[thing.kind] = thing
    return found
