"""A text that is told anew when presenter mode begins or ends: for dialogs, which nobody redraws."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

Mask = Callable[[str], str]


class Masked(Static):
    """Shows what `tell` makes of the mask that counts now; a plain text is masked as a whole."""

    def __init__(
        self,
        tell: str | Callable[[Mask], Content],
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._tell = tell

    def on_mount(self) -> None:
        """Tell it, and follow presenter mode."""
        self.show(self._tell)
        if hasattr(self.app, "presenter"):
            self.watch(self.app, "presenter", lambda: self.show(self._tell), init=False)

    def show(self, tell: str | Callable[[Mask], Content]) -> None:
        """Tell something else from now on."""
        self._tell = tell
        mask: Mask = getattr(self.app, "mask", str)
        self.update(Content(mask(tell)) if isinstance(tell, str) else tell(mask))
