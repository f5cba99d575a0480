"""Keys in fields while answers are really checked: against the embedded AWS in a process of its own, 80 ms away.

Each key begins a check of its own once nobody has typed for a moment, and the next key comes while that is under way:
a worker then speaks to AWS, reads and reckons beside the screen.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.core import workspace
from tests.bench.figures import Figure
from tests.bench.measured import application, until
from tests.bench.moments import Moment, Took, middle, ninety_fifth
from tests.live.account import PREPARED, Account
from tests.live.proxy import FarProxy
from tests.live.server import Server

ROUND_TRIP_S = 0.080
#: Keys in each field, and which: a text that grows, a number that sizes, a block that is drawn (and refused half typed).
KEYS, FINDINGS = 20, 3
FIELDS = (
    ("database.host", "abcdefghij"),
    ("nodes.ingestion.root_volume_gib", "0<"),
    ("applications[0].cidr", "<6"),
)
_NAMES = {"<": "backspace", "!": "exclamation_mark"}
#: Longer than the pause after which a check begins (0.3 s), and of no fixed beat with it: keys meet it all over.
BETWEEN_S = (0.32, 0.36, 0.41, 0.47)


def measure() -> Iterator[Figure]:
    """Type, with checks under way."""
    with tempfile.TemporaryDirectory() as folder, Server() as server:
        server.tell(reset=True, quotas=PREPARED)
        workspace(Path(folder), 1)
        with FarProxy(server.endpoint_url, round_trip_s=ROUND_TRIP_S) as proxy:
            far = Account(server, {}, proxy.endpoint_url)
            Account(server).check()  # the embedded AWS loads a service when it is first asked of it
            yield from asyncio.run(_typed(Path(folder), far.environ(), proxy))


async def _typed(root: Path, environ: dict[str, str], proxy: FarProxy) -> list[Figure]:
    app = application(root, environ)
    took: list[Took] = []
    said: list[Took] = []
    async with app.run_test(size=(120, 40)):
        await until(lambda: app.steady)
        app.push_screen(app.wizard(app.desk.workspace.find("acme-0"), None))
        await until(lambda: getattr(app.screen, "pane", None) is not None)
        screen = app.screen
        await until(lambda: not screen.walk.checking)
        proxy.since()
        checks = app.desk.checks
        for key, letters in FIELDS:
            field = await _field(app, key)
            for number in range(KEYS):
                took.append(await _key(app, letters[number % len(letters)]))
                await asyncio.sleep(BETWEEN_S[number % len(BETWEEN_S)])
            said += [await _finding(app, field) for _ in range(FINDINGS)]
        calls = len(proxy.since()[1])
    usual, worst, found = middle(took), ninety_fifth(took), middle(said)
    beside = f"{worst}; {len(took)} keys, {app.desk.checks - checks} checks begun meanwhile, {calls} calls to AWS"
    return [
        Figure("key to paint, live checks under way: p50", usual.alone, "ms", peer=str(usual)),
        Figure("key to paint, live checks under way: p95", worst.alone, "ms", 20, beside),
        Figure("key to what is found wrong with it, painted", found.alone, "ms", 100, str(found)),
    ]


async def _field(app: Any, key: str) -> Any:
    """Go to a field, behind what stands in it."""
    from screens.messages import GoTo
    from wizard.walk.steps import step_of

    app.screen.post_message(GoTo(step_of("deployment", key), key))
    await until(lambda: getattr(getattr(app.focused, "parent", None), "key", "") == key)
    app.focused.action_end()
    await asyncio.sleep(1.0)
    return app.focused.parent


async def _key(app: Any, key: str) -> Took:
    """From a key's arrival to the paint that has its letter."""
    line = app.focused
    text = line.value
    return await _drawn(app, line, _NAMES.get(key, key), None if key in _NAMES else key, lambda: line.value != text)


async def _finding(app: Any, field: Any) -> Took:
    """From a key that makes an answer wrong to the paint that says so."""
    from screens.widgets.notes import PROBLEM

    def refused() -> bool:
        return any(note.word == PROBLEM for note in field.said.notes)

    right = app.focused.value
    took = await _drawn(app, field, "exclamation_mark", "!", refused)
    app.focused.value = right
    await until(lambda: not refused())
    await asyncio.sleep(0.5)
    return took


async def _drawn(app: Any, widget: Any, key: str, letter: str | None, holds: Callable[[], bool]) -> Took:
    """From a key's arrival to the first paint for which a widget was drawn while something held."""
    from textual import events

    render, drawn = widget.render_line, False

    def noted(y: int) -> Any:
        nonlocal drawn
        drawn = drawn or holds()
        return render(y)

    widget.render_line = noted
    app.awaited = lambda: drawn
    began = Moment.now()
    app._driver.send_message(events.Key(key, letter))
    await until(lambda: app.awaited is None, 0.0005)
    widget.render_line = render
    took: Took = app.came.since(began)
    return took
