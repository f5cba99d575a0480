"""Which stylesheets belong to what. The first screen parses only its own; the steps' come with the wizard."""

from __future__ import annotations

from pathlib import Path, PurePath

from textual.theme import Theme

_ASSETS = Path(__file__).parent / "assets"
#: What the deployments are drawn with; parsed before the first paint.
FIRST = ("theme", "deployments")

#: Of both themes. A cursor's row keeps the colours of what stands in it, so that a state is read there, too.
_LINES = {
    "block-cursor-text-style": "bold",
    "block-cursor-blurred-text-style": "none",
    "button-focus-text-style": "bold",
}

# `text-muted` and `text-disabled` are colours of their own: Textual's are `auto`, which code that styles text by itself
# draws plain. tests/screens/test_contrast.py holds what every colour is read on.
DARK = Theme(
    name="planewright-dark",
    primary="#5fa8d3",
    secondary="#79a3be",
    accent="#e0b35a",
    warning="#e0a030",
    error="#e06c75",
    success="#7fbf6a",
    foreground="#d8dee4",
    background="#12171c",
    surface="#191f26",
    panel="#222a33",
    boost="#1f2831",
    dark=True,
    variables={
        **_LINES,
        "text-muted": "#a2abb4",
        "text-disabled": "#98a1aa",
        "surface-lighten-2": "#2a3540",
        "block-cursor-background": "#234259",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#25303a",
        "primary-muted": "#234259",
        "scrollbar": "#5d6a77",
        "scrollbar-hover": "#7d8b99",
        "scrollbar-active": "#5fa8d3",
        "scrollbar-background": "#161c22",
        "scrollbar-background-hover": "#161c22",
        "scrollbar-background-active": "#161c22",
        "scrollbar-corner-color": "#161c22",
    },
)
LIGHT = Theme(
    name="planewright-light",
    primary="#1f6390",
    secondary="#5b87a5",
    accent="#8a5a00",
    warning="#9a5b00",
    error="#b3261e",
    success="#2e6b1f",
    foreground="#1c242c",
    background="#f7f8f9",
    surface="#eef1f3",
    panel="#e1e6ea",
    boost="#e4eaef",
    dark=False,
    variables={
        **_LINES,
        "text-muted": "#4a545d",
        "text-disabled": "#56606a",
        "footer-key-foreground": "#6b4500",
        "surface-lighten-2": "#d5e3ee",
        "block-cursor-background": "#c3d9e9",
        "block-cursor-foreground": "#10161c",
        "block-cursor-blurred-background": "#d9e1e8",
        "primary-muted": "#c3d9e9",
        "scrollbar": "#7d8b97",
        "scrollbar-hover": "#5f6d79",
        "scrollbar-active": "#1f6390",
        "scrollbar-background": "#edf0f2",
        "scrollbar-background-hover": "#edf0f2",
        "scrollbar-background-active": "#edf0f2",
        "scrollbar-corner-color": "#edf0f2",
    },
)


def of_app() -> list[str | PurePath]:
    """Give the stylesheets that are there from the start."""
    return [_ASSETS / f"{name}.tcss" for name in FIRST]


def of_steps() -> list[str | PurePath]:
    """Give all others: the shell's, the steps', the widgets'."""
    return [*sorted(path for path in _ASSETS.glob("*.tcss") if path.stem not in FIRST)]
