"""Carrying a shown plan out while screens come and go: start, take up again, hand over. Blocks; knows no screen."""

from __future__ import annotations

from wizard import contracts
from wizard.blueprints.springtail.stacks import OUTPUTS
from wizard.deploy import flow, store
from wizard.deploy.exclusive import exclusive, require_idle
from wizard.deploy.flow import Concluded, Planned
from wizard.deploy.site import Site
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.engine.follow import result_of
from wizard.engine.runs import Run
from wizard.workspace import Place

UNSETTLED = (
    "who started this run did not live to settle it: the next plan may show harmless changes, which its apply settles"
)


def alive(place: Place) -> Run | None:
    """Give the newest run of an object that still goes on."""
    return next((run for run in runs.listed(place.runs) if run.alive()), None)


def start(planned: Planned, site: Site) -> Run:
    """Start the apply of the plan that was shown, unless another command works on the object. It goes on by itself."""
    with exclusive(planned.target.place):
        return flow.start(planned, site, how="asked")


def conclude(planned: Planned) -> Concluded:
    """Read and keep what the apply hands over, and settle what was applied."""
    with exclusive(planned.target.place):
        return flow.conclude(planned)


def take_over(target: Target, run: Run, site: Site) -> Concluded | None:
    """Hand over for whoever started an apply and did not live to; None when it was done meanwhile."""
    stack = run.request.stack
    with exclusive(target.place):
        if handed_over(target.place, run):
            return None
        require_idle(target, stack)
        outputs = contracts.read(OUTPUTS[stack], stack, site.stack_engine(target, stack).outputs())
        store.save_contract(target.place, stack, outputs)
    return Concluded(outputs, 0, (), UNSETTLED)


def handed_over(place: Place, run: Run) -> bool:
    """Whether nothing is left to hand over: the outputs of an apply that succeeded were kept after it ended.

    A destroy, and the settling after an apply, have nothing to hand over.
    """
    result, plan = result_of(run), run.request.plan_run
    if plan is None or result is None or result.ended is None or result.outcome != "succeeded":
        return True
    if not (place.runs / plan / "request.json").exists() or runs.load(place.runs / plan).request.action != "plan":
        return True
    later = runs.latest(place.runs, stack=run.request.stack, actions=("apply",))
    if later is not None and later.id != run.id:  # what a later apply hands over is newer
        return True
    contract = place.contract(run.request.stack)
    return contract.exists() and contract.stat().st_mtime >= result.ended.timestamp()
