"""Waiting for the customer, on a step: whether somebody waits, how it stands, and the keys that begin and end it.

    shown ─► worker ─Seen─► lines, keys ─while somebody waits, every two seconds─► worker …

Who waits is a process of its own: what is shown is read from the files that it writes, whoever has begun it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from screens.pane import Pane
from screens.widgets.ask import Ask
from screens.widgets.masked import Mask

if TYPE_CHECKING:
    from wizard.deploy.waiting.records import End, Wait
    from wizard.workspace import Place, Workspace


@dataclass(frozen=True, slots=True)
class Waits:
    """How it stands: whether something is left that may wait (`left`), who waits or waited last, in lines, and how it ended."""

    left: bool = False
    wait: Wait | None = None
    alive: bool = False
    said: tuple[str, ...] = ()
    end: End | None = None


class Seen(Message):
    """How it stands now."""

    def __init__(self, waits: Waits) -> None:
        super().__init__()
        self.waits = waits


def look(workspace: Workspace, place: Place) -> Waits:
    """Look at the files of an object. Blocks for as long as the disk takes."""
    from wizard.walk import waits

    return of(place, left=waits.left(workspace, place))


def of(place: Place, *, left: bool) -> Waits:
    """Look who waits, where it is known whether something is left that may."""
    from wizard.deploy.waiting import records

    wait = records.newest(place)
    if wait is None:
        return Waits(left)
    alive = wait.alive()
    return Waits(left, wait, alive, tuple(records.said(wait)) if left or alive else (), wait.end())


#: The key that begins a wait.
WAIT: Final = Binding(
    "w",
    "wait",
    "Wait for them",
    tooltip="Plan and confirm now what is applied by itself once the customer has accepted",
)
#: Nobody has looked yet.
UNKNOWN = Waits()


def told(waits: Waits, mask: Mask, *, accepted: bool = False) -> Content:
    """Say how it stands, and which key does what: none begins a wait for what was seen to be `accepted`."""
    if waits.alive:
        first, *rest = waits.said
        lines = [Content.assemble(("… ", "bold $text-warning"), mask(first), ("; c ends it here", "bold"))]
        return Content("\n").join([*lines, *(Content.styled(f"  {mask(line)}", "$text-muted") for line in rest)])
    if not waits.left:
        return Content("")
    lines = []
    if waits.said:
        first, *rest = (mask(line) for line in waits.said)
        lines = [Content.styled(f"! {first}", "bold $text-warning"), *(Content(f"  {line}") for line in rest)]
    if not accepted:
        lines.append(Content("· w confirms now what is applied by itself once the customer has accepted"))
    return Content("\n").join(lines)


class WithWaits(Pane):
    """Base of the steps at which one may wait for the customer (`WAIT`), and end that."""

    waits: Waits = UNKNOWN

    def wait_changed(self) -> None:
        """Look again how it stands."""
        raise NotImplementedError

    def action_wait(self) -> None:
        """Show the plan of what waits; after a yes there somebody is left to wait."""
        from screens.to_wait import ToWait

        if self.walk.changed:
            self.notify("The answers are not final yet: the review says what is missing.", markup=False)
            return
        self.app.push_screen(ToWait(self.desk, self.walk.place), lambda _: self.wait_changed())

    def end_wait(self) -> None:
        """Ask, and end the wait."""
        wait = self.waits.wait
        if wait is None or not self.waits.alive:
            return

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and not wait.cancel():
                self.notify(
                    "It cannot be ended here: it applies already, has ended, or waits on another machine.",
                    severity="warning",
                    markup=False,
                )
            self.wait_changed()

        body = Content("Nothing is applied by itself then. The plan is kept, and it can be waited for again.")
        self.app.push_screen(
            Ask(f"Wait no longer for the customer of {self.walk.place.name}?", body, yes="Yes"), answered
        )

    def check_wait(self, action: str) -> bool | None:
        """Say whether a key of a wait does something; None for any other."""
        if action == "wait":
            return self.waits.left and not self.waits.alive
        return self.waits.alive if action == "end_wait" else None
