"""A run is a directory: one invocation of the engine, from the request to the result.

    RUN/                    0700; its name sorts by time and is the run's id
      request.json          what was asked for, by whom, with which engine
      plan.bin              the saved plan: written by a plan, a checked copy for an apply
      overrides.tfvars.json values that hold for this run alone
      engine.jsonl          the engine's stdout, as it came
      engine.stderr         the engine's stderr
      runner.log            what the runner itself had to say
      process.json          which processes: runner and engine
      result.json           how it ended; missing when the runner was killed

Files are 0600. Nothing here imports pydantic: the runner reads these too, and starts in a few milliseconds.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from wizard.engine.processes import Identity, elsewhere
from wizard.errors import EngineError
from wizard.files import private_dir, to_json, write_atomic

Action = Literal["plan", "destroy-plan", "refresh-plan", "apply"]
Outcome = Literal["succeeded", "failed", "interrupted", "killed", "not started"]

PRIVATE = 0o600
_STARTING = timedelta(seconds=10)


class Record:
    """A frozen dataclass of plain values that is kept as JSON. An unknown key of a newer version is ignored."""

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read it; None when it is not there yet. Raises EngineError when it cannot be understood."""
        try:
            value = json.loads(path.read_bytes())
            return cls._from(value)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError) as error:
            raise EngineError(
                f"{path} cannot be read", cause=str(error), action=f"move the run {path.parent} out of the way"
            ) from error

    @classmethod
    def _from(cls, value: dict[str, Any]) -> Self:
        known = {item.name for item in fields(cls)}  # type: ignore[arg-type]
        kept = {key: tuple(item) if isinstance(item, list) else item for key, item in value.items() if key in known}
        return cls(**kept)

    def write(self, path: Path) -> None:
        """Write it whole or not at all, for its owner alone."""
        write_atomic(path, to_json(asdict(self)), mode=PRIVATE)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Request(Record):
    """What was asked for. `expected` is the number of steps of the plan that is applied; `created_at` ISO 8601, UTC.

    `environment` names the variables the engine was given, never their values.
    """

    id: str
    object_kind: str
    object_name: str
    stack: str
    action: Action
    engine_kind: str
    engine_version: str
    engine_path: str
    argv: tuple[str, ...]
    stack_dir: str
    who: str
    created_at: str
    planewright: str
    plan_run: str | None = None
    plan_digest: str | None = None
    expected: int = 0
    environment: tuple[str, ...] = ()
    #: Name of its container, where the engine runs in one.
    container: str = ""
    #: What locked the state by the files that it was run with.
    locked_by: str = ""

    @property
    def created(self) -> datetime:
        """When it was asked for."""
        return datetime.fromisoformat(self.created_at)

    @property
    def only_looks(self) -> bool:
        """Whether it reads without the state's lock, so that nobody has to wait for it."""
        return self.action == "refresh-plan" and "-lock=false" in self.argv


@dataclass(frozen=True, slots=True)
class Processes(Record):
    """Who runs it: `*_started` tells a process from a later one with the same pid. The engine's is None before it starts."""

    host: str
    runner_pid: int
    runner_started: str
    engine_pid: int | None = None
    engine_started: str | None = None
    started_at: str = ""

    @property
    def runner(self) -> Identity:
        """The runner's process."""
        return Identity(self.runner_pid, self.runner_started)

    @property
    def engine(self) -> Identity | None:
        """The engine's process."""
        if self.engine_pid is None or self.engine_started is None:
            return None
        return Identity(self.engine_pid, self.engine_started)

    @property
    def elsewhere(self) -> bool:
        """Whether it ran on another machine, as far as name and boot can tell."""
        return elsewhere(self.host, self.runner_started)


@dataclass(frozen=True, slots=True)
class Result(Record):
    """How it ended. `exit_code` is None when nobody was there to see it, and `inferred` then says so.

    `signal` is what killed the engine, when one did.
    """

    outcome: Outcome
    exit_code: int | None
    ended_at: str | None
    inferred: bool = False
    signal: int | None = None
    cause: str = ""

    @property
    def ended(self) -> datetime | None:
        """When it ended, as far as anybody saw it."""
        return datetime.fromisoformat(self.ended_at) if self.ended_at else None


@dataclass(frozen=True, slots=True)
class Run:
    """A run's directory and its request. What changes while it runs is read anew each time."""

    path: Path
    request: Request

    @property
    def id(self) -> str:
        """Name of the directory."""
        return self.request.id

    @property
    def journal(self) -> Path:
        """The engine's stdout, as it came."""
        return self.path / "engine.jsonl"

    @property
    def stderr(self) -> Path:
        """The engine's stderr: empty unless it crashed."""
        return self.path / "engine.stderr"

    @property
    def log(self) -> Path:
        """What the runner itself had to say: empty unless something went wrong."""
        return self.path / "runner.log"

    @property
    def plan_file(self) -> Path:
        """The saved plan."""
        return self.path / "plan.bin"

    def processes(self) -> Processes | None:
        """Who runs it; None before the runner is up."""
        return Processes.read(self.path / "process.json")

    def recorded(self) -> Result | None:
        """How it ended, as the runner wrote it down; None while it runs, or when the runner was killed."""
        return Result.read(self.path / "result.json")

    def engine_alive(self) -> bool:
        """Whether the engine's process still runs, on this machine and since this boot."""
        processes = self.processes()
        return bool(processes and processes.engine and (processes.engine.alive() or self.container_alive()))

    def container_alive(self) -> bool:
        """Whether its container runs, which outlives the process that started it."""
        if not self.request.container:
            return False
        from wizard.engine.container import running

        return running(self.request.container)

    def alive(self) -> bool:
        """Whether anything of it still runs: the engine, or the runner that has yet to start it or to write the end.

        A run of another machine counts as alive until its result is there: nobody can look from here.
        """
        if self.recorded() is not None:
            return False
        processes = self.processes()
        if processes is None:  # the runner is only just starting, or never came up
            return datetime.now(UTC) - self.request.created < _STARTING
        if processes.elsewhere:
            return True
        return (
            processes.runner.alive()
            or bool(processes.engine and processes.engine.alive())
            or (processes.engine is not None and self.container_alive())
        )


def new_id(now: datetime) -> str:
    """An id that sorts by time: 20261121T035501.123456Z-9f3a."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}Z-{os.urandom(2).hex()}"


def directory(runs: Path, run_id: str) -> Path:
    """Make the directory of a new run: private, and not there before. Raises EngineError when that is not possible."""
    path = runs / run_id
    with writing(path):
        private_dir(runs)
        path.mkdir(mode=0o700)
    return path


def create(path: Path, request: Request) -> Run:
    """Write the request into a new run's directory, with the empty files that the engine will write to.

    Raises EngineError when it cannot be written.
    """
    run = Run(path, request)
    with writing(path):
        request.write(path / "request.json")
        for file in (run.journal, run.stderr, run.log):
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, PRIVATE))
    return run


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the disk says while a run is prepared into words: nothing has been started then."""
    try:
        yield
    except OSError as error:
        raise EngineError(
            "the run cannot be written down, so it was not started",
            cause=f"{path}: {error.strerror or error}",
            action="free some space, or make the workspace writable, then run the command again; nothing was changed",
        ) from error


def load(path: Path) -> Run:
    """Read a run. Raises EngineError when there is none at `path`."""
    request = Request.read(path / "request.json")
    if request is None:
        raise EngineError(
            f"there is no run {path.name}",
            cause=f"{path} holds no request",
            action="list them with `planewright watch NAME --list`",
        )
    return Run(path, request)


def listed(runs: Path) -> Iterator[Run]:
    """All runs, the newest first. A directory without a request never became a run, and is passed over."""
    if not runs.is_dir():
        return
    for path in sorted(runs.iterdir(), key=lambda item: item.name, reverse=True):
        if (path / "request.json").is_file():
            yield load(path)


def carried_out(apply: Run, by_id: Mapping[str, Run]) -> Action:
    """Say what kind of plan an apply carries out: settling after an apply is one too, and nobody's own.

    A plan that lies among these no longer was one to apply.
    """
    plan = by_id.get(apply.request.plan_run or "")
    return "plan" if plan is None else plan.request.action


def latest(runs: Path, *, stack: str | None = None, actions: tuple[Action, ...] = ()) -> Run | None:
    """The newest run, of this stack and of one of these actions when they are given."""
    for run in listed(runs):
        if (stack is None or run.request.stack == stack) and (not actions or run.request.action in actions):
            return run
    return None
