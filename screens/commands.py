"""The command palette: everything that can be done on the screen below it, each with its key; the steps by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widget import Widget

from screens.errands import walk_of
from screens.widgets.notes import MUTED

if TYPE_CHECKING:
    from screens.app import Planewright
    from wizard.walk.steps import Step
    from wizard.walk.walk import Walk

#: What a match in a command's sentence is worth beside one in its name.
_SENTENCE = 0.5
#: Actions that are listed in words of their own.
_LISTED = ("step(", "log_in", "command_palette")


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the palette. `says` is its sentence, `key` what does the same; empty where no key does."""

    name: str
    says: str
    key: str
    run: Callable[[], Awaitable[Any] | None]


class Commands(Provider):
    """Commands of the screen under the palette: those of its steps, and each binding that is active there."""

    async def discover(self) -> Hits:
        """Everything, before anybody has typed."""
        for command in self._commands():
            yield DiscoveryHit(_line(Content(command.name), command), command.run, text=command.name, help=command.says)

    async def search(self, query: str) -> Hits:
        """What matches, by its name or by what it says it does."""
        matcher = self.matcher(query)
        for command in self._commands():
            named, said = matcher.match(command.name), matcher.match(command.says) * _SENTENCE
            if max(named, said) > 0:
                name = matcher.highlight(command.name) if named >= said else Content(command.name)
                yield Hit(max(named, said), _line(name, command), command.run, text=command.name, help=command.says)

    @property
    def _app(self) -> Planewright:
        return cast("Planewright", self.app)

    def _commands(self) -> Iterator[Command]:
        walk = walk_of(self._app)
        yield from self._steps()
        yield from self._bindings()
        yield self._of_app(
            "Log in", "The AWS CLI's login that the account needs, in this terminal", "log_in_anyway", "^l"
        )
        if walk is not None:
            yield from self._of_walk(walk)
        root = self._app.desk.workspace.root
        yield Command("Copy the workspace's folder", "Its path, to the clipboard", "", partial(self._copy, root))

    def _steps(self) -> Iterator[Command]:
        keys = {active.binding.action: active.binding for active in self.screen.active_bindings.values()}
        steps: tuple[Step, ...] = getattr(self.screen, "steps", ())
        for number, step in enumerate(steps):
            action = f"step({number})"
            key = self.app.get_key_display(keys[action]) if action in keys else ""
            run = partial(self.app.run_action, action, self.screen)
            yield Command(f"Go to {step.label}", f"Step {number + 1} of this object", key, run)

    def _bindings(self) -> Iterator[Command]:
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            told = (active.node, binding.action)
            says = (
                active.tooltip or binding.tooltip
            )  # those by which any field or list is edited or scrolled say nothing
            if told in seen or not active.enabled or not says or binding.action.startswith(_LISTED):
                continue
            seen.add(told)
            run = partial(self.app.run_action, binding.action, active.node)
            yield Command(binding.description, says, self.app.get_key_display(binding), run)

    def _of_walk(self, walk: Walk) -> Iterator[Command]:
        go = partial(self._next_open, walk)
        yield Command("Next open finding", "To the field of the next answer or finding that holds the way", "", go)
        reports = walk.place.reports
        yield Command("Copy the folder of the reports", "Its path, to the clipboard", "", partial(self._copy, reports))

    def _of_app(self, name: str, says: str, action: str, key: str) -> Command:
        return Command(name, says, key, partial(self.app.run_action, action, self.app))

    # -- what has no key

    def _copy(self, path: Path) -> None:
        self.app.copy_to_clipboard(str(path))
        self.app.notify(f"Sent to the terminal's clipboard: {path}", markup=False)

    def _next_open(self, walk: Walk) -> None:
        from screens.messages import GoTo
        from wizard.walk.next_open import next_open

        here: Step | None = getattr(self.screen, "step", None)
        found = next_open(walk, here, _key_of(self.screen.focused))
        if found is None:
            self.app.notify("Nothing holds the way.", markup=False)
        else:
            self.screen.post_message(GoTo(*found))


def _line(name: Content, command: Command) -> Content:
    """Give a command's line: its name, and the key that does the same."""
    return Content.assemble(name, (f"  {command.key}", MUTED)) if command.key else name


def _key_of(widget: Widget | None) -> str:
    """Give the answer's key that a widget is the field of."""
    for node in () if widget is None else widget.ancestors_with_self:
        asked = getattr(node, "asked", None)
        if asked is not None:
            return str(asked.key)
    return ""
