"""One stack's engine: what the rooms above ask of it.

Plans and applies are runs: detached, their output in files, followed from outside. The short commands are asked directly.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import wizard
from wizard.engine import cancel, follow, launch, runs, saved
from wizard.engine.aside import Aside
from wizard.engine.backend import locked_by, only_lock_differs
from wizard.engine.container_shape import container_of
from wizard.engine.diagnostics import failure
from wizard.engine.direct import Direct
from wizard.engine.environment import Credentials, EngineEnvironment, Served, engine_environment
from wizard.engine.events import Diagnostic, RunState
from wizard.engine.locate import Engine
from wizard.engine.one_init import one_init
from wizard.engine.plans import PlanView, read_plan
from wizard.engine.processes import me
from wizard.engine.runs import Action, Request, Run
from wizard.engine.saved import PlanRun
from wizard.engine.verdict import verdict
from wizard.errors import EngineError
from wizard.files import to_json, write_atomic

__all__ = ["ERRORED_STATE", "LOCK_TIMEOUT_S", "PlanRun", "StackEngine", "Subject"]

# Long enough for a colleague's plan to end, short enough that a dead run's lock is told of soon.
LOCK_TIMEOUT_S = 5
_OVERRIDES = "overrides.tfvars.json"
ERRORED_STATE = "errored.tfstate"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose stack it is."""

    kind: str
    name: str
    stack: str


class StackEngine:
    """The engine in one stack's directory, in an environment of its own."""

    def __init__(
        self,
        engine: Engine,
        stack_dir: Path,
        data_dir: Path,
        *,
        subject: Subject,
        environ: Mapping[str, str],
        cli_config: Path,
        credentials: Credentials | None = None,
        region: str | None = None,
        aside: Aside | None = None,
    ) -> None:
        self.engine = engine
        self._aside = aside
        self.stack_dir = stack_dir.absolute()
        self.data_dir = data_dir.absolute()
        self.subject = subject
        self._cli_config = cli_config.absolute()
        self._session = credentials if isinstance(credentials, Served) else None
        self.environment: EngineEnvironment = engine_environment(
            environ, data_dir=data_dir, cli_config=cli_config, credentials=credentials, region=region, also=engine.needs
        )
        self._direct = Direct(engine, self.stack_dir, self.environment.values, self._session, aside)

    def init(self, *, reconfigure: bool = False, readonly_lock_file: bool = False, backend: bool = True) -> None:
        """Install the provider and set the backend up.

        `readonly_lock_file` refuses to add a checksum to `.terraform.lock.hcl` instead of adding it.

        `reconfigure` gives an earlier backend of this directory up without moving its state: only when that state is known
        to lie where the configuration now says. Where nothing but its lock was changed, it does.

        Without `backend` only the provider is installed.

        Raises EngineError, AccountError.
        """
        argv = ["init", "-json", "-input=false"]
        argv += [] if backend else ["-backend=false"]
        reconfigure = reconfigure or (backend and only_lock_differs(self.stack_dir, self.data_dir))
        argv += ["-reconfigure"] if reconfigure else []
        argv += ["-lockfile=readonly"] if readonly_lock_file else []
        with one_init(self.engine, self._cli_config, self.subject.stack):
            answer = self._direct.order(argv)
        if answer.code != 0:
            raise failure(f"{self.subject.stack} could not be initialised", answer.streamed, name=self.subject.name)

    def validate(self) -> tuple[Diagnostic, ...]:
        """Check the configuration; gives its warnings. Raises EngineError naming every error."""
        answer = self._direct.ask(["validate", "-json"])
        if answer.code != 0:
            raise failure(
                f"{self.subject.stack} is not valid",
                answer.listed,
                action="this is emitted code: report it, with the answers; a file that was edited by hand may be the cause",
            )
        return tuple(answer.listed)

    def fmt_check(self) -> tuple[str, ...]:
        """Files that are not formatted as the engine's `fmt` would."""
        answer = self._direct.ask(["fmt", "-check", "-recursive", "-list=true", "."])
        return tuple(answer.stdout.decode().split("\n")[:-1])

    def plan(
        self,
        runs_dir: Path,
        *,
        destroy: bool = False,
        refresh_only: bool = False,
        variables: Mapping[str, Any] | None = None,
        targets: Sequence[str] = (),
        replace: Sequence[str] = (),
        parallelism: int | None = None,
        lock: bool = True,
        lock_timeout_s: int = LOCK_TIMEOUT_S,
        on_state: Callable[[RunState], None] | None = None,
    ) -> PlanRun:
        """Plan, to the end, and read the plan.

        `targets` are the addresses it is limited to, with what they need; none for the whole stack. Those of `replace` are made
        anew although nothing of theirs differs.
        `variables` hold for this plan alone and win over the stack's files (`deletion_protection: false` before a destroy).
        Without `lock` the state is read while somebody else may change it: such a plan holds only if nobody did.
        A KeyboardInterrupt is passed to the engine, which stops in good order, and then raised.

        Raises StateLockedError, AccountError, EngineError.
        """
        action: Action = "destroy-plan" if destroy else "refresh-plan" if refresh_only else "plan"
        now = datetime.now(UTC)
        path = runs.directory(runs_dir.absolute(), runs.new_id(now))
        arguments = ["plan", "-json", "-input=false", "-detailed-exitcode"]
        arguments.append(f"-lock-timeout={lock_timeout_s}s" if lock else "-lock=false")
        arguments += ["-destroy"] if destroy else []
        arguments += ["-refresh-only"] if refresh_only else []
        arguments += [f"-parallelism={parallelism}"] if parallelism else []
        arguments += [f"-target={address}" for address in targets]
        arguments += [f"-replace={address}" for address in replace]
        if variables:
            with runs.writing(path):
                write_atomic(path / _OVERRIDES, to_json(dict(variables)), mode=runs.PRIVATE)
            arguments.append(f"-var-file={path / _OVERRIDES}")
        arguments.append(f"-out={path / 'plan.bin'}")
        run = runs.create(path, self._request(path, action, arguments, now))
        launch.launch(run, self.environment.values, session=self._session)
        state = self._to_the_end(run, on_state)
        return self._opened(run, state)

    def reopen(self, run: Run) -> PlanRun:
        """Open a plan of an earlier command. Raises EngineError when it has been altered, applied or did not succeed."""
        known = saved.recorded(run).digest
        saved.checked(run.plan_file, known)
        return PlanRun(run, self.show(run.plan_file), known, follow.state_of(run))

    def start_apply(self, runs_dir: Path, plan: PlanRun, *, parallelism: int | None = None) -> Run:
        """Start the apply of a shown plan and return at once; `follow.follow` then shows it.

        What is applied is a copy made while its digest is checked: nothing can change it between the look and the apply.

        Raises EngineError when the plan is not the one that was shown, when something else locks the state by now, or when the
        engine cannot be started.
        """
        self._require_lock_of(plan.run)
        data = saved.checked(plan.run.plan_file, plan.digest)
        now = datetime.now(UTC)
        path = runs.directory(runs_dir.absolute(), runs.new_id(now))
        copy = path / "plan.bin"
        with runs.writing(path):
            write_atomic(copy, data, mode=runs.PRIVATE)
        arguments = ["apply", "-json", "-input=false", f"-lock-timeout={LOCK_TIMEOUT_S}s"]
        arguments += [f"-parallelism={parallelism}"] if parallelism else []
        arguments.append(str(copy))
        request = self._request(path, "apply", arguments, now, plan=plan)
        run = runs.create(path, request)
        launch.launch(run, self.environment.values, session=self._session, discard=[plan.run.plan_file])
        return run

    def _require_lock_of(self, plan: Run) -> None:
        """A saved plan is applied with the backend that it was made with: its lock would hold nobody off who has another."""
        then, now = plan.request.locked_by, locked_by(self.stack_dir)
        if then and then != now:
            raise EngineError(
                f"the plan of {self.subject.stack} was made under another lock",
                cause=f"it locks the state by {then}; everybody else does by {now or 'none'} since",
                action="plan again",
            )

    def outputs(self) -> dict[str, Any]:
        """Outputs as `output -json` gives them: `{"name": {"value": …, "type": …, "sensitive": …}}`."""
        return self._json(["output", "-json"], "the outputs of {stack} could not be read")

    def show(self, plan_file: Path) -> PlanView:
        """Read a saved plan. The document it comes from stays in memory."""
        return read_plan(self._json(["show", "-json", str(plan_file)], "the plan of {stack} could not be read"))

    def state_list(self) -> tuple[str, ...]:
        """Addresses in the state; none when there is no state yet."""
        answer = self._direct.ask(["state", "list"])
        if answer.code != 0 and "No state file was found" not in answer.stderr.decode(errors="replace"):
            raise failure(
                f"the state of {self.subject.stack} could not be read", [answer.spoken], name=self.subject.name
            )
        return tuple(answer.stdout.decode().split())

    def state_forget(self, addresses: Sequence[str]) -> None:
        """Take these out of the state; AWS keeps what it has of them. Raises StateLockedError, EngineError."""
        answer = self._direct.order(["state", "rm", f"-lock-timeout={LOCK_TIMEOUT_S}s", *addresses])
        if answer.code != 0:
            raise failure(
                f"{', '.join(addresses)} could not be taken out of the state of {self.subject.stack}",
                [answer.spoken],
                name=self.subject.name,
            )

    def state_push_errored(self) -> Path:
        """Push the state that a run could not save; gives where the pushed file is kept.

        Raises EngineError when there is none, or when the saved state has moved on since.
        """
        errored = self.stack_dir / ERRORED_STATE
        if not errored.is_file():
            raise EngineError(
                f"{self.subject.stack} has no state that waits to be saved",
                cause=f"there is no {errored}",
                action="nothing is to be done",
            )
        answer = self._direct.order(["state", "push", ERRORED_STATE])
        if answer.code != 0:
            raise failure(
                f"the saved state of {self.subject.stack} could not be pushed",
                [answer.spoken],
                action=f"keep {errored}; compare it with `{self.engine.kind} state pull` before anything else is applied",
            )
        kept = self.data_dir / f"pushed-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tfstate"
        errored.replace(kept)
        kept.chmod(runs.PRIVATE)
        return kept

    def force_unlock(self, lock_id: str) -> None:
        """Remove the state's lock, whoever holds it. `aftermath.unlock` asks first whether they are alive."""
        answer = self._direct.order(["force-unlock", "-force", lock_id])
        if answer.code != 0:
            raise failure(
                f"the lock {lock_id} of {self.subject.stack} could not be removed",
                [answer.spoken],
                name=self.subject.name,
            )

    def _request(
        self, path: Path, action: Action, arguments: Sequence[str], now: datetime, *, plan: PlanRun | None = None
    ) -> Request:
        container = container_of(path.name) if self.engine.image else ""
        return Request(
            id=path.name,
            object_kind=self.subject.kind,
            object_name=self.subject.name,
            stack=self.subject.stack,
            action=action,
            engine_kind=self.engine.kind,
            engine_version=self.engine.version,
            engine_path=self.engine.choice,
            container=container,
            argv=tuple(self._direct.command(arguments, container or "-")),
            stack_dir=str(self.stack_dir),
            who=me(),
            created_at=now.isoformat(),
            planewright=wizard.__version__,
            plan_run=plan.run.id if plan else None,
            plan_digest=plan.digest if plan else None,
            expected=plan.view.steps if plan else 0,
            environment=tuple(sorted(self.environment.values)),
            locked_by=locked_by(self.stack_dir),
        )

    def _to_the_end(self, run: Run, on_state: Callable[[RunState], None] | None) -> RunState:
        state = RunState()
        try:
            for state in follow.follow(run, sleep=time.sleep if self._aside is None else self._aside.nap):
                if on_state is not None:
                    on_state(state)
        except KeyboardInterrupt:
            cancel.interrupt(run)
            follow.to_end(run)  # the lock is given back at its end, not before
            raise
        return state

    def _opened(self, run: Run, state: RunState) -> PlanRun:
        result = follow.result_of(run, state)
        error = verdict(run.request, state, result) if result else None
        if error is not None:
            run.plan_file.unlink(missing_ok=True)  # a plan that failed half way must never be applied
            raise error
        view = self.show(run.plan_file)
        return PlanRun(run, view, saved.record(run, view), state)

    def _json(self, argv: list[str], title: str) -> dict[str, Any]:
        answer = self._direct.ask(argv)
        if answer.code != 0:
            raise failure(title.format(stack=self.subject.stack), [answer.spoken], name=self.subject.name)
        return dict(json.loads(answer.stdout))
