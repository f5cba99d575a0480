"""`planewright engine …`: which engines there are and which one is used; and one of Planewright's own, verified."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.engine.locate import Engine, Seen
    from wizard.engine.release_install import Outcome


def register(subparsers: Any) -> None:
    """Add the command, and its own."""
    from wizard.engine.release import PINNED, SOURCE

    parser: argparse.ArgumentParser = subparsers.add_parser(
        "engine", help="the engines there are, and one of Planewright's own", description=__doc__
    )
    own = parser.add_subparsers(dest="engine_command", metavar="COMMAND", required=True)
    listing = common.command(own, "list", run_list, help="which engines are found, which one is used, and why")
    listing.add_argument("--engine", metavar="tofu|terraform|PATH|container:IMAGE", help="as if this one were named")
    install = common.command(own, "install", run_install, help="fetch OpenTofu, verify it, install it for Planewright")
    install.add_argument("--version", default=PINNED, metavar="X.Y.Z", help=f"which version (default: {PINNED})")
    install.add_argument(
        "--from",
        dest="place",
        default=SOURCE,
        metavar="URL|DIR",
        help="where the release's files are; {version} is put in (default: OpenTofu's releases on GitHub)",
    )
    install.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the OpenPGP key of whoever signed a build of your own (default: OpenTofu's, which comes with Planewright)",
    )


def run_install(args: argparse.Namespace) -> int:
    """Install a release, and say what was verified with which key."""
    from wizard.engine.installed import engines_dir
    from wizard.engine.mirrors import this_platform
    from wizard.engine.release import release
    from wizard.engine.release_install import install

    wanted = release(args.version, this_platform())
    quiet = args.json or not sys.stderr.isatty()
    outcome = install(
        wanted,
        engines_dir(os.environ),
        place=args.place,
        key=args.key,
        progress=(lambda _have, _whole: None) if quiet else _progress,
    )
    if args.json:
        common.say_json(_installed_document(outcome))
        return 0
    for line in _installed_lines(outcome):
        say(line)
    return 0


def run_list(args: argparse.Namespace) -> int:
    """List the engines. Exit 1 when none would do."""
    from wizard.engine.installed import engines_dir
    from wizard.engine.locate import find_engine, seen
    from wizard.errors import EngineError

    engines, search_path = engines_dir(os.environ), os.environ.get("PATH", "")
    found = list(seen(search_path, engines))
    used: Engine | None = None
    refused = ""
    if args.engine:
        try:
            used = find_engine(args.engine, search_path=search_path, engines=engines)
        except EngineError as error:
            refused = str(error)
    else:
        used = next((item.engine for item in found if item.engine), None)
    why = "it was named" if args.engine else "it comes first: tofu on PATH, terraform on PATH, Planewright's own"
    if args.json:
        common.say_json(
            {
                "engines": [_document(item, used) for item in found],
                "used": None if used is None else {"kind": used.kind, "version": used.version, "engine": used.choice},
                "why": why if used else "",
                "refused": refused,
                "installed_in": str(engines),
            }
        )
        return 0 if used else 1
    for item in found:
        say(_line(item, used))
        for note in _notes(item):
            say(f"    {note}")
    if used:
        say(f"used: {used}: {why}")
    else:
        say(refused or "no usable engine: `planewright engine install` fetches OpenTofu and verifies it")
    return 0 if used else 1


def _line(item: Seen, used: Engine | None) -> str:
    symbol = "✗" if item.engine is None else "▸" if item.engine == used else "✓"
    return f"{symbol} {item.engine or item.path}, {item.origin}"


def _notes(item: Seen) -> list[str]:
    if item.engine is None:
        return [item.refused]
    said = _verified(item)
    return [said] if said else []


def _verified(item: Seen) -> str:
    """Say what was verified of one that Planewright installed, and whether it is still that."""
    from wizard.engine.release_install import whole
    from wizard.engine.release_signature import spaced

    ours = _ours(item)
    if ours is None:
        return ""
    if not whole(ours):
        return "it is not the file that was verified: `planewright engine install` sets it aside and fetches it anew"
    record = ours.provenance
    return f"verified on {record.installed_at[:10]}: signed with {spaced(record.key)}" if record else ""


def _ours(item: Seen) -> Any:
    from wizard.engine.installed import engines_dir, installed

    return next((one for one in installed(engines_dir(os.environ)) if one.path == item.path), None)


def _document(item: Seen, used: Engine | None) -> dict[str, Any]:
    from dataclasses import asdict

    from wizard.engine.release_install import whole

    ours = _ours(item)
    return {
        "kind": item.engine.kind if item.engine else None,
        "version": item.engine.version if item.engine else None,
        "path": str(item.path),
        "origin": item.origin,
        "usable": item.engine is not None,
        "refused": item.refused,
        "used": item.engine is not None and item.engine == used,
        "whole": None if ours is None else whole(ours),
        "verified": asdict(ours.provenance) if ours is not None and ours.provenance else None,
    }


def _installed_lines(outcome: Outcome) -> list[str]:
    from wizard.engine.release_signature import spaced

    record = outcome.installed.provenance
    if not outcome.fresh or record is None or outcome.signer is None:
        return [
            f"✓ OpenTofu {outcome.engine.version} is there, and is the file that was verified: {outcome.engine.path}"
        ]
    whose = (
        "OpenTofu's key, which comes with Planewright"
        if outcome.signer.shipped
        else f"the key in {outcome.signer.file}"
    )
    return [
        f"✓ signature: the list of checksums is signed with {spaced(record.key)}",
        f"    {record.key_of} ({whose}), on {record.signed_at[:10] or 'a day it does not tell'}",
        f"✓ checksum:  {record.archive} has the SHA-256 that the list has for it",
        f"    {record.archive_digest}" + (", gone on with after a broken download" if outcome.resumed else ""),
        f"✓ installed: {outcome.engine}",
        "It is used where neither tofu nor terraform is on PATH; `planewright engine list` says which one is.",
    ]


def _installed_document(outcome: Outcome) -> dict[str, Any]:
    from dataclasses import asdict

    record = outcome.installed.provenance
    return {
        "kind": outcome.engine.kind,
        "version": outcome.engine.version,
        "path": str(outcome.engine.path),
        "fresh": outcome.fresh,
        "resumed": outcome.resumed,
        "verified": asdict(record) if record else None,
        "key_shipped": outcome.signer.shipped if outcome.signer else None,
    }


def _progress(have: int, whole: int | None) -> None:
    of = f" of {whole / 1e6:.0f}" if whole else ""
    end = "\n" if have == whole else ""
    sys.stderr.write(f"\r{have / 1e6:.0f}{of} MB fetched{end}")
    sys.stderr.flush()
