"""Many asks at once: each in a thread of its own, until all are read or the deadline has come."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from wizard.aws.facts.failures import unread
from wizard.aws.facts.readers import Reader, readers
from wizard.aws.session import AwsSession
from wizard.errors import PlanewrightError
from wizard.facts.asking import Ask, Read, Reading, Reason, Side, Unread

#: Within this many seconds a check ends, whatever AWS does.
DEADLINE_S = 20.0

Answer = tuple[Ask[Any], Reading[Any]]


def gather(
    sessions: Mapping[Side, AwsSession],
    asks: Iterable[Ask[Any]],
    *,
    deadline_s: float = DEADLINE_S,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Answer]:
    """Read every ask and give each as it comes; what is not there by the deadline is unread, because of it.

    A reader that hangs is left behind: its thread is a daemon, and its own timeouts end it.
    """
    by = readers()
    waiting = dict.fromkeys(asks)
    done: queue.SimpleQueue[tuple[Ask[Any], Reading[Any] | Exception]] = queue.SimpleQueue()
    until = time.monotonic() + deadline_s
    for ask in waiting:
        work = _Work(ask, sessions.get(ask.side), by[type(ask)], done, now)
        threading.Thread(target=work.run, name=f"fact {ask.kind}", daemon=True).start()
    while waiting:
        try:
            ask, answer = done.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        if isinstance(answer, Exception):  # a bug of a reader, and not for a thread to swallow
            raise answer
        del waiting[ask]
        yield ask, answer
    for ask in waiting:
        said = f"no answer within {deadline_s:g} s"
        yield ask, Unread(Reason.TIMEOUT, now(), _source(ask, sessions.get(ask.side)), said)


class _Work:
    """One ask being read."""

    def __init__(
        self,
        ask: Ask[Any],
        session: AwsSession | None,
        reader: Reader,
        done: queue.SimpleQueue[tuple[Ask[Any], Reading[Any] | Exception]],
        now: Callable[[], datetime],
    ) -> None:
        self._ask, self._session, self._reader, self._done, self._now = ask, session, reader, done, now

    def run(self) -> None:
        """Read, and hand over what came of it."""
        try:
            self._done.put((self._ask, self._read()))
        except Exception as error:  # noqa: BLE001 - carried over to the thread that waits, and raised there
            self._done.put((self._ask, error))

    def _read(self) -> Reading[Any]:
        source = _source(self._ask, self._session)
        if self._session is None:
            return Unread(Reason.CREDENTIALS, self._now(), source, f"there is no session of the {self._ask.side}'s")
        try:
            value = self._reader(self._session, self._ask)
        except (ClientError, BotoCoreError, PlanewrightError) as error:
            return unread(error, source=source, at=self._now())
        return Read(value, self._now(), source)


def _source(ask: Ask[Any], session: AwsSession | None) -> str:
    return f"{ask.permissions[0]} {getattr(ask, 'region', '') or (session.region if session else '')}".rstrip()
