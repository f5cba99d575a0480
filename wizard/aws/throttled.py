"""Calls that AWS turned away because there were too many of them, and that were made again: a success after that says so."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from wizard.aws.errors import THROTTLED_CODES


class Throttled:
    """Counts, for all clients of a session, how often each call was turned away."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def listen_to(self, client: Any) -> None:
        """Hear of every attempt of a client's calls, before botocore decides whether to make another."""
        client.meta.events.register_first("needs-retry", self._heard)

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each call was turned away so far, by its name (`DescribeVpcs`)."""
        with self._lock:
            return dict(self._counts)

    @property
    def told(self) -> str:
        """One sentence; empty when no call was turned away."""
        counts = self.counts
        if not counts:
            return ""
        calls = ", ".join(f"{name} {count} ×" for name, count in sorted(counts.items()))
        return f"AWS limited the rate of calls; they were made again, with growing pauses: {calls}"

    def _heard(self, response: Any = None, operation: Any = None, **_: Any) -> None:
        # Gives None: whether there is another attempt is botocore's to decide.
        code = str(response[1].get("Error", {}).get("Code", "")) if response else ""
        if code in THROTTLED_CODES:
            with self._lock:
                self._counts[operation.name] += 1
