"""How everything is reached: the questions, the path as it will be, and the blocks of addresses that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from screens.desk import Desk
from screens.fitting import Fitting
from screens.painting import Settled
from screens.pane import Pane
from screens.widgets.block_map import BlockMap
from screens.widgets.data_path import Picture, picture_of_deployment, picture_of_shard
from screens.widgets.diagram import Diagram
from screens.widgets.form import Form, keys_at
from wizard.addressing.plan import NOTHING_KNOWN, AddressMap, Surroundings, address_map
from wizard.answers.account import Account
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.errors import PlanewrightError
from wizard.facts.network import tag
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from wizard.deploy.target import Target

#: Columns of the pane from which the drawing stands still above the questions, and the map beside them; and lines that
#: the pane has at least when the drawing stands still.
_DRAWN_ABOVE = 88
_SIDE_BY_SIDE = 136
_TALL = 26


@dataclass(frozen=True)
class Around:
    """What is there beside the answers: other deployments of the shard, the account's networks, what was not read."""

    others: tuple[DeploymentAnswers, ...] = ()
    surroundings: Surroundings = NOTHING_KNOWN
    note: str = "The account's own VPCs are not read yet."


class AroundRead(Message):
    """What is around was read for an account."""

    def __init__(self, account: Account, around: Around) -> None:
        super().__init__()
        self.account = account
        self.around = around


@dataclass(frozen=True)
class Plot:
    """All that a map is made of. Equal plots have equal maps."""

    shard: ShardAnswers
    deployment: DeploymentAnswers | None
    around: Around


class LaidOut(Message):
    """The map of a plot."""

    def __init__(self, plot: Plot, layout: AddressMap) -> None:
        super().__init__()
        self.plot = plot
        self.layout = layout


class Answers(Settled, Container):
    """Questions and map: one beside the other where there is room."""


class TopologyPane(Pane, Fitting):
    """Questions, drawing and map. What is typed is drawn at once; the map is reckoned in a worker."""

    step: ClassVar[Step] = Step.TOPOLOGY
    keeps: ClassVar[bool] = True

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self._around = Around()
        self._plot: Plot | None = None
        self._shard: ShardAnswers | None = None
        self._was_checking = walk.checking
        self._shown_once = False

    def compose(self) -> ComposeResult:
        """Questions and map; the drawing goes above them where there is room."""
        if isinstance(self.parent, Widget):
            self._fit(self.parent.size)  # before anything is in it: all that is would be styled anew
        with Answers(id="topology-answers"):
            yield Form(self.walk, *keys_at(self.walk, self.step), step=self.step)
            yield BlockMap()
        yield Diagram(self._picture())

    def on_mount(self) -> None:
        """Lay out what the answers say."""
        self._lay_out()

    def fit(self) -> None:
        """Put drawing and map where there is room for them."""
        self._fit(self.outer_size)

    def _fit(self, size: Size) -> None:
        above = size.width >= _DRAWN_ABOVE and size.height >= _TALL
        self.update_classes({"-drawn-above": above, "-side-by-side": size.width >= _SIDE_BY_SIDE})

    def shown(self) -> None:
        """Read what is around."""
        self._shown_once = True
        self._read_around()

    def walk_changed(self) -> None:
        """Show the walk as it is. Once a check is back, what is around was read with it."""
        self.query_one(Form).walk_changed()
        self.query_one(Diagram).show(self._picture())
        self._lay_out()
        checking, was = self.walk.checking, self._was_checking
        self._was_checking = checking
        if was and not checking and self._shown_once:
            self._read_around()

    def focus_on(self, key: str) -> bool:
        """Put the focus on an answer's field."""
        return self.query_one(Form).focus_on(key)

    # -- the drawing

    def _picture(self) -> Picture:
        given, name = self.walk.draft.given, self.walk.place.name
        if self.walk.kind == "shard":
            return picture_of_shard(given, name)
        if self.walk.target is not None:
            self._shard = self.walk.target.shard
        # Half a word typed leaves no target; the shard that is drawn stays as long as its name does.
        known = self._shard if self._shard is not None and self._shard.name == given.get("shard") else None
        return picture_of_deployment({**given, "name": name}, known)

    # -- the map

    def _lay_out(self) -> None:
        target = self.walk.target
        if target is None:
            if self._plot is None:
                self.query_one(BlockMap).show(
                    None, takes=False, note="The map of address blocks follows once the answers are complete."
                )
            return
        deployment = None if isinstance(target.answers, ShardAnswers) else target.answers
        plot = Plot(target.shard, deployment, self._around)
        if self._plot is None or not _same_map(plot, self._plot):
            self._plot = plot
            self._reckon(plot)

    @work(thread=True, exclusive=True, group="map")
    def _reckon(self, plot: Plot) -> None:
        around = plot.around
        layout = address_map(plot.shard, plot.deployment, around.others, around.surroundings)
        if not get_current_worker().is_cancelled:
            self.post_message(LaidOut(plot, layout))

    @on(LaidOut)
    def _laid_out(self, message: LaidOut) -> None:
        message.stop()
        if message.plot is not self._plot:
            return
        deployment = message.plot.deployment
        peered = deployment is not None and deployment.peered
        subnet = IPv4Network(deployment.transit.subnet_cidr).prefixlen if deployment and peered else None
        self.query_one(BlockMap).show(
            message.layout, takes=peered, note=message.plot.around.note, subnet_prefixlen=subnet
        )

    # -- what is around

    def _read_around(self) -> None:
        if self.walk.target is not None:
            self._read(self.walk.target)

    @work(thread=True, exclusive=True, group="around")
    def _read(self, target: Target) -> None:
        around = read_around(self.desk, target)
        if not get_current_worker().is_cancelled:
            self.post_message(AroundRead(target.shard.account, around))

    @on(AroundRead)
    def _around_read(self, message: AroundRead) -> None:
        message.stop()
        target = self.walk.target
        if target is not None and target.shard.account == message.account:
            self._around = message.around
            self._learn(message.around)
            self._lay_out()

    def _learn(self, around: Around) -> None:
        """Tell presenter mode what the account's networks are called."""
        learn: Callable[[dict[str, str]], None] | None = getattr(self.app, "learn", None)
        if learn is not None:
            names = (tag(vpc.tags, "Name") for vpc in around.surroundings.vpcs)
            learn({name: "network" for name in names if name})


def read_around(desk: Desk, target: Target) -> Around:
    """Read what is around a target. Blocks; what a check has just read is not asked again."""
    from wizard.checks.live.addresses import surroundings
    from wizard.deploy.target import subject_of
    from wizard.facts.asking import Unread
    from wizard.facts.network import Peerings, Subnets, Vpcs

    try:
        subject = subject_of(target)
        checker, lock = desk.checker(target)
        with lock:
            facts = checker.read([kind(region=subject.region) for kind in (Vpcs, Subnets, Peerings)], subject)
    except PlanewrightError as error:
        return Around(note=f"! not read: {error.title}; the map holds the answers alone.")
    unread = [reading for _, reading in facts.items() if isinstance(reading, Unread)]
    note = f"! not read: {unread[0].source}: {unread[0].said}; free is free as far as is known." if unread else ""
    return Around(subject.others, surroundings(subject, facts), note)


def _same_map(one: Plot, other: Plot) -> bool:
    return one.shard == other.shard and one.around == other.around and _ground(one) == _ground(other)


def _ground(plot: Plot) -> object:
    """Give the answers of a deployment that a map shows."""
    it = plot.deployment
    return it and (it.name, it.topology, it.transit, it.applications, it.database.vpc, it.database.link)
