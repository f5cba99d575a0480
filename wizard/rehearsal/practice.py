"""Practising: a world to work on by hand. The operator is a person; the customer and their DBA are played.

world ─► drafts to change ─► the operator's own way ─► contract of `instance` ─some seconds─► the customer complies
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wizard.answers.draft import Draft
from wizard.aws.secrets import Inputs
from wizard.blueprints.load import parse, read
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.deploy import drafts
from wizard.errors import RehearsalError, UsageError
from wizard.files import write_atomic
from wizard.rehearsal.certificates import proxy_certificate
from wizard.rehearsal.faults import When, fault
from wizard.rehearsal.handle import WorldHandle, operator_environ, start_world
from wizard.walk.finished import instance_made
from wizard.walk.opening import Played
from wizard.workspace import Kind, Workspace

if TYPE_CHECKING:
    from wizard.deploy.target import Target
    from wizard.rehearsal.customer import Topology

#: Seconds between being asked and doing it: long enough to see who is waited for.
ACCEPT_AFTER_S: Final = 20.0
#: What the customer's DBA has sent, in the workspace's folder.
SENT: Final = "readiness-from-the-dba.json"
_LOOK_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Practice:
    """A world with a workspace in it, ready for an operator."""

    world: WorldHandle
    workspace: Workspace
    names: tuple[str, ...]

    @property
    def environ(self) -> dict[str, str]:
        """The environment in which the operator works."""
        return operator_environ(self.world, os.environ)

    @property
    def sent(self) -> Path:
        """The file that the customer's DBA has sent."""
        return self.workspace.root / SENT

    @property
    def played(self) -> Played:
        """The customer's part, as a front end takes it."""
        return Played(self._inputs, self.sent)

    def _inputs(self, target: Target) -> Inputs:
        return Inputs(
            database_password=lambda: self.world.database_password,
            proxy_tls=lambda: proxy_certificate(target.deployment),
        )


@contextmanager
def practice(
    topology: Topology,
    folder: Path,
    *,
    accept_after: float | None = ACCEPT_AFTER_S,
    faults: tuple[str, ...] = (),
    watch_seconds: float = 5.0,
    log: Path | None = None,
) -> Iterator[Practice]:
    """Start a world, lay the rehearsal's answers out as drafts, and have the customer attend; all of it ends here again.

    `accept_after` are the customer's seconds; None: they never do anything. `faults` come on around the customer's part. UsageError for a folder that is in use:
    what was built in an earlier world is nowhere any more.
    """
    workspace = Workspace(folder)
    if any(workspace.begun()):
        raise UsageError(
            f"{folder} holds a workspace already",
            cause="a rehearsal's world is new each time, and knows nothing of what stands in there",
            action="name an empty folder, or none",
        )
    with start_world(topology, workspace=folder, watch_seconds=watch_seconds, log=log) as world:
        practising = Practice(world, workspace, _lay_out(world, workspace))
        write_atomic(practising.sent, _dbas_answer(world))
        customer = Customer(world, workspace, accept_after, faults) if accept_after is not None else None
        try:
            if customer is not None:
                customer.start()
            yield practising
        finally:
            if customer is not None:
                customer.end()


class Customer(threading.Thread):
    """Does what the customer is asked for, some seconds after the operator's part stands."""

    def __init__(self, world: WorldHandle, workspace: Workspace, seconds: float, faults: tuple[str, ...] = ()) -> None:
        super().__init__(name="the rehearsal's customer", daemon=True)
        self._world = world
        self._workspace = workspace
        self._seconds = seconds
        self._faults = tuple(fault(name) for name in faults)
        self._over = threading.Event()
        #: Why they could not do it; nothing more is done then.
        self.failed: RehearsalError | None = None

    def run(self) -> None:
        """Attend until it is over, or until the world has ended."""
        try:
            while not self._over.wait(_LOOK_S):
                if self._handed_over() and self._world.call("asked") and not self._over.wait(self._seconds):
                    self._put(When.BEFORE_CUSTOMER)
                    self._world.call("comply")
                    self._put(When.BEFORE_VERIFY)
                    # Once: who mends a fault must not meet it again.
                    self._faults = ()
        except RehearsalError as error:
            self.failed = error

    def end(self) -> None:
        """Stop attending; what is being done is done. RehearsalError when they could not do their part."""
        self._over.set()
        self.join()
        if self.failed is not None:
            raise self.failed

    def _put(self, when: When) -> None:
        for one in self._faults:
            if one.when is when:
                self._world.call("put_fault", name=one.name)

    def _handed_over(self) -> bool:
        # Nobody can be told what to accept before the operator's apply has ended.
        return any(instance_made(place) for place in self._workspace.all())


def _lay_out(world: WorldHandle, workspace: Workspace) -> tuple[str, ...]:
    """Write the answers as drafts: the operator goes every step, and may change what they like."""
    names = []
    for text in (world.answers.shard, world.answers.deployment):
        answers = parse(text, source="the rehearsal's answers")
        kind: Kind = "shard" if isinstance(answers, ShardAnswers) else "deployment"
        raw, _ = read(text, source="the rehearsal's answers")
        drafts.save(workspace.place(kind, answers.name), Draft(type(answers), raw))
        names.append(answers.name)
    return tuple(names)


def _dbas_answer(world: WorldHandle) -> str:
    answers = parse(world.answers.deployment, source="the rehearsal's answers")
    assert isinstance(answers, DeploymentAnswers)  # noqa: S101 - the rehearsal's own
    return str(world.call("database_readiness", databases=list(answers.database.replicated)))
