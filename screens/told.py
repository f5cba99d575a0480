"""A screen that tells entries of one object, with a line above them of how it stands and what is done now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.painting import SparingScreen
from screens.styles import of_steps
from screens.widgets.entry_list import EntryList
from screens.widgets.header import Header, Heading
from screens.widgets.keys import Keys
from screens.widgets.masked import Mask
from screens.widgets.run_words import error_text
from wizard.errors import PlanewrightError

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.target import Target
    from wizard.workspace import Place

_STYLES = {"✓": "$text-success", "!": "$text-warning", "✗": "$text-error"}


class Said(VerticalScroll):
    """What is said above the entries. Where it is longer than its room it takes the focus, and is scrolled and copied."""

    DEFAULT_CSS = """
    Said {
        height: auto; max-height: 40%; padding: 0 1 0 0; border-left: blank;
        &:focus { border-left: thick $primary; }
        & Static { height: auto; }
    }
    """

    def on_mount(self) -> None:
        """One that is read at a glance is no stop for Tab."""
        self.can_focus = False

    def watch_show_vertical_scrollbar(self, scrolls: bool) -> None:  # noqa: FBT001 - a watcher's argument
        """Take the focus where there is more than is seen."""
        self.can_focus = scrolls

    def copy_text(self) -> str:
        """Give all of it."""
        return str(self.query_one(Static).visual)


class Told(SparingScreen[None]):
    """Base: what threads post goes to handlers of whoever derives; those tell, and show."""

    CSS_PATH = of_steps()
    AUTO_FOCUS = "#entry-list"
    #: What the screen is about, in the header.
    about: ClassVar[str]

    def __init__(self, desk: Desk, place: Place) -> None:
        super().__init__()
        self.desk = desk
        self.place = place
        #: What a thread does now; empty when none does.
        self.busy = ""
        self.target: Target | None = None
        self.error: PlanewrightError | None = None
        #: A mark and what was told last, and of which entry alone where it is about one.
        self.news = ("", "")
        self._only_of = ""

    def compose(self) -> ComposeResult:
        """How it stands, and the entries."""
        yield Header(id="header")
        with Said(id="told-box"):
            yield Static(id="told-said")
        yield from self.between()
        yield EntryList(id="entries")
        yield Keys()

    def between(self) -> ComposeResult:
        """What stands above the entries, beside what is said."""
        yield from ()

    @property
    def list(self) -> EntryList:
        """The entries."""
        return self.query_one(EntryList)

    @property
    def key(self) -> str:
        """The key of the entry under the cursor; empty for none."""
        return self.list.current.key if self.list.current is not None else ""

    # -- what is done ----------------------------------------------------------------------------------------------------

    @work(thread=True, group="told")
    def carry_out(self, job: partial[None]) -> None:
        """Do something that blocks; it posts what came of it."""
        job()

    def begin(self, what: str) -> None:
        """Say what is done now; what was told before counts no more."""
        self.busy, self.error, self.news, self._only_of = what, None, ("", ""), ""
        self._say_anew()

    def tell(self, mark: str, text: str) -> None:
        """Tell what came of it."""
        self.busy, self.error, self.news, self._only_of = "", None, (mark, text), ""
        self._say_anew()

    def refuse(self, why: str) -> None:
        """Tell why something cannot be done with the entry under the cursor, for as long as it is on that one."""
        self.tell("!", why)
        self._only_of = self.key

    def fail(self, error: PlanewrightError | None) -> None:
        """Tell why nothing came of it."""
        self.busy, self.error, self._only_of = "", error, ""
        self._say_anew()

    def _say_anew(self) -> None:
        self.show()
        self.query_one(Said).scroll_home(animate=False)

    # -- what is shown ---------------------------------------------------------------------------------------------------

    @on(EntryList.Moved)
    def _moved(self, message: EntryList.Moved) -> None:
        message.stop()
        if self._only_of and self.key != self._only_of:
            self.tell("", "")
        else:
            self.refresh_bindings()

    def mask(self, text: str) -> str:
        """Mask what an audience must not read."""
        return str(getattr(self.app, "mask", str)(text))

    def presenter_changed(self) -> None:
        """Say everything anew, masked or not."""
        self.list.relight()
        self.show()

    def show(self) -> None:
        """Show everything as it is now."""
        self.query_one("#told-said", Static).update(self._said())
        self.list.display = bool(self.list.entries)
        account = self.target.shard.account if self.target is not None else None
        right = (self.mask(f"{account.id} {account.region}"),) if account is not None else ()
        presenter = bool(getattr(self.app, "presenter", False))
        self.query_one(Header).heading = Heading((self.mask(self.place.name), self.about), right, presenter)
        self.refresh_bindings()

    def _said(self) -> Content:
        if self.busy:
            return Content.styled(f"… {self.mask(self.busy)}", "$text-accent")
        if self.error is not None:
            return error_text(self.error, self.mask)
        mark, text = self.news if self.news[1] else self.standing()
        return Content.styled(f"{mark} {self.mask(text)}".strip(), _STYLES.get(mark, ""))

    def standing(self) -> tuple[str, str]:
        """Say how it stands where nothing was told: a mark and a sentence."""
        raise NotImplementedError

    def copy_text(self) -> str:
        """Give what is said, and every entry."""
        return "\n".join([self._said().plain, self.list.copy_text()]).strip()


def body(lines: Iterable[str]) -> Callable[[Mask], Content]:
    """Give lines as the body of a question, masked when it is shown."""
    kept = tuple(lines)

    def tell(mask: Mask) -> Content:
        return Content("\n").join([Content(mask(line)) for line in kept])

    return tell
