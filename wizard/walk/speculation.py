"""What is made ahead while the operator still types and reads: the provider, and where it is possible the plan itself.

    settled answers ─► emitted aside ─► init ─► plan without the state's lock ─► kept for two minutes
    `m` ─► checks, files, init as always ─► is it a plan of the very same? ─► taken over, or made anew

Nothing here changes anything: it works in a folder of its own below `.planewright`, makes no state bucket, takes no lock,
asks nobody anything and says nothing. What goes wrong here goes wrong again, in words, where it counts. See docs/planning.md.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.engine.processes import started
from wizard.errors import PlanewrightError
from wizard.files import private_dir

if TYPE_CHECKING:
    from wizard.deploy import flow
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.walk.ahead import Made
    from wizard.workspace import Place

#: A plan is shown this long after it was begun: a person's own plan lies on the screen as long while they read it.
FRESH = timedelta(minutes=2)
#: What an engine that is interrupted may take to end.
_END_S = 10.0
_POLL_S = 0.05


@dataclass(slots=True)
class _Job:
    """One object's answers, and what comes of them. Its thread owns its folder: both end together."""

    target: Target
    stack: str
    open_site: Callable[[Target], Site]
    before: threading.Thread | None
    made: Made | None = None
    lock: bytes | None = None
    planning: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    unwanted: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._work, name="speculation", daemon=True)

    @property
    def is_wanted(self) -> bool:
        """Whether it is at work, or what it made is kept."""
        return self.thread.is_alive() and not self.unwanted.is_set()

    def is_for(self, target: Target) -> bool:
        """Whether it is of these answers."""
        mine = self.target
        return (mine.place, mine.answers, mine.shard) == (target.place, target.answers, target.shard)

    def _look(self) -> None:
        if self.unwanted.is_set():
            raise KeyboardInterrupt

    def _work(self) -> None:
        if self.before is not None:
            self.before.join()
        folder: Path | None = None
        try:
            self._look()
            folder = _folder(self.target.place)
            self._make(folder)
            self.ended.set()
            self.unwanted.wait(FRESH.total_seconds())
        except (PlanewrightError, OSError, KeyboardInterrupt):
            pass  # said, or made, where it counts: on `m`
        finally:
            self.ended.set()
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def _make(self, folder: Path) -> None:
        # The engine's side and AWS's: loaded here, where no key waits for it.
        from wizard.walk import ahead

        begun = ahead.prepare(self.target, self.stack, folder, self.open_site, self._look)
        if begun is None:
            return
        self.lock = begun.lock
        if begun.reachable:
            self.planning.set()
            self.made = ahead.plan(begun, folder)


def _folder(place: Place) -> Path:
    """Make a folder of this process's own, and clear away what processes have left that were killed."""
    home = private_dir(place.hidden / "ahead")
    for left in home.iterdir():
        owner = left.name.partition("-")[0]
        if owner.isdigit() and started(int(owner)) is None:
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))


class Speculation:
    """At most one plan that is made ahead, for whoever is on screen. Methods return at once, but `take` and `close`."""

    def __init__(
        self, open_site: Callable[[Target], Site], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`open_site` must not ask anybody anything: a session that needs a code or a login is an error."""
        self._open_site = open_site
        self._now = now
        self._job: _Job | None = None
        atexit.register(self.close)  # an engine of ours leads its own session: it would outlive us

    def begin(self, target: Target, stack: str = "") -> None:
        """Make ahead what these answers come to, by the first stack or the one that is named; what was made of others is
        given up. Nothing, if it is there already."""
        job, stack = self._job, stack or target.stacks[0]
        if job is not None and job.stack == stack and job.is_for(target) and job.is_wanted:
            return
        self.cancel()
        self._job = _Job(target, stack, self._open_site, job.thread if job is not None else None)
        self._job.thread.start()

    def cancel(self) -> None:
        """Give up what is made, or was made: the answers have changed, or the operator leaves."""
        if self._job is not None:
            self._job.unwanted.set()

    def close(self) -> None:
        """Give it up, and wait until its engine has ended. What hangs in a call to AWS has no engine, and is left behind."""
        atexit.unregister(self.close)
        self.cancel()
        if self._job is not None and self._job.thread.is_alive():
            self._job.thread.join(_END_S)

    def lock(self, target: Target, stack: str) -> bytes | None:
        """Give the lock file that an `init` of these answers has completed, if there was one."""
        job = self._wanted(target, stack)
        return job.lock if job is not None else None

    def take(self, ready: flow.Ready, site: Site, *, waiting: Callable[[], None]) -> flow.Planned | None:
        """Give the plan that was made ahead of exactly what is ready now, as one of the object's own runs; else None.

        One that is being made is waited for; `waiting` is called meanwhile, and may raise. Whatever comes of it, nothing
        is left to take afterwards.
        """
        job = self._wanted(ready.target, ready.stack)
        try:
            while job is not None and job.planning.is_set() and not job.ended.wait(_POLL_S):
                waiting()
            made = job.made if job is not None else None
            return self._taken(made, ready, site) if made is not None else None
        except OSError:
            return None
        finally:
            self.cancel()

    def _taken(self, made: Made, ready: flow.Ready, site: Site) -> flow.Planned | None:
        try:
            return made.taken(ready, site, self._now())
        except PlanewrightError:
            return None  # said where a plan is made anew

    def _wanted(self, target: Target, stack: str) -> _Job | None:
        job = self._job
        if job is None or job.unwanted.is_set() or job.stack != stack or not job.is_for(target):
            return None
        return job
