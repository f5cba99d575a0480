"""What an earlier check found stays on screen while it is looked at again: nothing comes and goes with every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.widget import Widget

    from wizard.findings import Finding


def waiting_at(widget: Widget) -> tuple[Finding, ...]:
    """Give what the screen of a widget keeps of it (`waiting_findings`); nothing where nothing is checked."""
    waiting: tuple[Finding, ...] = getattr(widget.screen, "waiting_findings", ())
    return waiting
