"""The embedded AWS in a process of its own, told by lines of JSON which faults to have.

`python -m tests.live.server`: its first line is the endpoint's URL; each line that it reads it answers with one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from tests.bounded import bounded
from wizard.rehearsal.embedded import ApiCall, EmbeddedAws, Hooks, Refusal


class _Told(Hooks):
    """Hooks that were told."""

    def __init__(self) -> None:
        self.tell({})

    def tell(self, wanted: dict[str, Any]) -> None:
        self.denied_actions = frozenset(wanted.get("denied_actions", ()))
        self.quotas = dict(wanted.get("quotas", {}))
        self.unapplied_quotas = frozenset(wanted.get("unapplied_quotas", ()))
        self.refusals = {name: Refusal(**refusal) for name, refusal in wanted.get("refusals", {}).items()}

    def refuse(self, call: ApiCall) -> Refusal | None:
        return self.refusals.get(call.permission)


def main() -> None:
    """Serve until the standard input ends."""
    hooks = _Told()
    with EmbeddedAws(hooks) as aws:
        print(aws.endpoint_url, flush=True)
        for line in sys.stdin:
            wanted = json.loads(line)
            if wanted.get("reset"):
                aws.reset()
            hooks.tell(wanted)
            print(json.dumps({"failures": aws.failures, "unimplemented": aws.unimplemented}), flush=True)


class Server:
    """A test's hold on it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        with bounded(self._process):
            self.endpoint_url = self._process.stdout.readline().strip()

    def tell(self, *, reset: bool = False, **faults: Any) -> dict[str, list[str]]:
        """Set the faults, all others off; give what the server broke on so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with bounded(self._process):
            self._process.stdin.write(json.dumps({"reset": reset, **faults}) + "\n")
            self._process.stdin.flush()
            answer: dict[str, list[str]] = json.loads(self._process.stdout.readline())
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with bounded(self._process):
            self._process.communicate()


if __name__ == "__main__":
    main()
