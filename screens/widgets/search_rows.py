"""Searching a list: by the same keys as a long text, in what its rows say and in what is told of the one under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList

from screens.widgets.search import Found, Searched, lit


class SearchedRows(Searched):
    """Base, beside another, of what holds a list: give `texts` and `relight`, call `found_anew`, and draw rows by `light`."""

    _hits: tuple[int, ...] = ()

    def texts(self) -> Sequence[str]:
        """Give what each row says, as it is shown, and what is told of it."""
        raise NotImplementedError

    def relight(self) -> None:
        """Draw the rows anew: another text is searched for."""
        raise NotImplementedError

    @property
    def text_view(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    def light(self, content: Content) -> Content:
        """Mark in a row, or in what is told of one, what is searched for."""
        needle = self.needle
        return lit(content, needle, Found.of(content.plain.split("\n"), needle)) if needle else content

    def searchable(self) -> bool:
        """Whether there is any row."""
        return self.text_view.option_count > 0

    def find(self, needle: str) -> None:
        """Look for a text, and go to the first row from the cursor on that has it: its own, if it still does."""
        self._hits = Found.of(self.texts(), needle).lines
        if self._hits:
            here = self._cursor
            self.text_view.highlighted = next((row for row in self._hits if row >= here), self._hits[0])
        self.relight()
        self._tell_found()

    def go(self, by: int) -> None:
        """Go to the next row that has it, or the one before, and round."""
        if self._hits:
            here = self._cursor
            beyond = [row for row in self._hits if (row > here if by > 0 else row < here)] or self._hits
            self.text_view.highlighted = beyond[0 if by > 0 else -1]
        self._tell_found()

    def found_anew(self) -> None:
        """Look again where one is: the rows say something else now, or one went to another."""
        if self.needle:
            self._hits = Found.of(self.texts(), self.needle).lines
            self._tell_found()

    def _tell_found(self) -> None:
        here = self._cursor
        self.tell(self._hits.index(here) + 1 if here in self._hits else 0, len(self._hits))

    @property
    def _cursor(self) -> int:
        return self.text_view.highlighted or 0
