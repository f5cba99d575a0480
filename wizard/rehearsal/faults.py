"""Faults of the API itself: calls that are throttled, denied, or made with credentials that have expired.

Every other fault is a change of AWS's or PostgreSQL's state through their own APIs.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from wizard.rehearsal.embedded import ApiCall, Refusal


@dataclass(slots=True)
class _Order:
    permission: str
    account: str
    refusal: Refusal
    left: int | None


class Faults:
    """What the embedded AWS refuses. Calls of the rehearsal itself (`spared` access keys) are never refused."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._spared: set[str] = set()
        self._lock = threading.Lock()

    def spare(self, access_key: str) -> None:
        """Never refuse this access key."""
        self._spared.add(access_key)

    def refuse(self, permission: str, refusal: Refusal, *, account: str, times: int | None = None) -> None:
        """Refuse calls by IAM action (`ec2:CreateVpc`, `ec2:*`, `*`): always, or the next `times` calls."""
        with self._lock:
            self._orders.append(_Order(permission, account, refusal, times))

    def clear(self) -> None:
        """Refuse nothing any more."""
        with self._lock:
            self._orders.clear()

    def judge(self, call: ApiCall) -> Refusal | None:
        """Say why this call is refused, if it is."""
        if call.access_key in self._spared:
            return None
        with self._lock:
            for order in self._orders:
                if order.left != 0 and order.account == call.account and _covers(order.permission, call):
                    if order.left is not None:
                        order.left -= 1
                    return order.refusal
        return None


def _covers(permission: str, call: ApiCall) -> bool:
    return permission in ("*", f"{call.service}:*", call.permission)
