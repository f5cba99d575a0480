"""ElastiCache users and user groups: who may do what in Redis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from wizard.rehearsal.embedded.patching import add, replace, state_of, wrap, wrap_property
from wizard.rehearsal.embedded.services.answers import failure, flag, param, params, result

_PASSWORD_LENGTH: Final = range(16, 129)


@dataclass(slots=True)
class UserGroup:
    """A set of users that a replication group admits."""

    id: str
    engine: str
    arn: str
    user_ids: list[str]


@dataclass(slots=True)
class UserGroups:
    """A region's user groups by id."""

    by_id: dict[str, UserGroup] = field(default_factory=dict)


def _groups(backend: Any) -> dict[str, UserGroup]:
    return state_of(backend, UserGroups).by_id


def _described(group: UserGroup, backend: Any, status: str = "active") -> dict[str, Any]:
    return {
        "UserGroupId": group.id,
        "Status": status,
        "Engine": group.engine,
        "UserIds": list(group.user_ids),
        "MinimumEngineVersion": "6.0",
        "ReplicationGroups": _replication_groups_with(group, backend),
        "ARN": group.arn,
    }


def _replication_groups_with(group: UserGroup, backend: Any) -> list[str]:
    return [name for name, candidate in backend.replication_groups.items() if group.id in candidate.user_group_ids]


def group_of(backend: Any, group_id: str) -> UserGroup:
    """Find a user group; UserGroupNotFound if there is none."""
    group = _groups(backend).get(group_id)
    if group is None:
        raise failure("UserGroupNotFound", f"User group {group_id} not found.")
    return group


def _check_members(backend: Any, engine: str, user_ids: list[str]) -> None:
    from moto.elasticache.exceptions import UserNotFound

    names: list[str] = []
    for user_id in user_ids:
        if user_id not in backend.users:
            raise UserNotFound(user_id)
        names.append(backend.users[user_id].name)
    if len(set(names)) != len(names):
        raise failure("DuplicateUserName", "A user with the same user name is in the user group already.")
    if engine == "redis" and "default" not in names:
        raise failure("DefaultUserRequired", "A user group needs a user whose name is default.")


def _tell_users(backend: Any) -> None:
    """Keep each user's list of groups in step: it is what DescribeUsers shows."""
    for user in backend.users.values():
        user.user_group_ids = [group.id for group in _groups(backend).values() if user.id in group.user_ids]


def _create_user_group(response: Any) -> Any:
    request = params(response)
    backend = response.elasticache_backend
    group_id = request["UserGroupId"]
    engine = request["Engine"].lower()
    if group_id in _groups(backend):
        raise failure("UserGroupAlreadyExists", f"User group {group_id} already exists.")
    user_ids = list(request.get("UserIds", []))
    _check_members(backend, engine, user_ids)
    arn = f"arn:{response.partition}:elasticache:{response.region}:{response.current_account}:usergroup:{group_id}"
    group = UserGroup(group_id, engine, arn, user_ids)
    _groups(backend)[group_id] = group
    if tags := request.get("Tags"):
        backend.tagging_service.tag_resource(arn, tags)
    _tell_users(backend)
    return result(_described(group, backend))


def _describe_user_groups(response: Any) -> Any:
    backend = response.elasticache_backend
    group_id = param(response, "UserGroupId")
    groups = [group_of(backend, group_id)] if group_id else list(_groups(backend).values())
    return result({"UserGroups": [_described(group, backend) for group in groups]})


def _modify_user_group(response: Any) -> Any:
    backend = response.elasticache_backend
    group = group_of(backend, param(response, "UserGroupId"))
    removed = param(response, "UserIdsToRemove", [])
    kept = [user for user in group.user_ids if user not in removed]
    added = [user for user in param(response, "UserIdsToAdd", []) if user not in kept]
    _check_members(backend, group.engine, kept + added)
    group.user_ids = kept + added
    _tell_users(backend)
    return result(_described(group, backend))


def _delete_user_group(response: Any) -> Any:
    backend = response.elasticache_backend
    group = group_of(backend, param(response, "UserGroupId"))
    if users := _replication_groups_with(group, backend):
        raise failure("InvalidUserGroupState", f"User group {group.id} is in use by {', '.join(users)}.")
    answer = _described(group, backend, status="deleting")
    del _groups(backend)[group.id]
    _tell_users(backend)
    return result(answer)


def _user(response: Any) -> Any:
    from moto.elasticache.exceptions import UserNotFound

    user_id = param(response, "UserId")
    user = response.elasticache_backend.users.get(user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user


def _modify_user(response: Any) -> Any:
    user = _user(response)
    mode = param(response, "AuthenticationMode", {})
    passwords = param(response, "Passwords", []) or mode.get("Passwords", [])
    no_password = flag(response, "NoPasswordRequired")
    if any(len(password) not in _PASSWORD_LENGTH for password in passwords):
        raise failure("InvalidParameterValue", "Passwords length must be between 16-128 characters.")
    if passwords and (no_password or mode.get("Type") == "no-password-required"):
        raise failure("InvalidParameterCombination", "Passwords are not allowed for a user that needs no password.")
    if mode.get("Type") == "password" and not passwords:
        raise failure("InvalidParameterCombination", "A user with authentication by password needs a password.")
    if passwords:
        user.passwords, user.no_password_required, user.authentication_type = list(passwords), False, "password"
    elif no_password or mode.get("Type") == "no-password-required":
        user.passwords, user.no_password_required, user.authentication_type = [], True, "no-password-required"
    access = param(response, "AccessString")
    if access is not None:
        user.access_string = access
    if more := param(response, "AppendAccessString"):
        user.access_string = f"{user.access_string} {more}"
    return result(user)


def _delete_user(response: Any) -> Any:
    from moto.elasticache.exceptions import UserNotFound

    backend = response.elasticache_backend
    user = _user(response)
    if user.id == "default":
        raise UserNotFound(user.id)
    groups = [group for group in _groups(backend).values() if user.id in group.user_ids]
    if user.name == "default" and groups:
        raise failure("DefaultUserAssociatedToUserGroup", f"{user.id} is the default user of {groups[0].id}.")
    for group in groups:
        group.user_ids.remove(user.id)
    user.status = "deleting"
    del backend.users[user.id]
    return result(user)


def _describe_users(original: Any, response: Any) -> Any:
    if param(response, "UserId"):
        return original(response)
    users = list(response.elasticache_backend.users.values())
    if engine := param(response, "Engine"):
        users = [user for user in users if user.engine == engine.lower()]
    fields = {"userid": "id", "username": "name", "engine": "engine", "status": "status"}
    for condition in param(response, "Filters", []):
        name = fields.get(condition["Name"].replace("-", "").lower())
        if name is None:
            raise failure("InvalidParameterValue", f"Unknown filter {condition['Name']}.")
        users = [user for user in users if getattr(user, name) in condition["Values"]]
    return result({"Users": users})


def _authentication(value: dict[str, Any], user: Any) -> dict[str, Any]:
    kind = "no-password" if user.authentication_type == "no-password-required" else value["Type"]
    return {"Type": kind, "PasswordCount": len(user.passwords)}


def install() -> None:
    """Add user groups, and what users lack."""
    from moto.elasticache.models import User
    from moto.elasticache.responses import ElastiCacheResponse

    wrap_property(User, "authentication", _authentication)
    wrap(ElastiCacheResponse, "describe_users", _describe_users)
    replace(ElastiCacheResponse, "delete_user", _delete_user)
    for action in (
        _create_user_group,
        _describe_user_groups,
        _modify_user_group,
        _delete_user_group,
        _modify_user,
    ):
        add(ElastiCacheResponse, action.__name__.removeprefix("_"), action)
