"""Drift of an object: what AWS has otherwise than its states, by whom, what that interrupts; and the three ways on.

    l ─► look (thread) ─Looked─► entries ─┬─ a ─► the answers that would be written, a yes ─► what the state alone takes in, a yes
                                          ├─ r, w ─► the step Plan with what puts it back, confirmed and applied as every plan
                                          └─ i ─► ADDRESS=ID ─► the same

A look changes nothing. Who leaves stops it in good order; what an earlier one says is dropped.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import Worker, get_current_worker

from screens import drifted_work as heard
from screens.told import Told, body
from screens.widgets.ask import Ask
from wizard.deploy.drift import ways
from wizard.drift.found import Became, Drifted, Way
from wizard.walk import drifts

if TYPE_CHECKING:
    from screens.app import Planewright
    from screens.desk import Desk
    from wizard.deploy.drift.looking import Look
    from wizard.deploy.drift.ways import Back
    from wizard.deploy.target import Target
    from wizard.workspace import Place


class Drift(Told):
    """A look at an object's stacks, and the ways on from there."""

    about = "drift"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave this; a look that is made is stopped in good order"),
        Binding("l", "look", "Look again", tooltip="Ask AWS once more what there is; nothing is changed by it"),
        Binding("a", "accept", "Accept", tooltip="Keep it: into the answers, or into the state where none is about it"),
        Binding("r", "revert", "Revert", tooltip="Put it back by a plan, which is shown before it is applied"),
        Binding(
            "w", "revert_all", "Whole stack", tooltip="Put all of the stack back by one plan, which is shown first"
        ),
        Binding("i", "import", "Import", tooltip="Take what exists in AWS into the state, by its address and id"),
        Binding("c", "stop", "Stop", tooltip="Stop the look in good order"),
        Binding("p", "plan", "Plan again", tooltip="To the review, and the plan of the answers as they are now"),
    ]

    def __init__(self, desk: Desk, place: Place) -> None:
        super().__init__(desk, place)
        self.looks: tuple[Look, ...] = ()
        self._number = 0
        self._worker: Worker[None] | None = None
        self._accepting: tuple[str, Drifted] | None = None
        #: Whether somebody has gone on from here: what is shown may be no longer so.
        self._old = False

    def on_mount(self) -> None:
        """Look at once: that is what was asked for, and changes nothing."""
        self.action_look()

    def on_screen_resume(self) -> None:
        """Say that what is shown was seen before somebody went on from here."""
        if self._old and not self.busy:
            self.tell("·", "This was seen before you went on from here: l looks again.")

    # -- looking -------------------------------------------------------------------------------------------------------

    def action_look(self) -> None:
        """Look at every stack."""
        if not self.busy:
            self._number += 1
            self.begin("opening the object")
            self._worker = self._look(self._number)

    @work(thread=True, exclusive=True, group="drift")
    def _look(self, number: int) -> None:
        worker = get_current_worker()
        heard.look(self.desk, self.place, number, self.post_message, stopped=lambda: worker.is_cancelled)

    def action_stop(self) -> None:
        """Stop the look."""
        if self._worker is not None and self._worker.is_running:
            self._worker.cancel()
            self.busy = "stopping in good order"
            self.show()

    def _late(self, message: heard.OfLook) -> bool:
        message.stop()
        return message.number != self._number

    @on(heard.Looking)
    def _is_looking(self, message: heard.Looking) -> None:
        if not self._late(message) and self._worker is not None and not self._worker.is_cancelled:
            self.busy = message.what
            self.show()

    @on(heard.Looked)
    def _looked(self, message: heard.Looked) -> None:
        if not self._late(message):
            self.busy, self._old, self.target, self.looks = "", False, message.target, message.looks
            self.list.show(tuple(drifts.entries(self.looks)))
            self.show()

    @on(heard.NotLooked)
    def _not_looked(self, message: heard.NotLooked) -> None:
        if not self._late(message):
            if message.error is None:
                self.tell("■", "Stopped; nothing was changed. l looks again.")
            self.fail(message.error)

    # -- accept --------------------------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> tuple[Look, Drifted] | None:
        return drifts.drifted_of(self.looks, self.key)

    def _way(self, way: Way) -> tuple[Look, Drifted] | None:
        """Give what the cursor is on where it can go a way; say why not where it cannot."""
        chosen = self._chosen
        if chosen is None or self.busy:
            return None
        why = drifts.refused(chosen[1], way)
        if why:
            self.refuse(f"Not here: {why}")
            return None
        return chosen

    def action_accept(self) -> None:
        """Show the answers that would be written, and ask."""
        chosen = self._way(Way.ACCEPT)
        if chosen is None or self.target is None:
            return
        look, one = chosen
        self._accepting = (look.stack, one)
        settings, target = ways.settings_of([one]), self.target
        if not settings:
            self._take_in_next(target)
            return
        lines = [*drifts.answers_lines(settings.values())]

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and not self.busy:
                self.begin("writing the answers")
                self.carry_out(partial(heard.accept, target, settings, self.post_message))

        self.app.push_screen(
            Ask(f"Write these to the answers of {self.place.name}?", body(lines), yes="Write"), answered
        )

    @on(heard.Accepted)
    def _accepted(self, message: heard.Accepted) -> None:
        message.stop()
        self.busy, self.target, self._old = "", message.target, True
        self.tell("✓", "The answers say it. p plans with them: what they say of others is put in line by that.")
        self._take_in_next(message.target)

    def _take_in_next(self, target: Target) -> None:
        """Plan what the state alone takes in, if no answer is about some of it."""
        if self._accepting is None or not self._accepting[1].unsaid:
            return
        stack, one = self._accepting
        self.begin(f"planning that the state of {stack} takes in {', '.join(one.unsaid)}")
        self.carry_out(partial(heard.plan_taking_in, self.desk, target, stack, (one,), self.post_message))

    @on(heard.Planned)
    def _ask_to_take_in(self, message: heard.Planned) -> None:
        message.stop()
        self.busy, take = "", message.take
        self.show()

        def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes and not self.busy:
                self.begin("taking it into the state")
                self.carry_out(partial(heard.take_in, take, self.post_message))
            else:
                take.made.run.plan_file.unlink(missing_ok=True)

        title = f"Have the state of {take.ready.stack} take these in?"
        self.app.push_screen(Ask(title, body([*drifts.state_lines(take.left)]), yes="Take in"), answered)

    @on(heard.Taken)
    def _taken(self, message: heard.Taken) -> None:
        message.stop()
        self.busy, self._old = "", True
        also = " The answers say what they can say of it." if self._accepting and self._accepting[1].settings else ""
        self.tell("✓", f"The state of {message.stack} has it.{also} l looks again.")

    @on(heard.Failed)
    def _failed(self, message: heard.Failed) -> None:
        message.stop()
        self.fail(message.error)

    # -- revert, import ------------------------------------------------------------------------------------------------

    def action_revert(self) -> None:
        """Plan what puts this one back."""
        chosen = self._way(Way.REVERT)
        if chosen is not None:
            self._go_back(chosen[0], ways.back_of(chosen[0], [chosen[1].address], []))

    def action_revert_all(self) -> None:
        """Plan what puts all of the stack back."""
        look = drifts.look_of(self.looks, self.key)
        if look is not None and look.drifted and not self.busy:
            self._go_back(look, ways.back_of(look, [], []))

    def action_import(self) -> None:
        """Ask for the address and the id, and plan it."""
        from screens.drifted_import import AskImport

        look, stray = drifts.look_of(self.looks, self.key), drifts.stray_of(self.looks, self.key)
        if look is None or self.busy or not self._imports:
            return
        chosen = self._chosen
        said: list[str] = []
        if stray is not None:
            start = f"{next(iter(stray[1].candidates), '')}={stray[1].id}"
            said = [f"could be: {address}" for address in stray[1].candidates[1:]]
        elif chosen is not None:
            start, said = f"{chosen[1].address}=", [drifts.FORGETS]
        else:
            start = ""

        def given(what: tuple[str, str] | None) -> None:
            if what is not None:
                self._go_back(look, ways.back_of(look, None, [what]))

        self.app.push_screen(AskImport(look.stack, start, said), given)

    @property
    def _imports(self) -> bool:
        """Whether something could be imported from here: what is changed in AWS is in the state already."""
        chosen = self._chosen
        return chosen is None or chosen[1].became is not Became.CHANGED

    def _go_back(self, look: Look, back: Back | None) -> None:
        from screens.drifted_plan import opened

        if back is not None:
            self._old = True
            self.app.push_screen(opened(cast("Planewright", self.app), self.place, look.stack, back))

    def action_plan(self) -> None:
        """To the review, and on to the plan."""
        self._old = True
        self.app.push_screen(cast("Planewright", self.app).wizard(self.place, None))

    # -- what is shown -------------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """Leave; a look that is made is stopped."""
        if self._worker is not None and self._worker.is_running:
            self._worker.cancel()
        self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        look, chosen = drifts.look_of(self.looks, self.key), self._chosen
        idle = not self.busy
        offered = {
            "look": idle,
            "stop": self._worker is not None and self._worker.is_running,
            "accept": idle and chosen is not None,
            "revert": idle and chosen is not None,
            "revert_all": idle and look is not None and bool(look.drifted),
            "import": idle and look is not None and not look.waiting and self._imports,
            "plan": idle,
        }
        return offered.get(action, True)

    def standing(self) -> tuple[str, str]:
        """Say what the look has seen."""
        if not self.looks:
            return "", ""
        if all(look.clean for look in self.looks):
            return "✓", "AWS has all as the states have it, as far as it was looked at."
        return "", "What drifted stands below its stack. a keeps it, r puts it back, i takes it into the state."
