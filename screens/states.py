"""The engine's states of an object: where each is, what it says, who holds it, what is kept of it; and what is done after accidents.

l ─► see (thread) ─Seen─► entries ─┬─ b ─► a copy beside it
                                   ├─ u ─► the lock of somebody dead: a yes; of somebody unknown: a reason; of the living: never
                                   ├─ s ─► a version or a backup: compared, the typed name, written
                                   └─ r ─► what happened, and the way back step by step
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from screens import states_work as heard
from screens.states_typed import Overwriting
from screens.told import body
from screens.widgets.ask import Ask
from screens.widgets.ask_reason import AskReason
from wizard.walk import states

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.state.listing import StackState
    from wizard.walk.states import Named
    from wizard.workspace import Place

#: What is asked where nobody can see from here whether a lock's owner lives.
HOW = "You have asked them, and nothing of theirs runs. How do you know?"


class States(Overwriting):
    """The states, and what can be done with each."""

    about = "state"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then this; nothing is written by leaving"),
        Binding("l", "look", "Look again", tooltip="Read the states once more; nothing is changed by it"),
        Binding("b", "backup", "Back up", tooltip="Keep a copy of this stack's state beside it"),
        Binding("u", "unlock", "Unlock", tooltip="Remove the lock of somebody dead; never of a live run"),
        Binding("s", "restore", "Restore", tooltip="Compare this version or backup, and restore it by the typed name"),
        Binding("r", "recover", "Recover", tooltip="What happened to this state, and the way back, step by step"),
    ]

    def __init__(self, desk: Desk, place: Place) -> None:
        super().__init__(desk, place)
        self.states: tuple[StackState, ...] = ()
        self._number = 0
        #: What was done last: told above the states that were read after it.
        self._done = ""

    def on_mount(self) -> None:
        """Look at once: nothing is changed by it."""
        self.action_look()

    def action_look(self) -> None:
        """Look at every stack's state."""
        if not self.busy:
            self._number += 1
            self.begin("reading the states")
            self.carry_out(partial(heard.see, self.desk, self.place, self._number, self.post_message))

    @on(heard.Seen)
    def _seen(self, message: heard.Seen) -> None:
        message.stop()
        if message.number != self._number:
            return
        self.target, self.states = message.target, message.states
        self.list.show(tuple(states.entries(self.states)))
        done, self._done = self._done, ""
        self.tell("✓" if done else "", done)

    @on(heard.Done)
    @on(heard.Taken)
    def _was_done(self, message: heard.Done | heard.Taken) -> None:
        message.stop()
        if isinstance(message, heard.Taken):
            self._done = f"{message.took.said}. r plans, and says what differs"
        else:
            self._done = message.said
        self.busy = ""
        self.action_look()

    @on(heard.Failed)
    def _failed(self, message: heard.Failed) -> None:
        message.stop()
        self.fail(message.error)

    # -- what can be done ------------------------------------------------------------------------------------------------

    @property
    def _named(self) -> Named | None:
        return states.named(self.states, self.key)

    def action_backup(self) -> None:
        """Keep a copy."""
        named, target = self._named, self.target
        if named is not None and target is not None and not self.busy:
            stack = named.state.stack
            self.begin(f"keeping a copy of {stack}")
            self.carry_out(partial(heard.back_up, self.desk, target, stack, self.post_message))

    def action_unlock(self) -> None:
        """Ask, and remove the lock: as it was seen, and of nobody who lives."""
        named = self._named
        held = named.state.held if named is not None else None
        if named is None or held is None or self.busy:
            return
        if held.alive:
            self.refuse(f"A lock whose holder lives is never removed: wait for it. {held.text}")
        elif held.alive is None:
            dialog = AskReason(f"Remove the lock of {named.state.stack}?", body([held.text]), asked=HOW)
            self.app.push_screen(dialog, partial(self._unlock, named))
        else:

            def answered(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
                self._unlock(named, "" if yes else None)

            self.app.push_screen(
                Ask(f"Remove the lock of {named.state.stack}?", body([held.text]), yes="Remove"), answered
            )

    def _unlock(self, named: Named, reason: str | None) -> None:
        if reason is not None and self.target is not None and not self.busy:
            self.begin(f"removing the lock of {named.state.stack}")
            self.carry_out(partial(heard.unlock, self.desk, self.target, named.state, reason, self.post_message))

    def action_restore(self) -> None:
        """Compare what the cursor is on with what is there."""
        named, target = self._named, self.target
        if target is not None and named is not None and self._can_restore and not self.busy:
            self.begin(f"comparing {named.kind} {named.kept.id if named.kept else ''} with what is there")
            self.carry_out(partial(heard.prepare, self.desk, target, named, self.post_message))

    def action_recover(self) -> None:
        """Say what happened, and lead back."""
        from screens.states_recover import Recovering

        named = self._named
        if named is not None and not self.busy:
            self.app.push_screen(Recovering(self.desk, self.place, named.state.stack), lambda _: self.action_look())

    @property
    def _can_restore(self) -> bool:
        named = self._named
        return named is not None and named.kept is not None and not named.kept.deleted

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        del parameters
        if not self.is_mounted:
            return True
        named, idle = self._named, not self.busy and self.prepared is None
        offered = {
            "look": idle,
            "backup": idle and named is not None and named.state.state is not None,
            "unlock": idle and named is not None and named.state.held is not None,
            "restore": idle and self._can_restore,
            "recover": idle and named is not None,
        }
        return offered.get(action, True)

    def standing(self) -> tuple[str, str]:
        """Say how the states stand."""
        if not self.states:
            return "", ""
        if all(state.well for state in self.states):
            return "✓", "Every state can be read, and nobody holds one."
        return "!", "Something is to be done about a state: r says what happened, and leads back."
