"""Looking at hops side by side, each as soon as all that it stands on is known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from queue import Empty, Queue

from wizard.errors import AwsError
from wizard.verify.hops import Hop, HopState
from wizard.verify.outcome import Outcome, Probe
from wizard.verify.path import PlannedHop

#: Hops that are looked at side by side.
AT_ONCE = 8
_BAD = (HopState.FAILED, HopState.WAITING)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a thread hands back: an outcome, or what it raised."""

    planned: PlannedHop
    result: Outcome | BaseException
    seconds: float


def walk(
    path: Sequence[PlannedHop],
    probe: Probe,
    *,
    on_hop: Callable[[Hop], None],
    clock: Callable[[], datetime],
    at_once: int = AT_ONCE,
) -> tuple[Hop, ...]:
    """Look at every hop of the path, at most `at_once` at a time; give them in the path's order.

    `on_hop` is called for each as it becomes known, always from the calling thread. A probe that exceeds its hop's
    `seconds` is left behind and the hop is failed: an answer that does not come is not an answer.
    """
    return _Walker(path, probe, on_hop, clock, at_once).walk()


def under_way(path: Sequence[PlannedHop], seen: Collection[str]) -> tuple[str, ...]:
    """Give the keys of the hops that a walk looks at while those `seen` are known, as far as can be told from outside."""
    ready = (hop.key for hop in path if hop.key not in seen and all(key in seen for key in hop.after))
    return tuple(islice(ready, AT_ONCE))


class _Walker:
    """One walk. All of its state belongs to the calling thread; looking threads only put answers into the queue."""

    def __init__(
        self,
        path: Sequence[PlannedHop],
        probe: Probe,
        on_hop: Callable[[Hop], None],
        clock: Callable[[], datetime],
        at_once: int,
    ) -> None:
        self._path = path
        self._titles = {planned.key: planned.title for planned in path}
        self._probe = probe
        self._on_hop = on_hop
        self._clock = clock
        self._at_once = at_once
        self._left = list(path)
        self._running: dict[str, tuple[PlannedHop, float]] = {}
        self._answers: Queue[_Look] = Queue()
        self._outcomes: dict[str, Outcome] = {}
        self._hops: dict[str, Hop] = {}
        #: Of each hop that could not be judged because of another: the key of the hop to repair.
        self._causes: dict[str, str] = {}

    def walk(self) -> tuple[Hop, ...]:
        while self._left or self._running:
            if not self._start_ready() and not self._running:
                raise ValueError(f"hops that stand on nothing known: {[planned.key for planned in self._left]}")
            if self._running:
                self._await_one()
        return tuple(self._hops[planned.key] for planned in self._path)

    def _start_ready(self) -> bool:
        """Start or settle every hop whose ground is known; tell whether there was one."""
        moved = False
        for planned in [p for p in self._left if all(key in self._hops for key in p.after)]:
            unseeable = self._unseeable(planned)
            if unseeable is not None:
                self._left.remove(planned)
                self._settle(planned, unseeable, 0.0)
                moved = True
            elif len(self._running) < self._at_once:
                self._left.remove(planned)
                self._running[planned.key] = (planned, time.monotonic() + planned.seconds)
                self._look(planned)
                moved = True
        return moved

    def _look(self, planned: PlannedHop) -> None:
        known = dict(self._outcomes)

        def look() -> None:
            began = time.monotonic()
            result: Outcome | BaseException
            try:
                result = self._probe(planned, known)
            except BaseException as error:  # noqa: BLE001 - carried to the walking thread, which judges or raises it
                result = error
            self._answers.put(_Look(planned, result, time.monotonic() - began))

        # A daemon: a read that never returns must not keep the process alive after its hop was given up.
        threading.Thread(target=look, name=f"hop {planned.key}", daemon=True).start()

    def _await_one(self) -> None:
        """Wait for the next answer, or for the nearest deadline."""
        nearest = min(deadline for _, deadline in self._running.values())
        try:
            look = self._answers.get(timeout=max(0.0, nearest - time.monotonic()))
        except Empty:
            now = time.monotonic()
            for planned, _ in [entry for entry in self._running.values() if entry[1] <= now]:
                del self._running[planned.key]
                self._settle(planned, _no_answer(planned), planned.seconds)
            return
        # An answer that comes after its hop was given up is dropped.
        if self._running.pop(look.planned.key, None) is not None:
            self._settle(look.planned, self._excuse(look.planned, _judged(look.result)), look.seconds)

    def _settle(self, planned: PlannedHop, outcome: Outcome, seconds: float) -> None:
        self._outcomes[planned.key] = outcome
        hop = Hop(
            key=planned.key,
            title=planned.title,
            subject=planned.subject,
            state=outcome.state,
            observed_at=self._clock(),
            evidence=outcome.evidence,
            reason=outcome.reason,
            remedy=outcome.remedy,
            waiting_on=outcome.waiting_on,
            seconds=round(seconds, 3),
            commands=outcome.commands,
        )
        self._hops[planned.key] = hop
        self._on_hop(hop)

    def _unseeable(self, planned: PlannedHop) -> Outcome | None:
        """Say why nobody can look at this hop, when something that it needs is bad or was itself not observable."""
        cause = self._first_cause(planned.needs)
        blind = [key for key in planned.needs if self._outcomes[key].state is HopState.NOT_OBSERVABLE]
        if cause is not None:
            self._causes[planned.key] = cause
        elif blind:
            cause = blind[0]
        else:
            return None
        return Outcome(HopState.NOT_OBSERVABLE, reason=self._standing_on(cause), remedy=self._see(cause))

    def _excuse(self, planned: PlannedHop, outcome: Outcome) -> Outcome:
        """Name the first cause of a bad hop, where there is one, instead of showing one more failure."""
        cause = self._first_cause(planned.after)
        if cause is None or outcome.state not in _BAD:
            return outcome
        self._causes[planned.key] = cause
        return Outcome(
            HopState.NOT_OBSERVABLE,
            evidence=(*outcome.evidence, f"as it looks now: {outcome.reason}"),
            reason=self._standing_on(cause),
            remedy=self._see(cause),
            seen=outcome.seen,
        )

    def _first_cause(self, keys: Iterable[str]) -> str | None:
        for key in keys:
            if key in self._causes:
                return self._causes[key]
            if self._outcomes[key].state in _BAD:
                return key
        return None

    def _standing_on(self, key: str) -> str:
        return f"stands on “{self._titles[key]}”, which is {self._outcomes[key].state.word}"

    def _see(self, key: str) -> str:
        return f"see “{self._titles[key]}” first, then verify again"


def _judged(result: Outcome | BaseException) -> Outcome:
    """Turn a read that AWS refused or failed into a hop that could not be observed; anything else is a bug: raise it."""
    if isinstance(result, Outcome):
        return result
    if not isinstance(result, AwsError):
        raise result
    reason = f"{result.title}: {result.cause}" if result.cause else result.title
    remedy = result.action or "verify again; if it stays, look at the subject in the AWS console"
    return Outcome(HopState.NOT_OBSERVABLE, reason=reason, remedy=remedy)


def _no_answer(planned: PlannedHop) -> Outcome:
    return Outcome(
        HopState.FAILED,
        reason=f"no answer within {planned.seconds:.0f} s",
        remedy="verify again; if it stays, look at the subject in the AWS console",
    )
