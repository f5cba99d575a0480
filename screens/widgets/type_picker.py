"""The region's instance types to choose from: type to filter, sort by column, and see what speaks against each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens import marks
from screens.machines import Machines
from screens.widgets.keys import Keys
from screens.widgets.virtual_table import Column, TableRow, VirtualTable
from wizard.facts.compute import InstanceTypeFact
from wizard.sizing.catalogue import matches, parse, sort_key
from wizard.sizing.choice import Choice, weigh
from wizard.sizing.images import architecture_of
from wizard.sizing.nvme import nvme_gb
from wizard.sizing.roles import Wish

#: Seconds that reading may take before it is told.
PATIENCE_S = 0.2
#: By what rows are sorted, in the columns' order, each with its key and its column's title.
SORTS = (
    ("name", "t", "type"),
    ("vcpu", "v", "vCPU"),
    ("mem", "m", "GiB"),
    ("local", "l", "NVMe"),
    ("iops", "i", "IOPS base/burst"),
)
_REASONS = 3


class Weighed(Message):
    """The types are read and held against the wish."""

    def __init__(self, machines: Machines, choices: tuple[Choice, ...]) -> None:
        super().__init__()
        self.machines = machines
        self.choices = choices


class TypePicker(ModalScreen[str | None]):
    """Gives the name of a type, or None when nothing was taken.

    `read` blocks, in a worker. When it gives no types, it is said why, and the name can be typed.
    """

    DEFAULT_CSS: ClassVar[str] = """
    TypePicker { align: center middle; }
    #types { width: 100%; max-width: 132; height: 1fr; border: round $primary; padding: 0 1; background: $surface; }
    #types-title { height: 1; text-style: bold; }
    #types-filter { height: 1; border: none; padding: 0 1; background: $boost; }
    #types-said { height: 1; color: $text-muted; }
    #types-table { height: 1fr; }
    #types-reasons { height: 3; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back", tooltip="Leave the type as it is"),
        Binding(
            "ctrl+s", "sort_next", "Sort", tooltip="Sort by the next column; t v m l i once Tab has left the filter"
        ),
        Binding("ctrl+r", "reverse", "Reverse", tooltip="The largest first, or the smallest"),
        Binding("ctrl+o", "only", "Only fitting", tooltip="Leave out what does not carry the role, or show it again"),
        Binding("up", "table('cursor(-1)')", "Up", show=False, tooltip="To the type above"),
        Binding("down", "table('cursor(1)')", "Down", show=False, tooltip="To the type below"),
        Binding("pageup", "table('page(-1)')", "Page up", show=False, tooltip="A page of types up"),
        Binding("pagedown", "table('page(1)')", "Page down", show=False, tooltip="A page of types down"),
        *(
            Binding(key, f"sort('{name}')", f"Sort by {title}", show=False, tooltip=f"Sort by {title}; again: reverse")
            for name, key, title in SORTS
        ),
    ]

    def __init__(self, role: str, wish: Wish, current: str, read: Callable[[], Machines]) -> None:
        super().__init__()
        self._role = role
        self._wish = wish
        self._current = current
        self._read = read
        self._machines: Machines | None = None
        self._choices: dict[str, Choice] = {}
        self._rows: dict[str, TableRow] = {}
        self._ordered: list[tuple[InstanceTypeFact, TableRow]] = []
        self._sort = "vcpu"
        self._reversed = False
        self._only = False

    def compose(self) -> ComposeResult:
        """Filter, what is wrong with it or how many match, the types, and what speaks against the one under the cursor."""
        with Vertical(id="types"):
            yield Static(f"{self._role}: instance type", id="types-title", markup=False)
            yield Input(placeholder="filter: r6i  arm64  nvme  mem>=32  iops>12000", compact=True, id="types-filter")
            yield Static("", id="types-said", markup=False)
            yield VirtualTable(*_columns(self._sort, reverse=False), id="types-table")
            yield Static("", id="types-reasons", markup=False)
        yield Keys()

    def on_mount(self) -> None:
        """Read; tell that it takes a moment only when it does."""
        self.query_one(Input).cursor_blink = False
        self.set_timer(PATIENCE_S, self._tell_reading)
        self._weigh()

    @work(thread=True, exclusive=True, group="types")
    def _weigh(self) -> None:
        machines = self._read()
        booted = machines.booted.get(self._role, {})
        kinds = machines.kinds.values() if machines.kinds else ()
        self.post_message(Weighed(machines, weigh(kinds, self._wish, offered=machines.offered, booted=booted)))

    def _tell_reading(self) -> None:
        if self._machines is None:
            self._say("… reading the region's instance types")

    @on(Weighed)
    def _weighed(self, message: Weighed) -> None:
        self._machines = message.machines
        self._choices = {choice.kind.name: choice for choice in message.choices}
        place = f"types of {message.machines.region}, offered in {message.machines.zone_id}"
        self.query_one("#types-title", Static).update(f"{self._role}: {place} · Enter takes one")
        if message.machines.kinds is None:
            mask = getattr(self.app, "mask", str)  # AWS names the caller where it refuses
            why = mask((*message.machines.unread, "the types could not be read")[0])
            self._reasons([("! not read", "$text-warning", why)])
            self.query_one(Input).placeholder = "the name of the type, as r6i.4xlarge"
            self.query_one(VirtualTable).display = False
            self._say("Type a name; Enter takes it. The check then says what it carries.")
            return
        self._rows = {it.kind.name: _row(it, current=it.kind.name == self._current) for it in message.choices}
        self._order()
        self.query_one(VirtualTable).measure(self._rows.values())
        self._filter(cursor=self._current)

    # -- filtering and sorting

    @on(Input.Changed, "#types-filter")
    def _changed(self) -> None:
        self._filter()

    def _filter(self, *, cursor: str | None = None) -> None:
        if self._machines is None or self._machines.kinds is None:
            return
        parsed = parse(self.query_one(Input).value)
        rows = [row for kind, row in self._ordered if matches(kind, parsed.query) and not (self._only and row.dim)]
        self.query_one(VirtualTable).fill(rows, cursor=cursor)
        if not rows:
            self._reasons([])
        if parsed.unclear:
            first = parsed.unclear[0]
            self._say(f"! unclear: {first.term}: {first.what}", style="$text-warning")
        else:
            self._say(self._counted(rows))

    def _counted(self, rows: list[TableRow]) -> str:
        fitting = sum(not row.dim for row in rows)
        unknown = "" if self._machines is None or self._machines.offered is not None else "  ! zone's offer not read"
        return f"{len(rows)} of {len(self._ordered)} types, {fitting} fit, those first{unknown}"

    def _order(self) -> None:
        """Sort all, once per sort: filtering then only leaves out."""
        key = sort_key(self._sort)
        kinds = sorted(self._choices.values(), key=lambda it: key(it.kind), reverse=self._reversed)
        kinds.sort(key=lambda it: self._rows[it.kind.name].dim)
        self._ordered = [(it.kind, self._rows[it.kind.name]) for it in kinds]

    def action_sort(self, name: str) -> None:
        """Sort by a column; by the same again, the other way round."""
        self._reversed = not self._reversed if name == self._sort else False
        self._sort = name
        self._sorted_anew()

    def action_sort_next(self) -> None:
        """Sort by the next column."""
        names = [name for name, _, _ in SORTS]
        self._sort, self._reversed = names[(names.index(self._sort) + 1) % len(names)], False
        self._sorted_anew()

    def action_reverse(self) -> None:
        """Turn the order round."""
        self._reversed = not self._reversed
        self._sorted_anew()

    def action_only(self) -> None:
        """Leave out what does not fit, or show it again."""
        self._only = not self._only
        self._filter()

    def _sorted_anew(self) -> None:
        if not self._rows:
            return
        self.query_one(VirtualTable).entitle(*_columns(self._sort, reverse=self._reversed))
        self._order()
        self._filter()

    # -- choosing

    async def action_table(self, action: str) -> None:
        """Move in the table while the filter has the focus."""
        await self.app.run_action(action, self.query_one(VirtualTable))

    @on(VirtualTable.Highlighted, "#types-table")
    def _highlighted(self, message: VirtualTable.Highlighted) -> None:
        choice = self._choices[message.key]
        if not choice.offered:
            self._reasons([("✗ critical", "bold $text-error", f"{choice.kind.name} is not offered in the zone")])
        elif not choice.against:
            self._reasons([("✓ fits", "$text-success", f"{choice.kind.name} carries what {self._role} asks")])
        else:
            self._reasons(
                (
                    f"{it.severity.symbol} {it.severity.value}",
                    marks.SEVERITY_STYLES[it.severity],
                    it.what,
                )
                for it in choice.against
            )

    @on(VirtualTable.Chosen, "#types-table")
    def _chosen(self, message: VirtualTable.Chosen) -> None:
        self.dismiss(message.key)

    @on(Input.Submitted, "#types-filter")
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        if self._machines is None:
            return
        if self._machines.kinds is None:
            if message.value.strip():
                self.dismiss(message.value.strip())
            return
        self.query_one(VirtualTable).action_choose()

    def action_cancel(self) -> None:
        """Take nothing."""
        self.dismiss(None)

    def _say(self, text: str, *, style: str = "$text-muted") -> None:
        self.query_one("#types-said", Static).update(Content.styled(text, style), layout=False)

    def _reasons(self, reasons: Iterable[tuple[str, str, str]]) -> None:
        found = [Content.assemble((word, style), f"  {what}") for word, style, what in reasons]
        shown = found[:_REASONS]
        if len(found) > _REASONS:
            shown[-1] = Content(f"· and {len(found) - _REASONS + 1} more reasons")
        self.query_one("#types-reasons", Static).update(Content("\n").join(shown), layout=False)


def _columns(sort: str, *, reverse: bool) -> tuple[Column, ...]:
    """Give the columns; the one that is sorted by says so, in a place that is kept free in all."""

    def titled(name: str, title: str, *, right: bool = True) -> Column:
        arrow = ("▼" if reverse else "▲") if name == sort else " "
        return Column(f"{arrow}{title}" if right else f"{arrow} {title}", right)

    (name, _, of_name), *figures = SORTS
    arch = Column("arch")
    first, *rest = (titled(key, title) for key, _, title in figures)
    return (titled(name, of_name, right=False), arch, first, *rest, Column("carries it"))


def _row(choice: Choice, *, current: bool) -> TableRow:
    kind, ebs = choice.kind, choice.kind.ebs
    cells = (
        f"{'●' if current else ' '} {kind.name}",
        architecture_of(kind) or "-",
        str(kind.vcpu),
        f"{kind.memory_mib / 1024:g}",
        str(nvme_gb(kind) or "-"),
        f"{ebs.baseline_iops}/{ebs.maximum_iops}" if ebs else "-",
        f"✓ {choice.verdict}" if choice.fits else f"✗ {choice.verdict}".replace(f"{kind.name}: ", ""),
    )
    return TableRow(kind.name, cells, dim=not choice.fits)
