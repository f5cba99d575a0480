"""A plan to look around in: its tree, filtered by kind and class and searched, and the change under the cursor in full."""

from __future__ import annotations

import gc
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from screens.fitting import Fitting
from screens.widgets.change_details import CLASS_STYLES, KIND_STYLES, ChangeDetails
from screens.widgets.plan_tree import PlanRows
from wizard.changes.classes import ChangeClass
from wizard.engine.plans import ChangeKind
from wizard.walk.plan_tree import ACTING, CLASSES, SYMBOLS, GroupRow, PlanTree

#: Narrower than this the differences are below the tree, and not beside it.
NARROW = 90
#: Plans with more changes than this open with their modules closed.
AT_A_GLANCE = 40
#: Plans with more than this are searched once the typing pauses: the key is on screen first.
LARGE = 1000
#: What is shown where one class alone is: completes "only what ...".
_SAYS = {
    ChangeClass.SAFE: "is safe",
    ChangeClass.INTERRUPTS: "interrupts traffic",
    ChangeClass.REPLACES: "is replaced",
    ChangeClass.IGNORED: "would be ignored",
    ChangeClass.DESTROYS: "destroys data",
}
#: Seconds for which the cursor, or the typing, rests before what follows from it is shown: no key waits for that.
REST_S = 0.05


class PlanBrowser(Vertical, Fitting):
    """Shows one tree. What is open, filtered and searched for is its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", tooltip="Find changes by parts of address or type"),
        Binding("f", "filter", "Filter", tooltip="Show one kind of change after the other, then all again"),
        Binding(
            "e", "effect", "Effect", tooltip="Show one class of change after the other, worst first, then all again"
        ),
        Binding("plus", "only('create')", "Created", key_display="+", show=False, tooltip="Show what is created"),
        Binding("tilde", "only('update')", "Updated", key_display="~", show=False, tooltip="Show what is updated"),
        Binding("equals_sign", "only('replace')", "Replaced", key_display="=", show=False, tooltip="Show replacements"),
        Binding("minus", "only('delete')", "Deleted", key_display="-", show=False, tooltip="Show what is deleted"),
        Binding("asterisk", "only('')", "All", key_display="*", show=False, tooltip="Show changes of every kind"),
        Binding("o", "open_all", "Open all", tooltip="Open all modules, or close them"),
        Binding("escape", "leave_search", "Leave the search", show=False, tooltip="Give the search up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.tree_shown: PlanTree | None = None
        self._shut: frozenset[str] = frozenset()
        self._kinds: frozenset[ChangeKind] = frozenset(ACTING)
        self._effects: frozenset[ChangeClass] = frozenset(ChangeClass)
        self._search = ""
        self._look: Timer | None = None
        self._find: Timer | None = None

    def compose(self) -> ComposeResult:
        """The filter's line, the search, the tree and the change under the cursor."""
        yield Static(id="plan-filter")
        yield Static(id="plan-classes")
        yield Input(id="plan-search", placeholder="parts of an address or a type", select_on_focus=False)
        with Horizontal(id="plan-body"):
            yield PlanRows(id="plan-rows")
            yield ChangeDetails(id="plan-details")

    def on_mount(self) -> None:
        """The search is there when it is asked for."""
        self.query_one("#plan-search").display = False

    def fit(self) -> None:
        """Put the differences below the tree where there is no room beside it."""
        self.set_class(self.outer_size.width < NARROW, "-narrow")
        if self.tree_shown is not None:
            self._show_classes(self.tree_shown)

    def use(self, tree: PlanTree) -> None:
        """Show another tree, all of it: a filter of the one before would hide what is new."""
        self.tree_shown = tree
        self._kinds, self._effects, self._search = frozenset(ACTING), frozenset(ChangeClass), ""
        self.query_one("#plan-search", Input).value = ""
        self._shut = self._modules() if tree.tally.total > AT_A_GLANCE else frozenset()
        if tree.tally.total > LARGE:
            # A collection would look through all of its hundred thousand values again and again, 0.1 s each time.
            gc.freeze()
        self.refresh_rows()

    def focus_rows(self) -> None:
        """Put the focus on the tree."""
        self.query_one(PlanRows).focus()

    def draw_anew(self) -> None:
        """Draw the same again: what is masked has changed."""
        rows = self.query_one(PlanRows)
        rows.refresh()
        self.query_one(ChangeDetails).show(rows.row)

    def _modules(self) -> frozenset[str]:
        """All groups below the stacks."""
        rows = self.tree_shown.rows() if self.tree_shown is not None else ()
        return frozenset(row.id for row in rows if isinstance(row, GroupRow) and row.depth)

    def refresh_rows(self) -> None:
        """Show the rows that filter, search and open modules leave."""
        if self.tree_shown is None:
            return
        # What is searched for is shown wherever it is: nothing found may hide in a closed module.
        shut = frozenset[str]() if self._search else self._shut
        rows = self.tree_shown.rows(closed=shut, kinds=self._kinds, classes=self._effects, search=self._search)
        self.query_one(PlanRows).show(rows)
        self._show_filter(self.tree_shown)
        self._show_classes(self.tree_shown)

    def _show_filter(self, tree: PlanTree) -> None:
        pieces: list[Content | tuple[str, str] | str] = []
        for kind in ACTING:
            count = tree.tally.of(kind)
            if kind == "forget" and not count:
                continue
            style = KIND_STYLES[kind] if kind in self._kinds else "$text-disabled"
            pieces += [(f"{SYMBOLS[kind]} {count} {kind}", style), "   "]
        if len(self._kinds) == 1:
            pieces.append((f"only {next(iter(self._kinds))}: * shows all   ", "bold"))
        if self._search:
            mask = getattr(self.app, "mask", str)
            pieces.append((f"found by “{mask(self._search)}”: Esc shows all   ", "bold"))
        if tree.drift:
            pieces.append((f"! {len(tree.drift)} drifted since the last apply", "$text-warning"))
        self.query_one("#plan-filter", Static).update(Content.assemble(*pieces))

    def _show_classes(self, tree: PlanTree) -> None:
        pieces: list[tuple[str, str] | str] = []
        alone = len(self._effects) == 1
        if alone:
            pieces.append((f"only what {_SAYS[next(iter(self._effects))]}: e goes on   ", "bold"))
        short = alone or self.size.width < NARROW
        for cls in CLASSES:
            if tree.classes.get(cls):
                style = CLASS_STYLES[cls] if cls in self._effects else "$text-disabled"
                word = cls.name.lower() if short else cls.value
                pieces += [(f"{cls.symbol} {tree.classes[cls]} {word}", style), "   "]
        self.query_one("#plan-classes", Static).update(Content.assemble(*pieces))

    @on(PlanRows.Looked)
    def _looked(self, message: PlanRows.Looked) -> None:
        message.stop()
        if self._look is not None:
            self._look.stop()
        self._look = self.set_timer(REST_S, lambda: self.query_one(ChangeDetails).show(message.row))

    @on(PlanRows.Toggled)
    def _toggled(self, message: PlanRows.Toggled) -> None:
        message.stop()
        self._shut = self._shut - {message.id} if message.open else self._shut | {message.id}
        self.refresh_rows()

    def action_open_all(self) -> None:
        """Open all modules, or close them when all are open."""
        self._shut = frozenset() if self._shut else self._modules()
        self.refresh_rows()

    def action_only(self, kind: str) -> None:
        """Show one kind of change, or with an empty one all of them."""
        self._kinds = frozenset(known for known in ACTING if kind in ("", known))
        self.refresh_rows()

    def action_filter(self) -> None:
        """Show the next kind that occurs, and after the last one all again."""
        if self.tree_shown is None:
            return
        ways = ["", *(kind for kind, _ in self.tree_shown.tally.told)]
        now = next(iter(self._kinds)) if len(self._kinds) == 1 else ""
        self.action_only(ways[(ways.index(now) + 1) % len(ways)] if now in ways else "")

    def action_effect(self) -> None:
        """Show the next class that occurs, worst first, and after the last one all again."""
        if self.tree_shown is None:
            return
        ways = [None, *(cls for cls in CLASSES if self.tree_shown.classes.get(cls))]
        now = next(iter(self._effects)) if len(self._effects) == 1 else None
        following = ways[(ways.index(now) + 1) % len(ways)] if now in ways else None
        self._effects = frozenset(ChangeClass) if following is None else frozenset({following})
        self.refresh_rows()

    def action_search(self) -> None:
        """Open the search."""
        if self.tree_shown is not None:
            field = self.query_one("#plan-search", Input)
            field.display = True
            field.focus()

    @on(Input.Changed, "#plan-search")
    def _searching(self, event: Input.Changed) -> None:
        event.stop()
        if event.value.strip() == self._search:
            return
        self._search = event.value.strip()
        if self._find is not None:
            self._find.stop()
        if self.tree_shown is not None and self.tree_shown.tally.total > LARGE:
            self._find = self.set_timer(REST_S, self.refresh_rows)
        else:
            self.refresh_rows()

    @on(Input.Submitted, "#plan-search")
    def _searched(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(PlanRows).focus()

    def action_leave_search(self) -> None:
        """Leave a field; from the tree, give the search up; from there on, Escape is the screen's."""
        field = self.query_one("#plan-search", Input)
        if field.display:
            field.value = ""
            field.display = False
            self._search = ""
            self.refresh_rows()
        self.query_one(PlanRows).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take Escape only where there is a search to leave; without a tree no key does anything."""
        del parameters
        if action == "leave_search":
            return self.query_one("#plan-search").display
        return self.tree_shown is not None if action in {"search", "filter", "effect", "only", "open_all"} else True
