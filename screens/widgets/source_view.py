"""A file's text, highlighted, or its difference to another. Only the visible lines are ever drawn.

lines = highlighted("main.tf", text)     in a worker: pygments takes its time
source.show(lines)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.widgets.search import Found, marked

#: A line's pieces: what kind of word each is (a component class below), and its text.
Line = tuple[tuple[str, str], ...]

_LEXERS = {".tf": "terraform", ".hcl": "terraform", ".json": "json", ".md": "markdown", ".sh": "bash", ".py": "python"}


def highlighted(name: str, text: str) -> tuple[Line, ...]:
    """Take a file's text apart for the screen, by the language that its name tells."""
    language = next((lexer for suffix, lexer in _LEXERS.items() if name.endswith(suffix)), None)
    if language is None:
        return plain(text)
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

    tokens = get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(text)
    return tuple(_lines((_kind(str(token)), piece) for token, piece in tokens))


def plain(text: str) -> tuple[Line, ...]:
    """Take a text apart into its lines."""
    return tuple((("text", line),) for line in text.expandtabs(8).splitlines())


def difference(text: str) -> tuple[Line, ...]:
    """Take a unified difference apart: every line says by its first character what it is."""
    return tuple(((_of_difference(line), line),) for line in text.expandtabs(8).splitlines())


def _of_difference(line: str) -> str:
    for start, kind in (("+++", "title"), ("---", "title"), ("@@", "hunk"), ("+", "added"), ("-", "removed")):
        if line.startswith(start):
            return kind
    return "text"


def _kind(token: str) -> str:
    """Fold pygments' many names (`Token.Literal.String.Double`) into ours."""
    for part, kind in (
        ("Comment", "comment"),
        ("String", "string"),
        ("Number", "number"),
        ("Keyword", "keyword"),
        ("Heading", "title"),
        ("Name.Tag", "name"),
        ("Name.Attribute", "name"),
        ("Name.Builtin", "keyword"),
    ):
        if part in token:
            return kind
    return "text"


def _lines(pieces: Iterator[tuple[str, str]]) -> Iterator[Line]:
    line: list[tuple[str, str]] = []
    for kind, piece in pieces:
        first, *rest = piece.expandtabs(8).split("\n")
        line.append((kind, first))
        for part in rest:
            yield tuple(line)
            line = [(kind, part)]
    if any(piece for _, piece in line):
        yield tuple(line)


class SourceView(ScrollView, can_focus=True):
    """Lines with their numbers, scrolled by keyboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("left", "scroll_left", "Left", show=False),
        Binding("right", "scroll_right", "Right", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown,space", "page_down", "Page down", show=False),
        Binding("home", "scroll_home", "To the top", show=False),
        Binding("end", "scroll_end", "To the end", show=False),
    ]
    KINDS: ClassVar[tuple[str, ...]] = (
        "text", "comment", "string", "number", "keyword", "name", "title", "hunk", "added", "removed", "number-bar",
    )  # fmt: skip
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"source--{kind}" for kind in KINDS}
    DEFAULT_CSS = """
    SourceView {
        & > .source--text { color: $foreground; }
        & > .source--comment { color: $text-muted; text-style: italic; }
        & > .source--string { color: $text-success; }
        & > .source--number { color: $text-warning; }
        & > .source--keyword { color: $text-accent; }
        & > .source--name { color: $text-primary; }
        & > .source--title { color: $text-primary; text-style: bold; }
        & > .source--hunk { color: $text-accent; }
        & > .source--added { color: $text-success; background: $success-muted 40%; }
        & > .source--removed { color: $text-error; background: $error-muted 40%; }
        & > .source--number-bar { color: $text-disabled; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()
        self._numbers = 0
        self._needle = ""
        self._found = Found()

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        return "\n".join("".join(piece for _, piece in line) for line in self._lines)

    def copy_text(self) -> str:
        """Give what is shown."""
        return self.text

    def show(self, lines: Sequence[Line], *, numbered: bool = True) -> None:
        """Show other lines, from the top."""
        self._lines = tuple(lines)
        self._numbers = len(str(len(self._lines))) + 2 if numbered and self._lines else 0
        longest = max((sum(len(piece) for _, piece in line) for line in self._lines), default=0)
        self.virtual_size = Size(longest + self._numbers, len(self._lines))
        self.scroll_home(animate=False)
        self._found = Found()
        self.find(self._needle)

    # -- searching

    def find(self, needle: str) -> int:
        """Mark a text wherever it stands, however it is written; give the number of lines that have it."""
        self._needle = needle
        self._found = Found.of(
            ("".join(piece for _, piece in line) for line in self._lines), needle, begin=self._found.line
        )
        self.refresh()
        return len(self._found.lines)

    def go(self, by: int) -> tuple[int, int]:
        """Go to the next line that has it, or the one before, and round; give which of how many that is."""
        self._found = self._found.gone(by, top=self.scroll_offset.y)
        if self._found.lines:
            self.scroll_to(y=max(self._found.line - 2, 0), animate=False)
            self.refresh()
        return self._found.at + 1, len(self._found.lines)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the visible part."""
        left, top = self.scroll_offset
        number = top + y
        width = self.scrollable_content_region.width
        if number >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        mask = getattr(self.app, "mask", str)
        segments = [
            Segment(mask(piece), self.get_component_rich_style(f"source--{kind}", partial=False))
            for kind, piece in self._lines[number]
        ]
        if number in self._found.lines:
            segments = list(marked(Strip(segments), self._needle, here=number == self._found.line))
        if self._numbers:
            style = self.get_component_rich_style("source--number-bar")
            segments.insert(0, Segment(f"{number + 1:>{self._numbers - 1}} ", style))
        return Strip(segments).crop_extend(left, left + width, self.rich_style)
