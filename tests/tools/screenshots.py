"""Take the pictures of docs/screens: `make screenshots`.

A whole rehearsal is gone on the screens, with the real engine, and what an operator sees on the way is kept as SVG:
nothing in them is made up. Runs for some minutes. What differs from rehearsal to rehearsal and tells nothing (ids,
dates) is made the same; durations stay as they were.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from textual.pilot import Pilot

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
#: Screens of the way (`tests.tools.way`), and the pictures that show them.
PICTURES = {
    "start": "deployments",
    "account": "account",
    "database before the DBA's word": "database",
    "topology": "topology",
    "sizing": "sizing",
    "review": "review",
    "review: files": "review-files",
    "plan instance": "plan",
    "apply instance: the question": "apply-question",
    "apply instance: under way": "apply",
    "apply instance: done": "apply-done",
    "secrets: the question": "secrets",
    "handoff: waiting": "handoff-waiting",
    "handoff: done": "handoff",
    "verify": "verify",
    "report": "report",
    "end": "deployments-applied",
}


def main() -> int:
    """Rehearse, and write the pictures."""
    with tempfile.TemporaryDirectory(prefix="pw-") as folder:
        root = Path(folder).resolve() / "workspace"
        root.mkdir()
        # Who started a run stands on the screens; a picture is of nobody's machine.
        with (
            patch("wizard.engine.commands.me", lambda: "operator@laptop"),
            practice("private", root, accept_after=None, watch_seconds=2.0) as practising,
        ):
            taken = asyncio.run(_rehearse(practising))
    tidy = Tidy({str(root): as_long_as(str(root), "/home/operator/deployments")})
    pictures = {name: tidy(svg) for name, svg in sorted(taken.items())}
    told = {name for name, svg in pictures.items() if any(word in svg for word in (folder, me(), "@font-face"))}
    _write({name: svg for name, svg in pictures.items() if name not in told})
    if told:
        sys.stderr.write(
            f"✗ they tell of this machine, or fetch something, and are not kept: {', '.join(sorted(told))}\n"
        )
    return 1 if told else 0


def _write(pictures: dict[str, str]) -> None:
    """Write them, and remove those of screens that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = {FOLDER / f"{name}.svg": svg for name, svg in pictures.items()}
    for path, svg in kept.items():
        path.write_text(svg)
        print(path)
    for path in set(FOLDER.glob("*.svg")) - set(kept):
        path.unlink()
        print(f"{path}: gone")


async def _rehearse(practising: Practice) -> dict[str, str]:
    """Go the whole way, and give the pictures by name."""
    desk = Desk(practising.workspace, practising.environ, played=practising.played)
    app = Planewright(desk)
    taken: dict[str, str] = {}

    async def take(name: str, screen: str) -> None:
        del screen
        if name in PICTURES:
            taken[PICTURES[name]] = app.export_screenshot(title="planewright", simplify=True)

    async with app.run_test(size=WIDE) as pilot:
        operator = Operator(PilotHands(pilot), showing=take)
        await operator.sees(way.LIST, "acme-prod")
        taken["deployments-80x24"] = await _narrow(pilot, app)
        await way.whole(
            operator, way.WAYS["private"], accept=lambda: asyncio.to_thread(practising.world.call, "comply")
        )
        await way.open_object(operator, "acme-prod")
        await way.go_to(operator, "Topology")
        await way.checked(operator)
        await operator.press("f7")
        await operator.sees("presenter")
        taken["presenter"] = app.export_screenshot(title="planewright", simplify=True)
    desk.close()
    return taken


async def _narrow(pilot: Pilot[None], app: Planewright) -> str:
    """Take the screen at the smallest size there is."""
    await pilot.resize_terminal(*NARROW)
    await pilot.pause()
    svg = app.export_screenshot(title="planewright", simplify=True)
    await pilot.resize_terminal(*WIDE)
    await pilot.pause()
    return svg


if __name__ == "__main__":
    sys.exit(main())
