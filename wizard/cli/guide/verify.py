"""Verify: the data path, hop by hop as it becomes known, then what is not proven, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide import words
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.talk import Option
from wizard.redact import Redactor

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way
    from wizard.deploy.reporting import Written
    from wizard.deploy.target import Target
    from wizard.verify.hops import Hop


def go(way: Way) -> None:
    """Look when asked: looking takes a while, and changes nothing."""
    while True:
        options = [
            Option("verify", "look at every hop of the data path, and write the report"),
            Option("on", "go on"),
        ]
        word, _ = way.talk.choose("what now", options)
        if word == "on":
            return
        attempt(lambda: verify(way.saved()))


def verify(target: Target) -> Written | None:
    """Look at every hop, and say what is proven and what is not."""
    from wizard.deploy.reporting import verify_target

    say("looking at the data path: please wait")
    written: Written | None = attempt(
        lambda: verify_target(target, common.session_of(target), on_hop=_tell), stopped="nothing was written"
    )
    if written is None:
        return None
    seen = written.verification
    if seen.not_proven:
        say(f"{words.counted(len(seen.not_proven), 'hop is', 'hops are')} not proven, worst first:")
    for hop in seen.not_proven:
        say(_line(hop))
        for detail in (*hop.evidence, *([f"remedy: {hop.remedy}"] if hop.remedy else [])):
            say(Redactor().text(f"     {detail}"))
    from wizard.verify.plain import totals

    say(totals(seen))
    say(f"report: {written.markdown}")
    return written


def _tell(hop: Hop) -> None:
    say(_line(hop))


def _line(hop: Hop) -> str:
    why = f": {hop.reason}" if hop.reason else ""
    on = f" on {hop.waiting_on}" if hop.waiting_on else ""
    return Redactor().text(f"  {hop.state.word}{on}: {hop.title}, {hop.subject}{why}")
