"""Springtail's services as every front end offers them: what is asked, of which nodes, and what follows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wizard.blueprints.springtail.services import Verb

if TYPE_CHECKING:
    from wizard.deploy.services import Sent
    from wizard.errors import PackageMissingError

#: In the order in which they are done; each can be done again.
VERBS = (Verb.PREPARE, Verb.START, Verb.STOP, Verb.UNDO)
NAMES = {Verb.PREPARE: "Prepare", Verb.START: "Start", Verb.STOP: "Stop", Verb.UNDO: "Take back"}
#: What each does, in a sentence.
DOES = {
    Verb.PREPARE: "puts Springtail's package, settings and environment on the nodes, and what it reads into Redis; starts nothing",
    Verb.START: "starts the services: ingestion, proxies, FDWs, each until it is well",
    Verb.STOP: "stops the services: proxies, FDWs once their connections have ended, ingestion",
    Verb.UNDO: "takes away what was prepared, from nodes whose services are stopped; what Redis holds stays",
}
#: What comes next: the command, as it is named on a command line.
AFTER = {Verb.PREPARE: "start", Verb.START: "verify", Verb.STOP: "start", Verb.UNDO: "prepare"}
#: What a person is told before a stop takes the typed name.
INTERRUPTS = (
    "Service is interrupted: applications lose their connections, and nothing replicates until it is started again."
)


def question(name: str, verb: Verb, sent: Sequence[Sent]) -> str:
    """Ask for the yes."""
    nodes = "1 node" if len(sent) == 1 else f"{len(sent)} nodes"
    return f"{NAMES[verb]} Springtail's services of {name}: {nodes}, one after the other?"


def meaning(verb: Verb, sent: Sequence[Sent]) -> Iterator[str]:
    """Say what a yes does, and on which nodes, in their order."""
    yield f"It {DOES[verb]}."
    if verb is Verb.STOP:
        yield INTERRUPTS
    for number, one in enumerate(sent, 1):
        yield f"{number}. {one.task.key}  {one.task.node.instance_id}"
    yield "What is so already is left alone; the first node that fails ends it, and what was done stays."


def finding(error: PackageMissingError) -> Iterator[str]:
    """Say that the package is not at hand: a finding and no failure, since nothing was tried in vain."""
    yield f"finding: {error.title}"
    if error.cause:
        yield f"why:     {error.cause}"
    if error.action:
        yield f"remedy:  {error.action}"


def ended(name: str, verb: Verb) -> Iterator[str]:
    """Say what nothing of it proves, and what comes next."""
    from wizard.deploy.services import NOT_PROVEN

    if verb is Verb.PREPARE:
        yield from (f"? not proven: {sentence}" for sentence in NOT_PROVEN)
    yield f"next: planewright {AFTER[verb]} {name}"
