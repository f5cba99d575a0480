"""What a wizard's screen says beside the step: header, rail, findings, and in one line what is to be done now, or why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from screens import way
from screens.copying import told
from screens.presenter import telling
from screens.widgets.findings_list import FindingsList
from screens.widgets.header import Header
from screens.widgets.rail import Rail
from screens.widgets.saying import say
from wizard.walk.steps import ASKING, Step, at_step

if TYPE_CHECKING:
    from textual.screen import Screen

    from screens.checking import Checking
    from screens.course import Course
    from wizard.walk.walk import Walk


#: What opens the part of the line that says what to do.
_CALL = re.compile(r"\b(?:Now|Next):")


class Around:
    """Draws it anew from what is known. A refusal stays until it holds no longer, or somebody goes elsewhere."""

    def __init__(self, screen: Screen[None], steps: tuple[Step, ...], checking: Checking, course: Course) -> None:
        self._screen = screen
        self._steps = steps
        self._checking = checking
        self._course = course
        self._refusal: Callable[[], str] | None = None
        #: Who AWS says is calling: an ARN.
        self.caller = ""

    def refresh(self, walk: Walk, step: Step) -> None:
        """Draw everything."""
        screen = self._screen
        presenter = bool(getattr(screen.app, "presenter", False))
        screen.query_one(Header).heading = way.heading(walk, self.caller, self.mask, presenter=presenter)
        rail = screen.query_one(Rail)
        rail.standings = self._checking.standings(walk, self._steps)
        rail.current = step
        self._show_findings(walk, step)
        refusal = self._refusal() if self._refusal is not None else ""
        if refusal:
            self.say(f"Not yet: {refusal}", refused=True)
            return
        self._refusal = None
        cannot = self._checking.cannot(walk)
        now = way.standing(walk, step, uncheckable=cannot, slow=self._checking.slow)
        self.say(now or self._course.line(walk, step))

    def refuse(self, why: Callable[[], str]) -> None:
        """Say why somebody cannot go where they want, for as long as `why` gives a reason."""
        self._refusal = why
        self.say(f"Not yet: {why()}", refused=True)

    def forgive(self) -> None:
        """Forget what was refused: somebody went elsewhere."""
        self._refusal = None

    def say(self, text: str, *, refused: bool = False) -> None:
        """Say something in the line, until the next refresh. Its height is given: nothing is laid out anew."""
        line = self._screen.query_one("#standing", Static)
        say(line, styled(self.mask(text)), layout=False)
        line.set_class(refused, "-refused")

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self._screen.app, "mask", str)(text))

    def learn(self, walk: Walk) -> None:
        """Tell presenter mode the words that give away whose object this is."""
        learn: Callable[[dict[str, str]], None] | None = getattr(self._screen.app, "learn", None)
        if learn is not None:
            learn({**telling(walk.draft.raw), walk.place.name: walk.place.kind})

    def copied(self, walk: Walk, step: Step) -> str:
        """Give the findings of the step; those of all steps where nothing is asked."""
        return told(at_step(walk.kind, step, walk.findings) if step in ASKING else walk.findings)

    def _show_findings(self, walk: Walk, step: Step) -> None:
        """Show the step's own; the steps that ask nothing show all of them, or none, themselves."""
        asked = step in ASKING
        findings = at_step(walk.kind, step, walk.findings) if asked else ()
        waiting = at_step(walk.kind, step, self._checking.waiting(walk)) if asked else ()
        self._screen.query_one(FindingsList).show((*findings, *waiting), waiting=len(waiting), looking=walk.checking)


def styled(text: str) -> Content:
    """Give what is to be done now a look that is found at once: what is behind stands back."""
    found = _CALL.search(text)
    if found is None:
        return Content(text)
    return Content.assemble(
        text[: found.start()], (found[0], "bold $text-accent"), (text[found.end() :], "$foreground")
    )
