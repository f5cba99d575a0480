"""Colours can be read: text on whatever it may stand on has a contrast of 4.5, marks and edges of 3 (WCAG 2.2, AA)."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from screens.styles import DARK, LIGHT

#: What text is written in, and what it may stand on.
TEXTS = (
    "foreground", "text-muted", "text-disabled", "text-primary", "text-secondary", "text-accent", "text-success",
    "text-warning", "text-error", "footer-key-foreground",
)  # fmt: skip
GROUNDS = ("background", "surface", "panel", "boost", "surface-lighten-2")
#: The row under a cursor, with and without the focus; what may not be had never lies under one.
CURSORS = ("block-cursor-background", "block-cursor-blurred-background", "primary-muted")
#: What tells a field with the focus, an edge of a dialog, how far a list is scrolled.
MARKS = (
    ("primary", "background"),
    ("primary", "surface"),
    ("warning", "surface"),
    ("scrollbar", "scrollbar-background"),
)


def luminance(colour: Color) -> float:
    """How bright a colour is (WCAG 2.2)."""
    parts = [it / 255 for it in (colour.r, colour.g, colour.b)]
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """The ratio of two colours' luminances, 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def colours(theme: Theme) -> dict[str, str]:
    return theme.to_color_system().generate()


def on(theme: Theme, text: str, ground: str) -> float:
    """The contrast of a text's colour on a ground's, which stands on the theme's background itself."""
    known = colours(theme)
    below = Color.parse(known["background"]) + Color.parse(known[ground])
    return contrast(below + Color.parse(known[text]), below)


THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast(Color.parse("#000000"), Color.parse("#ffffff")) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


@THEMES
@pytest.mark.parametrize("ground", [*GROUNDS, *CURSORS])
def test_every_text_can_be_read_wherever_it_stands(theme: Theme, ground: str) -> None:
    found = {text: round(on(theme, text, ground), 2) for text in TEXTS if ground in GROUNDS or text != "text-disabled"}
    assert {text: ratio for text, ratio in found.items() if ratio < 4.5} == {}


@THEMES
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_are_seen(theme: Theme, mark: str, ground: str) -> None:
    assert on(theme, mark, ground) >= 3


@THEMES
@pytest.mark.parametrize("cursor", CURSORS)
def test_the_row_under_the_cursor_is_told_from_its_neighbours(theme: Theme, cursor: str) -> None:
    known = colours(theme)
    below = Color.parse(known["background"])
    assert contrast(below + Color.parse(known[cursor]), below) >= 1.2


@THEMES
def test_what_stands_back_is_a_colour_of_its_own_in_code_too(theme: Theme) -> None:
    for name in ("text-muted", "text-disabled"):  # `auto 60%` would be drawn plain outside of a stylesheet
        assert colours(theme)[name].startswith("#")
