"""Keeps a rehearsed world in a process of its own: `python -m wizard.rehearsal.keeper --topology private`.

The first line on the standard output says that the world is up, and how to reach it; then one line answers each line
on the standard input (JSON, `{"action": …, "arguments": {…}}`). When the standard input ends, however the front end
ended, the world stops, and with it every engine run of the workspace.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import IO, Any

from wizard.errors import PlanewrightError
from wizard.rehearsal.customer import Topology
from wizard.rehearsal.runs import end_runs
from wizard.rehearsal.world import World, call


def main(arguments: list[str] | None = None) -> int:
    """Keep a world until the standard input ends or SIGTERM comes."""
    parser = argparse.ArgumentParser(prog="python -m wizard.rehearsal.keeper", description=__doc__)
    parser.add_argument("--topology", choices=("private", "service", "public"), required=True)
    parser.add_argument("--workspace", type=Path, help="end the engine runs of this workspace as well")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--watch-seconds", type=float, default=5.0, help="the watcher's period; AWS's is 60")
    options = parser.parse_args(arguments)
    # Ctrl-C is the front end's: it decides what ends, and its own end is seen on the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    # What a library prints must not come between two answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    keep(options.topology, options.workspace, answers, region=options.region, watch_seconds=options.watch_seconds)
    return 0


def keep(topology: Topology, workspace: Path | None, answers: IO[str], *, region: str, watch_seconds: float) -> None:
    """Start the world, answer requests, and stop it."""
    world = World(topology, region=region, watch_seconds=watch_seconds)
    try:
        world.start()
    except PlanewrightError as error:
        _write(answers, {"error": _told(error)})
        return
    try:
        _write(answers, {"result": greeting(world)})
        for line in sys.stdin:
            _write(answers, answer(world, line))
    except (BrokenPipeError, _AskedToStopError):
        # The front end is gone, or somebody asked politely: either way the world ends below.
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if workspace is not None:
            end_runs(workspace)
        world.stop()


def greeting(world: World) -> dict[str, Any]:
    """Say how to reach the world."""
    texts = world.answers()
    return {
        "endpoint_url": world.aws.endpoint_url,
        "environ": {"vendor": world.environ("vendor"), "customer": world.environ("customer")},
        "answers": {"shard": texts.shard, "deployment": texts.deployment},
        "database_user": world.database_user,
        "database_password": world.database_password,
    }


def answer(world: World, line: str) -> dict[str, Any]:
    """Do what a line asks for."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        asked = json.loads(line)
        return {"result": call(world, asked["action"], asked.get("arguments", {}))}
    except PlanewrightError as error:
        return {"error": _told(error)}
    except (ClientError, BotoCoreError, ValueError, KeyError, TypeError) as error:
        return {
            "error": {"title": "The rehearsed world could not do that", "cause": f"{type(error).__name__}: {error}"}
        }


def _told(error: PlanewrightError) -> dict[str, str]:
    return {"title": error.title, "cause": error.cause, "action": error.action}


def _write(answers: IO[str], value: dict[str, Any]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


class _AskedToStopError(Exception):
    pass


def _stop(*_: object) -> None:
    raise _AskedToStopError


if __name__ == "__main__":
    sys.exit(main())
