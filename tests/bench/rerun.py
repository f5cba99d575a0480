"""A second run, from the command to the first question: saved answers that lack one, opened line by line and on the screens."""

from __future__ import annotations

import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.core import workspace
from tests.bench.figures import Figure
from tests.bench.moments import middle, painted

ROUNDS = 9
PATIENCE_S = 60
#: Times what a bare prompt, and a bare application with one field, take: both load the answers' models besides, and the
#: screens the list and the steps.
TIMES_PLAIN, TIMES_SCREENS = 3.0, 4.0

#: The question that the saved answers lack an answer to, as both front ends ask it.
QUESTION = "Database host"

_PROMPT = f"import questionary; questionary.text({QUESTION!r}).ask()"
_APPLICATION = f"""
from textual.app import App
from textual.widgets import Input, Label

class Bare(App):
    def compose(self):
        yield Label({QUESTION!r})
        yield Input()

Bare().run()
"""
_SCREENS = """
import sys
from pathlib import Path
from screens.opening import open_screens
from wizard.walk.opening import Wanted
open_screens(Wanted(Path(sys.argv[1]), "acme-0"))
"""


def measure() -> Iterator[Figure]:
    """Measure both front ends, each turn and turn about with the bare prompt or application of its library; medians."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        workspace(root, 1)
        answers = root / "deployments" / "acme-0" / "answers.yaml"
        answers.write_text(answers.read_text().replace("  host: db.acme.example.com\n", ""))
        yield from _plain(root)
        yield from _screens(root)


def _plain(root: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "wizard", "new", "acme-0", "--force", "--plain", "--workspace", str(root)]
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(_said(QUESTION, [sys.executable, "-c", _PROMPT]))
        ours.append(_said(QUESTION, command))
    times = statistics.median(mine / its for mine, its in zip(ours, bare, strict=True))
    peer = f"questionary alone {statistics.median(bare):.0f} ms"
    yield Figure("re-run: `new --plain` to the first question", statistics.median(ours), "ms", peer=peer)
    yield Figure("re-run: `new --plain` / a bare prompt", times, "x", TIMES_PLAIN, "in pairs")


def _screens(root: Path) -> Iterator[Figure]:
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(painted(QUESTION, _APPLICATION))
        ours.append(painted(QUESTION, _SCREENS, [str(root)]))
    peer, own = middle(bare), middle(ours)
    times = statistics.median(mine.alone / its.alone for mine, its in zip(ours, bare, strict=True))
    said = f"{own}; a bare application with the field {peer.alone:.0f} ms"
    yield Figure("re-run: `--open NAME` to the first question", own.alone, "ms", peer=said)
    yield Figure("re-run: `--open NAME` / a bare application", times, "x", TIMES_SCREENS, "in pairs")


def _said(text: str, command: Sequence[str]) -> float:
    """Milliseconds from the process's start until a text is on its terminal."""
    lead, follow = pty.openpty()
    began = time.perf_counter()
    environ = {**os.environ, "TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdin=follow, stdout=follow, stderr=follow, env=environ, start_new_session=True)
    os.close(follow)
    try:
        said = ""
        while text not in said:
            if not select.select([lead], [], [], max(began + PATIENCE_S - time.perf_counter(), 0))[0]:
                raise TimeoutError(f"{text!r} was not said: {said[-500:]!r}")
            said += os.read(lead, 65536).decode(errors="replace")
        return (time.perf_counter() - began) * 1000
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        os.close(lead)
