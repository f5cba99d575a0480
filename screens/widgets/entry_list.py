"""Entries in lines, and beside or below them all that is told of the one under the cursor; searched on `/`."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.fitting import Fitting
from screens.widgets.notes import MUTED
from screens.widgets.saying import say
from screens.widgets.search_rows import SearchedRows
from wizard.redact import Redactor
from wizard.walk.entries import Entry, Tone

STYLES = {
    Tone.GOOD: "$text-success",
    Tone.BAD: "bold $text-error",
    Tone.WARN: "$text-warning",
    Tone.NOW: "$text-accent",
    Tone.QUIET: MUTED,
}
#: From this width on what is told of one entry stands beside the list, and not below it.
WIDE = 110


class EntryList(SearchedRows, Container, Fitting):
    """Rows keep the cursor on their entry, whatever is shown anew. Everything is redacted, and masked as it is shown."""

    DEFAULT_CSS = """
    EntryList {
        height: 1fr;
        layout: vertical;
        & #entry-list {
            height: 1fr; padding: 0; background: $background; border-top: solid $panel;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #entry-list:focus { border-top: solid $primary; }
        & #entry-box { height: 50%; padding: 0 1; border-top: solid $panel; }
        & #entry-box:focus { border-top: solid $primary; }
        & #entry-told { height: auto; }
        &.-wide { layout: horizontal; }
        &.-wide #entry-list { width: 3fr; }
        &.-wide #entry-box { width: 2fr; height: 1fr; border-top: none; border-left: solid $panel; }
        &.-wide #entry-box:focus { border-left: solid $primary; }
    }
    """

    class Moved(Message):
        """The cursor is on another entry."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.entries: tuple[Entry, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, and what is told of one entry."""
        yield OptionList(id="entry-list", markup=False)
        with VerticalScroll(id="entry-box"):
            yield Static(id="entry-told")

    def fit(self) -> None:
        """Put what is told beside the list where there is room."""
        self.set_class(self.size.width >= WIDE, "-wide")

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        at = self.query_one(OptionList).highlighted
        return None if at is None or at >= len(self.entries) else self.entries[at]

    def show(self, entries: tuple[Entry, ...], *, at: str = "") -> None:
        """Show these; the cursor goes to the entry `at`, or stays with its own."""
        here = at or (self.current.key if self.current is not None else "")
        self.entries = entries
        options = self.query_one(OptionList)
        options.set_options(Option(self.light(self._row(entry))) for entry in entries)
        keys = [entry.key for entry in entries]
        if keys:
            options.highlighted = keys.index(here) if here in keys else 0
        self._tell()
        self.found_anew()

    def focus_rows(self) -> None:
        """Put the focus on the list."""
        self.query_one(OptionList).focus()

    def texts(self) -> list[str]:
        """Give each row with what is told of it."""
        return [f"{self._row(it).plain}\n{self._told(it).plain}" for it in self.entries]

    def relight(self) -> None:
        """Mark in the rows, and in what is told, what is searched for; or mask them anew."""
        options = self.query_one(OptionList)
        for number, entry in enumerate(self.entries):
            options.replace_option_prompt_at_index(number, self.light(self._row(entry)))
        self._tell()

    def copy_text(self) -> str:
        """Give all entries with what is told of them."""
        return "\n".join(entry.text for entry in self.entries)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()
        self.found_anew()
        self.post_message(self.Moved())

    def _tell(self) -> None:
        current = self.current
        told = self.light(self._told(current)) if current is not None else Content("")
        say(self.query_one("#entry-told", Static), told)

    @property
    def _clean(self) -> Callable[[str], str]:
        mask, redacted = getattr(self.app, "mask", str), Redactor().text
        return lambda text: str(mask(redacted(text)))

    def _row(self, entry: Entry) -> Content:
        words = max((len(it.word) for it in self.entries), default=0)
        clean = self._clean
        return Content.assemble(
            "  " if entry.below else "",
            (f"{entry.symbol} {entry.word:<{words}}  ", STYLES[entry.tone]),
            (clean(entry.title), "" if entry.below else "bold"),
            (f"  {clean(entry.beside)}" if entry.beside else "", MUTED),
        )

    def _told(self, entry: Entry) -> Content:
        clean = self._clean
        lines = [
            Content.styled(clean(entry.title), "bold"),
            Content.styled(f"{entry.symbol} {entry.word}", STYLES[entry.tone]),
            *([Content(clean(entry.beside))] if entry.beside and not entry.below else []),
        ]
        lines += [
            Content.assemble((f"{label}: ", "bold"), clean(text)) if label else Content(f"  {clean(text)}")
            for label, text in entry.told
        ]
        return Content("\n").join(lines)
