"""What emitting needs from AWS, resolved once and kept beside the answers: the state's home and the images."""

from __future__ import annotations

from wizard.answers.account import StateBackend
from wizard.blueprints.springtail.facts import StateLocation
from wizard.blueprints.springtail.stacks import INSTANCE
from wizard.deploy import store
from wizard.deploy.site import Site
from wizard.deploy.target import Target


def gather(target: Target, stack: str, site: Site) -> tuple[str, ...]:
    """Make sure of the state's home and, for nodes, of their images. Gives what was made in AWS on the way."""
    made: tuple[str, ...] = ()
    if target.shard.state.backend is StateBackend.LOCAL:
        store.save_state_location(target.workspace, target.shard, StateLocation(backend="local"))
    else:
        from wizard.aws.state_bucket import ensure_state

        ensured = ensure_state(site.session, target.shard)
        store.save_state_location(target.workspace, target.shard, ensured.location)
        made = ensured.made
    if stack == INSTANCE:
        from wizard.aws.pins import resolve_pins

        store.save_pins(target.place, resolve_pins(site.session, target.deployment, store.load_pins(target.place)))
    return made
