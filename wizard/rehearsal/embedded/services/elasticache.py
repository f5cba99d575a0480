"""ElastiCache: parameter groups, subnet groups and tags; access control lies in `elasticache_users`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from wizard.rehearsal.embedded.patching import add, replace, state_of, wrap
from wizard.rehearsal.embedded.services import elasticache_groups, elasticache_users
from wizard.rehearsal.embedded.services.answers import failure, flag, param, params, result

_ARN: Final = re.compile(
    r"^arn:[\w-]+:elasticache:.*:[0-9]*:"
    r"(cluster|snapshot|subnetgroup|replicationgroup|user|usergroup|parametergroup):.*$"
)
_DEFAULT_FAMILIES: Final = ("redis6.x", "redis7", "valkey7", "valkey8")


@dataclass(slots=True)
class ParameterGroup:
    """A named set of engine parameters; `parameters` holds those that were set."""

    name: str
    family: str
    description: str
    arn: str
    parameters: dict[str, str] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """Give it as the API does."""
        return {
            "CacheParameterGroupName": self.name,
            "CacheParameterGroupFamily": self.family,
            "Description": self.description,
            "IsGlobal": False,
            "ARN": self.arn,
        }


@dataclass(slots=True)
class ParameterGroups:
    """A region's parameter groups by name."""

    by_name: dict[str, ParameterGroup] = field(default_factory=dict)


def _groups(response: Any) -> dict[str, ParameterGroup]:
    backend = response.elasticache_backend
    groups = state_of(backend, ParameterGroups).by_name
    if not groups:
        for family in _DEFAULT_FAMILIES:
            name = f"default.{family}"
            groups[name] = ParameterGroup(name, family, f"Default parameter group for {family}", _arn(response, name))
    return groups


def _arn(response: Any, name: str) -> str:
    return f"arn:{response.partition}:elasticache:{response.region}:{response.current_account}:parametergroup:{name}"


def _group(response: Any) -> ParameterGroup:
    name = param(response, "CacheParameterGroupName")
    group = _groups(response).get(name)
    if group is None:
        raise failure("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")
    return group


def _create_cache_parameter_group(response: Any) -> Any:
    request = params(response)
    name = request["CacheParameterGroupName"].lower()
    groups = _groups(response)
    if name in groups:
        raise failure("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists.")
    group = ParameterGroup(
        name, request["CacheParameterGroupFamily"], request.get("Description", ""), _arn(response, name)
    )
    groups[name] = group
    if tags := request.get("Tags"):
        response.elasticache_backend.tagging_service.tag_resource(group.arn, tags)
    return result({"CacheParameterGroup": group.described()})


def _describe_cache_parameter_groups(response: Any) -> Any:
    named = param(response, "CacheParameterGroupName")
    groups = [_group(response)] if named else list(_groups(response).values())
    return result({"CacheParameterGroups": [group.described() for group in groups]})


def _modify_cache_parameter_group(response: Any) -> Any:
    group = _group(response)
    for change in param(response, "ParameterNameValues", []):
        group.parameters[change["ParameterName"]] = change["ParameterValue"]
    return result({"CacheParameterGroupName": group.name})


def _reset_cache_parameter_group(response: Any) -> Any:
    group = _group(response)
    if flag(response, "ResetAllParameters"):
        group.parameters.clear()
    for change in param(response, "ParameterNameValues", []):
        group.parameters.pop(change["ParameterName"], None)
    return result({"CacheParameterGroupName": group.name})


def _describe_cache_parameters(response: Any) -> Any:
    parameters = [
        {
            "ParameterName": name,
            "ParameterValue": value,
            "Source": "user",
            "DataType": "string",
            "IsModifiable": True,
            "ChangeType": "immediate",
        }
        for name, value in _group(response).parameters.items()
    ]
    return result({"Parameters": parameters})


def _delete_cache_parameter_group(response: Any) -> Any:
    group = _group(response)
    users = [
        replication_group.replication_group_id
        for replication_group in response.elasticache_backend.replication_groups.values()
        if replication_group.cache_parameter_group_name == group.name
    ]
    if users:
        raise failure("InvalidCacheParameterGroupState", f"{group.name} is in use by {', '.join(users)}.")
    del _groups(response)[group.name]
    return result({})


def _subnet_group(response: Any) -> Any:
    from moto.elasticache.exceptions import CacheSubnetGroupNotFound

    name = param(response, "CacheSubnetGroupName")
    group = response.elasticache_backend.cache_subnet_groups.get(name)
    if group is None:
        raise CacheSubnetGroupNotFound(name)
    return group


def _delete_cache_subnet_group(response: Any) -> Any:
    group = _subnet_group(response)
    name = group.cache_subnet_group_name
    groups = response.elasticache_backend.replication_groups.values()
    if any(replication_group.cache_subnet_group_name == name for replication_group in groups):
        raise failure("CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by a cache cluster.")
    del response.elasticache_backend.cache_subnet_groups[name]
    return result({})


def _modify_cache_subnet_group(response: Any) -> Any:
    from moto.elasticache.models import CacheSubnetGroup

    old = _subnet_group(response)
    description = param(response, "CacheSubnetGroupDescription")
    new = CacheSubnetGroup(
        account_id=response.current_account,
        region_name=response.region,
        cache_subnet_group_name=old.cache_subnet_group_name,
        cache_subnet_group_description=old.cache_subnet_group_description if description is None else description,
        subnet_ids=param(response, "SubnetIds") or old.subnet_ids,
        tags=old.tags,
    )
    response.elasticache_backend.cache_subnet_groups[old.cache_subnet_group_name] = new
    return result({"CacheSubnetGroup": new})


def _with_every_arn(original: Any, backend: Any, *args: Any, **kwargs: Any) -> None:
    original(backend, *args, **kwargs)
    replace(backend, "arn_regex", _ARN)


def install() -> None:
    """Add what ElastiCache lacks."""
    from moto.elasticache.models import ElastiCacheBackend
    from moto.elasticache.responses import ElastiCacheResponse

    wrap(ElastiCacheBackend, "__init__", _with_every_arn)
    for action in (
        _create_cache_parameter_group,
        _describe_cache_parameter_groups,
        _modify_cache_parameter_group,
        _reset_cache_parameter_group,
        _describe_cache_parameters,
        _delete_cache_parameter_group,
        _delete_cache_subnet_group,
        _modify_cache_subnet_group,
    ):
        add(ElastiCacheResponse, action.__name__.removeprefix("_"), action)
    elasticache_users.install()
    elasticache_groups.install()
