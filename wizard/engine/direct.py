"""The engine's short commands, asked directly: in the stack's directory, with credentials that are served while it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wizard.engine import asking
from wizard.engine.aside import Aside
from wizard.engine.asking import Answer
from wizard.engine.environment import Served
from wizard.engine.locate import Engine


@dataclass(frozen=True, slots=True)
class Direct:
    """An engine in a directory, in an environment. `session` is served to it; `aside` says how patient it has to be."""

    engine: Engine
    stack_dir: Path
    environment: dict[str, str] = field(repr=False)  # it may hold keys
    session: Served | None = field(default=None, repr=False)
    aside: Aside | None = None

    def command(self, argv: Sequence[str], container: str = "-") -> list[str]:
        """Give the whole command of some arguments; `container` is the name of its container, where the engine is in one."""
        return [*(self.aside.prefix if self.aside else ()), *self.engine.command(container), *argv]

    def ask(self, argv: Sequence[str]) -> Answer:
        """Run what only reads."""
        with self._served() as environment:
            return asking.ask(self.command(argv), cwd=self.stack_dir, environment=environment, look=self._look)

    def order(self, argv: Sequence[str]) -> Answer:
        """Run what changes something."""
        with self._served() as environment:
            return asking.order(self.command(argv), cwd=self.stack_dir, environment=environment, look=self._look)

    @property
    def _look(self) -> Callable[[], None] | None:
        return self.aside.look if self.aside else None

    @contextlib.contextmanager
    def _served(self) -> Iterator[dict[str, str]]:
        if self.session is None:
            yield self.environment
            return
        from wizard.engine.credentials_endpoint import serving

        with serving(self.session) as session:
            yield self.environment | session
