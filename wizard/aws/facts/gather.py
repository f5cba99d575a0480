"""Many asks at once, until all are read or the deadline has come.

Each service has a few workers, and each worker soon a connection of its own that it keeps: to open one costs two round
trips, and CPU to read the bundle of certificate authorities; more workers would make a round slower, not faster.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from wizard.aws.facts.failures import ERRORS, UNREADABLE, unread
from wizard.aws.facts.readers import Reader, readers
from wizard.aws.session import AwsSession
from wizard.facts.asking import Ask, Read, Reading, Reason, Side, Unread

#: Within this many seconds a check ends, whatever AWS does.
DEADLINE_S = 20.0
#: Workers of one service.
WORKERS = 8
#: Once nothing has come for so many seconds, what waits for a worker gets one of its own: those there are hang.
STALLED_S = 1.0

Answer = tuple[Ask[Any], Reading[Any]]
Sessions = Mapping[Side, AwsSession]


def gather(
    sessions: Sessions,
    asks: Iterable[Ask[Any]],
    *,
    deadline_s: float = DEADLINE_S,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Answer]:
    """Read every ask and give each as it comes; what is not there by the deadline is unread, because of it.

    A reader that hangs is left behind: its thread is a daemon, and its own timeouts end it. A reader's bug is raised,
    but only once all others have been given.
    """
    waiting = set(asks)
    until = time.monotonic() + deadline_s
    round_ = _Round(sessions, readers(), now)
    bugs: list[Exception] = []
    round_.start(waiting)
    try:
        while waiting and (left := until - time.monotonic()) > 0:
            try:
                ask, answer = round_.done.get(timeout=min(left, STALLED_S))
            except queue.Empty:
                round_.hurry()
                continue
            waiting.discard(ask)
            if isinstance(answer, Exception):
                answer.add_note(f"while reading {ask}")
                bugs.append(answer)
            else:
                yield ask, answer
    finally:
        round_.stop()  # also when whoever listens was interrupted
    for ask in waiting:
        source = _source(ask, sessions.get(ask.side))
        yield ask, Unread(Reason.TIMEOUT, now(), source, f"no answer within {deadline_s:g} s")
    for bug in bugs:
        raise bug


@dataclass(slots=True)
class _Round:
    """Asks that wait for a worker, by service, and the workers that take them."""

    sessions: Sessions
    readers: Mapping[type[Ask[Any]], Reader]
    now: Callable[[], datetime]
    done: queue.SimpleQueue[tuple[Ask[Any], Reading[Any] | Exception]] = field(default_factory=queue.SimpleQueue)
    _lanes: dict[tuple[Side, str], deque[Ask[Any]]] = field(default_factory=lambda: defaultdict(deque))

    def start(self, asks: Iterable[Ask[Any]]) -> None:
        """Give each service its workers. Every kind of ask comes to its turn early, so that one that hangs hides few."""
        for ask in _in_turns(asks):
            self._lanes[ask.side, ask.permissions[0].partition(":")[0]].append(ask)
        for lane in self._lanes.values():
            self._work(lane, min(len(lane), WORKERS))

    def hurry(self) -> None:
        """Give everything that waits a worker of its own."""
        for lane in self._lanes.values():
            self._work(lane, len(lane))

    def stop(self) -> None:
        """Let no worker begin with another ask."""
        for lane in self._lanes.values():
            lane.clear()

    def _work(self, lane: deque[Ask[Any]], workers: int) -> None:
        for _ in range(workers):
            threading.Thread(target=self._take, args=(lane,), name="facts", daemon=True).start()

    def _take(self, lane: deque[Ask[Any]]) -> None:
        while True:
            try:
                ask = lane.popleft()
            except IndexError:
                return
            try:
                self.done.put((ask, self._read(ask)))
            except Exception as bug:  # noqa: BLE001 - carried over to the thread that waits, and raised there
                self.done.put((ask, bug))

    def _read(self, ask: Ask[Any]) -> Reading[Any]:
        session = self.sessions.get(ask.side)
        source = _source(ask, session)
        if session is None:
            return Unread(Reason.CREDENTIALS, self.now(), source, f"there is no session of the {ask.side}'s")
        try:
            value = self._value(session, ask)
        except ERRORS as error:
            return unread(error, source=source, at=self.now(), permissions=ask.permissions)
        return Read(value, self.now(), source)

    def _value(self, session: AwsSession, ask: Ask[Any]) -> Any:
        reader = self.readers[type(ask)]
        try:
            return reader(session, ask)
        except UNREADABLE:  # botocore does not try this again; what only looks may
            return reader(session, ask)


def _in_turns(asks: Iterable[Ask[Any]]) -> list[Ask[Any]]:
    """Order asks so that each kind's first come before any kind's second."""
    kinds: dict[str, list[Ask[Any]]] = defaultdict(list)
    for ask in sorted(asks, key=repr):
        kinds[ask.kind].append(ask)
    return [ask for turn in zip_longest(*kinds.values()) for ask in turn if ask is not None]


def _source(ask: Ask[Any], session: AwsSession | None) -> str:
    return f"{ask.permissions[0]} {getattr(ask, 'region', '') or (session.region if session else '')}".rstrip()
