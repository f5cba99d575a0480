"""The embedded AWS in a process of its own, that remembers who called what and can hold the customer to a policy.

`python -m tests.handoff.cloud`: its first line is the endpoint's URL; each line that it reads it answers with one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from tests.bounded import bounded
from wizard.rehearsal.embedded import CUSTOMER, ApiCall, EmbeddedAws, Hooks, environment


class _Watching(Hooks):
    def __init__(self) -> None:
        self.calls: list[str] = []
        self.allowed: set[str] | None = None

    def allows(self, call: ApiCall) -> bool:
        if call.account != CUSTOMER:
            return True
        self.calls.append(call.permission)
        # AWS tells everybody who they are.
        return self.allowed is None or call.permission in {*self.allowed, "sts:GetCallerIdentity"}


def main() -> None:
    """Serve until the standard input ends."""
    hooks = _Watching()
    with EmbeddedAws(hooks) as aws:
        print(aws.endpoint_url, flush=True)
        for line in sys.stdin:
            wanted = json.loads(line)
            if wanted.get("reset"):
                aws.reset()
            hooks.allowed = set(wanted["allowed"]) if wanted.get("allowed") is not None else None
            said = {"calls": hooks.calls, "failures": aws.failures, "unimplemented": aws.unimplemented}
            hooks.calls = []
            print(json.dumps(said), flush=True)


class Cloud:
    """A test's hold on it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.handoff.cloud"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        with bounded(self._process):
            self.endpoint_url = self._process.stdout.readline().strip()

    def tell(self, *, reset: bool = False, allowed: set[str] | None = None) -> dict[str, list[str]]:
        """Hold the customer to these actions, or to none; give what was called since the last time, and what broke."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wanted = {"reset": reset, "allowed": None if allowed is None else sorted(allowed)}
        with bounded(self._process):
            self._process.stdin.write(json.dumps(wanted) + "\n")
            self._process.stdin.flush()
            said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def environ(self, account: str) -> dict[str, str]:
        """The environment of somebody in an account."""
        return environment(self.endpoint_url, account, "us-east-1")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        with bounded(self._process):
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


if __name__ == "__main__":
    main()
