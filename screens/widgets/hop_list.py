"""The hops of the data path as they become known: state by symbol, word and colour, and what was seen of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.fitting import Fitting
from screens.widgets.notes import MUTED
from screens.widgets.search_rows import SearchedRows
from wizard.redact import Redactor
from wizard.verify.hops import Hop, HopState

if TYPE_CHECKING:
    from wizard.verify.path import PlannedHop

STYLES = {
    HopState.PASSED: "$text-success",
    HopState.FAILED: "bold $text-error",
    HopState.WAITING: "$text-warning",
    HopState.NOT_OBSERVABLE: MUTED,
    HopState.NOT_PROVABLE: MUTED,
}
#: From this width on what was seen of a hop stands beside the list, and not below it.
WIDE = 110
#: The mark of a hop that is looked at now, a piece at a time.
TURNS = "◐◓◑◒"


class HopList(SearchedRows, Container, Fitting):
    """In the path's order while they come; worst first on a key, and by itself once one has failed.

    With `expect` every hop has its line before it is looked at, so that nothing jumps when it is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "order", "Order", tooltip="Between the path's order and worst first"),
    ]

    worst_first: reactive[bool] = reactive(default=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.hops: tuple[Hop, ...] = ()
        self._expected: tuple[PlannedHop, ...] = ()
        self._shown: tuple[Hop | PlannedHop, ...] = ()
        self._looking: frozenset[str] = frozenset()
        self._turn = 0

    def compose(self) -> ComposeResult:
        """The list, and what was seen of one hop."""
        yield OptionList(id="hop-list", markup=False)
        with VerticalScroll(id="hop-detail-box"):
            yield Static(id="hop-detail")

    def fit(self) -> None:
        """Put the detail beside the list where there is room."""
        self.set_class(self.size.width >= WIDE, "-wide")

    def expect(self, path: Sequence[PlannedHop]) -> None:
        """Begin anew, with a line for each hop that will be looked at."""
        self.worst_first = False
        self._expected = tuple(path)
        self._looking = frozenset()
        self.show(())

    def add(self, hop: Hop) -> None:
        """Take one more hop. The list is not laid out anew, unless nobody expected it."""
        self.hops = (*self.hops, hop)
        if self.worst_first or hop.key not in {it.key for it in self._shown}:
            self.show(self.hops)
            return
        self._looking -= {hop.key}
        self._shown = tuple(hop if it.key == hop.key else it for it in self._shown)
        self.query_one(OptionList).replace_option_prompt(hop.key, self._row(hop))
        if self.chosen is hop:
            self._tell()
        self.found_anew()

    def look_at(self, keys: Iterable[str]) -> None:
        """Mark the hops that are looked at now; each call moves the mark on."""
        was, self._looking = self._looking, frozenset(keys)
        self._turn += 1
        options = self.query_one(OptionList)
        for row in self._shown:
            if row.key in was | self._looking and not isinstance(row, Hop):
                options.replace_option_prompt(row.key, self._row(row))

    def show(self, hops: tuple[Hop, ...], *, at: str = "") -> None:
        """Show these hops; the cursor goes to the hop `at`, or stays with the one it is on."""
        here = at or (self.chosen.key if self.chosen is not None else "")
        self.hops = hops
        self._shown = self._in_order()
        options = self.query_one(OptionList)
        options.set_options(Option(self._row(row), id=row.key) for row in self._shown)
        keys = [row.key for row in self._shown]
        if keys:
            options.highlighted = keys.index(here) if here in keys else 0
        self._tell()
        self.found_anew()

    def _in_order(self) -> tuple[Hop | PlannedHop, ...]:
        seen = {hop.key: hop for hop in self.hops}
        if self.worst_first:
            left = tuple(hop for hop in self._expected if hop.key not in seen)
            return (*sorted(self.hops, key=lambda hop: hop.state.rank), *left)
        expected = {planned.key for planned in self._expected}
        rows = tuple(seen.get(planned.key, planned) for planned in self._expected)
        return (*rows, *(hop for hop in self.hops if hop.key not in expected))

    @property
    def chosen(self) -> Hop | None:
        """The hop under the cursor; None for one that was not looked at."""
        number = self.query_one(OptionList).highlighted
        row = None if number is None or number >= len(self._shown) else self._shown[number]
        return row if isinstance(row, Hop) else None

    def action_order(self) -> None:
        """Order the hops the other way."""
        self.worst_first = not self.worst_first
        self.show(self.hops)

    def refresh_words(self) -> None:
        """Say everything anew: names may be masked now."""
        self.show(self.hops)

    def texts(self) -> list[str]:
        """Give each row with what was seen of it."""
        seen = (detail(row, self._mask).plain if isinstance(row, Hop) else "" for row in self._shown)
        return [f"{self._said(row).plain}\n{told}" for row, told in zip(self._shown, seen, strict=True)]

    def relight(self) -> None:
        """Mark in the rows, and in the detail, what is searched for."""
        for row in self._shown:
            self.text_view.replace_option_prompt(row.key, self._row(row))
        self._tell()

    def copy_text(self) -> str:
        """Give all hops with what was seen, as the command line tells them."""
        from wizard.verify.plain import details
        from wizard.verify.plain import line as plain_line

        seen = [row for row in self._shown if isinstance(row, Hop)]
        return "\n".join(text for hop in seen for text in (plain_line(hop), *(f"    {d}" for d in details(hop))))

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()
        self.found_anew()

    def _row(self, row: Hop | PlannedHop) -> Content:
        return self.light(self._said(row))

    def _said(self, row: Hop | PlannedHop) -> Content:
        if isinstance(row, Hop):
            return line(row, self._mask)
        looking = row.key in self._looking
        still = self.app.animation_level == "none"
        mark = f"{'…' if still else TURNS[self._turn % len(TURNS)]} looking" if looking else "· to look at"
        return Content.assemble(
            (f"{mark}  ", "$text-accent" if looking else MUTED),
            self._mask(row.title),
            (f"  {self._mask(row.subject)}", MUTED),
        )

    def _tell(self) -> None:
        chosen = self.chosen
        told = self.light(detail(chosen, self._mask)) if chosen is not None else ""
        self.query_one("#hop-detail", Static).update(told)


def line(hop: Hop, mask: Callable[[str], str] = str) -> Content:
    """One hop in one line."""
    on_whom = f" on {mask(hop.waiting_on)}" if hop.waiting_on else ""
    return Content.assemble(
        (f"{hop.state.symbol} {hop.state.word}{on_whom}  ", STYLES[hop.state]),
        (mask(hop.title), "bold"),
        (f"  {mask(hop.subject)}", MUTED),
    )


def detail(hop: Hop, mask: Callable[[str], str] = str) -> Content:
    """What was seen of a hop, why it is in its state, and what to do."""

    def clean(text: str) -> str:
        return mask(Redactor().text(text))

    lines = [
        Content.styled(mask(hop.title), "bold"),
        Content.styled(f"{hop.state.symbol} {hop.state.word}", STYLES[hop.state]),
        Content(mask(hop.subject)),
    ]
    if hop.reason:
        lines.append(Content.assemble(("why:    ", "bold"), clean(hop.reason)))
    if hop.remedy:
        lines.append(Content.assemble(("remedy: ", "bold"), clean(hop.remedy)))
    lines += [Content.assemble(("run:    ", "bold"), clean(command)) for command in hop.commands]
    lines += [Content.assemble(("seen:   ", MUTED), clean(seen)) for seen in hop.evidence]
    lines.append(Content.styled(f"looked at {hop.observed_at:%Y-%m-%d %H:%M:%S} UTC, {hop.seconds:.1f} s", MUTED))
    return Content("\n").join([text for text in lines if text.plain])
