"""What is said of a step as a whole: notes that belong to no field of it."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size

from screens.painting import Settled
from screens.widgets.notes import Note


class Remarks(Settled):
    """Notes, each with where it belongs and its way on. Takes no room while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: tuple[Note, ...] = ()
        self.display = False

    def show(self, notes: tuple[Note, ...]) -> None:
        """Show these."""
        if notes == self.notes:
            return
        self.notes = notes
        self.display = bool(notes)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Say how many rows they take, with an empty one after them."""
        del container, viewport
        return len(self._lines(width)) + 1

    def render(self) -> Content:
        """Draw them."""
        lines = [Content.styled(line, style) for line, style in self._lines(self.size.width)]
        return Content("\n").join(lines)

    def _lines(self, width: int) -> list[tuple[str, str]]:
        mask = getattr(self.app, "mask", str)
        found: list[tuple[str, str]] = []
        for note in (note.masked(mask) for note in self.notes):
            found += [(line, note.style) for line in note.lines(width)]
            found += [(line, note.style) for line in note.remedy_lines(width)]
        return found
