"""The embedded AWS: moto's server with what a deployment needs and moto lacks.

`EmbeddedAws` starts it in this process; `python -m wizard.rehearsal.embedded --port N` in a process of its own.
What moto cannot know (which agent is online, what a command prints, whether a target answers) it asks `Hooks`.
"""

from __future__ import annotations

from wizard.rehearsal.embedded.accounts import CUSTOMER, VENDOR, environment
from wizard.rehearsal.embedded.hooks import (
    ApiCall,
    Command,
    CommandResult,
    Hooks,
    Refusal,
    Target,
    TargetHealth,
)
from wizard.rehearsal.embedded.server import EmbeddedAws

__all__ = [
    "CUSTOMER",
    "VENDOR",
    "ApiCall",
    "Command",
    "CommandResult",
    "EmbeddedAws",
    "Hooks",
    "Refusal",
    "Target",
    "TargetHealth",
    "environment",
]
