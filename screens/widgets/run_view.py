"""A run while it goes on, or seen again: totals, what failed, what is in flight, what is done, and the raw log.

    follow (thread, at most seven states a second) ─Grew─► rows, totals ─1 s─► clocks go on without any event

What is remembered of a run is its last state alone, which the reducer keeps small however long the run is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from screens.fitting import Fitting
from screens.widgets import run_words
from screens.widgets.log_view import LogView
from screens.widgets.run_heard import Listener
from screens.widgets.run_rows import RunRows
from wizard.deploy.lasting import earlier
from wizard.engine.events import RunState
from wizard.engine.runs import Result, Run
from wizard.errors import PlanewrightError
from wizard.walk import journal
from wizard.walk.journal import Moment
from wizard.walk.run_rows import Key, Note, Row, key_of, rows_of
from wizard.workspace import Place

#: A cursor that rests this long on a resource wants its history.
REST_S = 0.15


def utc_now() -> datetime:
    """Give the time now."""
    return datetime.now(UTC)


class RunView(Vertical, Fitting):
    """Follows one run. The run neither knows nor minds: it goes on when nobody looks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log", "Log", tooltip="Between the resources and the raw log of the engine"),
    ]
    #: From this width on a resource's history stands beside the list, and not below it.
    WIDE = 110

    class Grew(Message):
        """The run has gone on."""

        def __init__(self, run: Run, state: RunState) -> None:
            super().__init__()
            self.run = run
            self.state = state

    class Ended(Message):
        """The run has ended, or cannot be understood (`error`); what was heard of it is `state`."""

        def __init__(self, run: Run, state: RunState, result: Result | None, error: PlanewrightError | None) -> None:
            super().__init__()
            self.run = run
            self.state = state
            self.result = result
            self.error = error

    class _Earlier(Message):
        def __init__(self, run: Run, took: tuple[timedelta, ...]) -> None:
            super().__init__()
            self.run = run
            self.took = took

    class _History(Message):
        def __init__(self, run: Run, key: Key, told: tuple[Moment, ...]) -> None:
            super().__init__()
            self.run = run
            self.key = key
            self.told = told

    def __init__(self, *, clock: Callable[[], datetime] = utc_now, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._clock = clock
        self.run: Run | None = None
        self.state = RunState()
        self.ended: RunView.Ended | None = None
        self._earlier: tuple[timedelta, ...] = ()
        self._row: Row | None = None
        self._told: tuple[Moment, ...] = ()

    def compose(self) -> ComposeResult:
        """Head, totals and verdict above; the list and one resource's history below. The raw log comes when wanted."""
        yield Static(id="run-head")
        yield Static(id="run-totals")
        with VerticalScroll(id="run-verdict-box", can_focus=True):
            yield Static(id="run-verdict")
        with Container(id="run-body"):
            yield RunRows(self._clock, id="run-rows")
            with VerticalScroll(id="run-detail-box"):
                yield Static(id="run-detail")

    def on_mount(self) -> None:
        """Let the clocks go on."""
        self.set_interval(1.0, self._tick)
        self._show()

    def fit(self) -> None:
        """Put the history beside the list where there is room."""
        self.set_class(self.size.width >= self.WIDE, "-wide")
        self._show_totals()

    def attach(self, run: Run, place: Place) -> None:
        """Show a run from its first line on, and follow it if it goes on. Its object's place tells of earlier ones."""
        self.run, self.state, self.ended = run, RunState(total=run.request.expected), None
        self._earlier, self._row, self._told = (), None, ()
        self.query_one(RunRows).forget()
        self._show()
        self._follow(run, place)

    @work(thread=True, exclusive=True, group="follow")
    def _follow(self, run: Run, place: Place) -> None:
        worker = get_current_worker()
        if run.request.action == "apply":
            try:
                took = earlier(place, run.request.stack, steps=run.request.expected)
            except (PlanewrightError, OSError):
                took = ()  # nothing is told from runs that cannot be read
            self.post_message(self._Earlier(run, took))
        listener = Listener(lambda: worker.is_cancelled, lambda: getattr(self.app, "key_at", float("-inf")))
        heard = listener.hear(run, lambda state: self.post_message(self.Grew(run, state)))
        if heard is not None:
            self.post_message(self.Ended(run, heard.state, heard.result, heard.error))

    @on(_Earlier)
    def _took_earlier(self, message: _Earlier) -> None:
        message.stop()
        if message.run is self.run:
            self._earlier = message.took
            self._show_totals()

    @on(Grew)
    def _grew(self, message: Grew) -> None:
        if message.run is not self.run:
            message.stop()
            return
        self.state = message.state
        self._show()

    @on(Ended)
    def _ended(self, message: Ended) -> None:
        if message.run is not self.run:
            message.stop()
            return
        self.state, self.ended = message.state, message
        self._show()

    def refresh_words(self) -> None:
        """Say everything anew: names may be masked now."""
        self._show()
        self._show_detail()
        for log in self.query(LogView):
            log.draw_anew()

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def going(self) -> bool:
        """Whether the run goes on, as far as is known here."""
        return self.run is not None and self.ended is None

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))

    def _show(self) -> None:
        self._show_totals()
        self._show_verdict()
        rows = self.query_one(RunRows)
        rows.show(rows_of(self.state))
        self._choose(rows.chosen or self._first_failure())
        for log in self.query(LogView):
            if log.display and self.run is not None:
                log.show(self.run.journal)

    def _show_totals(self) -> None:
        head = run_words.head(self.run.request, self._mask) if self.run is not None else Content("")
        self.query_one("#run-head", Static).update(head, layout=False)
        totals = self.query_one("#run-totals", Static)
        if self.run is None:
            totals.update("")
            return
        result = self.ended.result if self.ended is not None else None
        until = self._clock() if self.going else (result and result.ended) or self.state.last_event_at
        elapsed = max((until or self.run.request.created) - self.run.request.created, timedelta())
        width = max(self.size.width - 2, 20)
        self.set_class(not self.going, "-ended")
        said = run_words.totals(self.state, elapsed, self._earlier, going=self.going, width=width)
        totals.update(said, layout=False)  # several times a second: its height is the stylesheet's

    def _show_verdict(self) -> None:
        said = None
        if self.ended is not None and self.run is not None:
            said = run_words.verdict(self.run.request, self.state, self.ended.result, self.ended.error, self._mask)
        self.query_one("#run-verdict-box").display = said is not None
        if said is not None:
            self.query_one("#run-verdict", Static).update(said)

    def _tick(self) -> None:
        if self.going:
            self._show_totals()
            self.query_one(RunRows).tick()
            if self._row is not None and self._row in self.state.in_flight:
                self._show_detail()

    def copy_text(self) -> str:
        """Give how the run stands and the chosen resource, whole: what somebody would send to a colleague."""
        if self.run is None:
            return ""
        names = ("#run-head", "#run-totals", "#run-verdict", "#run-detail")
        texts = (str(self.query_one(name, Static).visual) for name in names)
        return "\n".join(text for text in texts if text.strip())

    # -- one resource ------------------------------------------------------------------------------------------------

    @on(RunRows.Chosen)
    def _chosen(self, message: RunRows.Chosen) -> None:
        message.stop()
        self._choose(message.row)

    def _first_failure(self) -> Row | None:
        """What is shown until somebody chooses: what failed first, as that is what everybody asks for."""
        rows = rows_of(self.state)
        return rows.at(0) if rows.failed else None

    def _choose(self, row: Row | None) -> None:
        if row is self._row and row is not None:
            return
        was, self._row = self._row, row
        if was is None or row is None or key_of(was) != key_of(row):
            self._told = ()
        self._show_detail(layout=False)
        if row is not None and not _stands_as(was, row):
            self.set_timer(REST_S, lambda: self._rested(row))

    def _rested(self, row: Row) -> None:
        """Lay out what a cursor that goes on would not wait for: the detail's height, the history."""
        if not _stands_as(self._row, row):
            return
        self.query_one("#run-detail", Static).refresh(layout=True)
        if self.run is not None and not isinstance(row, Note):
            self._remember(self.run, key_of(row))

    @work(thread=True, exclusive=True, group="history")
    def _remember(self, run: Run, key: Key) -> None:
        worker = get_current_worker()
        try:
            told = journal.history(run.journal, key[0], stop=lambda: worker.is_cancelled) if key[0] else ()
        except OSError:
            return
        if not worker.is_cancelled:
            self.post_message(self._History(run, key, told))

    @on(_History)
    def _remembered(self, message: _History) -> None:
        message.stop()
        if message.run is self.run and self._row is not None and message.key == key_of(self._row):
            self._told = message.told
            self._show_detail()

    def _show_detail(self, *, layout: bool = True) -> None:
        name = self.run.request.object_name if self.run is not None else ""
        text = run_words.detail(self._row, self._told, self._clock(), name, self._mask)
        self.query_one("#run-detail", Static).update(text, layout=layout)

    async def action_log(self) -> None:
        """Show the raw log, or the resources again."""
        log = next(iter(self.query(LogView)), None)
        if log is None:
            log = LogView(id="run-log")
            await self.mount(log)
            log.display = False
        raw = not log.display
        log.display, self.query_one("#run-body").display = raw, not raw
        if raw and self.run is not None:
            log.show(self.run.journal)
        (log.text_view if raw else self.query_one(RunRows)).focus()


def _stands_as(one: Row | None, other: Row) -> bool:
    """Whether two rows are of one resource, and of one standing: a later state may say more of it."""
    return one is not None and key_of(one) == key_of(other) and type(one) is type(other)
