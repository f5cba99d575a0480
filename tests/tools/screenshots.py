"""Take the pictures of docs/screens: `make screenshots`.

A whole rehearsal is gone on the screens, with the real engine, and what an operator sees on the way is kept as SVG:
nothing in them is made up. Runs for some minutes. What differs from rehearsal to rehearsal and tells nothing (ids,
the date) is made the same; durations stay as they were.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from screens.app import Planewright
from screens.desk import Desk
from tests.tools import way
from tests.tools.hands import PilotHands
from tests.tools.operator import Operator
from tests.tools.pictures import Tidy, as_long_as
from wizard.engine.processes import me
from wizard.rehearsal.practice import Practice, practice

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
WIDE, NARROW = (120, 40), (80, 24)


def main() -> int:
    """Rehearse, and write the pictures."""
    with tempfile.TemporaryDirectory(prefix="planewright-") as folder:
        root, who = Path(folder).resolve() / "acme", "operator@laptop"
        tidy = Tidy({str(root): as_long_as(str(root), "/home/operator/acme")})
        # Who started a run stands on the screens; a picture is of nobody's machine.
        with (
            patch("wizard.engine.commands.me", lambda: who),
            practice("private", root, accept_after=None, watch_seconds=2.0) as practising,
        ):
            pictures = asyncio.run(_rehearse(practising))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures.items():
        kept = tidy(svg)
        _refuse(name, kept, (str(root), folder, me(), "http"))
        (FOLDER / f"{name}.svg").write_text(kept)
        print(FOLDER / f"{name}.svg")
    for path in set(FOLDER.glob("*.svg")) - {FOLDER / f"{name}.svg" for name in pictures}:
        path.unlink()
        print(f"{path}: of no screen any more")
    return 0


async def _rehearse(practising: Practice) -> dict[str, str]:
    desk = Desk(practising.workspace, practising.environ, played=practising.played)
    app = Planewright(desk)
    taken: dict[str, str] = {}

    async def take(name: str, screen: str) -> None:
        del screen
        if name in way.PICTURES:
            await asyncio.sleep(0)  # what was just drawn is there
            taken[way.PICTURES[name]] = app.export_screenshot(title="Planewright", simplify=True)

    try:
        async with app.run_test(size=WIDE) as pilot:
            operator = Operator(PilotHands(pilot), showing=take)
            await _start(operator, app, taken)
            accept = asyncio.to_thread(practising.world.call, "comply")
            await way.whole(operator, way.WAYS["private"], accept=lambda: accept)
            await _presenter(operator, app, taken)
    finally:
        desk.close()
    missing = set(way.PICTURES.values()) - set(taken)
    if missing:
        raise RuntimeError(f"never passed: {', '.join(sorted(missing))}")
    return taken
