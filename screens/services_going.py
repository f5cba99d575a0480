"""How it goes with Springtail's services on their nodes, as it is told on screen. Values and words alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets.masked import Mask
from screens.widgets.run_words import error_text
from wizard.blueprints.springtail.services import Verb
from wizard.errors import PackageMissingError, PlanewrightError
from wizard.walk import services

if TYPE_CHECKING:
    from wizard.deploy.services import Did, Sent
    from wizard.deploy.target import Target

#: The key of each verb.
KEYS = {Verb.PREPARE: "p", Verb.START: "s", Verb.STOP: "x", Verb.UNDO: "u"}
#: How a mark is drawn.
MARKS = {"✓": "$text-success", "✗": "bold $text-error", "…": "$text-accent", "!": "$text-warning", "·": "$text-muted"}
#: What is said once all nodes were seen to.
_DONE = {
    Verb.PREPARE: "prepared, nothing is started: s starts it",
    Verb.START: "started: Esc goes back, and v looks at the path's last hops",
    Verb.STOP: "stopped: nothing replicates until s starts it again",
    Verb.UNDO: "taken back: p prepares it anew",
}


@dataclass(slots=True)
class Going:
    """What is being done: with which nodes, at which since when, and what came of each step."""

    verb: Verb
    target: Target
    sent: tuple[Sent, ...]
    at: str = ""
    since: float = 0.0
    done: list[Did] = field(default_factory=list)
    #: Set: no further node is told; and: nobody waits for the one that was.
    no_more: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)
    over: bool = False
    error: PlanewrightError | None = None
    stopped: bool = False

    @property
    def reached(self) -> tuple[str, ...]:
        """The nodes whose turn has come, in order."""
        keys = tuple(one.task.key for one in self.sent)
        return keys[: keys.index(self.at) + 1] if self.at else ()

    def lines(self, now: float) -> Iterator[tuple[str, str, bool]]:
        """Give a line for each node and step: its mark, its words, and whether it is a step's."""
        for one in self.sent:
            mark, how = self._stand(one.task.key, now)
            yield mark, f"{one.task.key:<13} {one.task.node.instance_id}  {how}", False
            for did in self.done:
                if did.node == one.task.key:
                    yield "✓", f"{did.step}: {did.did}", True

    def _stand(self, key: str, now: float) -> tuple[str, str]:
        if key not in self.reached:
            return "·", "not told" if self.over else "to come"
        if key != self.at or (self.over and self.error is None and not self.stopped):
            return "✓", "done"
        if isinstance(self.error, PackageMissingError):
            return "!", "the package is not at hand"
        if self.error is not None:
            return "✗", "failed"
        if not self.over:
            return "…", f"at it, {now - self.since:.0f} s"
        answered = any(did.node == key for did in self.done)
        return ("✓", "done") if answered else ("…", "not waited for: what it was told goes on there")


def failed(error: PlanewrightError, mask: Mask) -> Content:
    """Say what ended it, or kept it from being begun. A package that is not at hand is a finding."""
    if not isinstance(error, PackageMissingError):
        return error_text(error, mask)
    first, *rest = (mask(line) for line in services.finding(error))
    styled = Content.styled(f"! {first}", "bold $text-warning")
    return Content("\n").join([styled, *(Content(f"  {line}") for line in rest)])


def said(going: Going) -> Content:
    """Say in a line how it goes, or how it has ended well."""
    if going.stopped:
        count = len({did.node for did in going.done})
        what = f"■ cancelled: {count} of {len(going.sent)} nodes have said what they did; {KEYS[going.verb]} goes on"
        return Content.styled(what, "$text-warning")
    if going.over:
        return Content.styled(f"✓ {_DONE[going.verb]}", "bold $text-success")
    if going.leave.is_set():
        return Content.styled("■ nobody waits any more", "$text-warning")
    if going.no_more.is_set():
        what = f"■ no node after {going.at or 'this'} is told; what it was told goes to its end. c waits no more for it"
        return Content.styled(what, "$text-warning")
    number = len(going.reached)
    where = f"node {number} of {len(going.sent)}" if number else "logging in"
    return Content.styled(f"… {going.verb.value}: {where}. c tells no further node.", "$text-accent")
