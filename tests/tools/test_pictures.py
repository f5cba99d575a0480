"""A picture in the documentation fetches nothing, and tells nothing of the machine or of the moment."""

from __future__ import annotations

import re

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from tests.tools.pictures import Tidy, as_long_as

SAID = "vpc-0a1b2c3d4e5f60718 /tmp/x1y2/acme 2026-11-21 10:16 UTC vpc-1111111111111111a 20261121T112648Z.md"


class One(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(SAID)


@pytest.fixture
async def svg() -> str:
    app = One()
    async with app.run_test(size=(120, 3)):
        return app.export_screenshot(title="one")


async def test_it_fetches_nothing(svg: str) -> None:
    assert "url(http" in svg.replace('url("http', "url(http"), "else this would prove nothing"

    kept = Tidy({})(svg)
    assert "@font-face" not in kept
    assert re.findall(r"https?://[^\"<\s]+", kept.replace('xmlns="http://www.w3.org/2000/svg"', "")) in (
        [],
        ["https://www.textualize.io"],
    )
    assert "monospace" in kept


async def test_ids_dates_and_paths_are_the_same_ones_each_time(svg: str) -> None:
    kept = Tidy({"/tmp/x1y2/acme": as_long_as("/tmp/x1y2/acme", "/home/operator")})(svg).replace("&#160;", " ")

    assert "/home/operator" in kept
    assert "2026-01-15 09:30 UTC" in kept
    assert "20260115T093000Z.md" in kept
    assert "0a1b2c3d" not in kept
    ids = re.findall(r"vpc-[0-9a-f]{17}", kept)
    assert len(set(ids)) == 2, "what was two things stays two"


async def test_the_same_id_is_the_same_one_in_every_picture(svg: str) -> None:
    tidy = Tidy({})

    assert tidy(svg) == tidy(svg)


def test_what_would_move_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="is not as long as"):
        Tidy({"/tmp/x": "/home/operator"})
