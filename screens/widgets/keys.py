"""The line of keys below: what can be pressed now. One widget, and drawn anew only when it would say something else.

Textual's own footer makes a widget for each key again whenever the focus moves: a tenth of a second of each step change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.screen import Screen

#: What is done by the keys that stay whatever the room: the way out, the way on, and what tells all the others.
ESSENTIAL = frozenset({"back", "next", "help"})
#: Keys whose names Textual writes in other words, or signs, than the texts on the screens.
_NAMES = {
    "esc": "Esc", "⏎": "Enter", "↵": "Enter", "enter": "Enter", "tab": "Tab", "space": "Space", "delete": "Delete",
    "backspace": "Backspace", "home": "Home", "end": "End", "pageup": "PgUp", "pagedown": "PgDn",
}  # fmt: skip


def named(key: str) -> str:
    """Give a key's name as all texts write it: `Esc`, `F2`, `^n`."""
    return key.upper() if key.startswith("f") and key[1:].isdigit() else _NAMES.get(key, key)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can be pressed: what it is called, what it does in a word and in a sentence."""

    key: str
    called: str
    word: str
    tooltip: str
    enabled: bool = True
    essential: bool = False

    @property
    def width(self) -> int:
        """Cells that it takes, with the empty ones around its name and after its word."""
        return cell_len(self.called) + cell_len(self.word) + 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A key and the cells that it stands on, the last one excluded."""

    key: Key
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """All keys: those of what has the focus, and the one at the right that lists every command."""

    keys: tuple[Key, ...] = ()
    commands: Key | None = None

    def placed(self, width: int) -> Iterator[Placed]:
        """Give the keys with their places in a width.

        Where there is no room for all, the last ones go that are not essential; one of these that does not fit is cut off.
        """
        right = width
        if self.commands is not None:
            right = max(width - self.commands.width, 0)
            yield Placed(self.commands, right, width)
        left, kept = 0, sum(key.width for key in self.keys if key.essential)
        for key in self.keys:
            kept -= key.width if key.essential else 0
            if left >= right:
                return
            if not key.essential and left + key.width + kept > right:
                continue
            yield Placed(key, left, min(left + key.width, right))
            left += key.width


class Keys(Widget):
    """Shows the bindings of its screen. A click presses a key; its tooltip says what it does."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Keys {
        dock: bottom; height: 1; width: 1fr; text-wrap: nowrap; text-overflow: clip;
        color: $footer-foreground; background: $footer-background;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.line = Line()
        self._due = False
        self._under: Key | None = None

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def render(self) -> Content:
        """Draw the keys, and the one that lists all commands at the right."""
        width = self.size.width
        places = sorted(self.line.placed(width), key=lambda it: it.start)
        parts: list[Content] = []
        at = 0
        for place in places:
            parts += [Content(" " * (place.start - at)), self._drawn(place)]
            at = place.end
        return Content.assemble(*parts)

    def _drawn(self, place: Placed) -> Content:
        key, room = place.key, place.end - place.start
        over = " on $block-hover-background" if key is self._under else ""
        dim = "" if key.enabled else "dim "
        called, word = f"{dim}bold $footer-key-foreground{over}", f"{dim}$footer-description-foreground{over}"
        if key is self.line.commands:
            edge = ("▏", "$foreground 20%")
            drawn = Content.assemble(edge, (key.called, called), (f" {key.word}", word), " ")
        else:
            drawn = Content.assemble((f" {key.called} ", called), (f"{key.word} ", word))
        return drawn if drawn.cell_length <= room else drawn.truncate(room)

    # -- following the screen

    def _bindings_changed(self, screen: Screen[object]) -> None:
        """Look what there is now, once for all that happens in one go, and after it has been painted."""
        if self._due or not self.app.app_focus or not self.is_attached or screen is not self.screen:
            return
        self._due = True
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        self._due = False
        if self.is_attached:
            self.show(self._now())

    def show(self, line: Line) -> None:
        """Show these keys; nothing is drawn when they are what is shown."""
        if line != self.line:
            self.line = line
            self._under = None
            self.refresh()

    def _now(self) -> Line:
        app, active = self.app, self.screen.active_bindings
        found: dict[str, Key] = {}
        for _, binding, enabled, tooltip in active.values():
            if binding.show and binding.action not in found:
                called = app.get_key_display(binding)
                essential = binding.action in ESSENTIAL
                found[binding.action] = Key(binding.key, called, binding.description, tooltip, enabled, essential)
        commands = active.get(app.COMMAND_PALETTE_BINDING) if app.ENABLE_COMMAND_PALETTE else None
        if commands is None:
            return Line(tuple(found.values()))
        _, binding, enabled, tooltip = commands
        said = tooltip or binding.description
        key = Key(binding.key, app.get_key_display(binding), binding.description, said, enabled)
        return Line(tuple(found.values()), key)

    # -- the mouse

    def at(self, x: int) -> Key | None:
        """Give the key that stands on a cell."""
        return next((it.key for it in self.line.placed(self.size.width) if it.start <= x < it.end), None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key under the mouse."""
        key = self.at(event.x)
        if key is None:
            return
        if key.enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say what the key under the mouse does."""
        self._over(self.at(event.x))

    def on_leave(self) -> None:
        """Say nothing any more."""
        self._over(None)

    def _over(self, key: Key | None) -> None:
        if key is not self._under:
            self._under = key
            self.tooltip = (key.tooltip or None) if key is not None else None
            self.refresh()
