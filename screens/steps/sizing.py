"""How large everything is: the roles with their machines, what their volumes ask of them, and the questions of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import AwaitMount
from textual.widgets import Static
from textual.worker import get_current_worker

from screens.desk import Desk
from screens.machines import Machines, read_chosen, read_machines
from screens.messages import Typed
from screens.painting import Settled
from screens.pane import Pane
from screens.steps.sizing_words import COLUMNS, ROOM, row_of, sized_of, storage_of
from screens.widgets.form import Form, keys_at
from screens.widgets.meter import Meter
from screens.widgets.type_picker import TypePicker
from screens.widgets.virtual_table import VirtualTable
from wizard.findings import Severity
from wizard.sizing.budget import iops_budget, throughput_budget
from wizard.sizing.fit import Lack, misfits
from wizard.sizing.roles import ROLES, node_of, wish_of
from wizard.walk.steps import Step
from wizard.walk.walk import Walk

if TYPE_CHECKING:
    from wizard.deploy.target import Target


class MachinesRead(Message):
    """What is known of the machines of a region and zone."""

    def __init__(self, machines: Machines) -> None:
        super().__init__()
        self.machines = machines


class Role(Settled, Vertical):
    """The meters and questions of one role."""


class SizingPane(Pane):
    """The roles in a table; under it the meters and questions of the one under the cursor."""

    step: ClassVar[Step] = Step.SIZING
    keeps: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "pick", "Instance types", tooltip="Choose the role's machine among those that the zone offers"),
    ]

    def __init__(self, walk: Walk, desk: Desk) -> None:
        super().__init__(walk, desk)
        self._role = ROLES[0]
        self._roles = ROLES if walk.kind == "deployment" else ()
        self._machines: Machines | None = None
        self._read_for: tuple[object, ...] = ()
        self._images: object = None
        self._forms: dict[str, Form] = {}
        self._rest = Form(walk, *(key for key in keys_at(walk, self.step) if not key.startswith("nodes.")))
        self._sized = sized_of(walk)
        self._on_screen = False

    def compose(self) -> ComposeResult:
        """Table, meters, the questions of the role, those of no role."""
        if self._roles:
            yield VirtualTable(*COLUMNS, id="roles")
            yield Static("", id="sizing-storage", markup=False)
            yield Meter("IOPS", why="not read yet")
            yield Meter("MB/s", why="not read yet")
            with Role(id="sizing-role"):
                yield self._form(self._role)
        yield self._rest

    def on_mount(self) -> None:
        """Show what the answers say."""
        self._tell()

    def shown(self) -> None:
        """Read the machines; again if that failed before."""
        self._on_screen = True
        if self._machines is not None and self._machines.unread:
            self._read_for = ()
        self._read_once()

    def walk_changed(self) -> None:
        """Show the walk as it is."""
        self._sized = sized_of(self.walk) or self._sized
        for form in self._shown_forms():
            form.walk_changed()
        self._tell()
        if self._on_screen:
            self._read_once()

    def focus_on(self, key: str) -> bool:
        """Put the focus on an answer's field, of another role than the one on screen if need be."""
        role = key.removeprefix("nodes.").partition(".")[0]
        if key.startswith("nodes.") and role in self._roles:
            mounting = self._choose(role)
            if mounting is None:
                return self._forms[role].focus_on(key)
            self.call_next(self._focus_once_there, mounting, role, key)
            return True
        return self._rest.focus_on(key)

    async def _focus_once_there(self, mounting: AwaitMount, role: str, key: str) -> None:
        await mounting
        self._forms[role].focus_on(key)

    # -- the roles

    @on(VirtualTable.Highlighted, "#roles")
    def _highlighted(self, message: VirtualTable.Highlighted) -> None:
        message.stop()
        if message.key != self._role:
            self._choose(message.key)

    @on(VirtualTable.Chosen, "#roles")
    def _chosen(self, message: VirtualTable.Chosen) -> None:
        message.stop()
        self.action_pick()

    def _choose(self, role: str) -> AwaitMount | None:
        """Show a role's meters and questions. Its form is made when it is first wanted: then give what to wait for."""
        self._role = role
        mounting = None
        if role not in self._forms:
            mounting = self.query_one(Role).mount(self._form(role))
        for name, form in self._forms.items():
            form.display = name == role
        if self._forms[role].is_mounted:
            self._forms[role].walk_changed()
        self._tell()
        return mounting

    def _form(self, role: str) -> Form:
        keys = (key for key in keys_at(self.walk, self.step) if key.startswith(f"nodes.{role}."))
        self._forms[role] = form = Form(self.walk, *keys)
        return form

    def _shown_forms(self) -> list[Form]:
        own = self._forms.get(self._role)
        return [form for form in (own, self._rest) if form is not None and form.is_mounted]

    # -- showing

    def _tell(self) -> None:
        if not self._roles:
            return
        machines = self._machines or Machines("", "")
        sized = self._sized
        if sized is None:
            return
        rows = [row_of(self.walk, sized, role, machines) for role in self._roles]
        table = self.query_one(VirtualTable)
        if list(table.rows) != rows:
            table.measure([ROOM, *rows])
            with self.prevent(VirtualTable.Highlighted):
                table.fill(rows, cursor=self._role)
        elif table.current is None or table.current.key != self._role:
            table.fill(rows, cursor=self._role)
        name = node_of(sized, self._role).instance_type
        kind = machines.of(name)
        self.query_one("#sizing-storage", Static).update(storage_of(sized, self._role, kind), layout=False)
        iops, throughput = self.query(Meter)
        why = machines.why_not(name) if kind is None else f"AWS names no EBS figures for {name}"
        ebs = None if kind is None else kind.ebs
        wish = wish_of(sized, self._role)
        grave = {misfit.lack: misfit.severity for misfit in misfits(kind, wish)} if kind else {}
        for meter, budget, lack in ((iops, iops_budget, Lack.IOPS), (throughput, throughput_budget, Lack.THROUGHPUT)):
            meter.show(budget(wish.volumes, ebs) if ebs else None, why=why, grave=grave.get(lack, Severity.CRITICAL))

    # -- the machines

    def _read_once(self) -> None:
        """Read when the account or the zone is another than what was read for."""
        target = self.walk.target
        if target is None or not self._roles:
            return
        wanted = (target.shard.account, target.shard.zone_id)
        if wanted != self._read_for:
            self._read_for = wanted
            self._read(target)

    @work(thread=True, exclusive=True, group="machines")
    def _read(self, target: Target) -> None:
        """Read the types that are named, which a check knows already, and then all that there are."""
        worker = get_current_worker()
        for read in (read_chosen, read_machines):
            machines = read(self.desk, target)
            if worker.is_cancelled:
                return
            self.post_message(MachinesRead(machines))

    @on(MachinesRead)
    def _machines_read(self, message: MachinesRead) -> None:
        message.stop()
        target = self.walk.target
        if target is not None and message.machines.zone_id not in {"", target.shard.zone_id}:
            return
        self._machines = message.machines
        self._images = self._images_of(target) if target is not None else None
        self._tell()

    def _images_of(self, target: Target) -> object:
        return tuple(node_of(target.deployment, role).ami for role in self._roles)

    # -- choosing a type

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A shard has no roles."""
        del parameters
        return action != "pick" or bool(self._roles)

    def action_pick(self) -> None:
        """Open the picker for the role under the cursor."""
        target, sized, role = self.walk.target, self._sized, self._role
        if target is None or sized is None:
            self.notify("The region is not known while answers are lacking or refused.", markup=False)
            return

        def taken(name: str | None) -> None:
            if name is not None:
                self.post_message(Typed(f"nodes.{role}.instance_type", name))

        known = self._machines
        current = known is not None and known.whole and self._images == self._images_of(target)

        def read() -> Machines:
            return known if known is not None and current else read_machines(self.desk, target)

        picker = TypePicker(role, wish_of(sized, role), node_of(sized, role).instance_type, read)
        self.app.push_screen(picker, taken)
