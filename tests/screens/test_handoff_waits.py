"""In the step of the handoff it is told that somebody waits to apply what was confirmed, and how that ended."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from tests.screens.stage import until
from tests.screens.test_handoff_pane import Bed, seen, sees, walk  # noqa: F401 - fixtures
from wizard.deploy.waiting import records
from wizard.deploy.waiting.records import End, Process, Request, Wait
from wizard.engine.processes import host, started


def a_wait(walk) -> Wait:  # type: ignore[no-untyped-def] # noqa: ANN001, F811
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    request = Request(
        "20260301T120000.000000Z-aaaa", str(walk.workspace.root), "acme-prod", "link", "P7", "sha256:7", "sha256:1",
        "olga@desk", now.isoformat(), (now + timedelta(days=8)).isoformat(),
    )  # fmt: skip
    wait = Wait(walk.place.hidden / records.FOLDER / request.id, request)
    wait.path.mkdir(parents=True)
    request.write(wait.path / "request.json")
    Process(host(), os.getpid(), started(os.getpid()) or "").write(wait.path / "process.json")
    return wait


async def test_who_waits_is_told_and_how_it_ended(walk, sees) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001, F811
    sees(lambda target: seen(target, accepted=False))
    wait = a_wait(walk)
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
