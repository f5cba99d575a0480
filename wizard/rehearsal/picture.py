"""The latest picture of both accounts, taken anew when something was written to either."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from wizard.rehearsal.embedded import ApiCall
from wizard.rehearsal.model import Network, Service
from wizard.rehearsal.snapshot import Reader

#: Some things change by themselves, such as the state of what was just made.
_OLD_SECONDS = 4.0
#: What a picture shows is in these services, or made through them.
_SHOWN = frozenset({"ec2", "elasticloadbalancing", "route53", "lambda", "rds", "cloudformation"})
_READS = ("Describe", "Get", "List", "Head", "Simulate", "Lookup", "AssumeRole")


class Pictures:
    """Takes pictures, one at a time. `services` says what listens now."""

    def __init__(self, reader: Reader, services: Callable[[], tuple[Service, ...]]) -> None:
        self._reader = reader
        self._services = services
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._writes = 0
        self._taken: tuple[float, int, Network] | None = None

    def saw(self, call: ApiCall) -> None:
        """Take notice of an API call that has taken effect: one that writes makes the picture old, and one that is being taken."""
        if call.service in _SHOWN and not call.action.startswith(_READS):
            self.spoil()

    def spoil(self) -> None:
        """Something else has changed, such as what listens."""
        with self._counting:
            self._writes += 1

    def current(self) -> Network:
        """Give a picture that is older than no write, and a few seconds old at most."""
        with self._lock:
            if self._taken is not None:
                at, writes, network = self._taken
                if writes == self._writes and time.monotonic() - at < _OLD_SECONDS:
                    return network
            return self._take()

    def fresh(self) -> Network:
        """Take a new picture."""
        with self._lock:
            return self._take()

    def _take(self) -> Network:
        at, writes = time.monotonic(), self._writes
        network = self._reader.read(self._services())
        self._taken = (at, writes, network)
        return network
