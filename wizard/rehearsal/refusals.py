"""What the API itself refuses: calls that are throttled, denied, or made with credentials that have expired."""

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
    access_key: str

    def covers(self, call: ApiCall) -> bool:
        return (
            self.left != 0
            and self.account == call.account
            and self.access_key in ("", call.access_key)
            and self.permission in ("*", f"{call.service}:*", call.permission)
        )


class Refusals:
    """What the embedded AWS refuses. Calls of the rehearsal itself (`spared` access keys) are never refused."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._spared: set[str] = set()
        self._lock = threading.Lock()

    def spare(self, access_key: str) -> None:
        """Never refuse this access key."""
        self._spared.add(access_key)

    def refuse(
        self, permission: str, refusal: Refusal, *, account: str, times: int | None = None, access_key: str = ""
    ) -> None:
        """Refuse calls by IAM action (`ec2:CreateVpc`, `ec2:*`, `*`): always, or the next `times` calls.

        `access_key` narrows it to who calls with it.
        """
        with self._lock:
            self._orders.append(_Order(permission, account, refusal, times, access_key))

    def lift(self, code: str) -> None:
        """Refuse nothing any more with this error code."""
        with self._lock:
            self._orders = [order for order in self._orders if order.refusal.code != code]

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
                if order.covers(call):
                    if order.left is not None:
                        order.left -= 1
                    return order.refusal
        return None
