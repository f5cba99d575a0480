"""One scene in all its looks: both sizes, dark, light and without colour."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import App
from textual.filter import Monochrome
from textual.pilot import Pilot

from screens.app import Planewright
from screens.styles import DARK, LIGHT
from screens.widgets.line import Line
from tests.screens.picture import picture
from tests.screens.stage import Scene, Stage, settled
from tests.screens.waiting import rested

SIZES = ((80, 24), (120, 40))
#: Workers that have no end while their scene is looked at.
GOES_ON = ("follow", "plan", "verify")
LOOKS = ("dark", "light", "no-colour")


def look(app: App[None], name: str) -> None:
    """Give the application a look. Without colour it is what NO_COLOR makes of it at its start (see the tests)."""
    app.no_color = name == "no-colour"
    app._filters = [it for it in app._filters if not isinstance(it, Monochrome)]
    if app.no_color:
        app._filters.append(Monochrome())
    theme = LIGHT.name if name == "light" else DARK.name
    if app.theme == theme:
        app.refresh_css(animate=False)
    app.theme = theme


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures by size and look, and one as an audience sees it; empty where there is no presenter mode."""

    pictures: dict[str, str]
    shared: str


async def tour(scene: Scene, stage: Stage, *, sizes: tuple[tuple[int, int], ...] = SIZES) -> Shown:
    """Take all pictures of a scene, of one application as it is resized and changes its theme."""
    app, drive = scene(stage)
    found: dict[str, str] = {}
    shared = ""
    try:
        async with app.run_test(size=sizes[0]) as pilot:
            await drive(pilot)
            await rested(pilot)  # what is to be done next is read a moment after a step is shown
            for size in sizes:
                await pilot.resize_terminal(*size)
                # Back and forth: a theme less to change.
                for name in LOOKS if size is sizes[0] else LOOKS[::-1]:
                    look(app, name)
                    await settled(pilot, but=GOES_ON)
                    found[f"{size[0]}x{size[1]}-{name}"] = picture(app)
            if isinstance(app, Planewright):
                shared = await before_an_audience(app, pilot)
            for leave in stage.leaving:
                leave()
    finally:
        for leave in stage.leaving:
            leave()
    return Shown(found, shared)


async def before_an_audience(app: Planewright, pilot: Pilot[None]) -> str:
    """Begin presenter mode, and give the picture."""
    if isinstance(app.focused, Line):
        app.screen.set_focus(None)  # a field that is being edited shows what is typed, until it is left
    await pilot.press("f7")
    await settled(pilot, but=GOES_ON)
    return picture(app)
