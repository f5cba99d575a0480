"""`python -m wizard.deploy.waiting.waiter WAIT`: waits for the customer, belongs to no terminal, and writes down how it ends.

It opens its own session, by the environment that it was started with, and another one once a look has failed: a login that
ended and was made again counts from the next look on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from wizard.deploy.waiting.records import End, Look, Process, Request, Wait
from wizard.engine.processes import host, started
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from wizard.aws.session import AwsSession


def main(arguments: list[str]) -> int:
    """Step out of the caller's sight, and tell by the exit code whether somebody waits now."""
    path = Path(arguments[0])
    request = Request.read(path / "request.json")
    if request is None:
        return 1
    ready, tell = os.pipe()
    if os.fork():
        # The caller waits for this process alone: no zombie of ours is left with it.
        os.close(tell)
        return 0 if os.read(ready, 1) else 1
    os.close(ready)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _wait(Wait(path, request), tell)
    return 0


def _wait(wait: Wait, tell: int) -> None:
    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGTERM, end)
    Process(host(), os.getpid(), started(os.getpid()) or "").write(wait.path / "process.json")
    os.write(tell, b"1")
    os.close(tell)
    try:
        _watch(wait, over).write(wait.path / "result.json")
    except BaseException as error:
        # A bug, or a disk that is full: whoever asks is told that nobody waits any more, and where to look.
        why = f"the waiter broke: {type(error).__name__}: {error}"
        End("failed", _now(), why, f"look into {wait.log}").write(wait.path / "result.json")
        raise


def _watch(wait: Wait, over: threading.Event) -> End:
    from wizard.deploy.customer_side import Seen, look
    from wizard.deploy.target import open_target
    from wizard.deploy.waiting.carrying import carry_out
    from wizard.deploy.waiting.watching import watch
    from wizard.workspace import Workspace

    sessions: list[AwsSession] = []

    def seen() -> Seen:
        from wizard.aws.session import BRISK, open_session, require_account

        target = open_target(Workspace(Path(wait.request.workspace)), wait.request.object_name)
        if not sessions:
            session = open_session(target.shard.account, environ=os.environ, patience=BRISK)
            require_account(session.identity(), target.shard.account)
            sessions.append(session)
        try:
            return look(target, sessions[0])
        except PlanewrightError:
            sessions.clear()  # its credentials may have ended: the next look opens another
            raise

    def nap(seconds: float) -> None:
        over.wait(seconds)

    def carried_out() -> str | None:
        # From here on the run is what is cancelled, by its own means: this only follows it.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        run = carry_out(wait.request, os.environ)
        if run is None:
            signal.signal(signal.SIGTERM, lambda *_: over.set())
        return run

    def note(look: Look) -> None:
        look.write(wait.path / "look.json")

    return watch(
        wait.request,
        look=seen,
        carry_out=carried_out,
        note=note,
        sleep=nap,
        cancelled=over.is_set,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
