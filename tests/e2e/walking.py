"""The screens on a rehearsal's world, gone by keys alone; what a person saw on the way is what tests look at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from screens.app import Planewright
from screens.desk import Desk
from screens.widgets.field import Field
from tests.tools import way
from tests.tools.hands import PilotHands
from tests.tools.operator import Operator
from tests.tools.way import Way
from wizard.deploy.target import Target, open_target, subject_of
from wizard.permissions.needed import operator_grants
from wizard.permissions.places import Places
from wizard.rehearsal.practice import Practice, practice

SIZE = (120, 40)
#: The watcher's period (AWS: 60): a call costs a processor a second, and a world lives for a quarter of an hour.
WATCH_SECONDS = 20.0


@dataclass
class Walked:
    """A way that was gone. `seen` are screens by name; `exits` how each application ended; `used` the operator's calls."""

    practising: Practice
    way: Way
    seen: dict[str, str] = field(default_factory=dict)
    exits: list[int | None] = field(default_factory=list)
    used: frozenset[str] = frozenset()

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.practising.workspace.root

    @property
    def target(self) -> Target:
        """The deployment."""
        return open_target(self.practising.workspace, self.way.deployment)

    @property
    def allowed(self) -> frozenset[str]:
        """The actions that the operator's policies allow."""
        subjects = [
            subject_of(open_target(self.practising.workspace, name)) for name in (self.way.shard, self.way.deployment)
        ]
        return frozenset(
            grant.action
            for subject in subjects
            for grant in operator_grants(Places(subject.shard, subject.deployment), subject.emitted)
        )


#: What is done at the screens, once they are open.
Doing = Callable[[Operator, Planewright], Awaitable[None]]
#: How the customer does their part.
Complying = Callable[[Walked], None]


def walked(topology: str, folder: Path, changing: Doing, *, comply: Complying | None = None) -> Iterator[Walked]:
    """Go the whole way with one application; with another, as on the next day, plan again and then change an answer.

    `comply` is how the customer does their part meanwhile (default: as the world plays them).
    """
    with practice(
        "private" if topology == "private" else "public",
        folder,
        accept_after=None,
        watch_seconds=WATCH_SECONDS,
        log=folder / ".world.log",
    ) as practising:
        gone = Walked(practising, way.WAYS[topology])
        complying = comply or _as_played

        async def first(operator: Operator, _: Planewright) -> None:
            await way.whole(operator, gone.way, accept=lambda: asyncio.to_thread(_complied, complying, gone))

        async def again(operator: Operator, app: Planewright) -> None:
            await _plan_again(operator, gone)
            await changing(operator, app)

        asyncio.run(_at_the_screens(gone, first))
        gone.used = frozenset(practising.world.call("operator_actions"))
        asyncio.run(_at_the_screens(gone, again))
        yield gone


def _complied(complying: Complying, gone: Walked) -> None:
    """Have the customer do their part, and the watcher see it: who verifies is told to wait two of its periods."""
    complying(gone)
    gone.practising.world.call("run_watchers")


def _as_played(gone: Walked) -> None:
    gone.practising.world.call("comply")


async def type_into(operator: Operator, app: Planewright, key: str, *keys: str) -> None:
    """Go to an answer's field with Tab, and press keys there."""
    for _ in range(100):
        focused = app.focused
        if focused is not None and isinstance(focused.parent, Field) and focused.parent.key == key:
            await operator.press(*keys)
            return
        await operator.press("tab")
    raise AssertionError(f"Tab does not lead to {key}")


async def _at_the_screens(gone: Walked, doing: Doing) -> None:
    """Open the application as somebody who comes in does, do something, and quit."""
    practising = gone.practising
    desk = Desk(practising.workspace, practising.environ, played=practising.played)
    app = Planewright(desk)
    try:
        async with app.run_test(size=SIZE) as pilot:
            await doing(Operator(PilotHands(pilot), seen=gone.seen, always=("◇ REHEARSAL",)), app)
            await pilot.press("ctrl+q")
    finally:
        desk.close()
    assert app.crash is None, app.crash
    gone.exits.append(app.return_code)


async def _plan_again(operator: Operator, gone: Walked) -> None:
    await way.open_object(operator, gone.way.deployment)
    await way.checked(operator)
    await operator.keep("again: opened", "✓ Report")
    await way.go_to(operator, "Plan")
    for stack in ("instance", "link") if gone.way.link else ("instance",):
        await way.plan(operator, stack, ends="= no changes")
    await operator.keep("again: plan", r"= no changes +instance")
