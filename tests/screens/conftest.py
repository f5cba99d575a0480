"""What holds for all tests of the screens."""

from __future__ import annotations

import pytest
from textual.widgets import Input, TextArea


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks: on a busy machine a picture would be taken while it is away."""
    for line in (Input, TextArea):
        monkeypatch.setattr(line.cursor_blink, "_default", False)
