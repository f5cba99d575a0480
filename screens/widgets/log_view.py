"""The raw log of a run, and searching it: a thread looks through the file piece by piece, and gives way to keys.

/text ─► search (thread) ─Looked, five times a second─► "… 3 so far" ─► the first from here on ─► "1 of 7 found"
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.worker import Worker, get_current_worker

from screens.widgets.run_heard import make_room
from screens.widgets.run_log import RunLog
from screens.widgets.search import Searched
from wizard.walk.journal import Index
from wizard.walk.journal_search import Finder, Hits, Search

#: Seconds between two words on how far a search is.
TOLD_S = 0.2


class LogView(Vertical, Searched):
    """Shows a journal. What is found is what is shown: before an audience a masked name is found by its mask."""

    DEFAULT_CSS: ClassVar[str] = "LogView { height: 1fr; }"

    class _Looked(Message):
        """How far a search is; `at` is which of the hits comes first from where one looks, and its line.

        `searched` is how much of the journal it has been through, once it has been to its end.
        """

        def __init__(self, search: Search, hits: Hits, at: tuple[int, int] | None, *, searched: int = 0) -> None:
            super().__init__()
            self.search = search
            self.hits = hits
            self.at = at
            self.searched = searched

    class _Went(Message):
        def __init__(self, search: Search, ordinal: int, line: int) -> None:
            super().__init__()
            self.search = search
            self.ordinal = ordinal
            self.line = line

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._search: Search | None = None
        self._hits = Hits()
        self._at = -1
        #: The line that a search began at, for as long as it has found nothing: who types on begins there, too.
        self._begun: int | None = None
        #: Bytes of the journal that were searched; 0 until a search has been to its end once.
        self._searched = 0
        self._worker: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """The journal; the search line comes when wanted."""
        yield RunLog()

    @property
    def text_view(self) -> RunLog:
        """The journal."""
        return self.query_one(RunLog)

    def show(self, path: Path) -> None:
        """Show a journal; called again, it shows what has come since."""
        self.text_view.show(path)

    def draw_anew(self) -> None:
        """Draw, and search, what is shown now: what is masked has changed."""
        self.text_view.refresh()
        if self.needle:
            self.find(self.needle)

    # -- searching

    @property
    def searching(self) -> bool:
        """Whether a search goes on."""
        return self._worker is not None

    def find(self, needle: str) -> None:
        """Look for a text from the journal's beginning on; the search before is given up."""
        if self._worker is not None:
            self._worker.cancel()
        log = self.text_view
        seen = int(log.scroll_offset.y) if self._begun is None else self._begun
        top = log.marked_line if log.marked_line >= 0 else seen
        self._begun = top if needle else None
        log.mark(needle)
        self._worker, self._search, self._hits, self._at, self._searched = None, None, Hits(), -1, 0
        if needle and log.path is not None:
            masking = bool(getattr(self.app, "presenter", False))
            self._search = Search(log.path, Finder(needle, log.shown, masking))
            self._go_on(top)
        self._tell()

    def go(self, by: int) -> None:
        """Go to the next line that has it, or the one before, and round."""
        if self._search is not None and self._hits.count:
            self._at = (self._at + by) % self._hits.count if self._at >= 0 else 0
            self._tell()
            self._find_line(self._search, self._hits, self.text_view.index, self._at)

    def _tell(self) -> None:
        self.tell(self._at + 1, self._hits.count, going=self.searching and not self._searched)

    def _go_on(self, top: int | None = None) -> None:
        """Search what was not searched yet. With `top`, go to what is found from there on: else nothing jumps by itself."""
        log = self.text_view
        if self._search is None or self.searching or log.index.size <= self._searched:
            return
        self._worker = self._look(self._search, self._hits, log.index, top)

    @work(thread=True, exclusive=True, group="search")
    def _look(self, search: Search, hits: Hits, index: Index, top: int | None) -> None:
        worker = get_current_worker()
        told, at = time.monotonic(), None
        now: Callable[[], Hits] = partial(replace, hits)
        with suppress(OSError):  # the run's directory was taken away; what was found stays
            for now in search.pieces(hits, index.size):
                make_room(lambda: getattr(self.app, "key_at", float("-inf")))
                if worker.is_cancelled:
                    return
                if time.monotonic() - told >= TOLD_S:
                    said = now()
                    at = at or _first(search, said, index, top)
                    self.post_message(self._Looked(search, said, at))
                    told = time.monotonic()
            said = now()
            at = at or _first(search, said, index, top) or _first(search, said, index, 0 if top else None)
            self.post_message(self._Looked(search, said, at, searched=index.size))
            return
        self.post_message(self._Looked(search, now(), at, searched=index.size))

    @on(_Looked)
    def _looked(self, message: _Looked) -> None:
        message.stop()
        if message.search is not self._search:
            return
        self._hits = message.hits
        if message.searched:
            self._worker, self._searched = None, message.searched
        if message.at is not None and self._at < 0:
            self._at, line = message.at
            self._begun = None
            self.text_view.mark(self.needle, line)
        self._tell()
        self._go_on()

    @work(thread=True, exclusive=True, group="hit")
    def _find_line(self, search: Search, hits: Hits, index: Index, ordinal: int) -> None:
        with suppress(OSError):
            line = search.line(index, hits, ordinal)
            if line is not None:
                self.post_message(self._Went(search, ordinal, line))

    @on(_Went)
    def _went(self, message: _Went) -> None:
        message.stop()
        if message.search is self._search and message.ordinal == self._at:
            self.text_view.mark(self.needle, message.line)

    @on(RunLog.Grew)
    def _grew(self, message: RunLog.Grew) -> None:
        message.stop()
        if self._search is not None and self._search.path != self.text_view.path:
            self.find(self.needle)
        else:
            self._go_on()


def _first(search: Search, hits: Hits, index: Index, top: int | None) -> tuple[int, int] | None:
    """Give which of the hits is the first one from a line on, and its own line."""
    ordinal = search.ordinal(index, hits, top) if top is not None else None
    line = search.line(index, hits, ordinal) if ordinal is not None else None
    return (ordinal, line) if ordinal is not None and line is not None else None
