"""Telling a text again and again: only one that has changed is laid out anew."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


def say(where: Static, text: Content, *, layout: bool = True) -> None:
    """Show a text, unless it is what is shown. Without `layout` it takes the room that there is, whatever it says."""
    shown = where.content
    if not (isinstance(shown, Content) and shown.is_same(text)):
        where.update(text, layout=layout)
