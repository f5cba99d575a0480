"""A step's questions in a column: by section, the advanced ones behind a disclosure, each with what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.painting import Settled
from screens.widgets.choice import Choice
from screens.widgets.field import Field, said_of
from screens.widgets.group_field import GroupField, keys_of
from screens.widgets.notes import Note, by_field, notes_of
from screens.widgets.remarks import Remarks
from screens.widgets.row import Row
from screens.widgets.waiting import waiting_at
from wizard.answers.catalogue import Asked, Shape, catalogue
from wizard.answers.draft import Draft
from wizard.walk.steps import Step, step_of
from wizard.walk.walk import Walk

#: The section of questions that stand at the top of the answers file: it needs no heading.
_GENERAL = "General"

Entry = Field | GroupField


def keys_at(walk: Walk, step: Step) -> tuple[str, ...]:
    """Give the keys of a step's questions, in the catalogue's order."""
    return tuple(asked.key for asked in catalogue(walk.draft.model) if step_of(walk.kind, asked.key) is step)


class Form(Settled, Vertical):
    """Fields of some keys. `walk_changed` shows the walk as it is; nothing that has not changed is drawn again.

    With a `step`, problems of that step that belong to no field (a key that nobody asks for) stand above them all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "next_field", "Next field", show=False, tooltip="To the next field; Tab, too"),
        Binding("up", "previous_field", "Previous field", show=False, tooltip="To the field before; Shift+Tab, too"),
        Binding(
            "f8", "next_problem", "Next problem", tooltip="To the next field that lacks an answer or has a finding"
        ),
        Binding("f9", "advanced", "Advanced", tooltip="Show or hide the questions that seldom need an answer"),
    ]

    def __init__(self, walk: Walk, *keys: str, step: Step | None = None) -> None:
        super().__init__()
        self.walk = walk
        self._step = step
        asked = [it for it in catalogue(walk.draft.model) if it.key in set(keys)]
        self._plain = _by_section(it for it in asked if not it.advanced)
        self._advanced = _by_section(it for it in asked if it.advanced)
        self._entries: dict[str, Entry] = {}
        self._headings: dict[Static, list[Entry]] = {}
        self._suggested: dict[str, Sequence[Choice]] = {}
        self._open = False
        self._opened_for: frozenset[str] = frozenset()
        self._veiled = False
        self._remarks = Remarks()
        self._disclosure = Row(id="disclosure")
        self._behind = Vertical(classes="advanced")
        self._behind.display = False

    def compose(self) -> ComposeResult:
        """What is said of the step, its fields, the disclosure; the advanced fields come when it is first opened."""
        yield self._remarks
        widgets = self._made(self._plain)
        self._show_walk()
        yield from widgets
        if self._advanced:
            yield self._disclosure
            yield self._behind

    def on_mount(self) -> None:
        """Open the disclosure if something is said of what is behind it; all else is shown since it was composed."""
        draft = self.walk.draft
        self._show_disclosure(draft, self._notes(draft), {question.key for question in draft.questions})

    # -- what a pane does with it

    def walk_changed(self) -> None:
        """Show the walk as it is now."""
        veiled = bool(getattr(self.app, "presenter", False))
        if veiled is not self._veiled:
            self._veiled = veiled
            for widget in self.walk_children():
                if isinstance(widget, Widget):
                    widget.refresh(layout=True)
                if isinstance(widget, Field):
                    widget.veil()
        self._show_walk()

    def suggest(self, key: str, choices: Sequence[Choice]) -> None:
        """Offer texts to choose from in the field of a key."""
        self._suggested[key] = choices
        entry = self._entries.get(key)
        if isinstance(entry, Field):
            entry.suggest(choices)

    def focus_on(self, key: str) -> bool:
        """Put the focus on the field of a key, or on the nearest above or below it; False when there is none."""
        if not self._open and any(_about(key, asked.key) for _, asked in _flat(self._advanced)):
            self._disclose(open_=True)
        entry = self._nearest(key)
        if entry is None:
            return False
        if entry.is_mounted:
            entry.focus()
        else:
            self.call_after_refresh(entry.focus)
        return True

    def fields(self) -> Iterator[Field]:
        """Give all fields there are now, in their order; those of a group's members, too."""
        for entry in self._entries.values():
            if isinstance(entry, Field):
                yield entry
            else:
                yield from entry.fields()

    def field(self, key: str) -> Field:
        """Give the field of a key. KeyError where there is none."""
        return {field.key: field for field in self.fields()}[key]

    # -- keys

    def action_next_field(self) -> None:
        """Go down."""
        self.screen.focus_next()

    def action_previous_field(self) -> None:
        """Go up."""
        self.screen.focus_previous()

    def action_next_problem(self) -> None:
        """Go to the next field that lacks something, from the one with the focus and round."""
        fields = [field for field in self.fields() if _seen(field, self)]
        here = next((at for at, field in enumerate(fields) if field.has_focus_within), -1)
        for field in (*fields[here + 1 :], *fields[: here + 1]):
            if field.lacking or field.said.notes:
                field.focus()
                return
        self.notify("Nothing is lacking here.", markup=False)

    def action_advanced(self) -> None:
        """Open or close the disclosure."""
        self._disclose(open_=not self._open)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to disclose where nothing is advanced."""
        del parameters
        return action != "advanced" or bool(self._advanced)

    @on(Row.Pressed, "#disclosure")
    def _pressed(self, event: Row.Pressed) -> None:
        event.stop()
        self.action_advanced()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    # -- showing

    def _show_walk(self) -> None:
        draft = self.walk.draft
        notes = self._notes(draft)
        asked = {question.key for question in draft.questions}
        for key, entry in self._entries.items():
            _display(entry, shown=key in asked)
            if isinstance(entry, GroupField):
                entry.show(draft, notes)
            else:
                entry.show(said_of(draft, entry.question, key, notes))
        for heading, entries in self._headings.items():
            _display(heading, shown=any(entry.display for entry in entries))
        self._remarks.show(notes.get("", ()))
        self._show_disclosure(draft, notes, asked)

    def _notes(self, draft: Draft[Any]) -> Mapping[str, tuple[Note, ...]]:
        keys: list[str] = []
        for _, asked in (*_flat(self._plain), *_flat(self._advanced)):
            keys += keys_of(asked, draft) if asked.shape is Shape.GROUPS else [asked.key]
        problems = [it for it in draft.problems if self._is_here(it.path, keys)]
        findings = [it for it in self.walk.findings if any(_about(it.path, key) for key in keys)]
        waiting = [it for it in waiting_at(self) if any(_about(it.path, key) for key in keys)]
        return by_field(notes_of(problems, findings, waiting=waiting), frozenset(keys))

    def _is_here(self, path: str, keys: Sequence[str]) -> bool:
        if self._step is not None:
            return step_of(self.walk.kind, path) is self._step
        return any(_about(path, key) for key in keys)

    def _show_disclosure(self, draft: Draft[Any], notes: Mapping[str, tuple[Note, ...]], asked: set[str]) -> None:
        keys = [it.key for _, it in _flat(self._advanced) if it.key in asked]
        if not self._advanced:
            return
        noted = frozenset(key for key in keys if notes.get(key))
        if self._behind.is_attached:
            opening, self._opened_for = bool(noted - self._opened_for), noted
            if opening and not self._open:
                self._disclose(open_=True)
                return
        answered = sum(bool(draft.text(key)) for key in keys)
        own = f", {answered} answered" if answered else ", all by default"
        count = f"{len(keys)} question{'' if len(keys) == 1 else 's'}"
        self._disclosure.text = f"{'▾' if self._open else '▸'} Advanced: {count}{own}    F9"
        _display(self._disclosure, shown=bool(keys))

    def _disclose(self, *, open_: bool) -> None:
        within = self._behind.has_focus_within
        self._open = open_
        self._behind.display = open_
        if open_ and not any(it.key in self._entries for _, it in _flat(self._advanced)):
            self._behind.mount(*self._made(self._advanced))
        if not open_ and within:
            self._disclosure.focus()
        self._show_walk()

    def _made(self, sections: Mapping[str, Sequence[Asked]]) -> list[Widget]:
        widgets: list[Widget] = []
        for section, questions in sections.items():
            entries = [self._entry(asked) for asked in questions]
            if section != _GENERAL:
                heading = Static(section, classes="section", markup=False)
                self._headings[heading] = list(entries)
                widgets.append(heading)
            widgets += entries
        return widgets

    def _entry(self, asked: Asked) -> Entry:
        if asked.shape is Shape.GROUPS:
            self._entries[asked.key] = group = GroupField(asked)
            return group
        self._entries[asked.key] = field = Field(asked)
        if asked.key in self._suggested:
            field.suggest(self._suggested[asked.key])
        return field

    # -- finding

    def _nearest(self, key: str) -> Entry | None:
        every: dict[str, Entry] = {**self._entries, **{field.key: field for field in self.fields()}}
        seen = {name: entry for name, entry in every.items() if _seen(entry, self)}
        above = [name for name in seen if _about(key, name)]
        below = [name for name in seen if _about(name, key)]
        return seen[max(above, key=len)] if above else seen[below[0]] if below else None


def _about(path: str, key: str) -> bool:
    """Whether a path is a key, or lies below it."""
    return path == key or (bool(key) and path.startswith((f"{key}.", f"{key}[")))


def _by_section(questions: Iterator[Asked]) -> dict[str, list[Asked]]:
    found: dict[str, list[Asked]] = {}
    for asked in questions:
        found.setdefault(asked.section, []).append(asked)
    return found


def _flat(sections: Mapping[str, Sequence[Asked]]) -> Iterator[tuple[str, Asked]]:
    for section, questions in sections.items():
        for asked in questions:
            yield section, asked


def _display(widget: Widget, *, shown: bool) -> None:
    """Show or hide a widget; one that is so already is not laid out for it."""
    if widget.display is not shown:
        widget.display = shown


def _seen(widget: Widget, within: Widget) -> bool:
    """Whether a widget and what holds it inside another are displayed."""
    at: Any = widget
    while at is not None and at is not within:
        if not at.display:
            return False
        at = at.parent
    return True
