"""Seeding secrets: values go into the containers that the engine made, and the Redis user is switched on.

Idempotent: what has a value keeps it, what broke off half way is finished. Values live in this process's memory, in
Secrets Manager and in ElastiCache, and nowhere else; the journal is told names and version ids.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from wizard.aws.clock import Clock
from wizard.aws.redis_user import enable_user, read_user
from wizard.aws.secret_store import Stored, current_value, put_value
from wizard.aws.session import AwsSession
from wizard.aws.tls_material import NOT_PROVEN, TlsMaterial, require_valid
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs
from wizard.errors import InputError, Problem

Which = Literal["database", "redis", "proxy_tls"]
Did = Literal["stored", "rotated", "kept", "enabled", "missing"]

#: Springtail's internal users, whose passwords nobody chooses: role -> name ("-" is the product's own placeholder).
_INTERNAL_USERS = {"fdw_superuser": "springtail_fdw", "proxy_to_fdw": "-"}


@dataclass(frozen=True, slots=True)
class SeedEvent:
    """One thing that was done or found. `name` is the secret's, or for `enabled` the Redis user's id."""

    which: Which
    did: Did
    name: str
    version_id: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where values come from. Each is called only when its value is needed; None from `proxy_tls` means: not yet."""

    database_password: Callable[[], str] = field(repr=False)
    proxy_tls: Callable[[], TlsMaterial | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeedResult:
    """All that was done, in order, and what the checks of the values could not prove."""

    events: tuple[SeedEvent, ...]
    not_proven: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every secret has its value now."""
        return all(event.did != "missing" for event in self.events)


@dataclass(frozen=True, slots=True)
class _Seeding:
    session: AwsSession
    outputs: InstanceOutputs
    deployment: DeploymentAnswers
    inputs: Inputs
    rotate: frozenset[Which]
    journal: Callable[[SeedEvent], None]
    clock: Clock
    events: list[SeedEvent] = field(default_factory=list)

    def note(self, which: Which, did: Did, name: str, version_id: str = "") -> None:
        event = SeedEvent(which, did, name, version_id)
        self.events.append(event)
        self.journal(event)


def seed(
    session: AwsSession,
    outputs: InstanceOutputs,
    deployment: DeploymentAnswers,
    *,
    inputs: Inputs,
    rotate: frozenset[Which] = frozenset(),
    journal: Callable[[SeedEvent], None] = lambda _event: None,
    clock: Clock | None = None,
) -> SeedResult:
    """Give every secret of a deployment its value and enable its Redis user.

    The customer's password is asked for when the database's secret has none for `database.user`, or on `rotate`.
    `journal` is called after each step that took effect. Raises InputError for a value that will not do, AwsError.
    """
    seeding = _Seeding(session, outputs, deployment, inputs, rotate, journal, clock or Clock())
    _database(seeding)
    _redis(seeding)
    proven_tls = _proxy_tls(seeding)
    return SeedResult(tuple(seeding.events), NOT_PROVEN if proven_tls else ())


def _database(seeding: _Seeding) -> None:
    name, user = seeding.outputs.database_secret_name, seeding.deployment.database.user
    stored = current_value(seeding.session, name)
    entries = _entries(stored, name, overwrite="database" in seeding.rotate)
    is_there = any(e.get("username") == user and e.get("role") == "replication" and e.get("password") for e in entries)
    missing = {role: who for role, who in _INTERNAL_USERS.items() if not any(e.get("role") == role for e in entries)}
    if stored and is_there and not missing and "database" not in seeding.rotate:
        seeding.note("database", "kept", name, stored.version_id)
        return
    if not is_there or "database" in seeding.rotate:
        password = _usable(seeding.inputs.database_password())
        # A user of another name is the one before: two replication users would leave the product to guess.
        entries = [e for e in entries if e.get("role") != "replication"]
        entries.insert(0, _entry(user, password, "replication"))
    entries += [_entry(who, secrets.token_urlsafe(24), role) for role, who in missing.items()]
    version = put_value(seeding.session, name, json.dumps(entries))
    seeding.note("database", "rotated" if is_there else "stored", name, version)


def _entries(stored: Stored | None, name: str, *, overwrite: bool) -> list[dict[str, Any]]:
    """Read the product's list of users; a value of another form is somebody's, and is overwritten only on demand."""
    if stored is None:
        return []
    try:
        entries = json.loads(stored.value)
    except ValueError:
        entries = None
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    if overwrite:
        return []
    # `from None` would not help here: the parser's error has ended, and with it its quote of the value.
    raise InputError(
        "the database's secret holds something else",
        (
            Problem(
                name, "its value is not a JSON list of users", "run seed-secrets with --rotate database to replace it"
            ),
        ),
    )


def _entry(username: str, password: str, role: str) -> dict[str, str]:
    return {"username": username, "password": password, "type": "text", "role": role}


def _usable(password: str) -> str:
    if not password or len(password) > 1024 or any(ord(character) < 32 for character in password):
        raise InputError(
            "the database's password cannot be used",
            (
                Problem(
                    "database password",
                    "it is empty, longer than 1024 characters, or has control characters or a line break in it",
                    "give the password alone; at the end of a piped value one line break is taken off",
                ),
            ),
        )
    return password


def _redis(seeding: _Seeding) -> None:
    outputs, session = seeding.outputs, seeding.session
    name, user_id = outputs.redis_secret_name, outputs.redis_user_id
    stored = current_value(session, name)
    user = read_user(session, user_id)
    if stored and "redis" in seeding.rotate:
        # The user first, with both: whichever password a node holds is good at every moment in between.
        fresh = _redis_password()
        _enable(seeding, fresh, stored.value)
        seeding.note("redis", "rotated", name, put_value(session, name, fresh))
        return
    if stored is None:
        # The secret first: a user that is on while nobody can know its password helps nobody.
        password = _redis_password()
        seeding.note("redis", "stored", name, put_value(session, name, password))
    else:
        password = stored.value
        seeding.note("redis", "kept", name, stored.version_id)
    if stored is None or not user.is_enabled(outputs.redis_access_string):
        _enable(seeding, password)


def _enable(seeding: _Seeding, *passwords: str) -> None:
    outputs = seeding.outputs
    enable_user(
        seeding.session,
        outputs.redis_user_id,
        access_string=outputs.redis_access_string,
        passwords=passwords,
        clock=seeding.clock,
    )
    seeding.note("redis", "enabled", outputs.redis_user_id)


def _redis_password() -> str:
    # 48 characters of A-Z a-z 0-9 - _: ElastiCache takes 16 to 128 printable ones.
    return secrets.token_urlsafe(36)


def _proxy_tls(seeding: _Seeding) -> bool:
    """Store the proxy's certificate if there is a place for it; say whether one was checked now."""
    name = seeding.outputs.proxy_tls_secret_name
    if name is None:
        return False
    stored = current_value(seeding.session, name)
    if stored and "proxy_tls" not in seeding.rotate:
        seeding.note("proxy_tls", "kept", name, stored.version_id)
        return False
    material = seeding.inputs.proxy_tls()
    if material is None:
        seeding.note("proxy_tls", "missing", name)
        return False
    require_valid(material, seeding.deployment.proxy.host)
    value = json.dumps({"certificate_chain": material.chain_pem, "private_key": material.key_pem})
    version = put_value(seeding.session, name, value)
    seeding.note("proxy_tls", "rotated" if stored else "stored", name, version)
    return True
