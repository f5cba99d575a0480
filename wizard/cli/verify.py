"""`planewright verify NAME`: walk the data path, hop by hop, and write the report."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from wizard.cli import common
from wizard.cli.common import say

if TYPE_CHECKING:
    from wizard.deploy.target import Target
    from wizard.verify.customer.pasted import Pasted
    from wizard.verify.hops import Hop


def register(subparsers: Any) -> None:
    """Add the command."""
    parser = common.command(subparsers, "verify", run, help="prove the data path hop by hop, and write the report")
    parser.add_argument("name", metavar="NAME", help="a shard or a deployment")
    parser.add_argument(
        "--pasted",
        metavar="FILE|-",
        help="what the customer's commands printed, which a failed hop names: it is judged, and not kept",
    )


def run(args: argparse.Namespace) -> int:
    """Verify; exit 1 unless every hop that can be seen has passed."""
    from wizard.deploy.reporting import verify_target
    from wizard.deploy.target import open_target

    target = open_target(common.workspace_of(args), args.name)
    pasted = _pasted(target, args.pasted) if args.pasted else None
    session = common.session_of(target)
    written = verify_target(target, session, on_hop=(lambda _hop: None) if args.json else tell, pasted=pasted)
    if args.json:
        common.say(written.json.read_text())
    else:
        from wizard.verify.plain import totals

        say(totals(written.verification))
        if session.throttled.told:
            say(session.throttled.told)
        say(f"report: {written.markdown}")
    return written.verification.exit_code


def _pasted(target: Target, source: str) -> Pasted:
    """Read what was pasted, before anything is asked of AWS."""
    from wizard.deploy.customer_side import read_answer

    return read_answer(
        target, common.text_of(source, action="name the file that the customer sent, or - for the standard input")
    )


def tell(hop: Hop) -> None:
    """Print a hop as it becomes known."""
    from wizard.redact import Redactor
    from wizard.verify.hops import HopState
    from wizard.verify.plain import details, line

    lines = [line(hop)]
    if hop.state in {HopState.FAILED, HopState.WAITING}:
        lines += [f"    {detail}" for detail in details(hop)]
    say(Redactor().text("\n".join(lines)))
