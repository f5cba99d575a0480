"""`python -m tests.bench [ROOM ...]`: measure, print each figure beside its budget, fail when one is missed.

A room is a module of this package with a function `measure() -> Iterator[Figure]`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from tests.bench.figures import Figure

ROOMS = ("core", "rerun", "engine", "drift", "live", "screens", "screens_runs", "plan_screen")


def main(wanted: Sequence[str]) -> int:
    """Measure the wanted rooms, or all."""
    unknown = set(wanted) - set(ROOMS)
    if unknown:
        print(f"no such room: {', '.join(sorted(unknown))}; there are: {', '.join(ROOMS)}", file=sys.stderr)
        return 2
    missed: list[Figure] = []
    for room in wanted or ROOMS:
        print(f"-- {room}", flush=True)
        for figure in importlib.import_module(f"tests.bench.{room}").measure():
            print(figure.line, flush=True)
            if not figure.met:
                missed.append(figure)
    if missed:
        print(f"\n{len(missed)} missed: {', '.join(figure.name for figure in missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
