"""A service act of an upgrade, given to its one node."""

from __future__ import annotations

from wizard.blueprints.springtail.services import Verb
from wizard.deploy import services
from wizard.deploy.services import Did, Runs
from wizard.deploy.target import Target
from wizard.errors import InputError
from wizard.upgrades.steps import Act


def carry_out(target: Target, act: Act, runs: Runs) -> tuple[Did, ...]:
    """Give the act to its node and journal each step, as `planewright prepare | start | stop` do.

    Raises ServiceError at the step that fails, PackageMissingError without Springtail's package, InputError where the node
    is none of the deployment's.
    """
    sent = [one for one in services.commands(target, Verb(act.verb)) if one.task.key == act.node]
    if not sent:
        raise InputError(
            f"{act}: {target.name} has no node {act.node}",
            cause="the instance stack handed over no such node at its last apply",
            action=f"planewright outputs {target.name} tells which it has",
        )
    return services.carry_out(target, tuple(sent), runs)
