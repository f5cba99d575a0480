"""Making a plan ahead of its time, beside everything, and telling whether it is still a plan of the very same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from wizard.blueprints.springtail.stacks import INSTANCE, NEEDS
from wizard.deploy import flow, store
from wizard.deploy.exclusive import require_idle
from wizard.deploy.manifest import LOCK, MANIFEST
from wizard.deploy.render import render
from wizard.deploy.site import Site
from wizard.deploy.standing import state_version
from wizard.deploy.target import Target
from wizard.engine import runs
from wizard.engine.aside import Aside
from wizard.engine.commands import StackEngine
from wizard.engine.saved import PlanRun
from wizard.files import write_atomic
from wizard.walk.speculation import FRESH
from wizard.workspace import Place


@dataclass(frozen=True, slots=True)
class Begun:
    """A stack that is emitted aside, its provider installed. Where its state is not `reachable` it goes no further."""

    site: Site
    engine: StackEngine
    files: Mapping[str, bytes]
    lock: bytes | None
    reachable: bool
    #: Which state there was before it is planned.
    state: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that was made ahead, and everything that it was made of."""

    site: Site
    engine: StackEngine
    files: Mapping[str, bytes]
    plan: PlanRun
    #: Which state there was before it was planned.
    state: str

    def taken(self, ready: flow.Ready, site: Site, now: datetime) -> flow.Planned | None:
        """Give it as one of the object's own runs, if it is a plan of the very same; else None. Raises PlanewrightError."""
        if not self._is_of(ready, site, now):
            return None
        return flow.kept(ready, _moved(self.plan, ready.target.place.runs))

    def _is_of(self, ready: flow.Ready, site: Site, now: datetime) -> bool:
        """Whether a plan made of `ready` now would be made of the very same: files, provider, engine, caller, state, and lately."""
        same = (
            self.site.identity == site.identity
            and self.site.engine == site.engine
            and _settings(self.engine) == _settings(ready.engine)
            and _files_in(ready.engine.stack_dir) == {name: data for name, data in self.files.items() if name != LOCK}
            and _lock_in(ready.engine.stack_dir) == _lock_in(self.engine.stack_dir) is not None
        )
        return (
            same
            and not self._outdated(ready.target.place, ready.stack, now)
            and self.state == state_version(ready.target, ready.stack, site.session)  # a call: last
        )

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


def prepare(
    target: Target, stack: str, folder: Path, open_site: Callable[[Target], Site], look: Callable[[], None]
) -> Begun | None:
    """Emit a stack into a folder of its own and initialise it there; None while it waits for the stack before.

    Reads from AWS, and makes nothing there. `look` raises KeyboardInterrupt once it is not wanted. Raises PlanewrightError.
    """
    require_idle(target, stack)
    if stack in NEEDS and flow.needed_contract(target, stack) is None:
        return None
    site = open_site(target)
    look()
    files = _rendered(target, stack, site)
    look()
    engine = site.aside_engine(target, stack, folder, Aside(look))
    _lay(engine.stack_dir, files, _lock_in(target.place.stack(stack)))
    # A state in the stack's own directory is not looked at from here; one in a bucket that is yet to be made, nowhere.
    location = store.load_state_location(target.workspace, target.shard)
    reachable = location is not None and location.backend == "s3"
    engine.init(backend=reachable)
    state = state_version(target, stack, site.session) if reachable else ""
    return Begun(site, engine, files, _lock_in(engine.stack_dir), reachable, state)


def plan(begun: Begun, folder: Path) -> Made:
    """Plan it, without the state's lock. Raises PlanewrightError."""
    return Made(begun.site, begun.engine, begun.files, begun.engine.plan(folder / "runs", lock=False), begun.state)


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


def _moved(plan: PlanRun, home: Path) -> PlanRun:
    """Make a plan's run one of the object's: a front end that comes later finds it, and an apply names it."""
    path = home / plan.run.id
    plan.run.path.rename(path)
    return replace(plan, run=replace(plan.run, path=path))
