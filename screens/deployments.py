"""The start: what there is in the workspace, where each stands, and the way into it.

Typing filters, arrows move, Enter opens, Tab lists what else can be done. The list is read anew every few seconds, and
the cursor stays on its object; what is said below of the object under it is read behind the keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static

from screens.painting import SparingScreen
from screens.widgets import object_details
from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.object_table import ObjectTable
from screens.widgets.virtual_table import VirtualTable
from wizard.deploy.object_state import State

if TYPE_CHECKING:
    from textual.command import Provider

    from screens.desk import Desk
    from screens.object_actions import Action
    from wizard.deploy.details import Details
    from wizard.deploy.overview import Overview, Row
    from wizard.walk.steps import Step
    from wizard.workspace import Place

#: Seconds after which the workspace is looked at again: runs end while the list is open.
AGAIN_S = 3.0
#: Seconds for which the cursor rests before its object's answers are read.
REST_S = 0.1
NOTHING = "Nothing here yet. ^n makes a shard, and then a deployment on it; `planewright rehearse --screens` lets you practise."


class Listed(Message):
    """The workspace was read."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__()
        self.rows = rows


class Detailed(Message):
    """The answers and the last run of an object were read."""

    def __init__(self, details: Details) -> None:
        super().__init__()
        self.details = details


class OpenObject(Message):
    """Somebody wants to work on a shard or a deployment: the application opens it. `begin`: and the step's work begins."""

    def __init__(self, place: Place, step: Step | None, *, begin: bool = False) -> None:
        super().__init__()
        self.place = place
        self.step = step
        self.begin = begin


def _commands() -> type[Provider]:
    from screens.object_actions import ObjectCommands

    return ObjectCommands


class Deployments(SparingScreen[None]):
    """All shards and deployments."""

    COMMANDS = {_commands}  # noqa: RUF012 - as in the base class
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open", "Open", tooltip="Resume it; while a run is in progress, follow the run", priority=True
        ),
        Binding(
            "tab", "actions", "Actions", tooltip="What can be done with it: verify, plan again, drift, report, destroy"
        ),
        Binding("ctrl+n", "new", "New", tooltip="A new shard, or a new deployment on a shard"),
        Binding("f3", "sort", "Sort", tooltip="By name, by whom they need first, by what was done last"),
        Binding("escape", "clear", "Show all", tooltip="Forget the filter"),
        Binding("up", "move('cursor', -1)", "Up", show=False, tooltip="One up"),
        Binding("down", "move('cursor', 1)", "Down", show=False, tooltip="One down"),
        Binding("pageup", "move('page', -1)", "Page up", show=False, tooltip="A page up"),
        Binding("pagedown", "move('page', 1)", "Page down", show=False, tooltip="A page down"),
        Binding("ctrl+home", "move('edge', 0)", "First", show=False, tooltip="To the first"),
        Binding("ctrl+end", "move('edge', -1)", "Last", show=False, tooltip="To the last"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.rows: tuple[Row, ...] = ()
        self._overview: Overview | None = None
        self._details: Details | None = None
        self._rest: Timer | None = None
        self._listed_once = False
        #: Whether something was read that is not drawn yet.
        self._stale = False

    def compose(self) -> ComposeResult:
        """Header, filter, table, what is said of one object, keys."""
        yield Header(id="header")
        yield Input(placeholder="type to filter by name, kind or state", id="filter", compact=True)
        yield ObjectTable(id="objects")
        yield Static("", id="nothing", markup=False)
        yield Static("", id="details")
        yield Keys()

    def on_mount(self) -> None:
        """Read the workspace now, and again and again."""
        self._read()
        self.set_interval(AGAIN_S, self._read)

    def on_screen_resume(self) -> None:
        """Draw what was read meanwhile when somebody comes back from an object, and read it now."""
        if self._stale:
            self._draw()
        self._read()

    @work(thread=True, exclusive=True, group="list")
    def _read(self) -> None:
        if self._overview is None:
            from wizard.deploy.overview import Overview  # read while the first frame is drawn

            self._overview = Overview()
        self.post_message(Listed(self._overview.rows(self.desk.workspace)))

    @on(Listed)
    def _took(self, message: Listed) -> None:
        if message.rows != self.rows or not self._listed_once:
            self._listed_once = True
            self.rows = message.rows
            self._stale = True
            if self._seen:
                self._draw()

    @property
    def _seen(self) -> bool:
        """Whether nothing but dialogs stands above it: whatever it draws, the screen above is painted whole with it."""
        stack = self.app.screen_stack
        return self in stack and all(screen.is_modal for screen in stack[stack.index(self) + 1 :])

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self._table.filter(event.value)
        self._around()

    def presenter_changed(self) -> None:
        """Draw names masked, or not."""
        self._draw()

    @property
    def _drawn(self) -> tuple[Row, ...]:
        """The rows as they are filtered now."""
        return self._table.shown

    @property
    def under_cursor(self) -> Row | None:
        """The object that the cursor is on."""
        return self._table.under_cursor

    @property
    def _table(self) -> ObjectTable:
        return self.query_one(ObjectTable)

    def _draw(self) -> None:
        self._stale = False
        if getattr(self.app, "presenter", False):
            learn: Callable[[dict[str, str]], None] | None = getattr(self.app, "learn", None)
            if learn is not None:
                learn({row.name: row.kind for row in self.rows})
        self._table.list(self.rows, self._mask)
        self._around()

    def _around(self) -> None:
        """What is said beside the table."""
        table, nothing = self._table, self.query_one("#nothing", Static)
        nothing.update("" if table.shown else NOTHING if not self.rows else "No object matches; Esc shows all.")
        nothing.display = not table.shown
        table.display = bool(table.shown)
        kinds = Counter(row.kind for row in self.rows)
        running = sum(row.state is State.RUNNING for row in self.rows)
        right = [f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in kinds.items()]
        if running:
            right.append(f"● {running} in progress")
        presenter = bool(getattr(self.app, "presenter", False))
        self.query_one(Header).heading = Heading(("Planewright", "deployments"), tuple(right), presenter)
        self._tell()

    # -- the object under the cursor

    @on(VirtualTable.Highlighted)
    def _highlighted(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """Say what is known of it, and read the rest once the cursor rests."""
        row = self.under_cursor
        details = self._details if row is not None and self._details and self._details.name == row.name else None
        said = object_details.said(row, details, self._mask) if row is not None else ""
        self.query_one("#details", Static).update(said, layout=False)
        if self._rest is not None:
            self._rest.stop()
        if row is not None:
            self._rest = self.set_timer(REST_S, lambda: self._read_details(self._place(row)))

    @work(thread=True, exclusive=True, group="details")
    def _read_details(self, place: Place) -> None:
        from wizard.deploy.details import details  # pydantic: not before the first screen is there

        self.post_message(Detailed(details(self.desk.workspace, place)))

    @on(Detailed)
    def _took_details(self, message: Detailed) -> None:
        row = self.under_cursor
        if row is None or message.details.name != row.name:
            return  # the cursor has gone on
        self._details = message.details
        said = object_details.said(row, message.details, self._mask)
        self.query_one("#details", Static).update(said, layout=False)

    # -- what one can do

    def action_move(self, what: str, by: int) -> None:
        """Move the cursor of the table while the filter has the focus."""
        getattr(self._table, f"action_{what}")(by)

    def action_clear(self) -> None:
        """Show all."""
        self.query_one("#filter", Input).value = ""

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._table.sort(self._table.order.next)

    @on(VirtualTable.Chosen)
    def action_open(self) -> None:
        """Open what the cursor is on, where it was left."""
        row = self.under_cursor
        if row is not None:
            self.post_message(OpenObject(self._place(row), _left_off(row)))

    def action_actions(self) -> None:
        """Ask what to do with it."""
        from screens.object_actions import Actions, actions_of

        row = self.under_cursor
        if row is None or not actions_of(row):
            return

        def chosen(action: Action | None) -> None:
            if action is not None:
                self.do(action, row)

        self.app.push_screen(Actions(row), chosen)

    def do(self, action: Action, row: Row) -> None:
        """Do one of the actions with an object."""
        from screens import object_actions as known
        from wizard.walk.steps import Step

        place = self._place(row)
        screen = known.screen_of(action, self.desk, place)
        if screen is not None:
            self.app.push_screen(screen)
            return
        step = {known.VERIFY: Step.VERIFY, known.PLAN: None, known.REPORT: Step.REPORT}.get(action, _left_off(row))
        self.post_message(OpenObject(place, step, begin=action is known.VERIFY))

    def action_new(self) -> None:
        """Ask for name and kind, then open it."""
        from screens.new_object import NewObject

        self.app.push_screen(NewObject(self.desk.workspace), self._made)

    def _made(self, place: Place | None) -> None:
        if place is not None:
            self.post_message(OpenObject(place, None))

    def _place(self, row: Row) -> Place:
        return self.desk.workspace.place("shard" if row.kind == "shard" else "deployment", row.name)

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))

    def copy_text(self) -> str:
        """The list as it is filtered now."""
        return "\n".join(f"{row.name}\t{row.kind}\t{row.words}\t{row.when}".rstrip() for row in self._drawn)


def _left_off(row: Row) -> Step | None:
    """Give the step to resume at: a run's own while it goes on or failed, the customer's while they are waited for."""
    from wizard.walk.steps import Step

    if row.state is State.WAITING and not row.draft:
        return Step.HANDOFF
    return Step.APPLY if row.state in {State.RUNNING, State.FAILED} else None
