"""One scene in all its looks: both sizes, dark, light and without colour."""

from __future__ import annotations

from textual.app import App
from textual.filter import Monochrome

from screens.styles import DARK, LIGHT
from tests.screens.stage import Scene, Stage, settled

SIZES = ((80, 24), (120, 40))
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


async def variants(scene: Scene, stage: Stage, *, sizes: tuple[tuple[int, int], ...] = SIZES) -> dict[str, str]:
    """Give the pictures of a scene by size and look, all of one application as it is resized and changes its theme."""
    app, drive = scene(stage)
    found: dict[str, str] = {}
    try:
        async with app.run_test(size=sizes[0]) as pilot:
            await drive(pilot)
            for size in sizes:
                await pilot.resize_terminal(*size)
                # Back and forth: a theme less to change.
                for name in LOOKS if size is sizes[0] else LOOKS[::-1]:
                    look(app, name)
                    await settled(pilot, but=("follow", "plan", "verify"))
                    found[f"{size[0]}x{size[1]}-{name}"] = app.export_screenshot()
            for leave in stage.leaving:
                leave()
    finally:
        for leave in stage.leaving:
            leave()
    return found
