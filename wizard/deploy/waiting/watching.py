"""When a wait goes on, when it ends, and in what: decided look by look. Knows neither AWS nor the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from wizard.deploy.customer_side import Seen, is_peering
from wizard.deploy.waiting.records import End, Look, Request
from wizard.errors import PlanewrightError
from wizard.verify.hops import HopState

#: Seconds between two looks.
APART_S: Final = 30.0


class Turn(Enum):
    """What a look means for who waits."""

    STILL = "it is their turn"
    TURNED = "every acceptance was seen"
    OVER = "it can never be accepted"


@dataclass(frozen=True, slots=True)
class Judged:
    """A look, judged: what was seen of each acceptance; why it is over, and what to do then."""

    turn: Turn
    seen: tuple[str, ...]
    why: str = ""
    action: str = ""


def judge(seen: Seen) -> Judged:
    """Judge a look. One request that is dead ends the wait: the others alone will not do."""
    hops = [hop for hop in seen.hops if is_peering(hop.key)]
    told = tuple("; ".join(hop.evidence) or hop.reason or hop.state.value for hop in hops)
    dead = next((hop for hop in hops if hop.state is HopState.FAILED), None)
    if dead is not None:
        return Judged(Turn.OVER, told, dead.reason, dead.remedy)
    if not hops:
        return Judged(Turn.OVER, told, "there is nothing that a customer could accept", "planewright status tells more")
    turned = all(hop.state is HopState.PASSED for hop in hops)
    return Judged(Turn.TURNED if turned else Turn.STILL, told)


def watch(
    request: Request,
    *,
    look: Callable[[], Seen],
    carry_out: Callable[[], str | None],
    note: Callable[[Look], None],
    sleep: Callable[[float], None],
    cancelled: Callable[[], bool],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> End:
    """Look again and again, and carry out the plan once every acceptance was seen. Gives how it ended.

    `carry_out` gives the id of the run, or None where nothing was begun (another command works on the object just now, AWS
    gave a check no answer): it is tried again then. A look that fails (a login that has ended, a network that is down) ends nothing: the next may succeed.
    """
    while not cancelled():
        now = clock()
        judged = _judged(look, note, now)
        if judged is not None and judged.turn is Turn.OVER:
            return End("given up", now.isoformat(), judged.why, judged.action)
        if judged is not None and judged.turn is Turn.TURNED:
            try:
                run = carry_out()
            except PlanewrightError as error:
                why = f"{error.title}{f': {error.cause}' if error.cause else ''}"
                return End("failed", clock().isoformat(), why, error.action)
            if run is not None:
                return End("applied", clock().isoformat(), run=run)
        if now >= request.ends:
            return End(
                "given up",
                now.isoformat(),
                "nobody accepted it in the time in which it could be",
                f"planewright apply {request.object_name} --wait, once there is a request that can be accepted",
            )
        sleep(APART_S)
    return End("cancelled", clock().isoformat(), "somebody said so: nothing was applied")


def _judged(look: Callable[[], Seen], note: Callable[[Look], None], now: datetime) -> Judged | None:
    try:
        judged = judge(look())
    except PlanewrightError as error:
        trouble = f"cannot look: {error.title}{f' ({error.cause})' if error.cause else ''}"
        note(Look(now.isoformat(), (), trouble))
        return None
    note(Look(now.isoformat(), judged.seen))
    return judged
