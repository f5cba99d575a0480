"""The whole way by keys alone, from the list to the report: the same for a test, a terminal and the screenshots."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.tools.operator import CHECK_S, RUN_S, NotSeenError, Operator, at, framed

LIST = "Planewright · deployments"
#: After how long a key is pressed again, in seconds, where the screen offers what it was pressed for.
_AGAIN_S = 20.0
#: What no run may show on its way.
WRONG = ("✗ failed",)
#: How a step of the handoff is shown that was seen not to be done; and one that only a verification can see.
SEEN_OPEN = ("… waiting", "✗ failed")
OPEN = (*SEEN_OPEN, "· not looked at")
#: What the customer does, where nobody else lets them.
Accept = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Way:
    """A rehearsal's objects. `link`: there is a second stack, for when the customer has accepted.

    Found on a screen once it is drawn: `drawn` in the topology's picture, `asked` of what the customer is asked for first.
    """

    deployment: str
    drawn: str
    asked: str
    shard: str = "use1-a"
    link: bool = False


WAYS = {
    "private": Way("acme-prod", "transit", r"… waiting +customer +Accept the peering", link=True),
    "public": Way("globex-prod", "internet", r"source: \d+\.\d+\.\d+\.\d+/32"),
}


async def whole(operator: Operator, way: Way, *, accept: Accept | None = None) -> None:
    """Go from the list to the report; `accept` has the customer do their part (default: they do by themselves)."""
    await operator.sees(LIST, way.shard, way.deployment)
    await operator.keep("start", *(rf"{name} +· draft" for name in (way.shard, way.deployment)))
    await shard(operator, way.shard)
    await leave(operator)
    await answers(operator, way)
    await plan(operator, "instance")
    await operator.keep("plan instance", planned("instance"))
    await apply(operator, "instance")
    await secrets(operator)
    await handoff(operator, way, accept=accept)
    if way.link:
        await go_on(operator, "Plan")
        await plan(operator, "link")
        await operator.keep("plan link", planned("link"))
        await apply(operator, "link")
    await verify(operator)
    await handoff_proven(operator)
    await report(operator)
    await leave(operator)
    await operator.press("escape")  # what was typed to find it
    await operator.sees(LIST, way.shard, way.deployment)
    await operator.keep("end", *(rf"{name} +✓ applied" for name in (way.shard, way.deployment)))


async def shard(operator: Operator, name: str) -> None:
    """Build the shard."""
    await open_object(operator, name)
    await checked(operator)
    for step in ("Topology", "Sizing", "Review", "Plan"):
        await operator.keep(f"{name} before {step}")
        await go_on(operator, step)
    await plan(operator, "shard")
    await operator.keep("plan shard", planned("shard"))
    await apply(operator, "shard")


async def answers(operator: Operator, way: Way) -> None:
    """Look at every answer of the deployment, read what the customer's DBA has sent, and make the answers final."""
    await open_object(operator, way.deployment)
    await checked(operator)
    await operator.keep("account", r"✓ AWS says +arn:")
    await go_on(operator, "Database")
    await operator.keep("database before the DBA's word", "warn DB_READINESS_UNKNOWN")
    await operator.press("f4")
    await operator.sees("Read what the customer's DBA sent back")
    await operator.press("enter")
    await operator.until(lambda screen: "DB_READINESS_UNKNOWN" not in screen, "the DBA's word taken in")
    for step in ("Topology", "Sizing", "Review"):
        await checked(operator)
        drawn = (way.drawn,) if step_before(step) == "topology" else ()
        await operator.keep(step_before(step), rf"✓ {step_before(step).capitalize()}\b", *drawn)
        await go_on(operator, step)
    await checked(operator)
    await operator.keep("review", "✓ nothing holds")
    await operator.press("e")
    await operator.keep("review: files", r"main\.tf")
    await go_on(operator, "Plan")


def step_before(step: str) -> str:
    """Give the step before one of the asking steps."""
    return {"Topology": "database", "Sizing": "topology", "Review": "sizing"}[step]


async def open_object(operator: Operator, name: str) -> None:
    """Open an object from the list, by typing its name."""
    await operator.sees(LIST)
    await operator.press("escape")
    await operator.sees(LIST, name)
    await operator.press(*name)
    await operator.until(lambda screen: LIST in screen and _rows(screen) == [name], f"{name} alone in the list")
    await operator.press("enter")
    await operator.until(lambda screen: LIST not in screen and "▸" in screen, f"the steps of {name}")


async def leave(operator: Operator) -> None:
    """Go back to the list, however many steps it takes."""
    while LIST not in await operator.hands.screen():
        await operator.press("escape")
        await operator.hands.rest()


async def go_on(operator: Operator, step: str, *, patience: float = CHECK_S) -> None:
    """Go on to the next step. Where that is refused because a check is in flight, wait for it as a person would."""
    deadline = time.monotonic() + patience
    while True:
        await checked(operator, patience=patience)
        await operator.press("ctrl+n")
        try:
            screen = await operator.until(
                lambda screen: at(screen, step) or "Not yet:" in screen, f"the step {step}", patience=_AGAIN_S
            )
        except NotSeenError:
            # It was refused for a check that was over before anybody looked: what is offered is taken once more.
            if time.monotonic() > deadline or f"Next: {step}" not in await operator.hands.screen():
                raise
            continue
        if at(screen, step):
            return
        if "in flight" not in screen:
            raise NotSeenError(f"held before {step}\n{framed(screen)}")


async def checked(operator: Operator, *, patience: float = CHECK_S) -> None:
    """Wait until no check against AWS is in flight."""
    await operator.until(
        lambda screen: "checking" not in screen and "in flight" not in screen, "the check's end", patience=patience
    )


async def plan(operator: Operator, stack: str, *, ends: str = "✓ planned") -> None:
    """Make the plan of the stack whose turn it is."""
    await operator.press("m")
    await operator.until(
        lambda screen: re.search(rf"{ends}\s+{stack}", screen) is not None,
        f"{ends} {stack}",
        patience=RUN_S,
        unless=WRONG,
    )


async def apply(operator: Operator, stack: str) -> None:
    """Take the plan that is shown to the apply, say yes, and follow it to its end."""
    await operator.press("a")
    await operator.until(lambda screen: at(screen, "Apply"), "the step Apply")
    await operator.sees("● ready", stack)
    await operator.press("a")
    await operator.keep(f"apply {stack}: the question", f"Apply {stack} of", r"us-east-1\?")
    await operator.press("y")
    await operator.until(_well_under_way, "the apply under way", patience=RUN_S, unless=WRONG)
    await operator.keep(f"apply {stack}: under way")
    await operator.sees(f"✓ {stack} is handed over", patience=RUN_S, unless=WRONG)
    await operator.keep(f"apply {stack}: done", "✓ succeeded", f"✓ {stack} is handed over")


async def secrets(operator: Operator) -> None:
    """Put the secrets where the nodes fetch them; the rehearsal's customer types what is theirs."""
    await operator.press("s")
    await operator.sees("Seed the secrets of", "Let the rehearsal's customer type it")
    await operator.keep("secrets: the question")
    await operator.press("enter")
    await operator.keep("secrets", "✓ every secret has its value", "✓ database")


async def handoff(operator: Operator, way: Way, *, accept: Accept | None) -> None:
    """See what the customer has to do. What a look from outside can tell turns by itself, once they have done it."""
    await go_on(operator, "Handoff")
    # The ledger is drawn when the look is done; what a step is about, when the list knows which one it stands at.
    await operator.until(
        lambda screen: theirs(screen, *OPEN) > 0, "something that the customer has to do", patience=CHECK_S
    )
    await operator.keep("handoff: waiting", way.asked)
    if accept is not None:
        await accept()
    if way.link:
        await operator.until(
            lambda screen: (
                "✓ the peering is active" in screen
                and theirs(screen, "✓ done") > 0
                and theirs(screen, *SEEN_OPEN) == 0
                and "next: plan link" in screen.lower()
            ),
            "the peering accepted",
            patience=CHECK_S,
        )
        await operator.keep("handoff: accepted")


async def handoff_proven(operator: Operator) -> None:
    """See that the handoff has nothing left to do, once the path was verified."""
    await go_to(operator, "Handoff")
    await operator.until(
        lambda screen: theirs(screen, "✓ done") > 0 and theirs(screen, *OPEN) == 0, "all of it done", patience=CHECK_S
    )
    await operator.keep("handoff: done")


def planned(stack: str) -> str:
    """Give the pattern of a plan that was made, with what it would change."""
    return rf"✓ planned +{stack} +\d+ to add, \d+ to change, \d+ to destroy"


def theirs(screen: str, *states: str) -> int:
    """Count the customer's steps that are shown in one of these states."""
    return sum(len(re.findall(rf"{re.escape(state)} +customer\b", screen)) for state in states)


async def go_to(operator: Operator, step: str) -> None:
    """Go to a step by the number that the rail's order gives it."""
    shown = _rail(await operator.until(lambda screen: step in _rail(screen), f"the step {step} on the rail"))
    await operator.press(str((shown.index(step) + 1) % 10))
    await operator.until(lambda screen: at(screen, step), f"the step {step}")


def _rail(screen: str) -> list[str]:
    """Give the steps that the rail names, in its order."""
    rail = "\n".join(line.partition("│")[0] for line in screen.splitlines() if "│" in line)
    return re.findall(r"^\W*?([A-Z][a-z]+)\b", rail, re.MULTILINE)


async def verify(operator: Operator) -> None:
    """Look at every hop of the path."""
    await go_to(operator, "Verify")
    await operator.press("v")
    await operator.sees("✓ verified", patience=RUN_S, unless=("✗ failed", "… not verified"))
    await operator.keep("verify")


async def report(operator: Operator) -> None:
    """Read what was proven, and what was not."""
    await go_to(operator, "Report")
    await operator.keep("report", "report:", "Not proven", r"nothing\s+here\s+is\s+proof")


def _well_under_way(screen: str) -> bool:
    """Whether a third of it is done; a small one may be over before anybody looks."""
    told = re.search(r"(\d+) of (\d+) done", screen)
    return told is not None and 3 * int(told[1]) >= int(told[2])


def _rows(screen: str) -> list[str]:
    found = re.findall(r"^\s*([a-z0-9-]+) .*\b(?:shard|deployment)\s*$", screen, re.MULTILINE)
    return [str(name) for name in found]
