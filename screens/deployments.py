"""The start: what there is in the workspace, where each stands, and the way into it.

Typing filters, arrows move, Enter opens. The list is read anew every few seconds, and the cursor stays on its object.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import DataTable, Input, Static

from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.notes import MUTED
from wizard.deploy.overview import Row, State, overview

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.walk.steps import Step
    from wizard.workspace import Place

#: Seconds after which the workspace is looked at again: runs end while the list is open.
AGAIN_S = 3.0
STYLES = {
    State.UNREADABLE: "bold $text-error",
    State.RUNNING: "$text-accent",
    State.FAILED: "bold $text-error",
    State.UNFINISHED: "bold $text-warning",
    State.WAITING: "$text-primary",
    State.DRIFTED: "$text-warning",
    State.DRAFT: MUTED,
    State.APPLIED: "$text-success",
    State.DESTROYED: MUTED,
}
NOTHING = (
    "Nothing here yet. ^n makes a shard, and then a deployment on it; `planewright rehearse` needs no AWS account."
)


class Listed(Message):
    """The workspace was read."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__()
        self.rows = rows


class OpenObject(Message):
    """Somebody wants to work on a shard or a deployment: the application opens it."""

    def __init__(self, place: Place, step: Step | None) -> None:
        super().__init__()
        self.place = place
        self.step = step


class Deployments(Screen[None]):
    """All shards and deployments."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open", "Open", tooltip="Resume it; while a run is in progress, follow the run", priority=True
        ),
        Binding("ctrl+n", "new", "New", tooltip="A new shard, or a new deployment on a shard"),
        Binding("escape", "clear", "Show all", tooltip="Forget the filter"),
        Binding("up", "move('cursor_up')", "Up", show=False, tooltip="One up"),
        Binding("down", "move('cursor_down')", "Down", show=False, tooltip="One down"),
        Binding("pageup", "move('page_up')", "Page up", show=False, tooltip="A page up"),
        Binding("pagedown", "move('page_down')", "Page down", show=False, tooltip="A page down"),
        Binding("ctrl+home", "move('scroll_top')", "First", show=False, tooltip="To the first"),
        Binding("ctrl+end", "move('scroll_bottom')", "Last", show=False, tooltip="To the last"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.rows: tuple[Row, ...] = ()
        self._drawn: tuple[Row, ...] = ()

    def compose(self) -> ComposeResult:
        """Header, filter, table, keys."""
        yield Header(id="header")
        yield Input(placeholder="type to filter by name, kind or state", id="filter", compact=True)
        table: DataTable[Content] = DataTable(cursor_type="row", id="objects", zebra_stripes=False)
        table.can_focus = False
        yield table
        yield Static("", id="nothing", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Read the workspace now, and again and again."""
        table = self._table
        table.add_column("Name", width=34)
        table.add_column("Kind", width=12)
        table.add_column("State", width=20)
        self._read()
        self.set_interval(AGAIN_S, self._read)

    def on_screen_resume(self) -> None:
        """Read it when somebody comes back from an object."""
        self._read()

    @work(thread=True, exclusive=True, group="list")
    def _read(self) -> None:
        self.post_message(Listed(overview(self.desk.workspace)))

    @on(Listed)
    def _listed(self, message: Listed) -> None:
        if message.rows != self.rows or not self._drawn:
            self.rows = message.rows
            self._draw()

    @on(Input.Changed, "#filter")
    def _filtered(self) -> None:
        self._draw()

    def presenter_changed(self) -> None:
        """Draw names masked, or not."""
        self._drawn = ()
        self._draw()

    @property
    def under_cursor(self) -> Row | None:
        """The object that the cursor is on."""
        at = self._table.cursor_row
        return self._drawn[at] if 0 <= at < len(self._drawn) else None

    @property
    def _table(self) -> DataTable[Content]:
        return self.query_one("#objects", DataTable)

    def _draw(self) -> None:
        words = self.query_one("#filter", Input).value.lower().split()
        rows = tuple(row for row in self.rows if _matches(row, words))
        was = self.under_cursor
        table = self._table
        if rows != self._drawn:
            table.clear()
            table.add_rows(self._cells(row) for row in rows)
            self._drawn = rows
            if was is not None:
                at = next((n for n, row in enumerate(rows) if (row.kind, row.name) == (was.kind, was.name)), 0)
                table.move_cursor(row=at, animate=False)
        nothing = self.query_one("#nothing", Static)
        nothing.update("" if rows else NOTHING if not self.rows else "No object matches; Esc shows all.")
        nothing.display = not rows
        table.display = bool(rows)
        self._head()

    def _head(self) -> None:
        kinds = Counter(row.kind for row in self.rows)
        running = sum(row.state == "run in progress" for row in self.rows)
        right = [f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in kinds.items()]
        if running:
            right.append(f"● {running} in progress")
        presenter = bool(getattr(self.app, "presenter", False))
        self.query_one(Header).heading = Heading(("Planewright", "deployments"), tuple(right), presenter)

    def _cells(self, row: Row) -> tuple[Content, Content, Content]:
        mask = getattr(self.app, "mask", str)
        state = Content.styled(f"{row.symbol} {row.words}", STYLES[row.state])
        return Content(mask(row.name)), Content(row.kind), state

    # -- what one can do

    def action_move(self, how: str) -> None:
        """Move the cursor of the table while the filter has the focus."""
        getattr(self._table, f"action_{how}")()

    def action_clear(self) -> None:
        """Show all."""
        self.query_one("#filter", Input).value = ""

    def action_open(self) -> None:
        """Open what the cursor is on."""
        row = self.under_cursor
        if row is not None:
            self._open(row)

    @on(DataTable.RowSelected)
    def _selected(self, event: DataTable.RowSelected) -> None:
        self._open(self._drawn[event.cursor_row])

    def _open(self, row: Row) -> None:
        from wizard.walk.steps import Step

        place = self.desk.workspace.place("shard" if row.kind == "shard" else "deployment", row.name)
        self._enter(place, Step.APPLY if row.state == "run in progress" else None)

    def action_new(self) -> None:
        """Ask for name and kind, then open it."""
        from screens.new_object import NewObject

        self.app.push_screen(NewObject(self.desk.workspace), self._made)

    def _made(self, place: Place | None) -> None:
        if place is not None:
            self._enter(place, None)

    def _enter(self, place: Place, step: Step | None) -> None:
        self.post_message(OpenObject(place, step))

    def copy_text(self) -> str:
        """The list as it is filtered now."""
        return "\n".join(f"{row.name}\t{row.kind}\t{row.state}" for row in self._drawn)


def _matches(row: Row, words: list[str]) -> bool:
    text = f"{row.name} {row.kind} {row.state}".lower()
    return all(word in text for word in words)
