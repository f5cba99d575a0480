"""A site: the engine, the provider's source and the AWS session that one command works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from wizard.aws.engine_credentials import EngineCredentials, engine_credentials
from wizard.aws.session import AwsSession, Identity, open_session, require_account
from wizard.deploy.checking import Checked, checker_of
from wizard.deploy.target import Target, subject_of
from wizard.engine.aside import Aside
from wizard.engine.commands import StackEngine, Subject
from wizard.engine.environment import Ambient, Credentials, Keys, Profile, Served
from wizard.engine.installed import engines_dir
from wizard.engine.locate import Engine, find_engine
from wizard.engine.mirrors import Search, find_mirror, write_cli_config
from wizard.engine.writer import engine_changed, last_writer
from wizard.findings import Finding, worst_first


@dataclass(frozen=True, slots=True)
class Site:
    """What a command was given to work with. `identity` is who it showed at its start."""

    engine: Engine
    mirror: Search
    session: AwsSession
    identity: Identity
    credentials: EngineCredentials
    environ: Mapping[str, str]

    def stack_engine(self, target: Target, stack: str) -> StackEngine:
        """Give the engine in the stack's directory."""
        return self._engine_in(target, stack, target.place.stack(stack), target.place.engine_data(stack), None)

    def aside_engine(self, target: Target, stack: str, folder: Path, aside: Aside) -> StackEngine:
        """Give an engine that works on the stack in a folder of its own, beside everything."""
        return self._engine_in(target, stack, folder / "stack", folder / "data", aside)

    def _engine_in(
        self, target: Target, stack: str, stack_dir: Path, data_dir: Path, aside: Aside | None
    ) -> StackEngine:
        config = write_cli_config(target.place.hidden, self.mirror.mirror, self.environ, Path.home())
        return StackEngine(
            self.engine,
            stack_dir,
            data_dir,
            subject=Subject(target.place.kind, target.name, stack),
            environ=self.environ,
            cli_config=config,
            credentials=_for_engine(self.credentials),
            region=target.shard.account.region,
            aside=aside,
        )


def open_site(
    target: Target,
    *,
    environ: Mapping[str, str],
    engine: Engine | None = None,
    mirror: Path | None = None,
    mfa_code: Callable[[str], str] | None = None,
) -> Site:
    """Find the engine, open the session and make sure whose account it is, before anything else happens."""
    found = engine or find_engine(search_path=environ.get("PATH", ""), engines=engines_dir(environ))
    session = open_session(target.shard.account, environ=environ, mfa_code=mfa_code)
    identity = session.identity()
    require_account(identity, target.shard.account)
    return Site(
        engine=found,
        mirror=find_mirror(found.kind, option=mirror, environ=environ, home=Path.home()),
        session=session,
        identity=identity,
        credentials=engine_credentials(session),
        environ=environ,
    )


def checked(target: Target, site: Site) -> Checked:
    """Give everything there is to say of a target now: answers, AWS's facts, and who wrote its states."""
    found = checker_of(target, environ=site.environ, session=site.session).check(subject_of(target))
    return replace(found, findings=worst_first((*found.findings, *engine_findings(target, site.engine))))


def engine_findings(target: Target, engine: Engine) -> tuple[Finding, ...]:
    """Say for each stack whether another engine wrote its state last."""
    found = [engine_changed(engine, last_writer(target.place.runs, stack)) for stack in target.stacks]
    return tuple(finding for finding in found if finding is not None)


def _for_engine(credentials: EngineCredentials) -> Credentials:
    """Translate what the AWS side decided into what the engine's side takes."""
    if credentials.kind == "profile":
        return Profile(credentials.profile)
    if credentials.kind == "ambient" or credentials.keys is None:
        return Ambient()
    keys = credentials.keys
    return Served(
        Keys(
            keys.access_key,
            keys.secret_key,
            keys.token or None,
            keys.expires_at.isoformat() if keys.expires_at else None,
        ),
        profile=credentials.profile or None,
    )
