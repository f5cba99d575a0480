"""A screen as a small SVG, a line for each of its lines, so that a changed picture is read as a difference too.

Textual's own pictures are of some fifty kilobytes each; three hundred of them would be most of the repository.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape, unescape
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as Mixed

from tests.tools.drawn import drawn

#: Of a cell, in the picture's units.
WIDE, HIGH = 9, 18
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><style>'
    "text{{font:15px 'Fira Code','DejaVu Sans Mono',monospace;white-space:pre}}"
    ".b{{font-weight:bold}}.i{{font-style:italic}}.u{{text-decoration:underline}}.s{{text-decoration:line-through}}"
    '</style><rect width="100%" height="100%" fill="{ground}"/>'
)


#: Where a piece begins, its text, and its look: colour, ground, classes.
Piece = tuple[int, str, tuple[str, str, str]]


def picture(app: App[None]) -> str:
    """Give the screen as it is seen now."""
    width, height = app.size
    rows = [list(_pieces(strip)) for strip in drawn(app)]
    grounds = Counter(look[1] for line in rows for _, text, look in line for _ in text)
    ((ground, _),) = grounds.most_common(1)
    lines = [_HEAD.format(width=width * WIDE, height=height * HIGH, ground=ground)]
    for number, pieces in enumerate(rows):
        lines.append(f'<g transform="translate(0 {number * HIGH})">{"".join(_line(pieces, ground))}</g>')
    return "\n".join([*lines, "</svg>", ""])


def words_of(svg: str) -> str:
    """The text of a picture, line by line."""
    lines = (line for line in svg.splitlines() if line.startswith("<g"))
    texts = (re.findall(r'<text x="(\d+)"[^>]*>(.*?)</text>', line) for line in lines)
    return "\n".join(_joined((int(at) // WIDE, unescape(text)) for at, text in line) for line in texts)


def _joined(pieces: Iterator[tuple[int, str]]) -> str:
    line = ""
    for at, text in pieces:
        line = f"{line.ljust(at)}{text}"
    return line


def _line(pieces: list[Piece], ground: str) -> Iterator[str]:
    for fill, same in groupby(pieces, key=lambda it: it[2][1]):
        run = list(same)
        if fill not in (ground, ""):
            start, end = run[0][0], run[-1][0] + cell_len(run[-1][1])
            yield f'<rect x="{start * WIDE}" width="{(end - start) * WIDE}" height="{HIGH}" fill="{fill}"/>'
    for look, same in groupby(pieces, key=lambda it: it[2]):
        run = list(same)
        at, text = run[0][0], "".join(piece for _, piece, _ in run)
        if text.strip() or "u" in look[2]:
            kept = text.rstrip() if "u" not in look[2] else text
            first = len(kept) - len(kept.lstrip()) if "u" not in look[2] else 0
            kept = kept[first:]
            called = f' class="{look[2]}"' if look[2] else ""
            yield (
                f'<text x="{(at + first) * WIDE}" y="14" fill="{look[0]}" textLength="{cell_len(kept) * WIDE}"{called}>'
                f"{escape(kept, quote=False)}</text>"
            )


def _pieces(strip: Iterable[Segment]) -> Iterator[Piece]:
    at = 0
    for segment in strip:
        if segment.text:
            yield at, segment.text, _look(segment.style or Style())
            at += cell_len(segment.text)


def _look(style: Style) -> tuple[str, str, str]:
    """Colour of the text and of its ground, and the classes of how it is written."""
    colour, ground = style.color, style.bgcolor
    if style.reverse:
        colour, ground = ground, colour
    text, below = _hex(colour), _hex(ground)
    if style.dim and text and below:
        text = Mixed.parse(below).blend(Mixed.parse(text), 0.5).hex
    marks = (("b", style.bold), ("i", style.italic), ("u", style.underline), ("s", style.strike))
    return text, below, " ".join(mark for mark, there in marks if there)


def _hex(colour: Color | None) -> str:
    return "" if colour is None else colour.get_truecolor().hex.lower()
