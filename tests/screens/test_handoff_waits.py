"""In the step of the handoff it is told that somebody waits to apply what was confirmed, and how that ended."""

from __future__ import annotations

from tests.screens.stage import until
from tests.screens.test_handoff_pane import Bed, seen, sees, walk  # noqa: F401 - fixtures
from tests.screens.waits import a_wait
from wizard.deploy.waiting.records import End


async def test_who_waits_is_told_and_how_it_ended(walk, sees) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001, F811
    sees(lambda target: seen(target, accepted=False))
    wait = a_wait(walk.place)
    app = Bed(walk)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: app.accepted == [False])
        await until(pilot, lambda: "then applies plan P7 as olga@desk confirmed it" in app.text("handoff-head"))

        End("given up", "2026-03-02T12:00:00+00:00", "it was rejected", "request it anew").write(
            wait.path / "result.json"
        )
        await until(pilot, lambda: not app.pane.looking)
        app.pane.action_look()
        await until(pilot, lambda: "the wait has ended: given up" in app.text("handoff-head"))
        assert "next: request it anew" in app.text("handoff-head")
