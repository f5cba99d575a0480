"""The hops of the data path as they become known: state by symbol, word and colour, and what was seen of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from wizard.redact import Redactor
from wizard.verify.hops import Hop, HopState

STYLES = {
    HopState.PASSED: "$text-success",
    HopState.FAILED: "bold $text-error",
    HopState.WAITING: "$text-warning",
    HopState.NOT_OBSERVABLE: "$text-muted",
    HopState.NOT_PROVABLE: "$text-muted",
}
#: From this width on what was seen of a hop stands beside the list, and not below it.
WIDE = 110


class HopList(Container):
    """In the path's order while they come; worst first on a key, and by itself once one has failed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "order", "Order", tooltip="Between the path's order and worst first"),
    ]

    worst_first: reactive[bool] = reactive(default=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.hops: tuple[Hop, ...] = ()
        self._shown: tuple[Hop, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, and what was seen of one hop."""
        yield OptionList(id="hop-list", markup=False)
        with VerticalScroll(id="hop-detail-box"):
            yield Static(id="hop-detail")

    def on_resize(self) -> None:
        """Put the detail beside the list where there is room."""
        self.set_class(self.size.width >= WIDE, "-wide")

    def clear(self) -> None:
        """Begin anew."""
        self.worst_first = False
        self.show(())

    def add(self, hop: Hop) -> None:
        """Take one more hop, in the path's order. The list is not laid out anew."""
        self.hops = (*self.hops, hop)
        if self.worst_first:
            self.show(self.hops)
            return
        self._shown = self.hops
        options = self.query_one(OptionList)
        options.add_option(Option(line(hop, self._mask)))
        if options.highlighted is None:
            options.highlighted = 0

    def show(self, hops: tuple[Hop, ...], *, at: str = "") -> None:
        """Show these hops; the cursor goes to the hop `at`, or stays with the one it is on."""
        here = at or (self.chosen.key if self.chosen is not None else "")
        self.hops = hops
        self._shown = tuple(sorted(hops, key=lambda hop: hop.state.rank)) if self.worst_first else hops
        options = self.query_one(OptionList)
        options.set_options(Option(line(hop, self._mask)) for hop in self._shown)
        keys = [hop.key for hop in self._shown]
        if keys:
            options.highlighted = keys.index(here) if here in keys else 0
        self._tell()

    @property
    def chosen(self) -> Hop | None:
        """The hop under the cursor."""
        number = self.query_one(OptionList).highlighted
        return None if number is None or number >= len(self._shown) else self._shown[number]

    def action_order(self) -> None:
        """Order the hops the other way."""
        self.worst_first = not self.worst_first
        self.show(self.hops)

    def refresh_words(self) -> None:
        """Say everything anew: names may be masked now."""
        self.show(self.hops)

    def copy_text(self) -> str:
        """Give all hops with what was seen, as the command line tells them."""
        from wizard.verify.plain import details
        from wizard.verify.plain import line as plain_line

        return "\n".join(text for hop in self._shown for text in (plain_line(hop), *(f"    {d}" for d in details(hop))))

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()

    def _tell(self) -> None:
        chosen = self.chosen
        self.query_one("#hop-detail", Static).update(detail(chosen, self._mask) if chosen is not None else "")


def line(hop: Hop, mask: Callable[[str], str] = str) -> Content:
    """One hop in one line."""
    on_whom = f" on {mask(hop.waiting_on)}" if hop.waiting_on else ""
    return Content.assemble(
        (f"{hop.state.symbol} {hop.state.word}{on_whom}  ", STYLES[hop.state]),
        (mask(hop.title), "bold"),
        (f"  {mask(hop.subject)}", "$text-muted"),
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
    lines += [Content.assemble(("seen:   ", "$text-muted"), clean(seen)) for seen in hop.evidence]
    lines.append(
        Content.styled(f"looked at {hop.observed_at:%Y-%m-%d %H:%M:%S} UTC, {hop.seconds:.1f} s", "$text-muted")
    )
    return Content("\n").join([text for text in lines if text.plain])
