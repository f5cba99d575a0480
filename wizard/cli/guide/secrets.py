"""The secrets of an applied deployment: asked for without an echo, put where the nodes fetch them, kept nowhere here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.cli import common
from wizard.cli.common import say
from wizard.cli.guide.desk import attempt
from wizard.errors import InputError
from wizard.walk import finished

if TYPE_CHECKING:
    from wizard.aws.secrets import SeedResult
    from wizard.aws.tls_material import TlsMaterial
    from wizard.cli.guide.way import Way
    from wizard.deploy.target import Target


def can_be_seeded(way: Way) -> bool:
    """Whether the containers are there."""
    return finished.instance_made(way.walk.place)


def seed(way: Way) -> None:
    """Ask for what the containers lack, put it, and say by name what was done."""
    result: SeedResult | None = attempt(lambda: _seed(way, way.saved()), stopped="what is not told as done was not put")
    if result is None:
        return
    for event in result.events:
        say(f"  {event.which}: {event.did}: {event.name}")
    for sentence in result.not_proven:
        say(f"  not proven: {sentence}")
    say("every secret has its value" if result.complete else "something is still missing: `secrets` asks for it again")


def _seed(way: Way, target: Target) -> SeedResult:
    from wizard.aws.secrets import Inputs
    from wizard.deploy.seeding import seed_target

    database = target.deployment.database
    session = common.session_of(target)

    def password() -> str:
        typed = way.talk.secret(f"password of {database.user} on {database.host}, not shown and not stored here")
        if not typed:
            raise InputError("no password was given, and none is stored yet", action="seed again, and type it")
        return typed

    inputs = Inputs(database_password=password, proxy_tls=lambda: _tls(way))
    if way.desk.played is not None and way.talk.sure("let the rehearsal's customer type what only they have?"):
        inputs = way.desk.played.inputs(target)
    return seed_target(target, session, inputs=inputs, rotate=frozenset())


def _tls(way: Way) -> TlsMaterial | None:
    """Ask for the proxy's certificate and key by their files; without, it is not there yet."""
    from wizard.walk.seeds import tls

    certificate = way.talk.ask("file of the proxy's certificate chain, PEM (Enter: not yet)").strip()
    if not certificate:
        return None
    return tls(certificate, way.talk.ask("file of its private key, PEM").strip())
