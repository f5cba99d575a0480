"""Telling a text again and again: only one that has changed is laid out anew."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


def say(where: Static, text: Content) -> None:
    """Show a text, unless it is what is shown."""
    shown = where.content
    if not (isinstance(shown, Content) and shown.is_same(text)):
        where.update(text)
