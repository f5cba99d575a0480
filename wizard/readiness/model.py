"""What a database says of itself: settings, slots, roles, and the tables that cannot be replicated. Never any data.

One document is what `assets/readiness/readiness.sql` gives for one database; a `Readiness` is several of one server,
and what `readiness.json` of a deployment holds.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

#: The version of the documents that are understood here.
VERSION = 1


def _printable(text: str) -> str:
    # A name in somebody else's database may hold anything, and ends up on an operator's terminal.
    return "".join(char if char.isprintable() else "?" for char in text)


Text = Annotated[str, AfterValidator(_printable), Field(max_length=4096)]
Count = Annotated[int, Field(ge=0)]


class Said(BaseModel):
    """Base: frozen, nothing coerced, nothing unknown taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Server(Said):
    """The server's settings, as they are in force. Sizes in MB, -1 for no limit."""

    started_at: AwareDatetime
    version_num: Count
    version: Text
    in_recovery: bool
    rds: bool
    aurora: bool
    rds_logical_replication: Text
    wal_level: Text
    ssl: bool
    max_replication_slots: Count
    max_wal_senders: Count
    wal_senders_in_use: Count
    max_slot_wal_keep_size_mb: int = Field(ge=-1)
    pending_restart: tuple[Text, ...]


class Slot(Said):
    """A replication slot. A physical one belongs to no database."""

    name: Text
    type: Text
    database: Text
    active: bool


class Role(Said):
    """A role that may replicate, or that was asked about. `granted_backwards`: rds_replication is a member of it."""

    name: Text
    login: bool
    superuser: bool
    replication: bool
    rds_replication: bool
    rds_superuser: bool
    granted_backwards: bool

    @property
    def may_replicate(self) -> bool:
        """Whether it may open a replication connection."""
        return self.superuser or self.replication or self.rds_replication

    @property
    def may_create_event_triggers(self) -> bool:
        """Whether it may create what Springtail follows schema changes by."""
        return self.superuser or self.rds_superuser


class Columns(Said):
    """A table, and those of its columns that are meant."""

    table: Text
    columns: Text


class ColumnsList(Said):
    """Tables with such columns: how many, and the first of them."""

    count: Count
    listed: tuple[Columns, ...]


class Keyless(Said):
    """A table without a primary key, and what identifies its rows to replication instead."""

    table: Text
    identity: Literal["default", "nothing", "full", "index"]


class KeylessList(Said):
    """Tables without a primary key: how many, how many of them have another identity, and the first of them."""

    count: Count
    identified: Count
    listed: tuple[Keyless, ...]


class DatabaseSaid(Said):
    """One database. `provider` is PostgreSQL's letter: c (libc), i (ICU), b (built in); `locale` is the latter two's."""

    name: Text
    encoding: Text
    collate: Text
    ctype: Text
    provider: Text
    locale: Text
    tables: Count
    generated: ColumnsList
    collated: ColumnsList
    keyless: KeylessList


class ServerSaid(Said):
    """What is the same for every database of a server: its settings, slots and roles, and who looked, and when.

    `not_read` names what the role that looked may not see.
    """

    at: AwareDatetime
    looked_as: Text
    asked_role: Text | None
    not_read: tuple[Text, ...]
    server: Server
    slots: tuple[Slot, ...]
    roles: tuple[Role, ...]


class Document(ServerSaid):
    """What the script gives for one database."""

    planewright_readiness: Literal[1]
    database: DatabaseSaid


class Readiness(ServerSaid):
    """What one server says of itself and of some of its databases. `at` is when the first of them was looked at.

    `source` is how it was read: `psql` from here, or the `script` that somebody else ran.
    """

    planewright_readiness: Literal[1] = 1
    source: Literal["psql", "script"]
    databases: tuple[DatabaseSaid, ...]

    def database(self, name: str) -> DatabaseSaid | None:
        """Give what was said of a database, if it was looked at."""
        return next((database for database in self.databases if database.name == name), None)

    def role(self, name: str) -> Role | None:
        """Give what was said of a role, if it was told at all."""
        return next((role for role in self.roles if role.name == name), None)

    @property
    def told(self) -> str:
        """Who says so, and when, in words."""
        return f"the database, {_day(self.at)}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
