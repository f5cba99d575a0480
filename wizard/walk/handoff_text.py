"""The ledger of the handoff in plain text: to be pasted into the call's chat, where the customer reads it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wizard.walk.handoff import Party, State, Task


def text(name: str, tasks: Sequence[Task], now: datetime) -> str:
    """Give the customer's steps with every value to type, and after them what is ours, a line each.

    Names, addresses and ids are as they are: whoever does the steps needs them. No secret is in any of it.
    """
    theirs = [task for task in tasks if task.who is Party.CUSTOMER]
    ours = [task for task in tasks if task.who is Party.US]
    lines = [f"{name}: what is to be done on your side, as seen {now:%Y-%m-%d %H:%M} UTC"]
    for number, task in enumerate(theirs, start=1):
        lines += ["", f"{number}. {task.what} [{task.state.value}{_until(task, now)}]"]
        lines += [f"   {label}: {value}" for label, value in task.values]
        if task.command and task.state is not State.DONE:
            lines.append(f"   {task.command}")
    lines += ["", "On our side:", *(f"- {task.what} [{task.state.value}]" for task in ours)]
    return "\n".join(lines)


def left(until: datetime, now: datetime) -> str:
    """Say how much time is left."""
    rest = until - now
    if rest <= timedelta():
        return "expired"
    days, hours, minutes = rest.days, rest.seconds // 3600, rest.seconds % 3600 // 60
    if days:
        return f"{days} d {hours} h left"
    return f"{hours} h {minutes} min left" if hours else f"{minutes} min left"


def _until(task: Task, now: datetime) -> str:
    return f", {left(task.until, now)}" if task.until is not None and task.state is State.WAITING else ""
