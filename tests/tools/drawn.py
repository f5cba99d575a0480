"""What an application draws, as its terminal would be given it."""

from __future__ import annotations

from typing import Any

from textual._context import visible_screen_stack
from textual.app import App
from textual.strip import Strip


def drawn(app: App[Any]) -> list[Strip]:
    """Give the lines of the screen on top, with what shows through from behind it."""
    # As the compositor does it for a terminal: without, a dialog that is drawn here first is drawn, and kept, over nothing.
    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()
