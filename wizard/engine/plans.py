"""`show -json` of a saved plan, as changes that people can judge. Pure.

The document holds values in clear, sensitive ones too: it stays in memory, and what leaves this module is masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from wizard.engine.events import Counts
from wizard.engine.held import Held, read_held
from wizard.redact import MASK

ChangeKind = Literal["create", "update", "replace", "delete", "read", "forget", "noop"]

# `create` before `forget`: an object that is forgotten and made anew is first of all a new one.
_SINGLE: tuple[ChangeKind, ...] = ("create", "update", "delete", "read", "forget")
UNKNOWN = "(known after apply)"

# What is gone for good with a resource of this type. The words complete "destroying ADDRESS loses ...".
_DATA: dict[str, str] = {
    "aws_ebs_volume": "the data on the volume",
    "aws_elasticache_replication_group": "Redis: configuration, users and coordinator state of every instance on the shard",
    "aws_elasticache_cluster": "the cache and all that is kept in it",
    "aws_secretsmanager_secret": "the secret's value; its name stays blocked until the recovery window is over",
    "aws_secretsmanager_secret_version": "this version of the secret",
    "aws_db_instance": "the database",
    "aws_rds_cluster": "the database cluster",
    "aws_s3_bucket": "the objects in the bucket",
    "aws_dynamodb_table": "the table's items",
    "aws_efs_file_system": "the files",
    "aws_kms_key": "all that was encrypted with the key",
    "aws_cloudwatch_log_group": "the logs",
}
# Nothing stored, but others have written it down: on allow-lists, in connection strings, in their DNS.
_NAMES: dict[str, str] = {
    "aws_eip": "a fixed address that others have on their allow-lists",
    "aws_nat_gateway": "the address that customers' allow-lists know the shard by, while it is gone",
    "aws_route53_zone": "the zone and its name servers, which others delegate to",
    "aws_lb": "the load balancer's name and addresses, which clients connect to",
    "aws_vpc_endpoint_service": "the service name that every consumer's endpoint is bound to",
    "aws_vpc_peering_connection": "the peering that the customer accepted: they must accept a new one and route to it",
    "aws_vpc": "the network and everything in it",
}
_DATA_ON_INSTANCE = "what is on the machine's own disks"
_INSTANCE = "aws_instance"
# NVMe disks are in no block device mapping, so emitted code tells of them by a tag.
_STORAGE_TAG = ("planewright:storage", "nvme")


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute's change. Values are rendered, secret ones masked, unknown ones say so. `forces` a replacement."""

    path: str
    before: Any
    after: Any
    forces: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is planned for one resource. `reason` is the engine's, as `replace_because_tainted`; empty when it has none."""

    address: str
    module: str
    type: str
    name: str
    kind: ChangeKind
    reason: str = ""
    # Held back from repr, since it has sensitive values in clear; taken apart only when somebody looks.
    _change: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def destroys(self) -> bool:
        """Whether the resource as it is now ceases to be."""
        return self.kind in {"delete", "replace"}

    @property
    def attributes(self) -> frozenset[str]:
        """Names of the top-level attributes that it has afterwards."""
        return frozenset(self._change.get("after") or {})

    def after(self, attribute: str) -> Any:
        """Value of a top-level attribute afterwards; None when it is unknown, absent or secret."""
        secret = self._change.get("after_sensitive")
        hidden = secret is True or (isinstance(secret, dict) and bool(secret.get(attribute)))
        return None if hidden else (self._change.get("after") or {}).get(attribute)

    def differences(self) -> tuple[Difference, ...]:
        """Attributes that change, in the order of their names."""
        forcing = {tuple(path) for path in self._change.get("replace_paths") or [] if isinstance(path, list)}
        return tuple(_differences(self._change, forcing))


@dataclass(frozen=True, slots=True)
class PlanView:
    """A saved plan. `outputs` names the outputs that change; `drift` is what AWS has otherwise than the state;
    `held` is the state itself, refreshed."""

    changes: tuple[Change, ...]
    drift: tuple[Change, ...] = ()
    outputs: tuple[str, ...] = ()
    complete: bool = True
    held: tuple[Held, ...] = field(default=(), repr=False)

    @property
    def counts(self) -> Counts:
        """What the plan does, counted as the engine counts: a replacement is one more and one less."""
        kinds = [change.kind for change in self.changes]
        replaced = kinds.count("replace")
        return Counts(
            add=kinds.count("create") + replaced,
            change=kinds.count("update"),
            remove=kinds.count("delete") + replaced,
            forget=kinds.count("forget"),
        )

    @property
    def steps(self) -> int:
        """Steps of its apply, as a run counts them: a replacement has two."""
        counts = self.counts
        return counts.add + counts.change + counts.remove

    @property
    def acting(self) -> tuple[Change, ...]:
        """Changes that do something."""
        return tuple(change for change in self.changes if change.kind not in {"noop", "read"})

    @property
    def empty(self) -> bool:
        """Whether an apply would do nothing, to resources or outputs."""
        return not self.acting and not self.outputs


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost when a change is applied: `what` completes "destroying ADDRESS loses ..."."""

    change: Change
    what: str
    data: bool

    @property
    def address(self) -> str:
        """Address of the resource: what a person types to confirm."""
        return self.change.address


def read_plan(document: dict[str, Any]) -> PlanView:
    """Read `show -json PLAN`."""
    return PlanView(
        changes=tuple(_changes(document.get("resource_changes"))),
        drift=tuple(_changes(document.get("resource_drift"))),
        outputs=tuple(
            name
            for name, change in (document.get("output_changes") or {}).items()
            if change.get("actions") not in (["no-op"], [])
        ),
        complete=bool(document.get("complete", True)),
        held=read_held(document),
    )


def holds_data(change: Change) -> str | None:
    """What a resource holds that its destruction loses; None when it holds nothing of its own."""
    if change.type == _INSTANCE and _instance_store(change):
        return _DATA_ON_INSTANCE
    return _DATA.get(change.type)


def holds_names(change: Change) -> str | None:
    """The name or address of a resource that others have written down; None when it has none."""
    return _NAMES.get(change.type)


def destructive(changes: Iterable[Change]) -> tuple[Loss, ...]:
    """Changes that destroy or replace what holds data, then what holds names: each takes a typed confirmation.

    So does a change in place that stops an instance with data on disks of its own.
    """
    losses = []
    for change in changes:
        if not change.destroys and not _blanks(change):
            continue
        data, names = holds_data(change), holds_names(change)
        if data or names:
            losses.append(Loss(change, data or names or "", data is not None))
    return tuple(sorted(losses, key=lambda loss: (not loss.data, loss.address)))


def kind_of(actions: list[str]) -> ChangeKind:
    """Fold the engine's list of actions into one kind: delete + create, in either order, is a replacement."""
    if {"create", "delete"} <= set(actions):
        return "replace"
    for kind in _SINGLE:
        if kind in actions:
            return kind
    return "noop"


def _changes(entries: list[dict[str, Any]] | None) -> Iterator[Change]:
    for entry in entries or []:
        change = entry.get("change") or {}
        yield Change(
            address=str(entry.get("address", "")),
            module=str(entry.get("module_address", "")),
            type=str(entry.get("type", "")),
            name=str(entry.get("name", "")),
            kind=kind_of(list(change.get("actions") or [])),
            reason=str(entry.get("action_reason", "")),
            _change=change,
        )


def _instance_store(change: Change) -> bool:
    before = change._change.get("before") or {}  # noqa: SLF001 -- this module's own
    key, value = _STORAGE_TAG
    return bool(before.get("ephemeral_block_device")) or (before.get("tags") or {}).get(key) == value


def _blanks(change: Change) -> bool:
    # Another type is taken on in place by a stop, and a stop blanks the instance's own disks.
    return (
        change.type == _INSTANCE
        and change.kind == "update"
        and _instance_store(change)
        and any(difference.path == "instance_type" for difference in change.differences())
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides of one attribute, and the engine's marks for it: unknown until applied, secret."""

    before: Any
    after: Any
    unknown: Any
    secret_before: Any
    secret_after: Any

    @property
    def hidden(self) -> bool:
        return self.secret_before is True or self.secret_after is True

    def at(self, key: Any) -> _Sides:
        return _Sides(
            _at(self.before, key),
            _at(self.after, key),
            _at(self.unknown, key),
            _at(self.secret_before, key),
            _at(self.secret_after, key),
        )

    def keys(self) -> list[Any]:
        """Keys to go down by; none for leaves and for sides of different shape."""
        sides = [side for side in (self.before, self.after) if side is not None]
        if all(isinstance(side, dict) for side in sides):
            holders = [side for side in (*sides, self.unknown) if isinstance(side, dict)]
            return sorted({key for holder in holders for key in holder})
        if len(sides) == 2 and all(isinstance(side, list) for side in sides) and len(sides[0]) == len(sides[1]):
            return list(range(len(sides[0])))
        return []


def _differences(change: dict[str, Any], forcing: set[tuple[Any, ...]]) -> Iterator[Difference]:
    marks = ("before", "after", "after_unknown", "before_sensitive", "after_sensitive")
    yield from _walk((), _Sides(*(change.get(mark) for mark in marks)), forcing)


def _walk(path: tuple[Any, ...], sides: _Sides, forcing: set[tuple[Any, ...]]) -> Iterator[Difference]:
    """Take both sides apart as far as they have the same shape; the marks go along."""
    keys = [] if sides.hidden or sides.unknown is True else sides.keys()
    if keys:
        for key in keys:
            yield from _walk((*path, key), sides.at(key), forcing)
        return
    before, after = sides.before, UNKNOWN if sides.unknown is True else sides.after
    if before == after:
        return
    if sides.hidden:
        before, after = _masked(before), after if after is UNKNOWN else _masked(after)
    yield Difference(_spell(path), before, after, any(path[: len(item)] == item for item in forcing))


def _at(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else None
    return value if value is True else None  # a whole branch that is secret or unknown


def _masked(value: Any) -> Any:
    return MASK if value or value in (0, False) else value  # that there is none is no secret


def _spell(path: tuple[Any, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text
