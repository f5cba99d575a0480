"""Help: of the question that has the focus, and of every key that does something now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from screens.widgets.hanging import Pair, Pairs
from screens.widgets.masked import Masked
from wizard.answers.catalogue import Asked


class Help(ModalScreen[None]):
    """Says what it was given; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,q,enter", "dismiss", "Close", tooltip="Back to where you were"),
    ]

    def __init__(self, about: Callable[[], Content], keys: tuple[Pair, ...]) -> None:
        super().__init__()
        self._about = about
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The question's help, then the keys."""
        with VerticalScroll(classes="dialog"):
            if self._about().plain:
                yield Masked(lambda _mask: self._about(), id="help-about")
            if self._keys:
                yield Pairs(self._keys, title="Keys", column=14, id="help-keys")
            yield Static("Esc closes", classes="hint")


def about(widget: Widget | None) -> Content:
    """Give the help of a widget, or of what it stands in: of its question, or the text that it gives itself."""
    for node in () if widget is None else widget.ancestors_with_self:
        asked = getattr(node, "asked", None)
        if isinstance(asked, Asked):
            return Content("\n").join(question(asked))
        said = getattr(node, "help_text", "")
        if isinstance(said, str) and said:
            return Content(said)
    return Content("")


def question(asked: Asked) -> Iterator[Content]:
    """Say of a question what its declaration says."""
    yield Content.styled(asked.ask, "bold")
    if asked.help:
        yield Content(asked.help)
    yield Content("")
    yield Content.assemble(("expected  ", "$text-muted"), asked.expected)
    if asked.has_default and asked.default not in (None, "", [], {}):
        yield Content.assemble(("default   ", "$text-muted"), str(asked.default))
    yield Content.assemble(("answers   ", "$text-muted"), asked.key)
    yield Content.assemble(("flag      ", "$text-muted"), asked.flag)


def _usual(node: DOMNode) -> frozenset[str]:
    """Give the actions that a widget has from Textual's own classes."""
    usual: set[str] = set()
    for base in type(node).__mro__:
        if base.__module__.startswith("textual.") and not issubclass(base, App):
            bindings = Binding.make_bindings(vars(base).get("BINDINGS", ()))
            usual.update(binding.action for binding in bindings)
    return frozenset(usual)


def keys(screen: Screen[object]) -> tuple[Pair, ...]:
    """List the keys that do something on a screen now, each with what its tooltip says.

    The keys by which any field or list is edited or scrolled are left out: they are those of every other program.
    """
    rows: dict[str, tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not active.enabled or not binding.description or binding.action in _usual(active.node):
            continue
        label = screen.app.get_key_display(binding)
        row = rows.setdefault(f"{id(active.node)} {binding.action}", ([], binding.tooltip or binding.description))
        row[0].append(label)
    return tuple(Pair(" ".join(dict.fromkeys(labels)), said, "bold") for labels, said in rows.values())
