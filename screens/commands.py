"""The command palette: everything that a key does, and the steps by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

if TYPE_CHECKING:
    from wizard.walk.steps import Step


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the palette: an action, run on the node that declares it."""

    name: str
    says: str
    action: str
    node: DOMNode


class Commands(Provider):
    """Commands of the screen under the palette: those of its steps, and each binding that is active there."""

    async def discover(self) -> Hits:
        """Everything, before anybody has typed."""
        for command in self._commands():
            yield DiscoveryHit(command.name, self._running(command), help=command.says)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.name)
            if score > 0:
                yield Hit(score, matcher.highlight(command.name), self._running(command), help=command.says)

    def _running(self, command: Command) -> partial[Any]:
        return partial(self.app.run_action, command.action, command.node)

    def _commands(self) -> Iterator[Command]:
        steps: tuple[Step, ...] = getattr(self.screen, "steps", ())
        for number, step in enumerate(steps):
            yield Command(f"Go to {step.label}", f"Step {number + 1}", f"step({number})", self.screen)
        seen = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            told = (active.node, binding.action)
            if told in seen or not active.enabled or not binding.description or binding.action.startswith("step("):
                continue
            seen.add(told)
            yield Command(binding.description, active.tooltip or binding.tooltip, binding.action, active.node)
