"""The workspace's objects as rows: filtered by what is typed, sorted on a key, each state in its own colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from screens.widgets.virtual_table import Column, TableRow, VirtualTable
from wizard.deploy.object_state import State

if TYPE_CHECKING:
    from wizard.deploy.overview import Row

_STATE = 1
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Order(StrEnum):
    """What the rows are sorted by: as the workspace has them, by whom they need first, or by what was done last."""

    NAME = "name"
    STATE = "state"
    LAST = "last"

    @property
    def next(self) -> Order:
        """The order after this one."""
        orders = tuple(Order)
        return orders[(orders.index(self) + 1) % len(orders)]


@dataclass(frozen=True, slots=True)
class Listed:
    """A row, what is searched in it, and how it is drawn."""

    row: Row
    text: str
    drawn: TableRow


class ObjectTable(VirtualTable):
    """Rows of an overview. It never takes the focus: one types into the filter, and moves it by the arrows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"object-table--{state.name.lower()}" for state in State}
    DEFAULT_CSS: ClassVar[str] = """
    ObjectTable {
        & > .object-table--unreadable, & > .object-table--failed { color: $text-error; }
        & > .object-table--running { color: $text-accent; }
        & > .object-table--unfinished, & > .object-table--drifted { color: $text-warning; }
        & > .object-table--waiting { color: $text-primary; }
        & > .object-table--applied { color: $text-success; }
        & > .object-table--draft, & > .object-table--destroyed { color: $foreground 70%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(*_columns(Order.NAME), id=id)
        self.can_focus = False
        self.order = Order.NAME
        self.shown: tuple[Row, ...] = ()
        self._all: tuple[Listed, ...] = ()
        self._words: list[str] = []

    @property
    def under_cursor(self) -> Row | None:
        """The object that the cursor is on."""
        current = self.current
        return next((row for row in self.shown if row.name == current.key), None) if current is not None else None

    def list(self, rows: Sequence[Row], mask: Callable[[str], str]) -> None:
        """Take the rows as they are now; what is seen stays where it is."""
        self._all = tuple(Listed(row, _searched(row), drawn(row, mask)) for row in rows)
        self._sort()
        self.measure(listed.drawn for listed in self._all)
        self._show(still=True)

    def filter(self, text: str) -> None:
        """Show those that hold every word."""
        self._words = text.lower().split()
        self._show()

    def sort(self, order: Order) -> None:
        """Show them in another order."""
        self.order = order
        self.entitle(*_columns(order))
        self._sort()
        self._show()

    def _sort(self) -> None:
        if self.order is Order.STATE:
            self._all = tuple(
                sorted(self._all, key=lambda it: (it.row.state.rank, it.row.kind == "deployment", it.row.name))
            )
        elif self.order is Order.LAST:
            self._all = tuple(sorted(self._all, key=lambda it: it.row.last_at or _LONG_AGO, reverse=True))
        else:
            self._all = tuple(sorted(self._all, key=lambda it: (it.row.kind == "deployment", it.row.name)))

    def _show(self, *, still: bool = False) -> None:
        found = [listed for listed in self._all if all(word in listed.text for word in self._words)]
        self.shown = tuple(listed.row for listed in found)
        self.fill([listed.drawn for listed in found], still=still)


def _columns(order: Order) -> tuple[Column, ...]:
    titles = {Order.NAME: "Name", Order.STATE: "State", Order.LAST: "Last"}
    return (*(Column(f"{title} ▾" if key is order else title) for key, title in titles.items()), Column("Kind"))


def _searched(row: Row) -> str:
    return f"{row.name} {row.kind} {row.words} {row.when} {' '.join(row.waiting_on)}".lower()


def drawn(row: Row, mask: Callable[[str], str]) -> TableRow:
    """Give the cells of an object."""
    cells = (mask(row.name), f"{row.symbol} {row.words}", row.when, row.kind)
    return TableRow(row.name, cells, tint=(_STATE, f"object-table--{row.state.name.lower()}"))
