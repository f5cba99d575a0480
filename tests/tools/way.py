"""The whole way by keys alone, from the list to the report: the same for a test, a terminal and the screenshots."""

from __future__ import annotations

import re

from tests.tools.operator import CHECK_S, RUN_S, Operator, at

ASKING = ("Account", "Database", "Topology", "Sizing", "Review")
LIST = "Planewright · deployments"
WRONG = ("✗ failed", "Traceback")


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
    """Go on to the next step; while a check against AWS is in flight, wait for it as a person would."""
    await checked(operator, patience=patience)
    await operator.press("ctrl+n")
    await operator.until(lambda screen: at(screen, step), f"the step {step}", unless=("Not yet:",))


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
    await operator.sees(f"Apply {stack} of")
    await operator.keep(f"apply {stack}: the question")
    await operator.press("y")
    await operator.sees("in flight", patience=RUN_S)
    await operator.keep(f"apply {stack}: under way")
    await operator.sees(f"✓ {stack} is handed over", patience=RUN_S, unless=WRONG)
    await operator.keep(f"apply {stack}: done")


def _rows(screen: str) -> list[str]:
    found = re.findall(r"^\s*([a-z0-9-]+) .*\b(?:shard|deployment)\s*$", screen, re.MULTILINE)
    return [str(name) for name in found]
