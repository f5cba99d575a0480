"""When something is made ahead: while the operator reads what is settled, on the way to the plan. Nobody is asked anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wizard.errors import InputError
from wizard.walk.steps import Step

if TYPE_CHECKING:
    from screens.desk import Desk
    from wizard.deploy.site import Site
    from wizard.deploy.target import Target
    from wizard.walk.speculation import Speculation
    from wizard.walk.walk import Walk

#: The last step that asks, and the one that shows what was answered: whoever is here goes on to the plan, or back.
READING = frozenset({Step.SIZING, Step.REVIEW})


def speculation(desk: Desk) -> Speculation:
    """Give what makes plans ahead with a desk's engine and environment, and without its person."""
    from wizard.walk.speculation import Speculation

    def site(target: Target) -> Site:
        from wizard.deploy.site import open_site
        from wizard.engine.locate import find_engine

        engine = find_engine(desk.engine, search_path=desk.environ.get("PATH", ""))
        mirror = Path(desk.mirror) if desk.mirror else None
        return open_site(target, environ=desk.environ, engine=engine, mirror=mirror)

    return Speculation(site)


def look(ahead: Speculation | None, walk: Walk, step: Step) -> None:
    """Begin, go on or give up, as the walk is now."""
    if ahead is None:
        return
    if walk.target is None or walk.checking or _held(walk):
        ahead.cancel()
    elif step in READING:
        ahead.begin(walk.target)


def _held(walk: Walk) -> bool:
    try:
        return bool(walk.draft.problems or walk.holding)
    except InputError:
        return True
