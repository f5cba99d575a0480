"""Where everything is built, and as whom: a deployment's shard and names; a shard's account, governance and state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from screens.desk import Desk
from screens.errands import NOBODY
from screens.pane import Pane
from screens.widgets.choice import Choice
from screens.widgets.form import Form, keys_at
from screens.widgets.notes import MUTED
from screens.widgets.panel import Panel
from wizard.errors import PlanewrightError
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from wizard.answers.account import Account
    from wizard.aws.profiles import Profile
    from wizard.deploy.target import Target
    from wizard.facts.access import CallerFact


class Suggested(Message):
    """What there is to choose from, by the answer's key."""

    def __init__(self, choices: Mapping[str, tuple[Choice, ...]]) -> None:
        super().__init__()
        self.choices = choices


class Calling(Message):
    """Who AWS says is calling with an account's settings."""

    def __init__(self, account: Account, caller: CallerFact) -> None:
        super().__init__()
        self.account = account
        self.caller = caller


class AccountPane(Pane):
    """The first step. What the operator's AWS configuration and the workspace know is offered to choose from."""

    step: ClassVar[Step] = Step.ACCOUNT
    keeps: ClassVar[bool] = True

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self._caller: Calling | None = None
        self._asked_for: Account | None = None

    def compose(self) -> ComposeResult:
        """The form, and below it where that leads."""
        yield Form(self.walk, *keys_at(self.walk, self.step), step=self.step)
        yield Panel("Built in" if self.walk.kind == "deployment" else "Credentials", id="built-in")

    def on_mount(self) -> None:
        """Say what is known without asking anybody."""
        self._tell()

    def walk_changed(self) -> None:
        """Show the walk as it is; ask who calls once a check is back."""
        self.query_one(Form).walk_changed()
        if self._nobody:
            self._asked_for = None  # who calls may be somebody else once a login is made
        self._ask_who()
        self._tell()

    def shown(self) -> None:
        """Look for what can be chosen: a shard may have been made since."""
        self._suggest()

    def focus_on(self, key: str) -> bool:
        """Put the focus on an answer's field; a deployment's account is its shard's."""
        form = self.query_one(Form)
        return form.focus_on(key) or (self.walk.kind == "deployment" and form.focus_on("shard"))

    # -- what there is to choose from

    @work(thread=True, exclusive=True, group="suggestions")
    def _suggest(self) -> None:
        choices = _shards(self.walk) if self.walk.kind == "deployment" else _profiles(self.desk.environ)
        self.post_message(Suggested(choices))

    @on(Suggested)
    def _suggested(self, message: Suggested) -> None:
        message.stop()
        for key, choices in message.choices.items():
            self.query_one(Form).suggest(key, choices)

    # -- who calls

    def _ask_who(self) -> None:
        """Once per account and role, when the check has read it: no call of our own is made then."""
        target = self.walk.target
        if target is None or self.walk.checking or self._nobody or target.shard.account == self._asked_for:
            return
        self._asked_for = target.shard.account
        self._ask_caller(target)

    @work(thread=True, exclusive=True, group="caller")
    def _ask_caller(self, target: Target) -> None:
        from wizard.deploy.target import subject_of
        from wizard.facts.access import Caller

        account = target.shard.account
        ask = Caller(profile=account.profile, role_arn=account.role_arn)
        try:
            checker, lock = self.desk.checker(target)
            with lock:
                caller = checker.read([ask], subject_of(target)).value(ask)
        except PlanewrightError:
            return  # the check itself has told it
        if caller is not None:
            self.post_message(Calling(account, caller))

    @on(Calling)
    def _calling(self, message: Calling) -> None:
        message.stop()
        self._caller = message
        self._tell()

    @property
    def _nobody(self) -> bool:
        return any(finding.code == NOBODY for finding in self.walk.findings)

    # -- showing

    def _tell(self) -> None:
        self.query_one(Panel).show(self._lines())

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        walk = self.walk
        if walk.unopened is not None:
            yield "✗ problem", f"{walk.unopened.title}; {walk.unopened.action}", "$text-error"
        target = walk.target
        if target is not None and walk.kind == "deployment":
            account = target.shard.account
            yield "shard", f"{target.shard.name} in zone {target.shard.zone_id}", MUTED
            yield "account", f"{account.id}, {account.region}", MUTED
        elif target is None and walk.unopened is None:
            yield "account", "not known yet: answers are lacking", MUTED
        if target is not None:
            yield "credentials", target.shard.account.profile or "those of the environment", MUTED
        if self._nobody:
            yield "✗ critical", "AWS does not take these credentials; ^l logs in", "$text-error"
        elif self._caller is not None and target is not None and self._caller.account == target.shard.account:
            yield "✓ AWS says", _who(self._caller.caller), "$text-success"


def _who(caller: CallerFact) -> str:
    until = f"until {caller.expires_at:%H:%M} UTC" if caller.expires_at else "for as long as they last"
    renewed = ", renewed by themselves" if caller.renewable else ""
    return f"{caller.arn} ({caller.method}, {until}{renewed})"


def _shards(walk: Walk) -> dict[str, tuple[Choice, ...]]:
    """Give the workspace's shards. One that cannot be read is offered with the reason: choosing it tells all."""
    from wizard.blueprints.springtail.answers import ShardAnswers
    from wizard.deploy.store import load_object

    found: list[Choice] = []
    for place in walk.workspace.all():
        if place.kind != "shard":
            continue
        try:
            shard = load_object(place)
        except PlanewrightError as error:
            found.append(Choice(place.name, error.title))
            continue
        if isinstance(shard, ShardAnswers):
            found.append(Choice(place.name, f"{shard.account.id}  {shard.account.region}  {shard.zone_id}"))
    return {"shard": tuple(found)}


def _profiles(environ: Mapping[str, str]) -> dict[str, tuple[Choice, ...]]:
    """Give the operator's profiles, and the accounts and regions that they name."""
    from wizard.aws.profiles import profiles

    try:
        found = profiles(environ)
    except PlanewrightError:
        return {}  # the check tells what is wrong with the configuration
    return {
        "account.profile": tuple(Choice(it.name, _about(it)) for it in found),
        "account.id": tuple(Choice(it.says, f"of profile {it.name}") for it in found if it.says),
        "account.region": tuple(Choice(it.region, f"of profile {it.name}") for it in found if it.region),
    }


def _about(profile: Profile) -> str:
    return "  ".join(filter(None, (profile.kind, profile.says, profile.region)))
