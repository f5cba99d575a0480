"""Verify: the data path, hop by hop as it becomes known, then what is not proven, worst first."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.services import Verb
from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide import words
from wizard.cli.guide.desk import attempt
from wizard.cli.guide.talk import Option
from wizard.errors import PackageMissingError
from wizard.redact import Redactor
from wizard.walk import finished, services

if TYPE_CHECKING:
    from wizard.cli.guide.way import Way
    from wizard.deploy.reporting import Written
    from wizard.deploy.services import Sent
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
            attempt(functools.partial(_serve, way, Verb(word)), stopped="what was done is kept; the same word goes on")


def _of_services(way: Way) -> tuple[Option, ...]:
    """What can be done with Springtail's services, once there are nodes."""
    if not finished.instance_made(way.walk.place):
        return ()
    return tuple(Option(verb.value, services.DOES[verb]) for verb in services.VERBS)


def _serve(way: Way, verb: Verb) -> None:
    """Prepare, start, stop or take back, after a yes that names the nodes; a stop takes the typed name."""
    from wizard.cli import services as told
    from wizard.deploy.services import commands

    target = way.saved()
    try:
        sent = commands(target, verb)
        for line in services.meaning(verb, sent):
            say(line)
        if not _agreed(way, target.name, verb, sent):
            say("nothing was sent to any node")
            return
        say("this takes minutes; a command that was sent to a node goes on if you stop waiting")
        told.carry_out(target, sent)
    except PackageMissingError as error:
        for line in services.finding(error):
            say(Redactor().text(line))
    else:
        told.tell_end(target, verb)


def _agreed(way: Way, name: str, verb: Verb, sent: tuple[Sent, ...]) -> bool:
    asked = services.question(name, verb, sent)
    if verb is Verb.STOP:
        return way.talk.typed(f"{asked} Type {name} to go on (anything else: no)", name)
    return way.talk.sure(asked)


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
