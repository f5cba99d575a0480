"""Which stylesheets belong to what. The first screen parses only its own; the steps' come with the wizard."""

from __future__ import annotations

from pathlib import Path, PurePath

from textual.theme import Theme

_ASSETS = Path(__file__).parent / "assets"
#: What the deployments are drawn with; parsed before the first paint.
FIRST = ("theme", "deployments")

DARK = Theme(
    name="planewright-dark",
    primary="#5fa8d3",
    secondary="#3f6f8f",
    accent="#e0b35a",
    warning="#e0a030",
    error="#e06c75",
    success="#7fbf6a",
    foreground="#d8dee4",
    background="#12171c",
    surface="#191f26",
    panel="#222a33",
    dark=True,
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
    dark=False,
)


def of_app() -> list[str | PurePath]:
    """Give the stylesheets that are there from the start."""
    return [_ASSETS / f"{name}.tcss" for name in FIRST]


def of_steps() -> list[str | PurePath]:
    """Give all others: the shell's, the steps', the widgets'."""
    return [*sorted(path for path in _ASSETS.glob("*.tcss") if path.stem not in FIRST)]
