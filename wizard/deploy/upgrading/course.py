"""What a blueprint brings to an upgrade: the steps that are left, how one is written, and how its gates are observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from wizard.deploy.site import Site
from wizard.deploy.target import Target
from wizard.upgrades.steps import Gate, Step
from wizard.upgrades.survey import Survey


@dataclass(frozen=True, slots=True)
class Seen:
    """What was observed of a gate: whether it is as wanted, and what was seen, in words."""

    ok: bool
    says: str


class Course(Protocol):
    """A blueprint's upgrades of one object. Nothing here asks or prints; AWS's errors go through."""

    def steps(self, target: Target, site: Site) -> tuple[Step, ...]:
        """Give what leads from what is true now to what the answers want, in order; empty when nothing is left.

        Asked anew before each step and when a half-done upgrade goes on: what is true already is in no step.
        Reads only. Raises InputError or BlockedError for what has no way, with why.
        """

    def survey(self, target: Target, site: Site) -> Survey:
        """Give the same steps with all that is to be told beside them: versions, ways, what each step writes.

        Reads only. What has no way is in it, with why, and raises nothing.
        """

    def write(self, target: Target, step: Step) -> Target:
        """Keep in the workspace what the step sets, so that the next plan of its stack is this step's alone.

        May be called again for the same step. Gives the target as it is then.
        """

    def observe(self, target: Target, site: Site, gate: Gate) -> Seen:
        """Look once whether the gate is seen. Reads only; who calls it looks again until a deadline."""
