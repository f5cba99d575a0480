"""Every screen in all its looks, as it was looked at: `pytest tests/screens/test_gallery.py --snapshot-update` takes them
anew. On a shared screen none of them tells whose it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color

from tests.screens import gallery, gallery_customer, gallery_day_two, gallery_runs, gallery_services, gallery_waits  # noqa: F401 - they fill the gallery
from tests.screens.gallery import CANARY
from tests.screens.picture import picture, words_of
from tests.screens.snapshots import Picture
from tests.screens.stage import SCENES, Stage, settled
from tests.screens.variants import SIZES, tour
from tests.screens.waiting import rested

#: What must not be read before an audience: the examples' names, what the recorded runs hold, what canaries hold.
TELLING = (
    r"(?<!\d)\d{12}(?!\d)", r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", r"2001:db8", r"arn:aws",
    r"\b(?:vpc|subnet|i|eni|pcx|vpce)-[0-9a-f]{8}", r"\w@\w", r"/home/ol", r"\bolga", r"example\.com", r"ec2\.internal",
    r"\bacme", r"\bglobex", r"\binitech", r"\buse1-a\b", r"\bbilling\b", r"\b1001\b",
)  # fmt: skip
#: Where somebody types a name at this moment: the field shows it until it is left.
TYPED = {"new-object": "acme-prod"}


@pytest.mark.parametrize("name", SCENES)
async def test_a_screen_looks_so(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, snapshot: Any) -> None:
    shown = await tour(SCENES[name], Stage(tmp_path, monkeypatch))
    kept = snapshot.use_extension(Picture)
    others = [look for look, svg in shown.pictures.items() if not kept(name=look) == svg]  # noqa: SIM201 - records, too
    coloured = [look for look, svg in shown.pictures.items() if "no-colour" in look and not is_grey(svg)]
    masked = words_of(shown.shared).replace(TYPED.get(name, "-"), "", 1) if shown.shared else ""
    telling = {it: re.findall(f".*{it}.*", masked) for it in TELLING if re.search(it, masked)}
    assert (others, coloured, telling) == ([], [], {}), masked


def is_grey(svg: str) -> bool:
    """Whether a picture has shades alone."""
    colours = (Color.parse(it) for it in re.findall(r'fill="(#[0-9a-f]{6})"', svg))
    return all(max(it.rgb) - min(it.rgb) <= 2 for it in colours)


def test_canaries_of_every_kind_are_planted() -> None:
    kinds = [it for it in TELLING if it not in {r"\bglobex", r"\binitech", r"\bbilling\b", r"\b1001\b"}]
    assert [it for it in kinds if not re.search(it, f"{CANARY.what} {CANARY.why} {CANARY.remedy}")] == []


async def test_without_colour_is_what_no_color_makes_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await tour(SCENES["review-findings"], Stage(tmp_path, monkeypatch), sizes=SIZES[:1])
    monkeypatch.setenv("NO_COLOR", "1")
    stage = Stage(tmp_path, monkeypatch, examples=False)
    app, drive = SCENES["review-findings"](stage)
    async with app.run_test(size=SIZES[0]) as pilot:
        await drive(pilot)
        await rested(pilot)
        await settled(pilot)
        assert app.no_color
        assert picture(app) == made.pictures["80x24-no-colour"]


@pytest.mark.parametrize("size", [(60, 20), (40, 12), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "name", ["deployments", "database", "topology-private", "sizing", "review-findings", "plan-losing", "apply-failed"]
)
async def test_any_size_is_drawn(
    name: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, drive = SCENES[name](Stage(tmp_path, monkeypatch))
    async with app.run_test(size=size) as pilot:
        await drive(pilot)
        await pilot.pause()
        lines = words_of(picture(app)).splitlines()
        assert len(lines) == size[1]
        assert sum(bool(line.strip()) for line in lines) >= 5
        assert "Help" in lines[-1]
