"""What the running server is connected to: the hooks of the rehearsed world, and a record of what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wizard.rehearsal.embedded.hooks import Hooks


@dataclass(slots=True)
class World:
    """The server's surroundings. `unimplemented` and `failures` grow as requests meet them (appending is atomic);
    `answers` are the newest, by the SDK's id of the call; `trails` are CloudTrail's, by account and region."""

    hooks: Hooks = field(default_factory=Hooks)
    unimplemented: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    trails: dict[tuple[str, str], Any] = field(default_factory=dict)


_world = World()


def world() -> World:
    """Give the surroundings of the server that runs in this process (moto's state is the process's, so there is one)."""
    return _world


def connect(hooks: Hooks) -> World:
    """Start anew with these hooks."""
    global _world  # noqa: PLW0603 - moto's own backends are module globals: so is what goes with them
    _world = World(hooks)
    return _world
