"""From what the workspace knows to a stack's files: the generators, given their inputs. Reads, never writes."""

from __future__ import annotations

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.facts import Pins
from wizard.contracts import Contract
from wizard.deploy import store
from wizard.deploy.target import Target


def render(
    target: Target, stack: str, contract: Contract | None, *, pins: Pins | None = None, same_lock: bool = False
) -> dict[str, bytes]:
    """Give the files of a stack by path. What is not known yet is left open, and the engine says so if asked to plan.

    `pins` are images that were resolved just now; else those that are kept. With `same_lock` the state is locked as it was
    by the files that are there, whatever the answers say now.
    """
    from generators.springtail import deployment_files, shard_files

    state = store.load_state_location(target.workspace, target.shard)
    if state is not None and same_lock:
        state = store.locked_location(target.place, stack, state)
    if isinstance(target.answers, ShardAnswers):
        return shard_files(target.shard, state=state)
    return deployment_files(
        target.deployment,
        target.shard,
        stack,
        pins=pins or store.load_pins(target.place),
        contract=contract,
        state=state,
    )
