"""Walk the wizard from the start to the report by keyboard alone, in a real terminal: `make walk`.

    python -m tests.tools.tmux_walk [--topology public] [--quiet] [-- FLAGS OF planewright rehearse]

A real process (`planewright rehearse --screens`) in a real terminal (tmux), the real engine; keys go in as a person's
do, and what is waited for is read off the screen. Each screen that was passed is printed. The exit code is 0 when the
report says that everything which can be seen was proven, and nothing of the rehearsal is left running; else 1, with
the screen on which it ended.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.tools import way
from tests.tools.operator import RUN_S, NotSeenError, Operator, framed
from tests.tools.terminal import Terminal

SIZE = (120, 40)
#: Seconds that the rehearsal's customer takes: the handoff is to be seen waiting before it turns.
ACCEPT_AFTER_S = 20
_END_S = 30.0


def main() -> int:
    """Walk, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topology", choices=("private", "public"), default="private")
    parser.add_argument("--quiet", action="store_true", help="name the screens, without showing them")
    parser.add_argument("flags", nargs="*", help="further flags of planewright rehearse, after --")
    options = parser.parse_args()
    if shutil.which("tmux") is None:
        sys.stderr.write("✗ tmux is not installed: it is the terminal of this walk\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="planewright-walk-") as folder:
        command = [sys.executable, "-m", "wizard", "rehearse", "--screens", "--topology", options.topology]
        command += ["--accept-after", str(ACCEPT_AFTER_S), "--workspace", f"{folder}/workspace", *options.flags]
        return asyncio.run(walk(Path(folder), command, options.topology, quiet=options.quiet))


async def walk(folder: Path, command: list[str], topology: str, *, quiet: bool) -> int:
    """Start the program, go the way, quit, and look what is left."""
    began = time.monotonic()

    async def tell(name: str, screen: str) -> None:
        print(f"\n{time.monotonic() - began:6.1f} s  {name}")
        if not quiet:
            print(framed(screen), flush=True)

    with Terminal(folder, command, size=SIZE) as terminal:
        operator = Operator(terminal, showing=tell)
        try:
            await operator.sees(way.LIST, patience=RUN_S)
            await way.whole(operator, way.WAYS[topology])
            family = _family(terminal.pid())
            await operator.press("ctrl+q")
            code = await _ended(terminal, operator)
        except NotSeenError as error:
            print(f"\n✗ {error}")
            return 1
    left = psutil.wait_procs(family, timeout=_END_S)[1]
    for process in left:
        print(f"✗ still running: {process}")
    good = code == 0 and not left
    print(f"\n{'✓ walked' if good else f'✗ it ended with {code}'}, in {time.monotonic() - began:.0f} s")
    return 0 if good else 1


def _family(pid: int) -> list[psutil.Process]:
    program = psutil.Process(pid)
    return [program, *program.children(recursive=True)]


async def _ended(terminal: Terminal, operator: Operator) -> int:
    deadline = time.monotonic() + _END_S
    while (code := terminal.ended()) is None:
        if time.monotonic() > deadline:
            raise NotSeenError(f"it did not end\n{framed(await terminal.screen())}")
        await terminal.rest()
    await operator.keep("after the end")
    return code


if __name__ == "__main__":
    sys.exit(main())
