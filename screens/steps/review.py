"""Review: what would be written, what is wrong with it, and what was changed since the answers were saved."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TabbedContent, TabPane
from textual.widgets.option_list import Option

from screens.desk import Desk
from screens.fitting import Fitting
from screens.looking import Seen, counted, look
from screens.messages import Acknowledged, GoTo
from screens.pane import Pane
from screens.widgets.acknowledge import Acknowledge
from screens.widgets.all_findings import AllFindings
from screens.widgets.file_view import FileView
from screens.widgets.saying import say
from wizard.answers.changed import ChangedAnswer
from wizard.deploy import gate
from wizard.errors import PlanewrightError
from wizard.findings import Finding, Severity
from wizard.walk.steps import Step, step_of
from wizard.walk.walk import Walk

#: A pane narrower than this has the files above the source, and not beside it.
NARROW = 84


class Looked(Message):
    """What lies on disk, and what would: read in a worker. `number` says which looking it was."""

    def __init__(self, number: int, seen: Seen) -> None:
        super().__init__()
        self.number = number
        self.seen = seen


class Recorded(Message):
    """An acknowledgement is on record, or could not be put there."""

    def __init__(self, error: PlanewrightError | None) -> None:
        super().__init__()
        self.error = error


class ReviewPane(Pane, Fitting):
    """Three views of what was answered: findings, files, answers."""

    step = Step.REVIEW
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "view('findings')", "Findings", tooltip="Show all findings, worst first"),
        Binding("e", "view('files')", "Files", tooltip="Show the files that would be emitted"),
        Binding(
            "w",
            "view('answers')",
            "Answers",
            tooltip="Show what changed since the last apply, or since the answers were saved",
        ),
        Binding("d", "difference", "Difference", tooltip="Show the whole file, or its difference to the disk"),
    ]

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self._number = 0
        self._looked_at: tuple[object, ...] = ()
        self._seen = Seen()
        self._failed: PlanewrightError | None = None
        self._presenter = False

    def compose(self) -> ComposeResult:
        """A line of what there is, and the three views."""
        yield Static(id="review-summary")
        with TabbedContent(id="review-views"):
            with TabPane("Findings", id="findings-view"):
                yield AllFindings(id="all-findings")
                yield Static("✓ no findings: nothing is wrong that could be seen", id="no-findings", markup=False)
            with TabPane("Files", id="files-view"):
                yield FileView(id="files")
            with TabPane("Answers", id="answers-view"):
                yield Static(id="answers-since", markup=False)
                yield OptionList(id="changed-answers", markup=False)
                yield Static("= same: the answers are those that were saved", id="no-answers", markup=False)

    def on_mount(self) -> None:
        """Show what is known before the disk was looked at."""
        self._show()

    def fit(self) -> None:
        """Put the source below the files where there is no room beside them."""
        self.set_class(self.outer_size.width < NARROW, "-narrow")

    def shown(self) -> None:
        """Look at the disk: it may have changed while other steps were on screen."""
        self._look(anew=True)

    def walk_changed(self) -> None:
        """Show findings at once; look at the disk only when the answers are others."""
        self._show()
        self._look()
        presenter = bool(getattr(self.app, "presenter", False))
        if presenter != self._presenter:
            self._presenter = presenter
            self.query_one(FileView).draw_anew()

    # -- what lies on disk ---------------------------------------------------------------------------------------

    def _look(self, *, anew: bool = False) -> None:
        """Start a look, if there is anything new to see."""
        looked_at = (self.walk.target, self.walk.draft)
        if looked_at == self._looked_at and not anew:
            return
        self._looked_at = looked_at
        self._number += 1
        self._look_at(self._number, self.walk)

    @work(thread=True, exclusive=True, group="look")
    def _look_at(self, number: int, walk: Walk) -> None:
        self.post_message(Looked(number, look(walk)))

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        message.stop()
        if message.number != self._number:
            return
        self._seen = message.seen
        self.query_one(FileView).show(self._seen.entries)
        self._show()

    # -- findings ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        findings = self.query_one(AllFindings)
        findings.show(self.walk.findings, self._seen.passed)
        findings.display = bool(self.walk.findings)
        self.query_one("#no-findings").display = not self.walk.findings
        self._show_answers()
        self._summarise()

    def _summarise(self) -> None:
        """Say in a line what there is to look at, and what went wrong with looking."""
        mask = getattr(self.app, "mask", str)
        failed = (*((self._failed,) if self._failed else ()), *self._seen.failed)
        errors = [Content.styled(f"✗ failed: {mask(str(error))}", "$text-error") for error in failed]
        held = sum(
            finding.severity is Severity.CRITICAL
            or (finding.severity is Severity.HIGH and not self.query_one(AllFindings).is_passed(finding))
            for finding in self.walk.findings
        )
        written = sum(entry.diff != "" for entry in self._seen.entries)
        said = Content.assemble(
            (f"✗ {held} hold" if held else "✓ nothing holds", "bold $text-error" if held else "$text-success"),
            f" · {counted(len(self.walk.findings), 'finding')} · {written} of {len(self._seen.entries)} files to write"
            f" · {counted(len(self._seen.changed), 'answer')} changed",
        )
        say(self.query_one("#review-summary", Static), Content("\n").join([said, *errors]))

    @on(AllFindings.GoWanted)
    def _go(self, message: AllFindings.GoWanted) -> None:
        message.stop()
        path = message.finding.path
        self.post_message(GoTo(step_of(self.walk.kind, path), path))

    @on(AllFindings.AcknowledgeWanted)
    def _acknowledge(self, message: AllFindings.AcknowledgeWanted) -> None:
        message.stop()
        finding = message.finding
        if finding.severity is not Severity.HIGH:
            self.notify(
                "A critical finding cannot be acknowledged: mend what it is about."
                if finding.severity is Severity.CRITICAL
                else "Only a high finding needs to be acknowledged.",
                markup=False,
            )
            return

        def given(reason: str | None) -> None:
            if reason is not None:
                self._record(finding, reason)

        self.app.push_screen(Acknowledge(finding), given)

    @work(thread=True, group="record")
    def _record(self, finding: Finding, reason: str) -> None:
        try:
            # Of this one finding alone: another of the same code may need another reason.
            gate.acknowledge(self.walk.place, [finding], [f"{finding.code}={reason}"])
        except PlanewrightError as error:
            self.post_message(Recorded(error))
        else:
            self.post_message(Recorded(None))

    @on(Recorded)
    def _recorded(self, message: Recorded) -> None:
        message.stop()
        self._failed = message.error
        if message.error is None:
            self.post_message(Acknowledged())
        self._look(anew=True)

    def action_difference(self) -> None:
        """Show the whole of the file, or what would change in it."""
        self.query_one(FileView).turn()

    # -- answers ---------------------------------------------------------------------------------------------------

    def _show_answers(self) -> None:
        listed, changed = self.query_one("#changed-answers", OptionList), self._seen.changed
        prompts = [self._prompt(answer) for answer in changed]
        if [prompt.plain for prompt in prompts] != [str(option.prompt) for option in listed.options]:
            at = listed.highlighted
            listed.set_options(Option(prompt) for prompt in prompts)
            listed.highlighted = min(at or 0, len(prompts) - 1) if prompts else None
        listed.display = bool(changed)
        self.query_one("#no-answers").display = not changed and not self._seen.since
        since = self.query_one("#answers-since", Static)
        since.display = bool(self._seen.since)
        since.update(f"{'' if changed else '= same '}since {self._seen.since}")

    def _prompt(self, answer: ChangedAnswer) -> Content:
        mask = getattr(self.app, "mask", str)
        style = {"added": "$text-success", "changed": "$text-warning", "taken back": "$text-error"}[answer.word]
        return Content.assemble(
            (f"{answer.symbol} {answer.word:10} ", style),
            (answer.key, "bold"),
            f"  {mask(answer.before) or '(default)'} → {mask(answer.after) or '(default)'}",
        )

    @on(OptionList.OptionSelected, "#changed-answers")
    def _answer(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        key = self._seen.changed[event.option_index].key
        self.post_message(GoTo(step_of(self.walk.kind, key), key))

    # -- going -------------------------------------------------------------------------------------------------------

    def action_view(self, name: str) -> None:
        """Show one of the views, and put the focus into it."""
        self.query_one(TabbedContent).active = f"{name}-view"
        inside = {"findings": "#all-findings", "files": "#file-tree", "answers": "#changed-answers"}[name]
        self.query_one(inside).focus()

    def focus_on(self, key: str) -> bool:
        """Put the cursor on the finding of a key, if there is one."""
        findings = self.query_one(AllFindings)
        at = next((n for n, finding in enumerate(self.walk.findings) if finding.path == key), None)
        if at is None:
            return False
        self.action_view("findings")
        findings.highlighted = at
        return True
