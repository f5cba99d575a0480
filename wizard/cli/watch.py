"""`planewright watch NAME [RUN]`: follow a run, or see one again; whatever died meanwhile, it is shown complete."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.engine.events import RunState
    from wizard.engine.runs import Run
    from wizard.workspace import Place


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "watch", run, help="follow a run, or see one again")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("run_id", metavar="RUN", nargs="?", help="a run's id (default: the newest)")
    parser.add_argument("--list", action="store_true", help="list the runs instead")


def run(args: argparse.Namespace) -> int:
    """Show the run. The exit code is that of the run."""
    from wizard.deploy.flow import require_success
    from wizard.walk.applying import handed_over

    place = common.workspace_of(args).find(args.name)
    if args.list:
        return _list(place, as_json=args.json)
    chosen = find(place, args.run_id)
    if not args.json:
        request = chosen.request
        say(
            f"run {chosen.id}: {request.action} of {request.stack}, by {request.who}, {request.engine_kind} {request.engine_version}"
        )
    state = follow_to_the_end(chosen, quiet=args.json, ours=False)
    if args.json:
        common.say_json(document(chosen, state))
    require_success(chosen, state)
    if not args.json:
        say(f"✓ {chosen.request.action} succeeded: {state.summary or state.planned or 'no changes'}")
        if not handed_over(place, chosen):
            say(f"next: planewright apply {place.name}: whoever started this run did not live to take its outputs over")
    return 0


def find(place: Place, run_id: str | None) -> Run:
    """Give the run of this id, or the newest. Raises InputError when there is none."""
    from wizard.engine import runs
    from wizard.errors import InputError

    if run_id:
        # An id is a directory's name and nothing else: no path may be built with it.
        known = {item.id: item for item in runs.listed(place.runs)}
        if run_id in known:
            return known[run_id]
        raise InputError(
            f"{place.name} has no run {run_id}", action=f"planewright watch {place.name} --list shows them"
        )
    newest = runs.latest(place.runs)
    if newest is None:
        raise InputError(f"{place.name} has no runs yet", action=f"planewright plan {place.name}")
    return newest


def follow_to_the_end(
    chosen: Run,
    *,
    quiet: bool = False,
    ours: bool = True,
    plain: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> RunState:
    """Follow a run to its end and give its last state. `plain` says it in lines alone; `sleep` waits between two looks.

    Ctrl-C: the first asks the engine to stop in good order, and following goes on; the second asks what to do. A run that
    somebody else started (`ours` false) is only left.
    """
    from wizard.cli.progress import view
    from wizard.engine import cancel
    from wizard.engine.events import RunState
    from wizard.engine.follow import follow
    from wizard.walk.run_news import explain

    state = RunState()
    interrupts = 0
    while True:
        try:
            with view(started=chosen.request.created, plain=plain) as renderer:
                for state in follow(chosen, sleep=sleep):
                    if not quiet:
                        renderer.update(state)
            break
        except KeyboardInterrupt:
            if not ours:
                say(f"left; the run goes on: planewright watch {chosen.request.object_name}")
                raise
            interrupts += 1
            if interrupts == 1:
                if cancel.interrupt(chosen):
                    say(f"stopping gracefully. {cancel.WHAT_IT_DOES} Ctrl-C again asks for more.")
                continue
            if not _insist(chosen):
                raise
    if not quiet:
        for diagnostic in state.errors:
            say(explain(diagnostic))
    return state


def _insist(chosen: Run) -> bool:
    """Ask what a second Ctrl-C means: True to go on following, False to leave the run alone."""
    from wizard.engine import cancel

    say()
    say(f"The engine is still stopping. {cancel.WHAT_MAY_BE_LOST}")
    if common.confirm("Stop at once all the same? Type stop; anything else waits on:", typed="stop"):
        cancel.interrupt(chosen)
    return common.interactive()


def document(chosen: Run, state: RunState) -> dict[str, Any]:
    """Give a run for programs."""
    from wizard.engine.follow import result_of

    result = result_of(chosen, state)
    return {
        "run": chosen.id,
        "stack": chosen.request.stack,
        "action": chosen.request.action,
        "outcome": result.outcome if result else "running",
        "exit_code": result.exit_code if result else None,
        "done": state.done,
        "total": state.total,
        "in_flight": [{"address": f.address, "action": f.action} for f in state.in_flight],
        "failed": [{"address": f.address, "action": f.action} for f in state.failed],
        "errors": [{"summary": e.summary, "detail": e.detail, "address": e.address} for e in state.errors],
    }


def _list(place: Place, *, as_json: bool) -> int:
    from wizard.engine import runs
    from wizard.engine.follow import result_of

    rows = []
    for item in runs.listed(place.runs):
        result = result_of(item)
        rows.append(
            {
                "run": item.id,
                "stack": item.request.stack,
                "action": item.request.action,
                "outcome": result.outcome if result else "running",
                "who": item.request.who,
            }
        )
    if as_json:
        common.say_json(rows)
        return 0
    for row in rows:
        say(f"{row['run']}  {row['stack']:9} {row['action']:13} {row['outcome']:12} {row['who']}")
    if not rows:
        say(f"{place.name} has no runs yet")
    return 0
