"""The database's parameters and its restart: what is left to do of them, or to take back. Pure.

A default group of RDS cannot be changed: one is made for the deployment and associated. One of the customer's own is changed,
and what its values were is kept as tags of the group, for the way back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wizard.deploy.doing.calls import Call, Move, call
from wizard.deploy.doing.database import Found, Missing, database_of
from wizard.deploy.doing.decided import Part, Stand
from wizard.deploy.doing.theirs import BEFORE, TAG, Kind, Named, ParameterGroup, Theirs
from wizard.handoff.model import Parameters, Site, Step

#: What may stand in a tag and be given back as a value.
_KEPT = re.compile(r"[A-Za-z0-9.-]+")
_AGAIN = "The earlier values count after another restart only."
_IN_USE = "RDS deletes the group once it is not in use any more: take this step back again in a few minutes"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the settings are, and what is known of there."""

    site: Site
    deployment: str
    theirs: Theirs
    named: Named

    @property
    def new_group(self) -> str:
        """What a group of our making is called."""
        return self.named.parameter_group or f"planewright-{self.deployment}"

    def database(self, wanted: Parameters) -> Found | Missing:
        """Find the database."""
        return database_of(self.theirs, self.named, wanted.host, wanted.port, wanted.vpc_id)


@dataclass(frozen=True, slots=True)
class _Words:
    """What the calls are named after: an instance's, or a cluster's."""

    place: Place
    database: Found

    @property
    def cluster(self) -> bool:
        return self.database.kind == "cluster"

    @property
    def word(self) -> str:
        return "Cluster" if self.cluster else ""

    def arn(self, group: str) -> str:
        return arn_of(self.place.site, self.database.kind, group)

    def named(self, group: str) -> dict[str, str]:
        return {f"DB{self.word}ParameterGroupName": group}

    def made(self, family: str, before: str) -> Call:
        tags = [{"Key": TAG, "Value": self.place.deployment}, {"Key": BEFORE, "Value": before}]
        return call(
            "rds",
            f"CreateDB{self.word}ParameterGroup",
            **self.named(self.place.new_group),
            DBParameterGroupFamily=family,
            Description=f"For {self.place.deployment}",
            Tags=tags,
        )

    def set(self, group: str, name: str, value: str) -> Call:
        one = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        return call("rds", f"ModifyDB{self.word}ParameterGroup", **self.named(group), Parameters=[one])

    def associated(self, group: str) -> Call:
        which = {"DBClusterIdentifier" if self.cluster else "DBInstanceIdentifier": self.database.id}
        operation = "ModifyDBCluster" if self.cluster else "ModifyDBInstance"
        return call("rds", operation, **which, **self.named(group))

    def deleted(self, group: str) -> Call:
        return call("rds", f"DeleteDB{self.word}ParameterGroup", too_early=_IN_USE, **self.named(group))

    def own(self) -> ParameterGroup | None:
        return self.place.theirs.group(self.database.kind, self.place.new_group)


def arn_of(site: Site, kind: Kind, group: str) -> str:
    """Give the ARN of a parameter group of an account and region: an instance's, or a cluster's."""
    word = "cluster-pg" if kind == "cluster" else "pg"
    return f"arn:{site.partition}:rds:{site.region}:{site.account_id}:{word}:{group}"


# -- to set them


def put(step: Step, wanted: Parameters, place: Place) -> Part:
    """Decide for the parameters."""
    database = place.database(wanted)
    if isinstance(database, Missing):
        return _by_people(step, wanted, database)
    words, notes = _Words(place, database), [database.note]
    if database.parameter_group.startswith("default."):
        return _beside_the_default(step, wanted, words, notes)
    group = place.theirs.group(database.kind, database.parameter_group)
    if group is None:
        why = f"parameter group {database.parameter_group} cannot be read"
        return Part(step, Stand.BLOCKED, notes=tuple(notes), why=why)
    moves: list[Move] = []
    for name, value in wanted.wanted:
        now = group.value(name)
        notes.append(f"{name} of {group.name} is {now or 'not set'}")
        if suffices(now, value):
            continue
        if _KEPT.fullmatch(now):
            tag = [{"Key": f"{BEFORE}:{name}", "Value": now}]
            moves.append(call("rds", "AddTagsToResource", ResourceName=words.arn(group.name), Tags=tag))
        else:
            notes.append(f"what {name} was cannot be kept: taking back will leave it")
        moves.append(words.set(group.name, name, value))
    return Part(step, Stand.TO_DO if moves else Stand.DONE, tuple(moves), tuple(notes))


def _beside_the_default(step: Step, wanted: Parameters, words: _Words, seen: Sequence[str]) -> Part:
    default, own = words.database.parameter_group, words.own()
    notes = (*seen, f"{default} is a default group, which cannot be changed: one of its own is made and associated")
    if own is not None and own.tag(TAG) != words.place.deployment:
        why = f"there is a parameter group {own.name} that was not made for this (--parameter-group names another)"
        return Part(step, Stand.BLOCKED, notes=notes, why=why)
    name = words.place.new_group
    made: tuple[Move, ...] = (words.made(default.removeprefix("default."), default),) if own is None else ()
    values = tuple(words.set(name, parameter, value) for parameter, value in wanted.wanted)
    return Part(step, Stand.TO_DO, (*made, *values, words.associated(name)), notes)


def suffices(now: str, wanted: str) -> bool:
    """Whether a value will do: the same, or a number that is not smaller."""
    if now == wanted:
        return True
    return now.isdecimal() and wanted.isdecimal() and int(now) >= int(wanted)


# -- to take them back


def take_back(step: Step, wanted: Parameters, place: Place) -> Part:
    """Decide for the way back. The earlier values count after another restart only."""
    database = place.database(wanted)
    if isinstance(database, Missing):
        if database.wrong:
            return Part(step, Stand.BLOCKED, why=database.note)
        return Part(step, Stand.NOTHING, notes=(database.note, "Its administrator takes the settings back."))
    words, notes = _Words(place, database), (database.note,)
    if database.parameter_group.startswith("default."):
        # A group of our making may be left of an earlier time, when RDS said that it was still in use.
        own = words.own()
        left = own is not None and own.tag(TAG) == place.deployment
        return Part(step, Stand.TO_DO, (words.deleted(place.new_group),), notes) if left else Part(step, Stand.NOTHING)
    group = place.theirs.group(database.kind, database.parameter_group)
    if group is None:
        return Part(step, Stand.BLOCKED, notes=notes, why=f"parameter group {database.parameter_group} cannot be read")
    before = group.tag(BEFORE)
    if before and group.tag(TAG) == place.deployment:
        back = (words.associated(before), words.deleted(group.name))
        return Part(step, Stand.TO_DO, back, (*notes, _AGAIN))
    moves: list[Move] = []
    for name, _ in wanted.wanted:
        if value := group.tag(f"{BEFORE}:{name}"):
            moves.append(words.set(group.name, name, value))
            keys = [f"{BEFORE}:{name}"]
            moves.append(call("rds", "RemoveTagsFromResource", ResourceName=words.arn(group.name), TagKeys=keys))
    return Part(step, Stand.TO_DO, tuple(moves), (*notes, _AGAIN)) if moves else Part(step, Stand.NOTHING, notes=notes)


# -- the restart


def restart(step: Step, wanted: Parameters, place: Place, *, named: bool, set_now: bool) -> Part:
    """Decide for the restart: made only when it is named, and where something waits for it. `set_now`: it will."""
    database = place.database(wanted)
    if isinstance(database, Missing):
        return _by_people(step, wanted, database)
    notes = (
        database.note,
        f"its parameter group {database.parameter_group} is {database.applied or 'of no known state'}",
    )
    if database.applied == "in-sync" and not set_now:
        return Part(step, Stand.DONE, notes=notes)
    if not named:
        why = f"it cuts every connection for about a minute: at the agreed time, --only {step.key}"
        return Part(step, Stand.LEFT, notes=notes, why=why)
    early = "RDS still changes it: restart it in a few minutes"
    again = call("rds", "RebootDBInstance", too_early=early, DBInstanceIdentifier=database.writer)
    return Part(step, Stand.TO_DO, (again,), notes)


def _by_people(step: Step, wanted: Parameters, missing: Missing) -> Part:
    if missing.wrong:
        return Part(step, Stand.BLOCKED, why=missing.note)
    why = "name it (--db-instance, --db-cluster) if RDS runs it; if not, its administrator runs: " + " ".join(
        wanted.sql
    )
    return Part(step, Stand.LEFT, notes=(missing.note,), why=why)
