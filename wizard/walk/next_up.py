"""What is to be done now, and where: decided like somebody who sits on the call. Pure.

shard      plan ─► apply ─► its deployments
private    plan, apply instance ─► secrets ─► the customer accepts ─► plan, apply link ─► verify ─► report
public     plan, apply instance ─► secrets ─► the customer's part ─► verify ─► report

With a package among the answers Springtail is prepared and started once the path is verified, and verified once more.
"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.blueprints.springtail.stacks import INSTANCE, LINK
from wizard.deploy.last_verification import LastVerification
from wizard.walk.finished import CUSTOMER, Progress, Seeded, Stand
from wizard.walk.steps import ASKING, Step, steps_of

#: The key of each step, in the rail's order.
KEYS = "1234567890"


@dataclass(frozen=True, slots=True)
class Situation:
    """Where one is, and what is known of the object.

    `held` says why the answers cannot be made final, empty when they can; `held_at` is the step to mend it at.
    `changed`: the draft says something else than the saved answers. `offered` names the stack whose plan was looked at and
    waits to be applied. `accepted` is what a look at the customer's side saw: all their peerings active or not, None
    while nobody has looked.
    """

    here: Step
    progress: Progress
    held: str = ""
    held_at: Step = Step.REVIEW
    changed: bool = False
    offered: str = ""
    accepted: bool | None = None


@dataclass(frozen=True, slots=True)
class Up:
    """What is to be done now. `done` says what is behind, `todo` what comes, `how` which key does it at `step`.

    `stack` is the one that it is about; `waits`: one may go on meanwhile, since others have their turn or time to spare.
    """

    step: Step
    todo: str
    how: str = ""
    done: str = ""
    stack: str = ""
    waits: bool = False


def up(situation: Situation) -> Up:
    """Decide what is to be done now."""
    progress = situation.progress
    if progress.running:
        return _running(progress)
    if situation.held:
        return Up(situation.held_at, f"the answers are not final: {situation.held}")
    if situation.changed:
        return Up(Step.REVIEW, "make the answers final", "n does, and goes on to the plan")
    if not progress.stands:  # it is not read yet
        return Up(situation.here, "", waits=True)
    return _built(situation)


def _built(situation: Situation) -> Up:
    """Decide with answers that are final and stacks that are known."""
    progress = situation.progress
    for stack, stand in progress.stands.items():
        if stack == LINK and stand is Stand.TO_PLAN and progress.seeded is Seeded.UNKNOWN and not situation.offered:
            return _secrets()
        if stand is not Stand.APPLIED:
            return _of_stack(situation, stack, stand)
    return _shard(progress) if progress.kind == "shard" else _proof(situation)


def following(situation: Situation, now: Up) -> Step | None:
    """Give the step that Next leads to; None when what is to be done now is to be done right here, or here is the end."""
    steps = steps_of(situation.progress.kind)
    here = situation.here
    after = steps[steps.index(here) + 1] if here is not steps[-1] else None
    if steps.index(here) <= steps.index(Step.REVIEW):
        return after
    report = here is Step.VERIFY and situation.progress.report
    if now.step is not here:
        return after if report and now.waits else now.step
    return after if now.waits or report else None


def line(situation: Situation, now: Up) -> str:
    """Say it in one line, with the key that leads there."""
    here = situation.here
    behind = f"{now.done}. " if now.done else ""
    after = following(situation, now)
    asked = here in ASKING and (situation.held or now.step is Step.REVIEW)
    if asked or not now.todo:
        return f"Next: {after.label} (n)" if after is not None else ""
    if now.step is here:
        return f"{behind}Now: {told(now)}"
    leads = "n" if after is now.step else key_of(situation.progress.kind, now.step)
    return f"{behind}Next: {now.todo}: {now.step.label} ({leads})"


def told(now: Up) -> str:
    """Say what is to be done and which key does it, at the step where it is done."""
    return f"{now.todo}: {now.how}" if now.how else now.todo


def key_of(kind: str, step: Step) -> str:
    """Give the key that leads to a step."""
    return KEYS[steps_of("shard" if kind == "shard" else "deployment").index(step)]


def _running(progress: Progress) -> Up:
    return Up(Step.APPLY, f"a run of {progress.running} goes on", "it does if you leave, too; c stops it")


def _of_stack(situation: Situation, stack: str, stand: Stand) -> Up:
    """Decide for the first stack that is not applied as the answers are."""
    progress = situation.progress
    behind = _behind(progress)
    if stand is Stand.LEFT:
        return Up(Step.APPLY, "take its outputs over", "o reads and keeps them", f"{stack} is applied", stack)
    if situation.offered == stack:
        return Up(Step.APPLY, f"apply {stack}", "a does, after a yes", f"{stack} is planned", stack)
    if stack == INSTANCE and not progress.shard_applied:
        there = "Esc leads to the deployments"
        return Up(Step.PLAN, f"shard {progress.shard} comes first", there, stack=stack)
    if stack == LINK and stand is Stand.TO_PLAN and not situation.accepted:
        return Up(
            Step.HANDOFF,
            f"the customer accepts {'the peering' if progress.peered else 'our endpoint'}",
            "^y copies the list",
            behind,
            stack,
            waits=True,
        )
    if stand is Stand.FAILED:
        behind = f"a run of {stack} failed"
    elif stand is Stand.CHANGED:
        behind = f"{stack} is not as answered"
    elif stack == LINK:
        behind = "the peering is active" if progress.peered else "our endpoint is accepted"
    return Up(Step.PLAN, f"plan {stack}", "m makes it, a hands it on", behind, stack)


def _behind(progress: Progress) -> str:
    before = [name for name, stand in progress.stands.items() if stand is Stand.APPLIED]
    if before and progress.seeded is Seeded.MISSING:
        return f"secret empty ({key_of(progress.kind, Step.APPLY)})"
    return f"{' and '.join(before)} {'are' if len(before) > 1 else 'is'} applied" if before else ""


def _secrets() -> Up:
    how = "s puts each where the nodes fetch it"
    return Up(Step.APPLY, "the secrets", how, f"{INSTANCE} is applied", INSTANCE, waits=True)


def _shard(progress: Progress) -> Up:
    done = f"{progress.shard} is applied"
    return Up(Step.APPLY, "deployments can stand on it", "Esc leads to their list", done, waits=True)


def _proof(situation: Situation) -> Up:
    """Decide once every stack is applied."""
    progress, seen = situation.progress, situation.progress.proof
    if seen is None:
        return _unproven(situation)
    if seen.failed:
        hops = "hop has" if seen.failed == 1 else "hops have"
        return Up(Step.VERIFY, "mend it and look again", "v looks", f"{seen.failed} {hops} failed")
    if CUSTOMER in seen.waiting_on:
        how = "the list says what; then verify again"
        return Up(Step.HANDOFF, "their part", how, "hops wait on the customer", waits=True)
    if seen.waiting_on:
        return Up(Step.VERIFY, "look again in a while", "v looks", f"hops wait on {' and '.join(seen.waiting_on)}")
    if seen.verified and (progress.report or _unstarted(seen)):
        return _verified(seen)
    return Up(Step.VERIFY, "look again", "v looks at every hop", "nothing could be seen of the path")


def _unproven(situation: Situation) -> Up:
    progress = situation.progress
    if progress.seeded is Seeded.UNKNOWN:
        return _secrets()
    if LINK not in progress.stands and situation.here in {Step.PLAN, Step.APPLY}:
        return Up(Step.HANDOFF, "what the customer does", "", _behind(progress), waits=True)
    return Up(Step.VERIFY, "verify the path", "v looks at every hop", _behind(progress))


def _unstarted(seen: LastVerification) -> bool:
    """Whether there is a package, and its services were never started: what leads to them is proven then."""
    return seen.services == "not_observable"


def _verified(seen: LastVerification) -> Up:
    done = "the path is verified"
    if _unstarted(seen):
        return Up(Step.VERIFY, "start Springtail", "s prepares it, then starts it", done, waits=True)
    return Up(Step.REPORT, "the report", "^y copies it, ^o its path", done, waits=True)
