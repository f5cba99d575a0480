"""`planewright cost NAME`: what a month costs by AWS's list, line by line, and what of it is not known."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wizard.cost.estimate import Estimate, Line
    from wizard.deploy.target import Target
    from wizard.facts.asking import Facts

#: A price is no gate: nobody waits for it as long as for a check.
DEADLINE_S = 8.0


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(
        subparsers, "cost", run, help="what a month costs by AWS's price list, and what is not known"
    )
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")


def run(args: argparse.Namespace) -> int:
    """Print the estimate. Not knowing a price is no failure: it is said, and the exit code is 0."""
    from wizard.deploy.target import open_target

    return show(args, open_target(common.workspace_of(args), args.name))


def show(args: argparse.Namespace, target: Target) -> int:
    """As the command, for answers that may not be saved yet."""
    from wizard.cost.estimate import asks_of, estimate
    from wizard.deploy.target import subject_of

    subject = subject_of(target)
    checker = common.checker(target)
    checker.deadline_s = DEADLINE_S
    facts = checker.read(asks_of(subject.shard, subject.deployment), subject)
    estimated = estimate(subject.shard, subject.deployment, facts)
    if args.json:
        common.say_json(_document(target.name, subject.region, estimated, facts))
        return 0
    say(f"{target.name} in {subject.region}: a month of 730 hours, list prices on demand")
    if estimated.own:
        _table(f"{target.name} itself", estimated.own)
    sharing = len(subject.others) + 1 if subject.deployment else 0
    users = f", shared by {sharing} deployments" if sharing > 1 else ""
    _table(f"shard {subject.shard.name}{users}", estimated.shared)
    _unknown(estimated)
    say()
    say("not included, because it is paid for by use:")
    for text in estimated.not_included:
        say(f"  · {text}")
    say()
    say(_source(estimated, facts))
    return 0


def _table(title: str, lines: tuple[Line, ...]) -> None:
    from wizard.cost.estimate import sum_of

    say()
    say(f"{title}: {sum_of(lines)}")
    cells = {line: _cells(line) for line in lines}
    widths = [max(len(row[column]) for row in cells.values()) for column in range(4)]
    for (stack, role), group in groupby(lines, key=lambda line: (line.item.stack, line.item.role)):
        rows = tuple(group)
        say(f"  {stack} · {role}: {sum_of(rows)}")
        for line in rows:
            what, amount, each, month = cells[line]
            say(f"    {what:{widths[0]}}  {amount:>{widths[1]}}  {each:{widths[2]}}  {month:>{widths[3]}}")


def _cells(line: Line) -> tuple[str, str, str, str]:
    from wizard.cost.estimate import money

    month = "unknown" if line.month is None else money(line.month, line.currency)
    each = "" if line.unit_price is None else f"{line.currency} {line.unit_price.normalize():f} per {line.unit}"
    return line.item.what, line.item.amount, each, month


def _unknown(estimated: Estimate) -> None:
    reasons: dict[str, int] = {}
    for line in estimated.lines:
        if line.unknown:
            reasons[line.unknown] = reasons.get(line.unknown, 0) + 1
    if reasons:
        say()
        say("not known:")
    for reason, count in reasons.items():
        say(f"  ! {count} {'line' if count == 1 else 'lines'}: {reason}")
    for note in dict.fromkeys(f"{line.item.what}: {line.note}" for line in estimated.lines if line.note):
        say(f"  · {note}")


def _source(estimated: Estimate, facts: Facts) -> str:
    from wizard.cost.estimate import reading_times

    dates, times = estimated.published, reading_times(estimated, facts)
    if not dates or not times:
        return "no price is known: nothing here was made up. https://calculator.aws shows list prices"
    published = " to ".join(dict.fromkeys(f"{date:%Y-%m-%d}" for date in dates))
    return f"prices of {published}, read {times[0]:%Y-%m-%d %H:%M} UTC from AWS's Price List (pricing:GetProducts)"


def _document(name: str, region: str, estimated: Estimate, facts: Facts) -> dict[str, Any]:
    from wizard.cost.estimate import reading_times

    dates, times = estimated.published, reading_times(estimated, facts)
    return {
        "name": name,
        "region": region,
        "hours": 730,
        "own": _part(estimated.own),
        "shared": _part(estimated.shared),
        "not_included": list(estimated.not_included),
        "prices": {
            "published": [date.isoformat() for date in dates],
            "read": [time.isoformat() for time in times],
            "source": "pricing:GetProducts",
        },
    }


def _part(lines: tuple[Line, ...]) -> dict[str, Any]:
    return {"lines": [_row(line) for line in lines], "sum": _sum(lines)}


def _sum(lines: Iterable[Line]) -> dict[str, Any]:
    from wizard.cost.estimate import cents, sum_of

    total = sum_of(lines)
    known = None if total.known is None else str(cents(total.known))
    return {"known": known, "currency": total.currency, "unknown_lines": total.unknown}


def _row(line: Line) -> dict[str, Any]:
    from wizard.cost.estimate import cents

    return {
        "stack": line.item.stack,
        "role": line.item.role,
        "what": line.item.what,
        "amount": line.item.amount,
        "unit": line.unit,
        "unit_price": None if line.unit_price is None else f"{line.unit_price.normalize():f}",
        "currency": line.currency,
        "month": None if line.month is None else str(cents(line.month)),
        "unknown": line.unknown,
        "note": line.note,
        "sku": line.sku,
    }
