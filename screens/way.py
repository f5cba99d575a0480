"""Deciding for the wizard's screen: which steps it has, what holds one, what is said of it. Pure but for the imports."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual.binding import Binding

from screens.widgets.header import Heading
from wizard.answers.catalogue import value_at
from wizard.errors import PlanewrightError
from wizard.findings import Finding, Severity
from wizard.walk.holding import first as first  # noqa: PLC0414 - the screens take it from here
from wizard.walk.holding import held as held  # noqa: PLC0414 - the screens take it from here
from wizard.walk.holding import is_beyond_review as is_beyond_review  # noqa: PLC0414 - the screens take it from here
from wizard.walk.steps import Mark, Standing, Step, step_of, steps_of

if TYPE_CHECKING:
    from screens.pane import Pane
    from wizard.deploy import flow
    from wizard.walk.walk import Walk
    from wizard.workspace import Kind


@runtime_checkable
class Offered(Protocol):
    """A pane that takes a plan which a person has looked at and wants applied."""

    def offer(self, planned: flow.Planned | None) -> None:
        """Take it; None takes the one given before back."""


#: The panes there are, by step; calling one imports its module and gives its class.
Panes = Mapping[Step, Callable[[], type["Pane"]]]


def panes_of(kind: Kind) -> Panes:
    """Give the panes of an object's steps, as far as there is a module for them."""
    there = (step for step in steps_of(kind) if importlib.util.find_spec(_module(step)) is not None)
    return {step: partial(_pane_of, step) for step in there}


def _pane_of(step: Step) -> type[Pane]:
    from screens.pane import Pane

    module = importlib.import_module(_module(step))
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, Pane) and getattr(thing, "step", None) is step:
            return thing
    raise TypeError(f"{_module(step)} has no pane of the step {step.value}")


def _module(step: Step) -> str:
    return f"screens.steps.{step.value}"


def number_keys(keys: str) -> tuple[Binding, ...]:
    """Give the keys of the steps, in the rail's order."""
    says = "Go to the step of this number"
    return tuple(
        Binding(key, f"step({number})", f"Step {number + 1}", show=False, tooltip=says)
        for number, key in enumerate(keys)
    )


def standing(walk: Walk, step: Step, *, uncheckable: PlanewrightError | None = None, slow: bool = False) -> str:
    """Say how a step stands, in one line. That a check is made is told only once it takes its time."""
    why = held(walk, step, uncheckable=uncheckable)
    if walk.checking and uncheckable is None and not is_beyond_review(step):
        why = why.removesuffix("a check against AWS is in flight").removesuffix(", ")
        if slow:
            return f"… checking against AWS{f'; held: {why}' if why else ''}"
    return f"✗ held: {why}" if why else ""


def heading(walk: Walk, caller: str, mask: Callable[[str], str], *, presenter: bool) -> Heading:
    """Give the line on top: the object, and the account with who calls."""
    topology = str(walk.draft.given.get("topology") or "")
    left = (mask(walk.place.name), "springtail", topology or walk.kind)
    if walk.target is not None:
        where = f"{walk.target.shard.account.id} {walk.target.shard.account.region}"
    else:
        where = " ".join(str(value_at(walk.draft.raw, f"account.{part}", "")) for part in ("id", "region")).strip()
    masked = mask(caller)
    right = tuple(part for part in (mask(where), _who(caller) if masked == caller else masked) if part)
    return Heading(left, right, presenter)


def _who(arn: str) -> str:
    """Give the part of an ARN that people know a caller by: `user/ops`, `assumed-role/Deployer/olga`."""
    return arn.rpartition(":")[2]


@dataclass(slots=True)
class Shown:
    """What stays on screen while a check is under way, so that nothing jumps with every key.

    Findings that only AWS could tell stay, marked as waiting; marks stay, until the check takes its time (`slow`). So do
    all findings for as long as an answer is refused, as half a word is that somebody is typing: nothing can be checked.
    """

    slow: bool = False
    _live: tuple[Finding, ...] = ()
    _told: tuple[Finding, ...] = ()
    _marks: dict[Step, Mark] = field(default_factory=dict)

    def checked(self, own: tuple[Finding, ...], findings: tuple[Finding, ...]) -> None:
        """Take a check's findings; `own` are those that the answers alone gave."""
        self.slow = False
        self._live = tuple(finding for finding in findings if finding not in own)

    def waiting(self, walk: Walk) -> tuple[Finding, ...]:
        """Give the earlier check's findings that are being looked at again, or will be."""
        if walk.target is None:
            return self._told if walk.draft.problems else ()
        again = tuple(f for f in self._live if f not in walk.findings) if walk.checking else ()
        self._told = (*walk.findings, *again)
        return again

    def standings(self, walk: Walk, steps: tuple[Step, ...]) -> tuple[Standing, ...]:
        """Give the standings to show."""
        waiting = [step_of(walk.kind, f.path) for f in self.waiting(walk) if f.severity is not Severity.INFO]
        found = []
        for now in walk.standings():
            if now.step not in steps:
                continue
            mark, lacking = now.mark, now.lacking
            if now.step is Step.ACCOUNT and walk.unopened is not None:  # the answer that names the shard is there
                mark, lacking = Mark.HELD, lacking + 1
            if mark is Mark.CHECKING and not self.slow:
                mark = self._marks.get(now.step, Mark.NOTED if now.findings else Mark.DONE)
            else:
                self._marks[now.step] = mark
            found.append(replace(now, mark=mark, lacking=lacking, findings=now.findings + waiting.count(now.step)))
        return tuple(found)
