"""`planewright diff NAME [STACK]`: versions, checksums, and what an emission and an apply would have to do. Asks nobody."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.differing import AnswersSince, Differs, StackDiffers, Three


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "diff", run, help="what differs from what was emitted and applied: versions, files, answers"
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument("stack", metavar="STACK", nargs="?", help="only this stack")
    parser.add_argument("--brief", action="store_true", help="name the files, and do not show what differs in them")
    parser.add_argument(
        "--exit-code", action="store_true", help="end with 1 when anything differs, with 0 when nothing does"
    )


def run(args: argparse.Namespace) -> int:
    """Show what differs."""
    from wizard.cli.plan import chosen
    from wizard.deploy.differing import as_json, differing
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    found = differing(target, chosen(target, args.stack))
    if args.json:
        common.say_json(as_json(found))
    else:
        for line in lines(found, brief=args.brief):
            say(line)
    return 1 if args.exit_code and found.differs else 0


def lines(found: Differs, *, brief: bool) -> Iterator[str]:
    """Say what differs, stack by stack."""
    yield f"{found.kind} {found.name} · blueprint {found.blueprint} · Planewright {found.planewright}"
    for stack in found.stacks:
        yield ""
        yield f"stack {stack.stack}"
        yield from (f"  {line}" for line in _versions(stack, found.planewright))
        yield from (f"  {line}" for line in _answers(stack.answers))
        yield from _files(stack, brief=brief)
    yield ""
    yield "something differs" if found.differs else "nothing differs"


def _versions(stack: StackDiffers, planewright: str) -> Iterator[str]:
    if not stack.emitted_by:
        yield f"emitted    not yet; checksum {_short(stack.checksum.now)} as it would be"
    else:
        by = "" if stack.emitted_by == planewright else ", another version than this one"
        yield f"emitted    by Planewright {stack.emitted_by}{by}"
        yield f"checksum   {_three(stack.checksum)}"
    if stack.modules.now or stack.modules.emitted:
        yield f"modules    {_three(stack.modules)}"
    yield from (f"provider   {_provider(stack, name)}" for name in sorted({*stack.pinned, *stack.pins}))
    wrote = stack.wrote
    yield (
        "engine     nothing stands that was applied from this workspace"
        if wrote is None
        else (f"engine     {wrote.engine} wrote the state last: {wrote.at:%Y-%m-%d %H:%M} UTC, {wrote.who}")
    )


def _provider(stack: StackDiffers, name: str) -> str:
    emitted, now = stack.pinned.get(name, ()), stack.pins.get(name, ())
    locked = stack.locked.get(name, "")
    other = f"; the lock file on disk has {locked}" if locked and locked not in (emitted or now) else ""
    to = f", to be {' '.join(now) or 'gone'}" if emitted and emitted != now else ""
    return f"{name} {' '.join(emitted or now)}{to}{other}"


def _answers(since: AnswersSince | None) -> Iterator[str]:
    if since is None:
        return
    when = f"since the apply of {since.at:%Y-%m-%d %H:%M} UTC"
    if since.changed is None:
        yield f"answers    those of {when.removeprefix('since ')} are not on record here"
        return
    yield f"answers    {len(since.changed) or 'none'} changed {when}"
    for answer in since.changed:
        yield f"  {answer.symbol} {answer.line}"


def _files(stack: StackDiffers, *, brief: bool) -> Iterator[str]:
    for file in stack.differing:
        note = f" ({file.note})" if file.note else ""
        yield f"  {file.fate.symbol} {file.fate.value}: {file.name}{note}"
        if not brief:
            yield from (f"    {line}" for line in stack.texts[file.name].splitlines())
    same = len(stack.files) - len(stack.differing)
    yield f"  = {same} file{'' if same == 1 else 's'} the same"


def _three(three: Three) -> str:
    if three.same:
        return f"{_short(three.emitted)}, on disk and now as well"
    return f"{_short(three.emitted)} as emitted, {_short(three.on_disk)} on disk, {_short(three.now)} now"


def _short(checksum: str) -> str:
    return f"{checksum[:19]}…" if checksum else "none"
