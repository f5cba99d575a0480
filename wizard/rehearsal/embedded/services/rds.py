"""RDS: parameters with their defaults, looked up by name, and changes that wait for a reboot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from wizard.rehearsal.embedded.patching import state_of, wrap, wrap_property
from wizard.rehearsal.embedded.services.answers import failure

#: Parameters of a PostgreSQL group that the checks ask about: default, and whether a change waits for a reboot. As of
#: PostgreSQL 16 on RDS; the figures for slots and senders differ from version to version, and nothing depends on them.
DEFAULTS: Final[dict[str, tuple[str, bool]]] = {
    "rds.logical_replication": ("0", True),
    "max_replication_slots": ("20", True),
    "max_wal_senders": ("35", True),
    "max_slot_wal_keep_size": ("-1", False),
    "rds.force_ssl": ("1", False),
}


@dataclass(slots=True)
class _Waiting:
    """Instances, by identifier, whose group was changed since they started."""

    instances: set[str] = field(default_factory=set)


def _parameters(original: Any, response: Any) -> Any:
    """Answer with defaults below what was set, and only what `parameter-name` asks for."""
    answer = original(response)
    found = {one["ParameterName"]: one for one in answer.result["Parameters"]}
    name = response.params.get("DBParameterGroupName") or response.params.get("DBClusterParameterGroupName")
    merged = {
        key: {
            "ParameterName": key,
            "ParameterValue": value,
            "Source": "system",
            "ApplyType": "static" if static else "dynamic",
            "IsModifiable": True,
        }
        | ({**found.pop(key), "Source": "user"} if key in found else {})
        for key, (value, static) in DEFAULTS.items()
        if _is_postgres(response, name)
    } | found
    wanted = {value for one in response.params.get("Filters", ()) for value in one["Values"]}
    answer.result["Parameters"] = [one for key, one in sorted(merged.items()) if not wanted or key in wanted]
    return answer


def _is_postgres(response: Any, name: str) -> bool:
    groups = {**response.backend.db_parameter_groups, **response.backend.db_cluster_parameter_groups}
    group = groups.get(name)
    family = getattr(group, "family", None) or getattr(group, "db_parameter_group_family", "")
    return "postgres" in (family or name)


def _modify(original: Any, backend: Any, name: str, parameters: Any) -> Any:
    """Remember which instances have to be rebooted for a static change."""
    changed = list(parameters)
    group = original(backend, name, changed)
    if any(DEFAULTS.get(one["ParameterName"], ("", False))[1] for one in changed):
        using = (key for key, one in backend.databases.items() if one.db_parameter_group_name == name)
        state_of(backend, _Waiting).instances.update(using)
    return group


def _modify_instance(original: Any, backend: Any, db_instance_identifier: str, db_kwargs: Any) -> Any:
    """A group that is newly associated counts after a reboot, whatever it holds."""
    before = (
        backend.databases[db_instance_identifier].db_parameter_group_name
        if db_instance_identifier in backend.databases
        else None
    )
    database = original(backend, db_instance_identifier, db_kwargs)
    if db_kwargs.get("db_parameter_group_name") not in {None, before}:
        state_of(backend, _Waiting).instances.add(database.db_instance_identifier)
    return database


def _delete_group(original: Any, backend: Any, db_parameter_group_name: str) -> Any:
    if any(one.db_parameter_group_name == db_parameter_group_name for one in backend.databases.values()):
        raise failure(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group, so the group cannot be deleted.",
        )
    return original(backend, db_parameter_group_name)


def _reboot(original: Any, backend: Any, db_instance_identifier: str, **more: Any) -> Any:
    state_of(backend, _Waiting).instances.discard(db_instance_identifier)
    return original(backend, db_instance_identifier, **more)


def _status(groups: Any, instance: Any) -> Any:
    waits = instance.db_instance_identifier in state_of(instance.backend, _Waiting).instances
    return [
        {"DBParameterGroupName": group.name, "ParameterApplyStatus": "pending-reboot" if waits else "in-sync"}
        for group in groups
    ]


def install() -> None:
    """Give parameter groups their defaults, and instances the state of their group."""
    from moto.rds.models import DBInstance, RDSBackend
    from moto.rds.responses import RDSResponse

    for name in ("describe_db_parameters", "describe_db_cluster_parameters"):
        wrap(RDSResponse, name, _parameters)
    wrap(RDSBackend, "modify_db_parameter_group", _modify)
    wrap(RDSBackend, "modify_db_instance", _modify_instance)
    wrap(RDSBackend, "delete_db_parameter_group", _delete_group)
    wrap(RDSBackend, "reboot_db_instance", _reboot)
    wrap_property(DBInstance, "db_parameter_group_status_list", _status)
