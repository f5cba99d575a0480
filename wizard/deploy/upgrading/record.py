"""An upgrade in progress, kept in the object's workspace: its steps, how far each is, which apply belongs to it.

.planewright/upgrade.json      the newest upgrade: names and outcomes, no value that is secret
             upgrades.jsonl    what was done of all of them, for the history

What it says of AWS is never trusted: it tells what was asked for and begun, and what is true is observed anew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from wizard.deploy import journals, store
from wizard.engine.processes import me
from wizard.engine.runs import new_id
from wizard.errors import InputError
from wizard.files import to_json, write_atomic
from wizard.upgrades.steps import Step
from wizard.workspace import Place

FILE = "upgrade.json"
JOURNAL = "upgrades.jsonl"
FORMAT: Literal[1] = 1

Outcome = Literal["", "ended", "abandoned"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Walked(_Value):
    """A step and how far it is. Times are UTC; what is empty or None did not happen yet.

    `plan` is the run of the plan that somebody said yes to, `digest` that plan's, `run` its apply. `stopped`: the acts before
    the apply were begun; `ready`: they came to their end. `seen` is what each gate showed last.
    """

    step: Step
    begun_at: datetime | None = None
    who: str = ""
    plan: str = ""
    digest: str = ""
    run: str = ""
    stopped: bool = False
    ready: bool = False
    applied: bool = False
    started: bool = False
    seen: tuple[tuple[str, str], ...] = ()
    done_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether its apply succeeded and all its gates were seen."""
        return self.done_at is not None

    @property
    def begun(self) -> bool:
        """Whether it was begun and is not done."""
        return self.begun_at is not None and not self.done

    @property
    def touched(self) -> bool:
        """Whether anything was done of it: what is left of it are then its acts and gates, though its apply is true."""
        return self.stopped or self.applied or self.started

    @property
    def word(self) -> str:
        """How far it is, in a word or two."""
        if self.done:
            return "done"
        if self.applied:
            return "applied, not yet seen" if self.step.gates else "applied"
        return "begun" if self.begun else "to do"


class Upgrade(_Value):
    """One upgrade of one object. `reason` is why it was begun, or abandoned once it was."""

    format: Literal[1] = FORMAT
    id: str
    begun_at: datetime
    who: str
    reason: str = ""
    steps: tuple[Walked, ...] = ()
    ended_at: datetime | None = None
    outcome: Outcome = ""

    @property
    def going(self) -> bool:
        """Whether it is half-way: begun, and neither at its end nor abandoned."""
        return not self.outcome

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(walked.done for walked in self.steps)

    @property
    def current(self) -> Walked | None:
        """The step that was begun and is not done."""
        return next((walked for walked in self.steps if walked.begun), None)

    def changed(self, walked: Walked) -> Upgrade:
        """Give it with another record of one step."""
        steps = tuple(walked if it.step.key == walked.step.key and not it.done else it for it in self.steps)
        return self.model_copy(update={"steps": steps})


def now() -> datetime:
    """Give the time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def load(place: Place) -> Upgrade | None:
    """Read the newest upgrade; None where there never was one. Makes no folder. Raises InputError where it cannot be read."""
    return store.load_file(
        Upgrade,
        place.path / ".planewright" / FILE,
        remedy="move the file away",
        action="moved away, nothing of AWS is forgotten: planewright upgrade works out from what is true what is left",
    )


def going(place: Place) -> Upgrade | None:
    """Give the upgrade that is half-way; None for none."""
    found = load(place)
    return found if found is not None and found.going else None


def glance(place: Place) -> tuple[Upgrade | None, str]:
    """Give the upgrade that is half-way, for what tells of it beside other things; a line where its file cannot be read."""
    try:
        return going(place), ""
    except InputError as error:
        return None, f"{error.title}: {error.action}"


def save(place: Place, upgrade: Upgrade) -> Upgrade:
    """Keep it, whole or not at all, for its owner alone; gives it."""
    write_atomic(place.hidden / FILE, to_json(upgrade.model_dump(mode="json")), mode=0o600)
    return upgrade


def begin(place: Place, steps: tuple[Step, ...], *, reason: str = "") -> Upgrade:
    """Begin an upgrade. Raises InputError while another one is half-way, or where there is nothing to do."""
    other = going(place)
    if other is not None:
        raise InputError(
            f"an upgrade of {place.name} is half-way: {other.done} of {len(other.steps)} steps are done",
            cause=f"{other.who} began it {other.begun_at:%Y-%m-%d %H:%M} UTC{f': {other.reason}' if other.reason else ''}",
            action=f"planewright upgrade {place.name} --go goes on with it; --abandon --reason WHY gives it up",
        )
    if not steps:
        raise InputError(f"{place.name} has nothing to upgrade", action="answer what is to be different first")
    at = now()
    upgrade = Upgrade(
        id=new_id(at), begun_at=at, who=me(), reason=reason, steps=tuple(Walked(step=step) for step in steps)
    )
    save(place, upgrade)
    tell(place, upgrade, "begun", reason=reason)
    return upgrade


def abandon(place: Place, *, reason: str) -> Upgrade:
    """Give up the upgrade that is half-way: what is done stays. Raises InputError for none, or without a reason."""
    upgrade = require_going(place)
    if not reason.strip():
        raise InputError(
            "an upgrade is abandoned with a reason",
            cause="what is half-way stays so, and the history is to say why",
            action=f"planewright upgrade {place.name} --abandon --reason 'why it is given up'",
        )
    ended = save(place, upgrade.model_copy(update={"ended_at": now(), "outcome": "abandoned", "reason": reason}))
    tell(place, ended, "abandoned", reason=reason)
    return ended


def end(place: Place, upgrade: Upgrade) -> Upgrade:
    """Note that nothing is left."""
    ended = save(place, upgrade.model_copy(update={"ended_at": now(), "outcome": "ended"}))
    tell(place, ended, "ended")
    return ended


def require_going(place: Place) -> Upgrade:
    """Give the upgrade that is half-way. Raises InputError for none."""
    found = going(place)
    if found is None:
        raise InputError(
            f"no upgrade of {place.name} is half-way",
            action=f"planewright upgrade {place.name} shows what there is to upgrade; --go begins",
        )
    return found


def tell(place: Place, upgrade: Upgrade, what: str, *, walked: Walked | None = None, reason: str = "") -> None:
    """Write down for the history what was done."""
    about = {"what": what, "upgrade": upgrade.id, "done": upgrade.done, "of": len(upgrade.steps), "reason": reason}
    if walked is not None:
        step = walked.step
        about |= {"step": step.key, "title": step.title, "stack": step.stack}
        about |= {"run": walked.run, "digest": walked.digest if walked.run else ""}
    journals.append(place, JOURNAL, about)
