"""The customer's database: where it is, who logs in, and whether it says of itself that it can be replicated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from screens.desk import Desk
from screens.messages import CheckAgain
from screens.pane import Pane
from screens.widgets.ask_path import AskPath
from screens.widgets.form import Form, keys_at
from screens.widgets.notes import AGAIN, MUTED, SYMBOLS
from screens.widgets.panel import Panel
from screens.widgets.row import Row
from screens.widgets.waiting import waiting_at
from wizard.errors import InputError, PlanewrightError
from wizard.findings import Severity
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from wizard.blueprints.springtail.answers import DeploymentAnswers
    from wizard.readiness.model import Readiness

#: How the codes of findings begin that come from what the database, or its RDS, says.
_CODES = "DB_"


class Known(Message):
    """What is kept of the database's own word: None when nobody has looked, an error when it cannot be read."""

    def __init__(self, readiness: Readiness | PlanewrightError | None) -> None:
        super().__init__()
        self.readiness = readiness


class Done(Message):
    """What became of writing the script or reading a file; `read` when there is something new to check."""

    def __init__(self, text: str, *, read: bool = False) -> None:
        super().__init__()
        self.text = text
        self.read = read


class DatabasePane(Pane):
    """The database's questions, and its own word about itself."""

    step: ClassVar[Step] = Step.DATABASE
    keeps: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "write_script", "DBA's script", tooltip="Write what the customer's DBA runs to a file"),
        Binding("f4", "read_sent", "Read DBA's file", tooltip="Read the file that the customer's DBA sent back"),
    ]

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self._known: Known | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        """The form, then what the database says, and the two ways to have it say something."""
        yield Form(self.walk, *keys_at(self.walk, self.step), step=self.step)
        yield Panel("What the database says of itself", id="readiness")
        yield Row("  Write the script that the customer's DBA runs    F3", id="write-script")
        yield Row("  Read the file that the DBA sent back             F4", id="read-sent")

    def shown(self) -> None:
        """Read what is kept: somebody may have looked with the command line since."""
        self._load()

    def walk_changed(self) -> None:
        """Show the walk as it is."""
        self.query_one(Form).walk_changed()
        self._tell()

    def focus_on(self, key: str) -> bool:
        """Put the focus on an answer's field."""
        return self.query_one(Form).focus_on(key)

    @work(thread=True, exclusive=True, group="readiness")
    def _load(self) -> None:
        from wizard.deploy.readiness import load

        try:
            self.post_message(Known(load(self.walk.place)))
        except PlanewrightError as error:
            self.post_message(Known(error))

    @on(Known)
    def _loaded(self, message: Known) -> None:
        message.stop()
        self._known = message
        self._tell()

    # -- the script

    @on(Row.Pressed, "#write-script")
    def action_write_script(self) -> None:
        """Ask where to, then write it."""
        target = self.walk.target
        if target is None:
            self._say("! warn: the script names the database and its role: answer what is lacking first")
            return
        deployment = target.deployment

        def taken(path: str | None) -> None:
            if path is not None:
                self._write(deployment, Path(path).expanduser())

        start = str(self.walk.place.path / "readiness.sql")
        hint = "It only reads settings and names, no data; its head says how it is run."
        self.app.push_screen(AskPath("Write the script for the customer's DBA to", hint, start=start), taken)

    @work(thread=True, exclusive=True, group="script")
    def _write(self, deployment: DeploymentAnswers, path: Path) -> None:
        from wizard.deploy.readiness import script, script_for
        from wizard.files import write_atomic

        try:
            if path.exists() and not path.read_text(encoding="utf-8", errors="replace").endswith(script()):
                self.post_message(Done(f"✗ problem: {path} is there already, and is another file: name another"))
                return
            write_atomic(path, script_for(deployment))
        except OSError as error:
            self.post_message(Done(f"✗ problem: {path} cannot be written: {error.strerror or error}"))
            return
        self.post_message(Done(f"✓ done: {path}; send it to the customer's DBA, then F4 reads what they send back"))

    # -- what the DBA sent

    @on(Row.Pressed, "#read-sent")
    def action_read_sent(self) -> None:
        """Ask for the file, then read it."""

        def taken(path: str | None) -> None:
            if path is not None:
                self._read(Path(path).expanduser())

        hint = "What the script gave: one document for each database, in one file."
        start = "" if self.desk.played is None else str(self.desk.played.readiness)
        self.app.push_screen(AskPath("Read what the customer's DBA sent back from", hint, start=start), taken)

    @work(thread=True, exclusive=True, group="script")
    def _read(self, path: Path) -> None:
        from wizard.deploy.readiness import read_sent, save

        try:
            save(self.walk.place, read_sent(path.read_text(encoding="utf-8-sig"), name=str(path)))
        except InputError as error:
            wrong = f": {error.problems[0].what}" if error.problems else ""
            self.post_message(Done(f"✗ problem: {error.title}{wrong}; {error.cause or error.action}"))
            return
        except (OSError, UnicodeDecodeError) as error:
            self.post_message(Done(f"✗ problem: {path} cannot be read: {error}"))
            return
        self.post_message(Done(f"✓ done: {path} was read and is kept with the answers", read=True))

    @on(Done)
    def _done(self, message: Done) -> None:
        message.stop()
        self._say(message.text)
        if message.read:
            self._load()
            self.post_message(CheckAgain())

    # -- showing

    def _say(self, text: str) -> None:
        self._said = text
        self._tell()

    def _tell(self) -> None:
        self.query_one(Panel).show(self._lines())

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        known = None if self._known is None else self._known.readiness
        if self._known is None:
            yield "", "", MUTED  # a moment: nothing is said that would change at once
        elif isinstance(known, PlanewrightError):
            yield "✗ problem", f"{known.title}; {known.cause}", "$text-error"
        elif known is None:
            name = self.walk.place.name
            yield "· unknown", "nobody has looked yet", MUTED
            yield "", f"from here: planewright readiness {name} --psql", MUTED
        else:
            names = ", ".join(database.name for database in known.databases)
            by = "psql, from here" if known.source == "psql" else "the script, run by the customer's DBA"
            yield "✓ looked at", f"{known.at:%Y-%m-%d %H:%M} UTC as {known.looked_as}, by {by}", "$text-success"
            yield "server", f"PostgreSQL {known.server.version}: {names}", MUTED
            if known.not_read:
                yield "not read", ", ".join(known.not_read), MUTED
        yield from self._wrong()
        if self._said:
            yield "", self._said, MUTED

    def _wrong(self) -> Iterator[tuple[str, str, str]]:
        """Give the weights of what is wrong with it; the fields above and the list of findings tell each."""
        known, waiting = self.walk.findings, waiting_at(self)
        found = [it for it in (*known, *waiting) if it.code.startswith(_CODES) and it.severity is not Severity.INFO]
        for severity in (Severity.CRITICAL, Severity.HIGH, Severity.WARN):
            these = [it for it in found if it.severity is severity]
            if not these:
                continue
            again = all(it in waiting for it in these)
            style = MUTED if again else "$text-error" if severity is Severity.CRITICAL else "$text-warning"
            symbol = AGAIN if again else SYMBOLS[severity]
            yield f"{symbol} {severity.value}", ", ".join(sorted({it.code for it in these})), style
