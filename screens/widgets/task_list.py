"""The steps of a handoff: state by symbol, word and colour, whose turn it is, and all that has to be typed for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from screens.fitting import Fitting
from screens.widgets.notes import MUTED
from screens.widgets.saying import say
from screens.widgets.search_rows import SearchedRows
from wizard.redact import Redactor
from wizard.walk.handoff import Party, State, Task
from wizard.walk.handoff_text import left

STYLES = {
    State.FAILED: "bold $text-error",
    State.WAITING: "$text-warning",
    State.UNKNOWN: MUTED,
    State.NOT_LOOKED: MUTED,
    State.DONE: "$text-success",
}
#: From this width on what one step takes stands beside the list, and not below it.
WIDE = 110
#: Columns of states and of whose turn it is.
_STATE = max(len(state) for state in State)
_WHO = max(len(party) for party in Party)


class TaskList(SearchedRows, Container, Fitting):
    """Rows keep their place and the cursor its step, whatever is seen of them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.tasks: tuple[Task, ...] = ()
        self._now: datetime | None = None
        self._drawn: dict[str, Content] = {}

    def compose(self) -> ComposeResult:
        """The list, and what one step takes."""
        yield OptionList(id="task-list", markup=False)
        with VerticalScroll(id="task-detail-box"):
            yield Static(id="task-detail")

    def fit(self) -> None:
        """Put the detail beside the list where there is room."""
        self.set_class(self.size.width >= WIDE, "-wide")

    @property
    def chosen(self) -> Task | None:
        """The step under the cursor."""
        number = self.query_one(OptionList).highlighted
        return None if number is None or number >= len(self.tasks) else self.tasks[number]

    def show(self, tasks: tuple[Task, ...], now: datetime) -> None:
        """Show these steps as they are now; only lines that say something else are drawn anew."""
        options, before = self.query_one(OptionList), [task.key for task in self.tasks]
        here = self.chosen.key if self.chosen is not None else ""
        self.tasks, self._now = tasks, now
        drawn = {task.key: self.light(line(task, self._mask)) for task in tasks}
        if before != list(drawn):
            options.set_options(Option(prompt, id=key) for key, prompt in drawn.items())
            if drawn:
                options.highlighted = list(drawn).index(here) if here in drawn else 0
        else:
            for key, prompt in drawn.items():
                if not prompt.is_same(self._drawn[key]):
                    options.replace_option_prompt(key, prompt)
        self._drawn = drawn
        self._tell()
        self.found_anew()

    def texts(self) -> list[str]:
        """Give each step with all that it takes."""
        now = self._now
        return [f"{line(it, self._mask).plain}\n{detail(it, now, self._mask).plain}" for it in self.tasks if now]

    def relight(self) -> None:
        """Mark in the rows, and in the detail, what is searched for."""
        if self._now is not None:
            self.show(self.tasks, self._now)

    @on(OptionList.OptionHighlighted)
    def _moved(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell()
        self.found_anew()

    def _tell(self) -> None:
        chosen = self.chosen
        said = detail(chosen, self._now, self._mask) if chosen is not None and self._now is not None else Content("")
        say(self.query_one("#task-detail", Static), self.light(said))

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))


def line(task: Task, mask: Callable[[str], str] = str) -> Content:
    """One step in one line."""
    return Content.assemble(
        (f"{task.state.symbol} {task.state.value:<{_STATE}}  ", STYLES[task.state]),
        (f"{task.who.value:<{_WHO}}  ", MUTED),
        (mask(task.what), "bold"),
    )


def detail(task: Task, now: datetime, mask: Callable[[str], str] = str) -> Content:
    """What a step takes, word for word, and what was seen of it."""

    def clean(text: str) -> str:
        return mask(Redactor().text(text))

    lines = [
        Content.styled(mask(task.what), "bold"),
        Content.styled(f"{task.state.symbol} {task.state.value}, {task.who.value}", STYLES[task.state]),
    ]
    if task.until is not None and task.state is State.WAITING:
        until = f"{left(task.until, now)}: the request expires {task.until:%Y-%m-%d %H:%M} UTC"
        lines.append(Content.styled(until, "$text-warning"))
    lines += [Content.assemble((f"{label}: ", MUTED), (clean(value), "bold")) for label, value in task.values]
    if task.command and task.state is not State.DONE:
        lines.append(Content.assemble(("command: ", MUTED), clean(task.command)))
    if task.why:
        lines.append(Content.assemble(("why: ", MUTED), clean(task.why)))
    lines += [Content.assemble(("seen: ", MUTED), clean(seen)) for seen in task.seen]
    if task.at is not None:
        lines.append(Content.styled(f"looked at {task.at:%Y-%m-%d %H:%M:%S} UTC", MUTED))
    return Content("\n").join(lines)
