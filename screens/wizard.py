"""One object's way through the steps: owns the walk, shows its panes, keeps the checks against AWS going.

    field ─Typed─► walk ─► pane, rail, findings at once ─0.3 s─► worker ─Checked─► walk ─► pane, rail, findings

Everything that changes the walk happens here, in handlers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Footer, Input, Static, TextArea
from textual.worker import get_current_worker

from screens import live, way
from screens.copying import told
from screens.messages import Acknowledged, CheckAgain, Checked, GoTo, GroupAdded, GroupRemoved, Planned, Typed
from screens.pane import Pane
from screens.presenter import telling
from screens.styles import of_steps
from screens.widgets.findings_list import FindingsList
from screens.widgets.header import Header
from screens.widgets.rail import Rail
from wizard.errors import PlanewrightError
from wizard.walk.steps import ASKING, Step, at_step, step_of
from wizard.walk.walk import Check, Walk

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy import flow
    from wizard.workspace import Place

#: Seconds without a key before AWS is asked, and those that a check may take before it is told that one is made.
PAUSE_S = 0.3
PATIENCE_S = 0.2
NUMBER_KEYS = "1234567890"


class Opened(Message):
    """The walk is read from disk."""

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self.walk = walk


class NotOpened(Message):
    """What lies on disk cannot be read."""

    def __init__(self, error: PlanewrightError) -> None:
        super().__init__()
        self.error = error


class WizardScreen(Screen[None]):
    """The steps of one shard or deployment."""

    CSS_PATH = of_steps()
    HORIZONTAL_BREAKPOINTS = [(0, "-folded"), (100, "-railed")]  # noqa: RUF012 - as in the base class
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then the step; before the first, the deployments"),
        Binding("p", "previous", "Back", show=False, tooltip="The step before this one"),
        Binding("n,ctrl+n", "next", "Next", key_display="n", tooltip="The next step; ^n while a field has the focus"),
        Binding("f5", "check_again", "Check again", show=False, tooltip="Ask AWS everything once more"),
        Binding("f6", "findings", "Findings", tooltip="To the findings of this step, and back to the fields"),
        *(
            Binding(key, f"step({number})", f"Step {number + 1}", show=False, tooltip="Go to the step of this number")
            for number, key in enumerate(NUMBER_KEYS)
        ),
    ]

    def __init__(self, desk: Desk, place: Place, *, step: Step | None = None, panes: way.Panes | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.place = place
        self.panes = way.panes_of(place.kind) if panes is None else panes
        self.steps = tuple(self.panes)
        self.step = step
        self._walk: Walk | None = None
        self._stale: set[Step] = set()
        self._focused: dict[Step, Widget] = {}
        self._pause: Timer | None = None
        self._patience: Timer | None = None
        self._shown = way.Shown()
        self._caller = ""
        self._refused = False
        self._planned: flow.Planned | None = None
        self._uncheckable: live.CheckFailed | None = None

    @property
    def walk(self) -> Walk:
        """The walk; asking before it is opened is a bug of the caller."""
        assert self._walk is not None  # noqa: S101
        return self._walk

    def compose(self) -> ComposeResult:
        """Header, rail, the step with its findings, how it stands, keys."""
        yield Header(id="header")
        with Horizontal(id="body"):
            yield Rail(id="rail")
            with Vertical(id="middle"):
                yield ContentSwitcher(id="steps")
                yield FindingsList(id="findings")
                yield Static(id="standing", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Read the object in a thread: a shard with a thousand deployments takes a while to look at."""
        self._open()

    @work(thread=True, group="open")
    def _open(self) -> None:
        try:
            self.post_message(Opened(self.desk.walk(self.place)))
        except PlanewrightError as error:
            self.post_message(NotOpened(error))

    @on(Opened)
    async def _opened(self, message: Opened) -> None:
        self._walk = message.walk
        self._learn()
        step, self.step = self.step, None
        await self._go(step if step in self.steps else way.first(self.walk, self.steps))
        self._look_now()

    # -- what is typed -------------------------------------------------------------------------------------------

    @on(Typed)
    def _typed(self, message: Typed) -> None:
        message.stop()
        self._change(lambda: self.walk.typed(message.key, message.text))

    @on(GroupAdded)
    def _group_added(self, message: GroupAdded) -> None:
        message.stop()
        self._change(lambda: self.walk.add_group(message.key))

    @on(GroupRemoved)
    def _group_removed(self, message: GroupRemoved) -> None:
        message.stop()
        self._change(lambda: self.walk.remove_group(message.key, message.index))

    @on(Planned)
    def _plan_made(self, message: Planned) -> None:
        """Hand a plan from the step that made it to the one that applies it, now or once that is shown."""
        self._planned = message.planned
        for pane in self.query_one("#steps", ContentSwitcher).children:
            self._offer_to(pane)

    def _offer_to(self, pane: Widget) -> None:
        if isinstance(pane, way.Offered):
            pane.offer(self._planned)

    @on(Acknowledged)
    def _acknowledged(self) -> None:
        self._changed()

    def _change(self, change: Callable[[], None]) -> None:
        before = self.walk.draft
        try:
            change()
        except OSError as error:
            self.notify(f"What was typed cannot be saved: {error}", severity="error", markup=False)
        if self.walk.draft is before:
            return
        if getattr(self.app, "presenter", False):
            self._learn()
        self._changed()
        self._look_later()

    def _changed(self) -> None:
        """Show the walk as it is now; panes that are not seen follow when they are."""
        self._stale = set(self.steps)
        self._freshen()
        self.refresh_around()

    def _freshen(self) -> None:
        pane = self.pane
        if pane is not None and pane.step in self._stale:
            self._stale.discard(pane.step)
            pane.walk_changed()

    def refresh_around(self) -> None:
        """Header, rail, findings and standing: what the screen says beside the step."""
        if self._walk is None or self.step is None:
            return
        presenter = bool(getattr(self.app, "presenter", False))
        self.query_one(Header).heading = way.heading(self.walk, self._caller, self._mask, presenter=presenter)
        rail = self.query_one(Rail)
        rail.standings = self._shown.standings(self.walk, self.steps)
        rail.current = self.step
        self._show_findings(self.step)
        held = way.held(self.walk, self.step, uncheckable=self._cannot()) if self._refused else ""
        self._refused = bool(held)
        now = way.standing(self.walk, self.step, uncheckable=self._cannot(), slow=self._shown.slow)
        self._say(f"Not yet: {held}" if held else now, refused=self._refused)

    def _show_findings(self, step: Step) -> None:
        """Show the step's own; the steps that ask nothing show all of them, or none, themselves."""
        findings = at_step(self.walk.kind, step, self.walk.findings) if step in ASKING else ()
        waiting = at_step(self.walk.kind, step, self._shown.waiting(self.walk)) if step in ASKING else ()
        self.query_one(FindingsList).show((*findings, *waiting), waiting=len(waiting))

    def _say(self, text: str, *, refused: bool = False) -> None:
        line = self.query_one("#standing", Static)
        line.update(self._mask(text))
        line.set_class(refused, "-refused")

    # -- checks against AWS --------------------------------------------------------------------------------------

    def _look_later(self) -> None:
        if self._pause is not None:
            self._pause.stop()
        if self.walk.checking:
            self._pause = self.set_timer(PAUSE_S, self._look_now)

    def _look_now(self) -> None:
        check = self.walk.begin_check()
        if check is not None and self.walk.checking:
            self._begin(check)

    @on(CheckAgain)
    def action_check_again(self) -> None:
        """Ask AWS everything once more: what was found may have been mended there."""
        check = self.walk.begin_check()
        if check is None:
            self._say(f"Nothing can be checked yet: {way.held(self.walk, Step.REVIEW)}", refused=True)
            return
        self.desk.forget(check.target)
        self._begin(check)
        self._say("… checking again against AWS")

    def _begin(self, check: Check) -> None:
        self._uncheckable = None
        self._patience = self.set_timer(PATIENCE_S, self._tell_checking)
        self._look(check)

    @work(thread=True, exclusive=True, group="check")
    def _look(self, check: Check) -> None:
        worker = get_current_worker()
        live.look(self.desk, check, self.post_message, outdated=lambda: worker.is_cancelled)

    def _tell_checking(self) -> None:
        if self.walk.checking:
            self._shown.slow = True
            self.refresh_around()

    @on(Checked)
    def _checked(self, message: Checked) -> None:
        own = self.walk.findings
        if self.walk.took(message.generation, message.findings):
            self._shown.checked(own, message.findings)
            self._changed()

    @on(live.CheckFailed)
    def _check_failed(self, message: live.CheckFailed) -> None:
        self._uncheckable = message
        self.refresh_around()

    @on(live.Identified)
    def _identified(self, message: live.Identified) -> None:
        self._caller = message.arn
        self.refresh_around()

    def _cannot(self) -> PlanewrightError | None:
        return self._uncheckable.error if self._uncheckable is not None and self.walk.checking else None

    # -- going -----------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> Pane | None:
        """The pane on screen; None until the object is opened."""
        if self._walk is None:
            return None
        shown = self.query_one("#steps", ContentSwitcher).visible_content
        return shown if isinstance(shown, Pane) else None

    @on(GoTo)
    async def _go_to(self, message: GoTo) -> None:
        message.stop()
        if await self._go(message.step) and message.key and self.pane is not None:
            self.pane.focus_on(message.key)

    @on(FindingsList.Chosen)
    def _chosen(self, message: FindingsList.Chosen) -> None:
        path = message.finding.path
        self.post_message(GoTo(step_of(self.walk.kind, path), path))

    async def action_step(self, number: int) -> None:
        """Go to a step by its number in the rail."""
        if number < len(self.steps):
            await self._go(self.steps[number])

    async def action_next(self) -> None:
        """Go on, or say why not."""
        if self.step is None:
            return
        held = way.held(self.walk, self.step, uncheckable=self._cannot())
        here = self.steps.index(self.step)
        if held:
            self._refused = True
            self.refresh_around()
            self.app.bell()
        elif here + 1 < len(self.steps):
            await self._go(self.steps[here + 1])
        else:
            self._say("This is the last step.")

    async def action_previous(self) -> None:
        """Go one step back, and from the first one to the deployments."""
        here = 0 if self.step is None else self.steps.index(self.step)
        if here:
            await self._go(self.steps[here - 1])
        else:
            self.dismiss()

    async def action_back(self) -> None:
        """Leave the field, so that letters are keys again; then leave the step."""
        pane = self.pane
        if pane is not None and isinstance(self.focused, Input | TextArea):
            pane.focus(scroll_visible=False)
        else:
            await self.action_previous()

    def action_findings(self) -> None:
        """Go to the findings, and back from there."""
        findings = self.query_one(FindingsList)
        if findings.has_focus:
            self._focus_in(self.pane)
        elif findings.display:
            findings.focus()

    async def _go(self, step: Step) -> bool:
        """Show a step; False, with the reason shown, when it is not open."""
        if step not in self.steps or self._walk is None:
            return False
        if way.is_beyond_review(step) and self.walk.changed and not self._settled():
            return False
        if self.step is not None and self.focused is not None and self.pane is not None:
            self._focused[self.step] = self.focused
        switcher = self.query_one("#steps", ContentSwitcher)
        name = f"pane-{step.value}"
        if not switcher.query_children(f"#{name}"):
            self._stale.discard(step)
            pane = self.panes[step]()(self.walk, self.desk)
            await switcher.add_content(pane)
            if self._planned is not None:
                self._offer_to(pane)
        self.step, self._refused = step, False
        switcher.current = name
        self._freshen()
        if self.pane is not None:
            self._focus_in(self.pane)
            self.pane.shown()
        self.refresh_around()
        return True

    def _settled(self) -> bool:
        """Make the draft the object's answers; False, with the reason shown, when something holds them."""
        held = way.held(self.walk, Step.REVIEW, uncheckable=self._cannot())
        if held:
            self._say(f"Not yet: {held}", refused=True)
            return False
        try:
            self.desk.flush()  # a draft that is still being written would come back after the answers
            self.walk.settle()
        except (PlanewrightError, OSError) as error:
            self._say(f"Not yet: {error}", refused=True)
            return False
        return True

    def _focus_in(self, pane: Pane | None) -> None:
        """Put the focus where it was in a pane, or on its first field."""
        if pane is None:
            return
        was = self._focused.get(pane.step)
        if was is not None and was.is_attached and was.focusable:
            was.focus()
            return
        inside = (widget for widget in self.focus_chain if widget is not pane and pane in widget.ancestors)
        next(inside, pane).focus()

    # -- what everybody can do -----------------------------------------------------------------------------------

    def presenter_changed(self) -> None:
        """Show everything anew, masked or not."""
        if self._walk is not None:
            self._learn()
            self._changed()

    def _learn(self) -> None:
        """Tell presenter mode the words that give away whose object this is."""
        learn: Callable[[dict[str, str]], None] | None = getattr(self.app, "learn", None)
        if learn is not None:
            learn({**telling(self.walk.draft.raw), self.place.name: self.place.kind})

    def copy_text(self) -> str:
        """The findings of the step; those of all steps where nothing is asked."""
        if self._walk is None or self.step is None:
            return ""
        asked = self.step in ASKING
        return told(at_step(self.walk.kind, self.step, self.walk.findings) if asked else self.walk.findings)

    def _mask(self, text: str) -> str:
        mask: Callable[[str], str] = getattr(self.app, "mask", str)
        return mask(text)

    @on(NotOpened)
    def _not_opened(self, message: NotOpened) -> None:
        self._say(str(message.error), refused=True)
