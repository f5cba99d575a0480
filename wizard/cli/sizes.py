"""`planewright sizes NAME ROLE [FILTER...]`: the region's instance types, held against what the role asks of them."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say
from wizard.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.deploy.target import Target
    from wizard.sizing.catalogue import Query
    from wizard.sizing.choice import Choice
    from wizard.sizing.roles import Wish

COLUMNS = ("type", "arch", "vCPU", "GiB", "local NVMe", "EBS IOPS base/burst", "MB/s base/burst", "fits")
#: Columns of figures.
_RIGHT = frozenset({2, 3, 4, 5, 6})
_FILTERS = (
    "filters: part of a name (r6i, i4i.*), arm64 or x86_64, nvme, nitro, burstable, metal, current (!nvme: without), "
    "and mem, vcpu, iops, burst, mbps, local, volumes compared with a number (mem>=32; quote it from the shell)"
)


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "sizes", run, help="instance types that would do for a role, live")
    parser.epilog = _FILTERS
    parser.add_argument("name", metavar="NAME", help="a deployment")
    parser.add_argument("role", metavar="ROLE", choices=("ingestion", "proxy", "fdw"), help="ingestion, proxy or fdw")
    parser.add_argument("filter", metavar="FILTER", nargs="*", help="what the type must be: arm64 nvme 'mem>=32' r6i")
    parser.add_argument(
        "--sort",
        choices=("name", "vcpu", "mem", "iops", "burst", "mbps", "local", "volumes"),
        default="vcpu",
        help="the smallest first, by this figure (default: vcpu)",
    )
    parser.add_argument("--reverse", action="store_true", help="the largest first")
    parser.add_argument("--storage", choices=("ebs", "nvme"), help="as if the role's storage were this")
    parser.add_argument("--all", action="store_true", help="those too that would not do, and why")


def run(args: argparse.Namespace) -> int:
    """Print the types that match, each with whether it carries the role; exit 1 when AWS gave no catalogue."""
    from wizard.deploy.target import open_target

    return show(args, open_target(common.workspace_of(args), args.name))


def show(args: argparse.Namespace, target: Target) -> int:
    """As the command, for answers that may not be saved yet."""
    from wizard.sizing.catalogue import parse

    wish = _wish(target, args.role, args.storage)
    parsed = parse(" ".join(args.filter))
    if parsed.unclear:
        problems = (Problem(f"FILTER {it.term}", it.what, _FILTERS) for it in parsed.unclear)
        raise InputError("the filter is not clear", tuple(problems))
    return _show(args, target, wish, parsed.query)


def _wish(target: Target, role: str, storage: str | None) -> Wish:
    from wizard.blueprints.springtail.answers import DeploymentAnswers, Storage
    from wizard.blueprints.springtail.needs import NEEDS
    from wizard.sizing.roles import wish_of

    if not isinstance(target.answers, DeploymentAnswers):
        raise InputError(
            f"{target.name} is a shard, which has no nodes", action="name a deployment: `planewright list` shows them"
        )
    chosen = Storage(storage) if storage else None
    if chosen and chosen not in NEEDS[role].storage:
        allowed = ", ".join(it.value for it in NEEDS[role].storage)
        raise InputError(f"{role} does not keep data on {chosen.value}", action=f"--storage {allowed}")
    return wish_of(target.answers, role, storage=chosen)


def _show(args: argparse.Namespace, target: Target, wish: Wish, query: Query) -> int:
    from wizard.checks.live import unread
    from wizard.checks.live.sizing import images_of
    from wizard.deploy.target import subject_of
    from wizard.facts.compute import Catalogue, Offerings
    from wizard.sizing.catalogue import select
    from wizard.sizing.choice import weigh

    subject = subject_of(target)
    catalogue, offerings = Catalogue(subject.region), Offerings(subject.region, subject.shard.zone_id)
    images = images_of(subject, target.deployment, args.role)
    asks = (catalogue, offerings, *dict.fromkeys(images.values()))
    facts = common.checker(target).read(asks, subject)
    kinds = facts.value(catalogue)
    known = {name: facts.value(ask) for name, ask in images.items()}
    choices = weigh(
        select(kinds or (), query, sort=args.sort),
        wish,
        offered=facts.value(offerings),
        booted={name: image.architecture for name, image in known.items() if image and image.architecture},
    )
    shown = [it for it in choices if args.all or it.fits]
    if args.reverse:
        shown.reverse()
    missing = tuple(unread.check(asks, facts))
    if args.json:
        common.say_json(
            {
                "role": args.role,
                "zone": subject.shard.zone_id,
                "storage": wish.storage.value,
                "filter": str(query),
                "types": [_as_dict(it) for it in shown],
                "left_out": len(choices) - len(shown),
                "findings": [finding.model_dump(mode="json") for finding in missing],
            }
        )
    else:
        common.say_findings(missing)
        _say(args, target, shown, len(choices) - len(shown))
    return 0 if kinds is not None else 1


def _say(args: argparse.Namespace, target: Target, shown: Sequence[Choice], left_out: int) -> None:
    from wizard.sizing.roles import node_of

    if shown:
        _table([_cells(it) for it in shown])
    chosen = node_of(target.deployment, args.role).instance_type
    if any(it.kind.name == chosen for it in shown):
        say(f"now: {chosen}")
    if left_out:
        say(f"{left_out} more that would not do: --all shows them, and why")
    say(f"take one: planewright new {target.name} --set nodes.{args.role}.instance_type=TYPE")


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for place, column in enumerate(COLUMNS):
            table.add_column(column, justify="right" if place in _RIGHT else "left", no_wrap=place < len(COLUMNS) - 1)
        for row in rows:
            table.add_row(*row)
        Console(markup=False, highlight=False).print(table)
        return
    widths = [max(len(row[place]) for row in (COLUMNS, *rows)) for place in range(len(COLUMNS))]
    for row in (COLUMNS, *rows):
        cells = (
            cell.rjust(width) if place in _RIGHT else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join(cells).rstrip())


def _cells(choice: Choice) -> tuple[str, ...]:
    from wizard.sizing.nvme import nvme_gb

    kind, ebs = choice.kind, choice.kind.ebs
    local = nvme_gb(kind)
    return (
        kind.name,
        ",".join(kind.architectures),
        str(kind.vcpu),
        f"{kind.memory_mib / 1024:g}",
        f"{local} GB" if local else "-",
        f"{ebs.baseline_iops}/{ebs.maximum_iops}" if ebs else "-",
        f"{ebs.baseline_mbps:.0f}/{ebs.maximum_mbps:.0f}" if ebs else "-",
        choice.verdict,
    )


def _as_dict(choice: Choice) -> dict[str, Any]:
    from wizard.sizing.nvme import nvme_gb

    kind, ebs = choice.kind, choice.kind.ebs
    return {
        "type": kind.name,
        "architectures": list(kind.architectures),
        "vcpu": kind.vcpu,
        "memory_mib": kind.memory_mib,
        "local_nvme_gb": nvme_gb(kind),
        "ebs_iops": {"baseline": ebs.baseline_iops, "maximum": ebs.maximum_iops} if ebs else None,
        "ebs_mbps": {"baseline": ebs.baseline_mbps, "maximum": ebs.maximum_mbps} if ebs else None,
        "attachments": kind.attachments,
        "fits": choice.fits,
        "against": [{"code": it.lack.value, "severity": it.severity.value, "what": it.what} for it in choice.against],
    }
