"""What is remembered of the stylesheets is what Textual would find: on every widget, wherever it stands and whatever it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

from screens.matching import Remembering
from screens.styles import LIGHT
from tests.screens import gallery, gallery_customer, gallery_runs  # noqa: F401 - they fill the gallery
from tests.screens.stage import SCENES, Stage, settled
from tests.screens.variants import GOES_ON


@pytest.mark.parametrize("name", ["topology-overlapping", "plan-losing"])
async def test_widgets_have_the_rules_that_textual_finds(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, drive = SCENES[name](Stage(tmp_path, monkeypatch))
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        found = others(app)
        for key in ("tab", "shift+tab", "escape"):
            await pilot.press(key)
            found += others(app)
        app.theme = LIGHT.name
        await settled(pilot, but=GOES_ON)
        found += others(app)
        app.screen.children[0].disabled = True
        await pilot.resize_terminal(80, 24)
        await settled(pilot, but=GOES_ON)
        found += others(app)
    assert found == []


async def test_places_are_remembered_and_a_new_kind_of_widget_takes_only_its_own_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, drive = SCENES["topology-private"](Stage(tmp_path, monkeypatch))
    async with app.run_test(size=(120, 40)) as pilot:
        await drive(pilot)
        appears(app, "Odd")  # what else was to be parsed again is, with it
        matched: list[DOMNode] = []
        theirs = Stylesheet.apply

        def matching(self: Stylesheet, node: DOMNode, **how: Any) -> None:
            matched.append(node)
            theirs(self, node, **how)

        monkeypatch.setattr(Stylesheet, "apply", matching)
        appears(app, "Strange")
        assert {type(it).__name__ for it in matched} == set()
        appears(app, "Field")
        assert {type(it).__name__ for it in matched} == {"Field"}


def appears(app: App[None], kind: str) -> None:
    """Bring the rules of a kind of widget along, as its first one does."""
    app.stylesheet.add_source(f"{kind} {{ color: red; }}", ("", kind), is_default_css=True)
    app.screen.update_node_styles()


def others(app: App[None]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Give widgets, and the inner parts of widgets, that have other rules than Textual would put on them."""
    assert isinstance(app.stylesheet, Remembering)
    found = []
    for node in app.screen.walk_children(with_self=True):
        for part in (node, *parts(node)):
            has = plain(part)
            fresh = part if part is node else part.styles.node
            assert fresh is not None
            Stylesheet.apply(app.stylesheet, fresh)
            if plain(fresh) != has:
                found.append((f"{node} {fresh}", has, plain(fresh)))
    return found


def parts(node: DOMNode) -> Iterator[DOMNode]:
    """Give what a widget's component classes are styled with."""
    for styles in node._component_styles.values():
        if styles.node is not None:
            yield styles.node


def plain(node: DOMNode) -> dict[str, Any]:
    """Give its rules, the layout by its name."""
    rules: dict[str, Any] = dict(node._css_styles.get_rules())
    return rules | {"layout": rules["layout"].name} if "layout" in rules else rules
