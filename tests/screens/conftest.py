"""What holds for all tests of the screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.widgets import Input, TextArea


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks: on a busy machine a picture would be taken while it is away. And no key is let go unsettled."""
    monkeypatch.setattr("screens.in_order.PATIENCE_S", 60.0)
    for line in (Input, TextArea):
        monkeypatch.setattr(line.cursor_blink, "_default", False)


@pytest.fixture(autouse=True, scope="session")
def _parsed_once() -> Iterator[None]:
    """Parse a stylesheet once for all applications that give its variables the same values.

    Each test starts one, and parsing takes a tenth of a second. Textual keeps what it parsed for as long as an application
    lives, and forgets it when the variables change; what it keeps it only reads.
    """
    parsed: dict[frozenset[tuple[str, str]], dict[Any, Any]] = {}

    def of(variables: dict[str, str]) -> dict[Any, Any]:
        return parsed.setdefault(frozenset(variables.items()), {})

    def made(self: Stylesheet, *, variables: dict[str, str] | None = None) -> None:
        make(self, variables=variables)
        self._parse_cache = of(self._variables)  # type: ignore[assignment]

    def changed(self: Stylesheet, variables: dict[str, str]) -> None:
        self._parse_cache = {}  # type: ignore[assignment] # it is cleared there, and is that of others
        change(self, variables)
        self._parse_cache = of(variables)  # type: ignore[assignment]

    make, change = Stylesheet.__init__, Stylesheet.set_variables
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "__init__", made)
        patch.setattr(Stylesheet, "set_variables", changed)
        yield
