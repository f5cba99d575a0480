"""One object's way through the steps: owns the walk, shows its panes, says what is to be done now.

    field ─Typed─► walk ─► pane, rail, findings at once ─0.3 s─► worker ─Checked─► walk ─► pane, rail, findings
    apply ─Applied─► worker ─Progressed─► walk ─► rail, and the line that says what comes next

Everything that changes the walk happens here, in handlers. Checks are kept by `Checking`, panes by `Steps`, and what is
to be done now is decided by `wizard.walk.next_up`; `Progressing` hears how far the object is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static, TextArea

from screens import live, messages, way
from screens.around import Around
from screens.behind import Behind
from screens.checking import Checking
from screens.course import Course
from screens.in_view import kept_in_view
from screens.looking_ahead import look
from screens.messages import GoTo
from screens.opened import NotOpened, Opened, read_object
from screens.pane import Pane
from screens.progressing import Progressing
from screens.styles import of_steps
from screens.widgets.findings_list import FindingsList
from screens.widgets.header import Header
from screens.widgets.keys import Keys
from screens.widgets.rail import Rail
from screens.widgets.steps import Steps
from wizard.walk.next_up import KEYS
from wizard.walk.steps import Step, step_of
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.widget import Widget

    from screens.desk import Desk
    from wizard.findings import Finding
    from wizard.workspace import Place


#: The keys of the steps, in the rail's order.
NUMBER_KEYS = KEYS


def _commands() -> type[Provider]:
    from screens.object_actions import DestroyHere

    return DestroyHere


def _services() -> type[Provider]:
    from screens.services_commands import ServicesHere

    return ServicesHere


class WizardScreen(Progressing):
    """The steps of one shard or deployment."""

    CSS_PATH = of_steps()
    COMMANDS = {_commands, _services}  # noqa: RUF012 - as in the base class
    HORIZONTAL_BREAKPOINTS = [(0, "-folded"), (100, "-railed")]  # noqa: RUF012 - as in the base class
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", tooltip="Leave the field, then the step; before the first, the deployments"),
        Binding("p", "previous", "Back", show=False, tooltip="The step before this one"),
        Binding(
            "n,ctrl+n", "next", "Next", key_display="n", tooltip="To what comes next; ^n while a field has the focus"
        ),
        Binding("f5", "check_again", "Check again", show=False, tooltip="Ask AWS everything once more"),
        Binding("f6", "findings", "Findings", tooltip="To the findings of this step, and back to the fields"),
        *way.number_keys(NUMBER_KEYS),
    ]

    def __init__(self, desk: Desk, place: Place, *, step: Step | None = None, panes: way.Panes | None = None) -> None:
        super().__init__()
        self.desk = desk
        self.place = place
        self.panes = way.panes_of(place.kind) if panes is None else panes
        self.steps = tuple(self.panes)
        self.step = step
        self._walk: Walk | None = None
        self._behind = Behind(self, self._show_step, self.refresh_around)
        self._checking = Checking(self, desk, self.refresh_around)
        self.course = Course(self, desk, place, self._checking.cannot)
        self._around = Around(self, self.steps, self._checking, self.course)
        #: Whether the first step that is shown begins its work by itself: somebody asked for it by name.
        self.begin = False

    @property
    def walk(self) -> Walk:
        """The walk; asking before it is opened is a bug of the caller."""
        assert self._walk is not None  # noqa: S101
        return self._walk

    @property
    def opened(self) -> Walk | None:
        """The walk; None until it is read from disk."""
        return self._walk

    @property
    def pane(self) -> Pane | None:
        """The pane on screen; None until the object is opened."""
        return self.query_one(Steps).pane if self._walk is not None else None

    @property
    def waiting_findings(self) -> tuple[Finding, ...]:
        """What the check before found and the one under way looks at again; panes go on showing it."""
        walk = self._walk
        return self._checking.waiting(walk) if walk is not None and walk.checking else ()

    def compose(self) -> ComposeResult:
        """Header, rail, the step with its findings, what is to be done now, keys."""
        yield Header(id="header")
        with Horizontal(id="body"):
            yield Rail(id="rail")
            with Vertical(id="middle"):
                yield Steps(id="steps")
                yield FindingsList(id="findings")
                yield Static(id="standing", markup=False)
        yield Keys()

    def on_unmount(self) -> None:
        """What was made ahead for this object is for nobody now."""
        if self.desk.ahead is not None:
            self.desk.ahead.cancel()

    def on_mount(self) -> None:
        """Read the object in a thread."""
        self.run_worker(lambda: read_object(self.desk, self.place, self.post_message), thread=True, group="open")

    @on(Opened)
    async def _opened(self, message: Opened) -> None:
        self._walk = message.walk
        self._around.learn(self.walk)
        step, self.step = self.step, None
        if step not in self.steps or not await self._go(step):
            await self._go(way.first(self.walk, self.steps))
        elif self.begin and self.pane is not None:
            self.pane.begin()
        self._checking.now(self.walk)
        self.course.read_soon()

    @on(NotOpened)
    def _not_opened(self, message: NotOpened) -> None:
        self._around.say(str(message.error), refused=True)

    # -- what is typed -------------------------------------------------------------------------------------------

    @on(messages.Typed)
    @on(messages.GroupAdded)
    @on(messages.GroupRemoved)
    def _answered(self, message: messages.Typed | messages.GroupAdded | messages.GroupRemoved) -> None:
        message.stop()
        before = self.walk.draft
        try:
            message.change(self.walk)
        except OSError as error:
            self.notify(f"What was typed cannot be saved: {error}", severity="error", markup=False)
        if self.walk.draft is before:
            return
        if getattr(self.app, "presenter", False):
            self._around.learn(self.walk)
        if isinstance(message, messages.Typed):
            self._behind.soon()
        else:
            self._changed()
        self._checking.later(self.walk)

    @on(messages.Acknowledged)
    def _changed(self) -> None:
        """Show the walk as it is now."""
        self._show_step()
        self.refresh_around()

    def _show_step(self) -> None:
        self.query_one(Steps).changed()

    def refresh_around(self) -> None:
        """Show anew what the screen says beside the step."""
        if self._walk is not None and self.step is not None:
            self._around.refresh(self.walk, self.step)
            look(self.desk.ahead, self.walk, self.step)

    # -- checks against AWS --------------------------------------------------------------------------------------

    @on(messages.CheckAgain)
    def action_check_again(self) -> None:
        """Ask AWS everything once more: what was found may have been mended there."""
        held = (
            "" if self._checking.again(self.walk) else f"Nothing can be checked yet: {way.held(self.walk, Step.REVIEW)}"
        )
        self._around.say(held or "… checking again against AWS", refused=bool(held))

    @on(messages.Checked)
    def _checked(self, message: messages.Checked) -> None:
        if self._checking.took(self.walk, message):
            self._behind.soon()

    @on(live.CheckFailed)
    @on(live.Identified)
    def _heard(self, message: live.CheckFailed | live.Identified) -> None:
        if isinstance(message, live.Identified):
            if message.arn == self._around.caller:
                return  # each check says it
            self._around.caller = message.arn
        else:
            self._checking.failed(message)
        self.refresh_around()

    # -- going -----------------------------------------------------------------------------------------------------

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
        """Go to what comes next, or say why not."""
        here = self.step
        if here is None:
            return
        if self.course.refusal(self.walk, here):
            self._around.refuse(lambda: self.course.refusal(self.walk, here))
            self.app.bell()
            return
        after = self.course.following(self.walk, here)
        if after is not None:
            await self._go(after)

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
        if not findings.has_focus and findings.display:
            self.query_one(Steps).remember()
            findings.focus()
        elif self.pane is not None and findings.has_focus:
            self.query_one(Steps).focus_in(self.pane)

    async def _go(self, step: Step) -> bool:
        """Show a step; False, with the reason shown, when it is not open."""
        if step not in self.steps or self._walk is None:
            return False
        if self.course.closed(self.walk, step):
            self._around.refuse(lambda: self.course.closed(self.walk, step))
            return False
        failed = self.course.settle(self.walk) if way.is_beyond_review(step) else ""
        if failed:
            self._around.refuse(lambda: failed)
            return False
        pane = await self.query_one(Steps).show(step, lambda: self.panes[step]()(self.walk, self.desk))
        self.step = step
        self._around.forgive()
        stack = self.course.stack_at(self.walk, step)
        if stack:
            pane.focus_on(stack)
        self.refresh_around()
        if way.is_beyond_review(step):
            self.course.read_soon()
        return True

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:  # noqa: FBT001, FBT002 - as in the base class
        """Put the focus somewhere. What keeps it in view scrolls by itself: to the middle would be another place."""
        scroll_visible = scroll_visible and (widget is None or not kept_in_view(widget))
        super().set_focus(widget, scroll_visible, from_app_focus)

    def presenter_changed(self) -> None:
        """Show everything anew, masked or not."""
        if self._walk is not None:
            self._around.learn(self.walk)
            self._changed()

    def copy_text(self) -> str:
        """The findings of the step; those of all steps where nothing is asked."""
        return self._around.copied(self.walk, self.step) if self._walk is not None and self.step is not None else ""
