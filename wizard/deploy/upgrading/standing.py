"""Where an upgrade stands: what is next, by what was begun and what is observed to be left; what an abandoned one leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wizard.deploy.upgrading.record import Upgrade, Walked
from wizard.upgrades.steps import Act, Gate, Step


@dataclass(frozen=True, slots=True)
class Standing:
    """The upgrade with its steps as they are now, and the next of them; None when nothing is left.

    `write`: what the next step sets is still to be kept. It is not for a step that was begun and that nobody observes to
    be left any more: what it sets is true, and what is left of it are its acts and gates.
    """

    upgrade: Upgrade
    next: Walked | None
    write: bool = True


def standing(upgrade: Upgrade, left: tuple[Step, ...]) -> Standing:
    """Put together what was begun and what is `left` now, which is all that is true of the rest."""
    done = tuple(walked for walked in upgrade.steps if walked.done)
    half = upgrade.current
    fresh = next((step for step in left if half is not None and step.key == half.step.key), None)
    # One that has touched nothing: where it is not left any more, nothing is left of it.
    if half is None or (fresh is None and not half.touched):
        steps = tuple(Walked(step=step) for step in left)
        return Standing(upgrade.model_copy(update={"steps": (*done, *steps)}), next(iter(steps), None))
    if half.touched:
        half = half.model_copy(update={"step": _gone_on(half.step, fresh)})
    elif fresh is not None:
        half = half.model_copy(update={"step": fresh})
    rest = tuple(Walked(step=step) for step in left if step.key != half.step.key)
    return Standing(upgrade.model_copy(update={"steps": (*done, half, *rest)}), half, write=fresh is not None)


def _gone_on(begun: Step, now: Step | None) -> Step:
    """Give a step that has touched something as it is wanted `now`, with all that it was begun with to have it back.

    What it stopped is not seen to serve any more: worked out anew, it would start nothing and look at nothing. What is
    stopped after the apply is what is worked out now alone: a node that was started again since is not stopped twice.
    """
    after = tuple(act for act in begun.after if act.verb != "stop")
    if now is None:
        return replace(begun, after=after)
    return replace(
        now,
        why=begun.why,
        before=_both(now.before, begun.before),
        after=_both(now.after, after),
        gates=_gates(begun.gates, now.gates),
    )


def _both(now: tuple[Act, ...], begun: tuple[Act, ...]) -> tuple[Act, ...]:
    return (*now, *(act for act in begun if act not in now))


def _gates(begun: tuple[Gate, ...], now: tuple[Gate, ...]) -> tuple[Gate, ...]:
    """Give what is to be seen now, and every hop that was to be seen. What a node is to run is what is wanted now."""
    were = {gate.key: gate for gate in begun}
    named = {gate.key for gate in now}
    return (
        *(_hops(were[gate.key], gate) if gate.key in were else gate for gate in now),
        *(gate for gate in begun if gate.key not in named),
    )


def _hops(begun: Gate, now: Gate) -> Gate:
    if now.kind != "hop":
        return now
    return replace(now, wanted=(*now.wanted, *(hop for hop in begun.wanted if hop[0] not in dict(now.wanted))))


def halfway(upgrade: Upgrade) -> tuple[str, ...]:
    """Say what is half-way of an upgrade, for who gives it up or finds it."""
    return tuple(_halfway(upgrade))


def _halfway(upgrade: Upgrade) -> Iterator[str]:
    total = len(upgrade.steps)
    yield f"{upgrade.done} of {total} {'step' if total == 1 else 'steps'} done"
    half = upgrade.current
    if half is not None:
        yield from _of(half)
    for walked in upgrade.steps:
        if walked.begun_at is None:
            yield f"not begun: {walked.step.title}"


def _of(walked: Walked) -> Iterator[str]:
    title = walked.step.title
    if walked.applied:
        yield f"applied, and not seen to its end: {title}"
    elif walked.run:
        yield f"an apply was started and is not known to have succeeded (run {walked.run}): {title}"
    else:
        yield f"begun and not applied: {title}"
    if walked.stopped and not walked.started:
        for act in walked.step.before:
            yield f"  was given before the apply: {act}{'' if walked.ready else ', perhaps not to its end'}"
        for act in walked.step.after:
            yield f"  not known to be given after it: {act}"
    for gate in walked.step.gates:
        said = dict(walked.seen).get(gate.key)
        yield f"  not seen: {gate.says}{f' (last: {said})' if said else ''}"
