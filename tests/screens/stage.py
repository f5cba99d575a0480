"""The whole application with an AWS and an engine that stand still, for pictures of every screen."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.app import App
from textual.pilot import Pilot

from screens import way
from screens.app import Planewright
from screens.desk import Desk
from screens.steps.apply import ApplyPane
from screens.steps.handoff import HandoffPane
from screens.steps.report import ReportPane
from screens.wizard import WizardScreen
from tests.screens.runs import clock
from tests.screens.waiting import until
from tests.sizing.machines import machine
from tests.verify import world
from tests.workspaces import with_examples
from wizard.checks.answered import check_answers
from wizard.checks.subject import Subject
from wizard.deploy.checking import Checked, Checker
from wizard.deploy.target import Target
from wizard.facts.access import Caller, CallerFact
from wizard.facts.asking import Ask, Facts, Read, Reason, Unread
from wizard.facts.compute import Catalogue, Image, ImageFact, InstanceTypes, Offerings
from wizard.facts.network import Peerings, Subnets, VpcFact, Vpcs
from wizard.findings import Finding, Severity, worst_first
from wizard.walk.steps import Step
from wizard.walk.walk import Walk
from wizard.workspace import Place, Workspace

AT = datetime(2026, 11, 21, tzinfo=UTC)
ARN = "arn:aws:sts::111111111111:assumed-role/Deployer/olga@vendor.example.com"
TYPES = (
    "c6gn.large",
    "c6i.large",
    "c6i.xlarge",
    "i4i.4xlarge",
    "i4i.xlarge",
    "m7g.2xlarge",
    "r6i.2xlarge",
    "r6i.4xlarge",
    "r6i.8xlarge",
    "r6i.xlarge",
    "r7g.4xlarge",
)
VPCS = (
    VpcFact("vpc-0c3d4e5f6a7b8c9d0", ("172.31.0.0/16",), is_default=True),
    VpcFact("vpc-0d4e5f6a7b8c9d0e1", ("10.40.0.0/16",), is_default=False, tags=(("Name", "billing"),)),
)


class Aws:
    """What AWS would say: always the same. `found` is what its checks find."""

    def __init__(self) -> None:
        self.found: tuple[Finding, ...] = ()

    def check(self, subject: Subject) -> Checked:
        """Check the answers truly, and add what AWS would tell."""
        account = subject.account
        caller = Caller(profile=account.profile, role_arn=account.role_arn)
        return Checked(worst_first((*check_answers(subject), *self.found)), self.read((caller,), subject), 12)

    def read(self, asks: Any, subject: Subject) -> Facts:
        """Read what screens ask beside the checks."""
        del subject
        return Facts({ask: self._reading(ask) for ask in asks})

    def _reading(self, ask: Ask[Any]) -> Any:
        match ask:
            case Caller():
                value: Any = CallerFact(
                    "111111111111", ARN, "AROA:olga", "sso", datetime(2026, 11, 21, 18, tzinfo=UTC), renewable=False
                )
            case Vpcs():
                value = VPCS
            case Subnets() | Peerings():
                value = ()
            case InstanceTypes():
                value = tuple(machine(name) for name in TYPES if name in ask.names)
            case Catalogue():
                value = tuple(machine(name) for name in TYPES)
            case Offerings():
                value = TYPES
            case Image():
                arm = "arm64" in ask.parameter
                value = ImageFact(
                    "ami-0123456789abcdef0", "available", "arm64" if arm else "x86_64", "ebs", 8, "hvm", ena=True
                )
            case _:
                return Unread(Reason.DENIED, AT, ask.permissions[0], "not authorized")
        return Read(value, AT, "ec2")


@dataclass(slots=True)
class StillDesk(Desk):
    """A desk without AWS and without an engine; what is typed is kept nowhere."""

    aws: Aws = field(default_factory=Aws)

    def walk(self, place: Place) -> Walk:
        return Walk(self.workspace, place, keep=lambda draft: None)

    def checker(self, target: Target) -> tuple[Checker, threading.Lock]:
        return cast("Checker", self.aws), threading.Lock()

    def site(self, target: Target) -> Any:
        return SimpleNamespace(engine=None)


class StillApply(ApplyPane):
    """The apply step, by a clock that stands still."""

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk, clock=clock)


class StillHandoff(HandoffPane):
    """The handoff, looked at once, at a time that is always the same."""

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk, clock=lambda: world.NOW)


class StillReport(ReportPane):
    """The report, by a clock that stands still."""

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk, clock=lambda: world.NOW)


class Whole(Planewright):
    """The application itself; animations and blinking off."""

    def __init__(self, desk: Desk, **wanted: Any) -> None:
        super().__init__(desk, **wanted)
        self.animation_level = "none"

    def wizard(self, place: Place, step: Step | None) -> WizardScreen:
        """As the application does it, with a still apply."""
        panes = {**way.panes_of(place.kind)}
        if Step.APPLY in panes:
            panes[Step.APPLY] = lambda: StillApply
        if Step.HANDOFF in panes:
            panes[Step.HANDOFF] = lambda: StillHandoff
        panes[Step.REPORT] = lambda: StillReport
        return WizardScreen(self.desk, place, step=step, panes=panes)


Drive = Callable[[Pilot[None]], Awaitable[None]]


class Stage:
    """A workspace with the examples in the current directory, so that no path of the machine is on any picture."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch, *, examples: bool = True) -> None:
        patch.chdir(root)
        patch.setenv("TEXTUAL_ANIMATIONS", "none")
        patch.setattr("getpass.getuser", lambda: "olga")
        self.patch = patch
        #: Called once the picture is taken: gates that threads wait at.
        self.leaving: list[Callable[[], object]] = []
        if examples:
            with_examples(root)
        self.workspace = Workspace(Path())
        self.desk = StillDesk(self.workspace, {"HOME": "/home/olga"})

    def place(self, name: str = "acme-prod") -> Place:
        """Where an object lies."""
        return self.workspace.find(name)

    def app(self, name: str | None = None, step: Step | None = None) -> Whole:
        """The application, with an object opened at a step, or with the list."""
        return Whole(self.desk, place=None if name is None else self.workspace.find(name), step=step)


async def settled(pilot: Pilot[Any], *, but: tuple[str, ...] = ()) -> None:
    """Until no worker is at it, except of these groups, and what they said is shown."""
    for _ in range(3):
        await until(pilot, lambda: all(worker.is_finished or worker.group in but for worker in pilot.app.workers))
        await pilot.pause(0.01)  # without a time it would wait for an idle processor, too


async def opened(pilot: Pilot[Any]) -> Any:
    """Until the object is opened, checked and its step is shown; gives the wizard's screen."""
    app = pilot.app
    await until(
        pilot, lambda: any(isinstance(s, WizardScreen) and s._walk is not None and s.pane for s in app.screen_stack)
    )
    screen = next(s for s in app.screen_stack if isinstance(s, WizardScreen))
    await until(pilot, lambda: not screen.walk.checking or screen.walk.target is None)
    await pilot.pause(0.01)
    return screen


def finding(path: str, severity: Severity, code: str, what: str, why: str, remedy: str) -> Finding:
    """A finding, as AWS's checks make them."""
    return Finding(code=code, severity=severity, path=path, what=what, why=why, remedy=remedy)


Scene = Callable[[Stage], tuple[App[None], Drive]]
#: Scenes by name; the modules `gallery` and `gallery_runs` hold them.
SCENES: dict[str, Scene] = {}


def scene(make: Scene) -> Scene:
    """Put a scene into the gallery under its own name."""
    SCENES[make.__name__.replace("_", "-")] = make
    return make


def shown(stage: Stage, step: Step, *then: str, name: str = "acme-prod") -> tuple[Whole, Drive]:
    """An object at a step, checked; and some keys."""

    async def drive(pilot: Pilot[None]) -> None:
        await opened(pilot)
        await settled(pilot)
        if then:
            await pilot.press(*then)
            await settled(pilot)

    return stage.app(name, step), drive
