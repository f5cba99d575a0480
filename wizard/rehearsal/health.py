"""Target health, derived from the model: what the embedded AWS answers to DescribeTargetHealth. Pure.

Reasons and states are those of the API's model; descriptions say no more than AWS would, since verification reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wizard.rehearsal.model import LoadBalancer, Network, Target
from wizard.rehearsal.reachability import State, reach_target


@dataclass(frozen=True, slots=True)
class Health:
    """A target's state, AWS's reason code, and its description."""

    state: Literal["initial", "healthy", "unhealthy", "unused"]
    reason: str = ""
    description: str = ""


_UNHEALTHY = {
    State.TIMED_OUT: Health("unhealthy", "Target.Timeout", "Request timed out"),
    State.REFUSED: Health("unhealthy", "Target.FailedHealthChecks", "Health checks failed"),
}


def target_health(network: Network, target_group_arn: str, target: Target) -> Health:
    """Say what the load balancer's health checks make of a registered target."""
    group = network.target_group(target_group_arn)
    if group is None or target not in group.targets:
        return Health("unused", "Target.NotRegistered", "Target is not registered to the target group")
    balancer = _balancer_of(network, target_group_arn)
    if balancer is None:
        return Health(
            "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
        )
    if balancer.state != "active":
        return Health("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
    if group.by_instance and _stopped(network, target.id):
        return Health("unused", "Target.InvalidState", "Target is in the stopped or terminated state")
    verdict = reach_target(network, balancer, group, target, group.health_port or target.port)
    return Health("healthy") if verdict.state is State.CONNECTED else _UNHEALTHY[verdict.state]


def _balancer_of(network: Network, target_group_arn: str) -> LoadBalancer | None:
    for balancer in network.balancers:
        if any(listener.target_group == target_group_arn for listener in balancer.listeners):
            return balancer
    return None


def _stopped(network: Network, instance_id: str) -> bool:
    instance = network.instance(instance_id)
    return instance is None or instance.state != "running"
