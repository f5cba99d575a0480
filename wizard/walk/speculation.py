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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wizard.blueprints.springtail.stacks import INSTANCE, NEEDS
from wizard.deploy import flow, store
from wizard.deploy.emit import LOCK, MANIFEST
from wizard.deploy.exclusive import require_idle
from wizard.deploy.render import render
from wizard.deploy.site import Site
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.engine.aside import Aside
from wizard.engine.commands import StackEngine
from wizard.engine.processes import started
from wizard.engine.saved import PlanRun
from wizard.errors import PlanewrightError
from wizard.files import private_dir, write_atomic
from wizard.workspace import Place

#: A plan is shown this long after it was made: a person's own plan lies on the screen as long while they read it.
FRESH = timedelta(minutes=2)
#: What an engine that is interrupted may take to end.
_END_S = 10.0
_POLL_S = 0.05

OpenSite = Callable[[Target], Site]


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that was made ahead, and everything that it was made of."""

    site: Site
    engine: StackEngine
    files: Mapping[str, bytes]
    plan: PlanRun

    def is_of(self, ready: flow.Ready, site: Site, now: datetime) -> bool:
        """Whether a plan made of `ready` now would be made of the very same: files, provider, engine, caller, and lately."""
        same = (
            self.site.identity == site.identity
            and self.site.engine == site.engine
            and _settings(self.engine) == _settings(ready.engine)
            and _files_in(ready.engine.stack_dir) == {name: data for name, data in self.files.items() if name != LOCK}
            and _lock_in(ready.engine.stack_dir) == _lock_in(self.engine.stack_dir) is not None
        )
        return same and not self._outdated(ready.target.place, ready.stack, now)

    def _outdated(self, place: Place, stack: str, now: datetime) -> bool:
        planned_at = self.plan.run.request.created
        applied = runs.latest(place.runs, stack=stack, actions=("apply",))
        return now - planned_at > FRESH or (applied is not None and applied.request.created > planned_at)


def _settings(engine: StackEngine) -> dict[str, str]:
    """All that the engine is told by its environment, but where its own files are."""
    return {name: value for name, value in engine.environment.values.items() if name != "TF_DATA_DIR"}


def _files_in(stack_dir: Path) -> dict[str, bytes]:
    """Everything in a stack's directory, whoever put it there: the engine reads what a person added as well."""
    found = (path for path in stack_dir.rglob("*") if path.is_file())
    files = {path.relative_to(stack_dir).as_posix(): path.read_bytes() for path in found}
    return {name: data for name, data in files.items() if name not in {LOCK, MANIFEST}}


def _lock_in(stack_dir: Path) -> bytes | None:
    try:
        return (stack_dir / LOCK).read_bytes()
    except FileNotFoundError:
        return None


@dataclass(slots=True)
class _Job:
    """One object's answers, and what comes of them. Its thread owns its folder: both end together."""

    target: Target
    open_site: OpenSite
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
    def stack(self) -> str:
        """The stack that is planned first."""
        return self.target.stacks[0]

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
        target, stack = self.target, self.stack
        require_idle(target, stack)
        contract = flow.needed_contract(target, stack)
        if stack in NEEDS and contract is None:
            return
        site = self.open_site(target)
        self._look()
        location = store.load_state_location(target.workspace, target.shard)
        files = _rendered(target, stack, site)
        engine = site.aside_engine(target, stack, folder, Aside(self._look))
        _lay(engine.stack_dir, files, _lock_in(target.place.stack(stack)))
        # A state in the stack's own directory is not looked at from here; one in a bucket that is yet to be made, nowhere.
        reachable = location is not None and location.backend == "s3"
        engine.init(backend=reachable)
        self.lock = _lock_in(engine.stack_dir)
        if reachable:
            self.planning.set()
            plan = engine.plan(folder / "runs", lock=False)
            self.made = Made(site, engine, files, plan)


def _folder(place: Place) -> Path:
    """Make a folder of this process's own, and clear away what processes have left that were killed."""
    home = private_dir(place.hidden / "ahead")
    for left in home.iterdir():
        owner = left.name.partition("-")[0]
        if owner.isdigit() and started(int(owner)) is None:
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))


def _rendered(target: Target, stack: str, site: Site) -> dict[str, bytes]:
    pins = store.load_pins(target.place)
    if stack == INSTANCE:
        from wizard.aws.pins import resolve_pins

        pins = resolve_pins(site.session, target.deployment, pins)
    return render(target, stack, flow.needed_contract(target, stack), pins=pins)


def _lay(stack_dir: Path, files: Mapping[str, bytes], lock: bytes | None) -> None:
    """Write the files; the lock file as the stack's own is, where it has one."""
    for name, data in files.items():
        path = stack_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, lock if name == LOCK and lock is not None else data)


class Speculation:
    """At most one plan that is made ahead, for whoever is on screen. Methods return at once, but `take` and `close`."""

    def __init__(self, open_site: OpenSite, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`open_site` must not ask anybody anything: a session that needs a code or a login is an error."""
        self._open_site = open_site
        self._now = now
        self._job: _Job | None = None
        atexit.register(self.close)  # an engine of ours leads its own session: it would outlive us

    def begin(self, target: Target) -> None:
        """Make ahead what these answers come to; what was made of others is given up. Nothing, if it is there already."""
        job = self._job
        if job is not None and job.is_for(target) and job.thread.is_alive() and not job.unwanted.is_set():
            return
        self.cancel()
        self._job = _Job(target, self._open_site, job.thread if job is not None else None)
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
            if made is None or not made.is_of(ready, site, self._now()):
                return None
            return flow.Planned(ready.target, ready.stack, ready.engine, _moved(made.plan, ready.target.place.runs))
        except OSError:
            return None
        finally:
            self.cancel()

    def _wanted(self, target: Target, stack: str) -> _Job | None:
        job = self._job
        if job is None or job.unwanted.is_set() or job.stack != stack or not job.is_for(target):
            return None
        return job


def _moved(plan: PlanRun, home: Path) -> PlanRun:
    """Make a plan's run one of the object's: a front end that comes later finds it, and an apply names it."""
    path = home / plan.run.id
    plan.run.path.rename(path)
    return replace(plan, run=replace(plan.run, path=path))
