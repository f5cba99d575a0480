"""Verification of a rehearsed deployment, by the door that the command takes."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.deploy.reporting import Written, verify_target
from wizard.deploy.site import open_site
from wizard.deploy.target import Target
from wizard.verify.hops import HopState


def verified(target: Target, environ: Mapping[str, str]) -> Written:
    """Verify as somebody in this environment."""
    return verify_target(target, open_site(target, environ=environ).session, on_hop=lambda _hop: None)


def bad_hops(written: Written) -> dict[str, str]:
    """Give the hops that failed or wait, with why."""
    return {hop.key: hop.reason for hop in written.verification.in_state(HopState.FAILED, HopState.WAITING)}
