"""From the last answer to the plan on screen, beside `init` and `plan` by hand on the very same files.

Both sides have the same mirror, the same account, and the same answer changed; by hand nothing is initialised yet. An
operator who reads the review before they plan gives the same time to both. In pairs, one after the other; medians.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from screens.app import Planewright
from screens.desk import Desk
from screens.plan_state import State
from screens.steps.plan import PlanPane
from screens.wizard import WizardScreen
from tests.bench.figures import Figure
from tests.live.account import PREPARED, Account
from tests.live.server import Server
from tests.tools import way
from tests.tools.hands import PilotHands
from tests.tools.operator import CHECK_S, RUN_S, Operator
from tests.workspaces import with_examples
from wizard.deploy import flow
from wizard.deploy.site import Site, open_site
from wizard.deploy.target import Target, open_target
from wizard.walk.steps import Step
from wizard.workspace import Workspace

PAIRS = 3
#: Seconds that an operator looks at what they have answered, before they plan it.
READS_S = 10.0
SHARD, STACK, KEY = "use1-a", "shard", "redis.node_type"
KINDS = ("cache.t4g.small", "cache.t4g.medium")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A workspace, and the way to an account of the embedded AWS in which the state has its bucket."""

    workspace: Workspace
    environ: dict[str, str]

    @property
    def target(self) -> Target:
        return open_target(self.workspace, SHARD)

    def site(self) -> Site:
        return open_site(self.target, environ=self.environ)


def measure() -> Iterator[Figure]:
    """With a look at the review, without one, and without anything made ahead."""
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        server.tell(reset=True, quotas=PREPARED)
        account = Account(server)
        account.check()  # the embedded AWS loads a service when it is first asked of it
        environ = {"PATH": os.environ["PATH"], "HOME": str(Path.home()), **account.environ()}
        around = Surroundings(Workspace(with_examples(Path(folder))), environ)
        flow.prepare(around.target, STACK, around.site())
        hands, reading, hurried, alone = [], [], [], []
        for number in range(PAIRS):
            hands.append(_by_hand(around, Path(folder) / f"by-hand-{number}"))
            reading.append(asyncio.run(_at_the_screens(around, KINDS[0], reads_s=READS_S)))
            hurried.append(asyncio.run(_at_the_screens(around, KINDS[1], reads_s=0)))
            alone.append(asyncio.run(_at_the_screens(around, KINDS[0], reads_s=0, ahead=False)))
            asyncio.run(_at_the_screens(around, KINDS[1], reads_s=0, ahead=False))
    yield from _figures(hands, reading, hurried, alone)


def _figures(hands: list[float], reading: list[float], hurried: list[float], alone: list[float]) -> Iterator[Figure]:
    hand = statistics.median(hands)
    yield Figure("by hand: init and plan", hand, "s", peer="cold .terraform, unpacked mirror, as emitted")
    peer = f"{statistics.median(reading):.2f} s, by hand {READS_S + hand:.2f} s: both with {READS_S:.0f} s of reading"
    times = statistics.median(mine / (READS_S + its) for mine, its in zip(reading, hands, strict=True))
    yield Figure("last answer to plan on screen / by hand", times, "x", 1.0, peer)
    waited = statistics.median(took - READS_S for took in reading)
    yield Figure(
        "  of it waited, after reading", waited, "s", peer="checks, files and init as always; the plan is taken"
    )
    for what, took in (("without a pause", hurried), ("without a pause, nothing made ahead", alone)):
        times = statistics.median(mine / its for mine, its in zip(took, hands, strict=True))
        yield Figure(
            f"  {what} / by hand", times, "x", peer=f"{statistics.median(took):.2f} s, `show` of the plan included"
        )


def _by_hand(around: Surroundings, folder: Path) -> float:
    """Run the engine as a person would, on a copy of the emitted files."""
    engine = around.site().stack_engine(around.target, STACK)
    shutil.copytree(engine.stack_dir, folder)
    shutil.copyfile(_template(), folder / ".terraform.lock.hcl")  # as it is emitted, before any `init`
    environment = engine.environment.values | {"TF_DATA_DIR": str(folder / ".terraform")}
    began = time.perf_counter()
    for arguments in (["init", "-input=false"], ["plan", "-input=false", "-out=plan.bin"]):
        subprocess.run(
            [str(engine.engine.path), *arguments], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    return time.perf_counter() - began


def _template() -> Path:
    import assets

    return Path(assets.__file__).parent / "templates" / "terraform.lock.hcl"


async def _at_the_screens(around: Surroundings, kind: str, *, reads_s: float, ahead: bool = True) -> float:
    """Change an answer, look at the review for so long, and make the plan. Seconds from the last key of the answer."""
    desk = Desk(around.workspace, around.environ)
    if ahead:
        desk.look_ahead()
    app = Planewright(desk, place=around.workspace.find(SHARD), step=Step.SIZING)
    try:
        async with app.run_test(size=(120, 40)) as pilot:
            operator = Operator(PilotHands(pilot))
            await operator.until(lambda _: isinstance(app.screen, WizardScreen), "the object", patience=CHECK_S)
            screen = app.screen
            assert isinstance(screen, WizardScreen)
            await operator.until(lambda _: screen.pane is not None, "the step", patience=CHECK_S)
            await way.checked(operator)
            assert screen.pane is not None
            assert screen.pane.focus_on(KEY)
            await pilot.press("end", *["backspace"] * len(max(KINDS, key=len)), *kind[:-1])
            began = time.perf_counter()
            await pilot.press(kind[-1], "escape")
            await _go_on(operator, screen, Step.REVIEW)
            await asyncio.sleep(max(0.0, began + reads_s - time.perf_counter()))
            await _go_on(operator, screen, Step.PLAN)
            await pilot.press("m")
            await operator.until(lambda _: _planned(app), "the plan", patience=RUN_S)
            return time.perf_counter() - began
    finally:
        desk.close()


async def _go_on(operator: Operator, screen: WizardScreen, step: Step) -> None:
    """Press Next until it opens, as somebody in a hurry does."""
    until = time.perf_counter() + CHECK_S
    while screen.step is not step:
        assert time.perf_counter() < until, await operator.hands.screen()
        await operator.press("ctrl+n")
        await operator.hands.rest()


def _planned(app: Planewright) -> bool:
    """Whether the plan can be looked around in."""
    pane = app.screen.query_one(PlanPane)
    state = pane.standings[STACK].state
    assert state is not State.FAILED, pane.copy_text()
    return state is State.PLANNED
