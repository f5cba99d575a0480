"""A question that is answered by several groups of answers: `applications[0].name`, `applications[0].cidr`, …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from screens.messages import GroupAdded, GroupRemoved
from screens.painting import Settled
from screens.widgets.field import Field, said_of
from screens.widgets.notes import Note
from screens.widgets.remarks import Remarks
from screens.widgets.row import Row
from wizard.answers.catalogue import Asked, value_at
from wizard.answers.draft import Draft


class MemberRow(Row):
    """The head of a group. Removing it takes the key twice where something was typed into it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace", "remove", "Remove the group", tooltip="Take this group and its answers out"),
    ]

    def __init__(self, index: int) -> None:
        super().__init__(classes="member")
        self.index = index
        self.called = ""
        self.empty = True
        self._asked = False

    def show(self, called: str, *, empty: bool) -> None:
        """Show which group it is."""
        self.called, self.empty = called, empty
        self._tell()

    def on_blur(self) -> None:
        """Nothing is about to be removed any more."""
        self._asked = False
        self._tell()

    def action_remove(self) -> None:
        """Remove the group, or ask for the key once more."""
        if not self.empty and not self._asked:
            self._asked = True
            self._tell()
            return
        self._asked = False
        self.press()

    def key_enter(self) -> None:
        """Enter is no way to remove anything."""

    key_space = key_enter

    def _tell(self) -> None:
        way = "Delete once more removes it with what was typed" if self._asked else "Delete removes it"
        self.text = f"  {self.index + 1}  {self.called or 'new'}    {way}"


class GroupField(Settled, Vertical):
    """A list of groups: a head and a field for each question of each member, and a row that adds one."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.question = asked
        self.key = asked.key
        self._heads: list[MemberRow] = []
        self._members: list[tuple[Field, ...]] = []
        self._remarks = Remarks()
        self._add = Row(id="add")
        self._focus_new = False
        self._composed = False

    def compose(self) -> ComposeResult:
        """What is said of the list, its members, and the row that adds one."""
        yield self._remarks
        for head, fields in zip(self._heads, self._members, strict=True):
            yield head
            yield from fields
        yield self._add
        self._composed = True

    def fields(self) -> Iterator[Field]:
        """Give the fields of all members, in their order."""
        for fields in self._members:
            yield from fields

    def show(self, draft: Draft[Any], notes: Mapping[str, tuple[Note, ...]]) -> None:
        """Show the walk as it is now: as many members as it has, none mounted anew that was there."""
        count = count_of(self.question, draft)
        while len(self._heads) > count:
            self._drop()
        while len(self._heads) < count:
            self._grow()
        for index, fields in enumerate(self._members):
            for field in fields:
                field.show(said_of(draft, field.question, field.key, notes))
            texts = [field.said.text for field in fields]
            self._heads[index].show(texts[0], empty=not any(texts))
        self._remarks.show(notes.get(self.key, ()))
        self._add.text = f"  + {'another' if count else 'add one'}: {self.question.ask}    Enter adds it"

    def focus(self, scroll_visible: bool = True) -> GroupField:  # noqa: FBT001, FBT002 - as in the base class
        """Put the focus on the first member, or on the row that adds one."""
        first = self._members[0][0] if self._members else self._add
        first.focus(scroll_visible)
        return self

    @property
    def help_text(self) -> str:
        """What the groups are for."""
        return f"{self.question.ask}\n{self.question.help}\nKey: {self.key}"

    @on(Row.Pressed, "#add")
    def _adding(self, event: Row.Pressed) -> None:
        event.stop()
        self._focus_new = True
        self.post_message(GroupAdded(self.key))

    @on(Row.Pressed, ".member")
    def _removing(self, event: Row.Pressed) -> None:
        event.stop()
        if isinstance(event.row, MemberRow):
            for field in self.fields():
                field.forget_typing()
            self.post_message(GroupRemoved(self.key, event.row.index))

    def _grow(self) -> None:
        index = len(self._heads)
        head = MemberRow(index)
        fields = tuple(Field(member, member.key.replace("[]", f"[{index}]", 1)) for member in self.question.members)
        self._heads.append(head)
        self._members.append(fields)
        if not self._composed:
            return
        self.mount(head, *fields, before=self._add)
        if self._focus_new:
            self._focus_new = False
            self.call_after_refresh(fields[0].focus)

    def _drop(self) -> None:
        head, fields = self._heads.pop(), self._members.pop()
        if not self._composed:
            return
        if self.screen.focused in {head, *(field.editor for field in fields)}:
            (self._heads[-1] if self._heads else self._add).focus()
        head.remove()
        for field in fields:
            field.remove()


def count_of(asked: Asked, draft: Draft[Any]) -> int:
    """Say how many members a list of groups has."""
    members = value_at(draft.raw, asked.key, [])
    return len(members) if isinstance(members, list) else 0


def keys_of(asked: Asked, draft: Draft[Any]) -> list[str]:
    """Give the keys of a list of groups and of all its members' fields."""
    numbered = [m.key.replace("[]", f"[{index}]", 1) for index in range(count_of(asked, draft)) for m in asked.members]
    return [asked.key, *numbered]
