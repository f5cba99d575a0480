"""What can be done with an object of the list: a menu on Tab, each line with its letter; the palette has the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.deploy.overview import Row, State

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.workspace import Place

_THERE = frozenset({State.APPLIED, State.DRIFTED, State.WAITING, State.FAILED})


@dataclass(frozen=True, slots=True)
class Action:
    """One of them: its letter in the menu, its name, and what it does in a sentence."""

    letter: str
    name: str
    says: str


OPEN = Action("o", "Open", "where it was left")
FOLLOW = Action("o", "Follow the run", "it goes on, whoever looks")
SHOW = Action("o", "Show the failed run", "with its error and its remedy")
VERIFY = Action("v", "Verify", "look at every hop now; changes nothing")
PLAN = Action("p", "Plan again", "review, then what would change")
UPGRADE = Action("u", "Upgrade", "step by step, each its own apply")
REPORT = Action("r", "Report", "of the newest verification")
DRIFT = Action("f", "Drift", "what AWS has otherwise, and three ways on")
STATE = Action("s", "State", "back up, unlock, restore, recover")
HISTORY = Action("h", "History", "all that was done: who, when, and why")
DESTROY = Action("d", "Destroy…", "shown first; each stack takes the name")


def actions_of(row: Row) -> tuple[Action, ...]:
    """Give what makes sense in an object's state."""
    if row.state is State.UNREADABLE:
        return ()
    found = [{State.RUNNING: FOLLOW, State.FAILED: SHOW}.get(row.state, OPEN)]
    if row.state in _THERE:
        found.append(VERIFY)
    if row.state is not State.RUNNING:
        found.append(PLAN)
    if row.last in {"verified", "looked at"}:
        found.append(REPORT)
    if row.state in _THERE:
        found.append(DRIFT)
    if row.kind == "deployment" and row.state in _THERE | {State.RUNNING, State.UNFINISHED}:
        found.append(UPGRADE)
    if row.state in _THERE | {State.RUNNING, State.UNFINISHED}:
        found.append(STATE)
    if row.last:
        found.append(HISTORY)
    return (*found, DESTROY)


def screen_of(action: Action, desk: Desk, place: Place) -> Screen[Any] | None:
    """Give the screen of its own that an action has; None for one that is a step of the object."""
    if action is DESTROY:
        from screens.destroying import Destroying

        return Destroying(desk, place)
    if action is DRIFT:
        from screens.drifted import Drift

        return Drift(desk, place)
    if action is STATE:
        from screens.states import States

        return States(desk, place)
    if action is UPGRADE:
        from screens.upgrading import Upgrading

        return Upgrading(desk, place)
    if action is HISTORY:
        from screens.past import Past

        return Past(desk, place)
    return None


class Actions(ModalScreen[Action | None]):
    """Closes with what was chosen, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,tab", "back", "Back", tooltip="Do nothing"),
    ]

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row
        self._actions = actions_of(row)

    def compose(self) -> ComposeResult:
        """The object, and what can be done with it."""
        mask = getattr(self.app, "mask", str)
        with Vertical(classes="dialog"):
            yield Static(Content(f"{mask(self._row.name)}: {self._row.words}"), classes="title")
            yield OptionList(*(Option(_line(action), id=action.letter) for action in self._actions), id="actions")
            yield Static("A letter, or arrows and Enter · Esc goes back", classes="hint", markup=False)

    def on_mount(self) -> None:
        """The first one is under the cursor: what Enter does in the list."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._choose(event.option_id or "")

    def on_key(self, event: events.Key) -> None:
        """A letter chooses."""
        if event.character and any(action.letter == event.character for action in self._actions):
            event.stop()
            self._choose(event.character)

    def _choose(self, letter: str) -> None:
        self.dismiss(next((action for action in self._actions if action.letter == letter), None))

    def action_back(self) -> None:
        """Do nothing."""
        self.dismiss(None)


def _line(action: Action) -> Content:
    style = "$text-error" if action is DESTROY else "bold"
    return Content.assemble(
        (f"{action.letter}  ", "$text-accent"), (f"{action.name:<20}", style), (action.says, "$foreground 70%")
    )


class ObjectCommands(Provider):
    """The palette's lines about the object under the list's cursor."""

    async def discover(self) -> Hits:
        """All of them, before anybody has typed."""
        for name, action, does in self._commands():
            yield DiscoveryHit(name, does, help=action.says)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for name, action, does in self._commands():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), does, help=action.says)

    def _commands(self) -> Iterator[tuple[str, Action, Callable[[], None]]]:
        from screens.deployments import Deployments

        screen = self.screen
        row = screen.under_cursor if isinstance(screen, Deployments) else None
        if row is None or not isinstance(screen, Deployments):
            return
        name = getattr(self.app, "mask", str)(row.name)
        for action in actions_of(row):
            yield f"{action.name.removesuffix('…')} {name}", action, partial(screen.do, action, row)


class DestroyHere(Provider):
    """The palette's one line inside an object: it opens what shows, asks and only then destroys."""

    async def discover(self) -> Hits:
        """The line."""
        yield DiscoveryHit(self._name, self._open, help=DESTROY.says)

    async def search(self, query: str) -> Hits:
        """The line, if it matches."""
        score = self.matcher(query).match(self._name)
        if score > 0:
            yield Hit(score, self.matcher(query).highlight(self._name), self._open, help=DESTROY.says)

    @property
    def _name(self) -> str:
        place: Place = getattr(self.screen, "place")  # noqa: B009 - of whichever screen works on an object
        return f"Destroy {getattr(self.app, 'mask', str)(place.name)}"

    def _open(self) -> None:
        from screens.destroying import Destroying

        inside = self.screen
        place: Place = getattr(inside, "place")  # noqa: B009 - see above
        desk: Desk = getattr(inside, "desk")  # noqa: B009 - see above

        def closed(destroyed: bool | None) -> None:  # noqa: FBT001 - a screen's answer
            if destroyed:
                inside.dismiss()  # its steps are about what is gone

        self.app.push_screen(Destroying(desk, place), closed)
