"""Verify: the data path, hop by hop as it becomes known, then what is not proven, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide import words
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.talk import Option
from wizard.redact import Redactor
from wizard.walk import finished

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
            *_of_services(way),
            Option("on", "go on"),
        ]
        word, _ = way.talk.choose("what now", options)
        if word == "on":
            return
        if word == "verify":
            attempt(lambda: verify(way.saved()))
        else:
            services(way, word)


def _of_services(way: Way) -> tuple[Option, ...]:
    """What can be done with Springtail's services, where the answers name its package."""
    target = finished.saved_target(way.walk.workspace, way.walk.place)
    if target is None or isinstance(target.answers, ShardAnswers) or not target.deployment.package.s3_uri:
        return ()
    return (
        Option("prepare", "put Springtail's package, settings and environment on the nodes; starts nothing"),
        Option("start", "start Springtail's services in their order, until they are well"),
        Option("stop", "stop them in the reverse order"),
    )


def services(way: Way, word: str) -> None:
    """Prepare, start or stop Springtail's services; a stop after a yes: applications lose their connections."""
    from wizard.blueprints.springtail.services import Verb
    from wizard.cli import services as told
    from wizard.deploy.services import commands

    target = way.saved()
    if word == "stop" and not way.talk.sure("applications lose their connections. Stop?"):
        return
    say("this takes minutes; a command that was sent to a node goes on if you stop waiting")

    def do() -> None:
        told.carry_out(target, commands(target, Verb(word)))
        told.tell_end(target, Verb(word))

    attempt(do, stopped="what was done is kept; the same word goes on")


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
        for detail in (
            *hop.evidence,
            *([f"remedy: {hop.remedy}"] if hop.remedy else []),
            *(f"run: {command}" for command in hop.commands),
        ):
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
