"""Report: the newest verification as it is written down, and where it lies; the sealed record of the call, and what support gets.

Both are written aside: a record asks AWS once more, and nobody waits for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from screens.aside import Post, aside
from screens.pane import Pane
from screens.signing import SigningOff, Wish
from screens.widgets.report_text import styled
from screens.widgets.run_words import error_text
from screens.widgets.search import Found, Searched, lit
from wizard.deploy.last_verification import newest
from wizard.errors import InputError, PlanewrightError
from wizard.redact import Redactor
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.bundle.making import Packed
    from wizard.deploy.record.writing import Written
    from wizard.walk.walk import Walk


def utc_now() -> datetime:
    """Give the time."""
    return datetime.now(UTC)


class ReportPane(Pane, Searched):
    """Reads the report anew whenever the step is shown."""

    step: ClassVar[Step] = Step.REPORT
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "seal", "Record", tooltip="Write the sealed record of this call, for both sides"),
        Binding(
            "b", "bundle", "Support bundle", tooltip="Collect journals, facts and reports for support, in one file"
        ),
        Binding("ctrl+o", "copy_path", "Copy path", tooltip="Put the path into the terminal's clipboard"),
    ]

    class _Read(Message):
        def __init__(self, path: Path | None, text: str, problem: str = "", kind: str = "report") -> None:
            super().__init__()
            self.path = path
            self.text = text
            self.problem = problem
            self.kind = kind

    class _Sealed(Message):
        def __init__(self, written: Written, text: str) -> None:
            super().__init__()
            self.written = written
            self.text = text

    class _Bundled(Message):
        def __init__(self, packed: Packed) -> None:
            super().__init__()
            self.packed = packed

    class _Failed(Message):
        def __init__(self, error: PlanewrightError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, walk: Walk, desk: Desk, *, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(walk, desk)
        self._clock = clock
        self.path: Path | None = None
        #: What was written or shown last: its path is what is copied.
        self._last: Path | None = None
        #: Whether a record or a bundle is being written.
        self.writing = False
        self._made: Callable[[], Content] = Content
        self._kind = "report"
        self._text = ""
        self._problem = ""
        self._read = False
        self._content = Content("")
        self._found = Found()

    def compose(self) -> ComposeResult:
        """Where it lies, and what it says."""
        yield Static(id="report-path")
        yield Static(id="report-made")
        with VerticalScroll(id="report-box"):
            yield Static(id="report")

    def on_mount(self) -> None:
        """Nothing was made yet."""
        self._say(Content)

    def shown(self) -> None:
        """Read what is there now."""
        self._look_for_it()

    def walk_changed(self) -> None:
        """Names may be masked now, or shown again."""
        if self.is_mounted and self._read:
            self._say(self._made)
            self._tell()
            self._show(self._text)

    @work(thread=True, exclusive=True, group="report")
    def _look_for_it(self) -> None:
        try:
            path = newest(self.walk.place.reports)
            text = path.read_text(encoding="utf-8") if path is not None else ""
        except OSError as error:
            self.post_message(self._Read(None, "", str(error)))
            return
        self.post_message(self._Read(path, text))

    @on(_Read)
    def _took(self, message: _Read) -> None:
        message.stop()
        self.path, self._text, self._problem, self._read = message.path, message.text, message.problem, True
        self._kind, self._last = message.kind, message.path
        self._tell()
        self._show(message.text)
        self.refresh_bindings()

    def _tell(self) -> None:
        """Say where it lies, or why there is none."""
        if self.path is not None:
            said = Content.assemble((f"{self._kind}: ", "bold"), self._mask(self.walk.place.within(self.path)))
        elif self._problem:
            said = Content.styled(f"✗ the report cannot be read: {self._mask(self._problem)}", "bold $text-error")
        else:
            said = Content.styled("· there is no report yet: the step Verify writes one", "$text-muted")
        self.query_one("#report-path", Static).update(said)

    def _show(self, text: str) -> None:
        self._content = styled(self._mask(Redactor().text(text)))
        self._found = Found.of(self._content.plain.split("\n"), self.needle)
        self._light(layout=True)
        if self.needle:
            self.go(1)

    # -- the record and the bundle

    def action_seal(self) -> None:
        """Ask who signs, and write the record."""
        self.app.push_screen(SigningOff(), self._seal)

    def _seal(self, wish: Wish | None) -> None:
        if wish is None or self.writing:
            return
        asking = "from the answers alone" if wish.offline else "and asking AWS once more"
        self._begin(f"… writing the record, {asking}", lambda: self._record(wish), name="record")

    def action_bundle(self) -> None:
        """Write the bundle."""
        self._begin("… collecting the bundle", self._bundle, name="bundle")

    def _begin(self, said: str, make: Callable[[], Message], *, name: str) -> None:
        self.writing = True
        self.refresh_bindings()
        self._say(lambda: Content.styled(said, "$text-accent"))

        def work(post: Post) -> None:
            try:
                post(make())
            except PlanewrightError as error:
                post(self._Failed(error))
            except OSError as error:
                post(self._Failed(InputError(f"the {name} cannot be written", cause=str(error), action="try again")))

        aside(self, work, name=name)

    def _record(self, wish: Wish) -> Message:
        """In a thread of its own: the record of what is saved and applied, not of what is typed."""
        from wizard.deploy.record import making
        from wizard.deploy.target import subject_of
        from wizard.walk.finished import final_target

        target = final_target(self.walk.workspace, self.walk.place)
        subject = subject_of(target)
        if wish.offline:
            ground = making.offline(subject)
        else:
            self.desk.forget(target)  # what was read before is not what AWS says when it is made
            checker, lock = self.desk.checker(target)
            with self.desk.noting(target), lock:
                ground = making.from_aws(subject, checker.check(subject))
        signed = making.Signed.typed(wish.names, wish.note)
        _, written = making.make(target, ground, signed, environ=self.desk.environ, now=self._clock())
        return self._Sealed(written, written.markdown.read_text(encoding="utf-8"))

    def _bundle(self) -> Message:
        """In a thread of its own."""
        from wizard.deploy.bundle.making import make

        walk = self.walk
        return self._Bundled(make(walk.workspace, walk.place.name, environ=self.desk.environ, now=self._clock()))

    @on(_Sealed)
    def _sealed(self, message: _Sealed) -> None:
        message.stop()
        written = message.written
        self._end(
            lambda: Content.assemble(
                ("✓ record written, as .md, .html and .json. ", "bold $text-success"),
                "Note its digest on both sides: it tells later whether a copy was altered.\n",
                (written.digest, "bold"),
            )
        )
        self.post_message(self._Read(written.markdown, message.text, kind="record"))

    @on(_Bundled)
    def _bundled(self, message: _Bundled) -> None:
        message.stop()
        packed = message.packed
        left = f", {len(packed.bundle.left)} left out by name" if packed.bundle.left else ""
        self._end(
            lambda: Content.assemble(
                (f"✓ bundle: {self._mask(str(packed.path))}", "bold $text-success"),
                f", here: in the directory that Planewright was started in. {len(packed.bundle.files)} files{left}. "
                "Secrets are masked, names and addresses are not: look at it before it leaves the house.",
            )
        )
        self._last = packed.path.resolve()

    @on(_Failed)
    def _failed(self, message: _Failed) -> None:
        message.stop()
        self._end(lambda: error_text(message.error, self._mask))

    def _end(self, said: Callable[[], Content]) -> None:
        self.writing = False
        self._say(said)
        self.refresh_bindings()

    def _say(self, said: Callable[[], Content]) -> None:
        """Say how the writing stands; names in it may be masked later."""
        self._made = said
        line, content = self.query_one("#report-made", Static), said()
        line.display = bool(content.plain)
        line.update(content)

    # -- searching

    @property
    def text_view(self) -> VerticalScroll:
        """The report."""
        return self.query_one("#report-box", VerticalScroll)

    def searchable(self) -> bool:
        """Whether there is a report."""
        return bool(self._text)

    def find(self, needle: str) -> None:
        """Look for a text in the report, as it is shown."""
        self._found = Found.of(self._content.plain.split("\n"), needle, begin=self._found.line)
        self.go(1)

    def go(self, by: int) -> None:
        """Go to a line that has what is searched for, and say which of how many it is."""
        box = self.text_view
        tops = self._tops()
        self._found = self._found.gone(by, top=bisect_left(tops, box.scroll_offset.y))
        self._light()
        self.tell(self._found.at + 1, len(self._found.lines))
        if self._found.lines:
            box.scroll_to(y=max(tops[self._found.line] - 2, 0), animate=False)

    def _light(self, *, layout: bool = False) -> None:
        self.query_one("#report", Static).update(lit(self._content, self.needle, self._found), layout=layout)

    def _tops(self) -> list[int]:
        """Give the row in which each line begins: a long line takes several."""
        width = max(self.query_one("#report", Static).content_size.width, 1)
        heights = (line.get_height({}, width) for line in self._content.split("\n", allow_blank=True))
        return list(accumulate(heights, initial=0))

    def action_copy_path(self) -> None:
        """Copy where the report lies, or what was made last."""
        if self._last is not None:
            self.app.copy_to_clipboard(str(self._last))
            self.notify("The path is in the clipboard.", markup=False)

    def copy_text(self) -> str:
        """Give the report."""
        return self._text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a key only where it does something."""
        if action == "copy_path":
            return self._last is not None
        if action in {"seal", "bundle"}:
            return None if self.writing else True
        return super().check_action(action, parameters)

    def _mask(self, text: str) -> str:
        return str(getattr(self.app, "mask", str)(text))
