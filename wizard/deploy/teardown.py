"""Destroying: what must hold before, what lifts the protection, what is left afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wizard.aws.in_use import deployments_on_shard
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.blueprints.springtail.names import lock_table, state_bucket
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.deploy.flow import Planned, Ready
from wizard.deploy.site import Site
from wizard.deploy.target import Target, neighbours
from wizard.engine import runs
from wizard.engine.plans import PlanView
from wizard.errors import BlockedError

#: The variable that every stack takes; lifted for a destroy alone, never in the saved answers.
LIFT = {"deletion_protection": False}
#: Endpoints in these states hold the service that they lead to: AWS deletes none that has any.
_HOLDING: Final = frozenset({"available", "pending", "pendingacceptance"})


def require_unused(target: Target, site: Site) -> None:
    """Refuse to tear down a shard while a deployment uses it, in this workspace or by tag in the account.

    Nor a deployment whose own service somebody's endpoints lead to: AWS would not delete it, when all else was gone.
    """
    if not isinstance(target.answers, ShardAnswers):
        _require_unconnected(target, site)
        return
    here = {other.name for other in neighbours(target) if _stands(target, other.name)}
    there = set(deployments_on_shard(site.session, target.name))
    if here or there:
        raise BlockedError(
            f"shard {target.name} is in use and is not destroyed",
            cause="; ".join(
                f"{name} ({'in this workspace' if name in here else 'found by tag in the account'})"
                for name in sorted(here | there)
            ),
            action="destroy each of these deployments first; other customers depend on what the shard shares",
        )


def _require_unconnected(target: Target, site: Site) -> None:
    outputs = store.load_contract(target.place, INSTANCE)
    if not isinstance(outputs, InstanceOutputs) or outputs.service is None:
        return
    from wizard.verify.edge import AwsReads

    service = outputs.service.outbound_service_id
    held = [one for one in AwsReads(site.session).connections(service) if one.state in _HOLDING]
    if held:
        ids = " ".join(one.endpoint_id for one in held)
        raise BlockedError(
            f"{target.name} is in use and is not destroyed",
            cause="; ".join(f"endpoint {one.endpoint_id} of account {one.owner} leads to {service}" for one in held),
            action="have the customer take their endpoints away, as their page says, or end them from here: "
            f"aws ec2 reject-vpc-endpoint-connections --service-id {service} --vpc-endpoint-ids {ids}",
        )


def _stands(target: Target, name: str) -> bool:
    place = target.workspace.place("deployment", name)
    return place.contract(INSTANCE).exists() or any(run.alive() for run in runs.listed(place.runs))


def lifting(ready: Ready, plan: Callable[..., Planned]) -> Planned | None:
    """Plan to lift the protection of what exists, and nothing else; None when nothing is protected.

    `plan` makes a plan of what is ready, as `flow.plan` does, and shows it if its caller wants that.
    """
    if not ready.target.shard.governance.deletion_protection:
        return None
    planned = plan(ready, variables=LIFT)
    exists = lifted(planned.plan.view)
    if exists and len(exists) < len(planned.plan.view.acting):
        # A stack that was applied by halves: the same plan would go on building it.
        planned = plan(ready, variables=LIFT, targets=exists)
    return planned if exists else None


def lifted(view: PlanView) -> tuple[str, ...]:
    """Give the addresses that a lifting plan changes in place: what exists and is protected."""
    return tuple(change.address for change in view.acting if change.kind == "update")


def forget(target: Target, stack: str) -> None:
    """After a stack is destroyed, nothing may take its outputs for true, nor what had drifted in it."""
    store.remove_contract(target.place, stack)
    store.save_drift(target.place, stack, ())


def remains(target: Target) -> tuple[str, ...]:
    """Say what a destroy leaves on purpose."""
    left = []
    location = store.load_state_location(target.workspace, target.shard)
    if location is not None and location.backend == "s3":
        left.append(f"the state bucket {state_bucket(target.shard)} and its key, which outlive every destroy")
        if table := lock_table(target.shard):
            left.append(f"the lock table {table}, which others may lock by")
    if target.place.kind == "deployment":
        left.append(
            "secrets of this deployment stay recoverable in Secrets Manager for their window, and hold their names until then: "
            f"a reinstall before that says so, and `planewright seed-secrets {target.name} --purge` frees the names"
        )
    left.append(f"the answers in {target.place.path}, to deploy again")
    return tuple(left)
