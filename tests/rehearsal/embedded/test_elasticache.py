"""Redis: parameter groups, users, user groups and replication groups."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.embedded.conftest import Clients

TAGS = [{"Key": "shard", "Value": "one"}]


@pytest.fixture
def redis(client: Clients) -> Any:
    return client("elasticache")


@pytest.fixture
def group(redis: Any, client: Clients, network: dict[str, str]) -> dict[str, Any]:
    """A replication group with two nodes that admits one user group."""
    redis.create_cache_parameter_group(
        CacheParameterGroupName="events", CacheParameterGroupFamily="redis7", Description="events", Tags=TAGS
    )
    redis.create_cache_subnet_group(
        CacheSubnetGroupName="private", CacheSubnetGroupDescription="private", SubnetIds=[network["subnet"]]
    )
    redis.create_user(
        UserId="one-default", UserName="default", Engine="redis", AccessString="off -@all", NoPasswordRequired=True
    )
    redis.create_user_group(UserGroupId="one", Engine="redis", UserIds=["one-default"], Tags=TAGS)
    made: dict[str, Any] = redis.create_replication_group(
        ReplicationGroupId="one",
        ReplicationGroupDescription="shard one",
        NumCacheClusters=2,
        CacheNodeType="cache.t4g.small",
        Engine="redis",
        EngineVersion="7.1",
        CacheParameterGroupName="events",
        CacheSubnetGroupName="private",
        SecurityGroupIds=[network["group"]],
        TransitEncryptionEnabled=True,
        AtRestEncryptionEnabled=True,
        AutoMinorVersionUpgrade=True,
        UserGroupIds=["one"],
        Tags=TAGS,
    )["ReplicationGroup"]
    return made


def test_a_parameter_group_keeps_what_was_set_until_it_is_reset(redis: Any) -> None:
    arn = redis.create_cache_parameter_group(
        CacheParameterGroupName="events", CacheParameterGroupFamily="redis7", Description="events", Tags=TAGS
    )["CacheParameterGroup"]["ARN"]
    change = {"ParameterName": "notify-keyspace-events", "ParameterValue": "AKE"}
    redis.modify_cache_parameter_group(CacheParameterGroupName="events", ParameterNameValues=[change])
    (parameter,) = redis.describe_cache_parameters(CacheParameterGroupName="events", Source="user")["Parameters"]
    assert (parameter["ParameterName"], parameter["ParameterValue"]) == ("notify-keyspace-events", "AKE")
    assert redis.list_tags_for_resource(ResourceName=arn)["TagList"] == TAGS
    redis.reset_cache_parameter_group(CacheParameterGroupName="events", ParameterNameValues=[change])
    assert redis.describe_cache_parameters(CacheParameterGroupName="events")["Parameters"] == []
    redis.delete_cache_parameter_group(CacheParameterGroupName="events")
    with pytest.raises(ClientError, match="CacheParameterGroupNotFound"):
        redis.describe_cache_parameter_groups(CacheParameterGroupName="events")


def test_the_defaults_are_there_unasked(redis: Any) -> None:
    (found,) = redis.describe_cache_parameter_groups(CacheParameterGroupName="default.redis7")["CacheParameterGroups"]
    assert found["CacheParameterGroupFamily"] == "redis7"


def test_what_is_in_use_cannot_be_deleted(redis: Any, group: dict[str, Any]) -> None:
    for delete, code in (
        (lambda: redis.delete_cache_parameter_group(CacheParameterGroupName="events"), "InvalidCacheParameterGroup"),
        (lambda: redis.delete_cache_subnet_group(CacheSubnetGroupName="private"), "CacheSubnetGroupInUse"),
        (lambda: redis.delete_user_group(UserGroupId="one"), "InvalidUserGroupState"),
        (lambda: redis.delete_user(UserId="one-default"), "DefaultUserAssociatedToUserGroup"),
    ):
        with pytest.raises(ClientError, match=code):
            delete()


def test_a_user_that_is_off_needs_no_password_and_says_so(redis: Any) -> None:
    redis.create_user(
        UserId="one-default",
        UserName="default",
        Engine="redis",
        AccessString="off -@all",
        AuthenticationMode={"Type": "no-password-required"},
    )
    (user,) = redis.describe_users(UserId="one-default")["Users"]
    assert user["AccessString"] == "off -@all"
    assert user["Authentication"] == {"Type": "no-password", "PasswordCount": 0}


def test_a_user_is_enabled_with_a_password_later(redis: Any) -> None:
    redis.create_user(UserId="app", UserName="app", Engine="redis", AccessString="off -@all", NoPasswordRequired=True)
    redis.modify_user(
        UserId="app",
        AccessString="on ~1:* +@all",
        AuthenticationMode={"Type": "password", "Passwords": ["a-long-enough-password"]},
    )
    (user,) = redis.describe_users(UserId="app")["Users"]
    assert user["AccessString"] == "on ~1:* +@all"
    assert user["Authentication"] == {"Type": "password", "PasswordCount": 1}
    with pytest.raises(ClientError, match="between 16-128"):
        redis.modify_user(UserId="app", Passwords=["short"])


def test_users_are_found_by_filter(redis: Any) -> None:
    redis.create_user(UserId="a", UserName="ann", Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True)
    redis.create_user(UserId="b", UserName="bob", Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True)
    found = redis.describe_users(Filters=[{"Name": "user-name", "Values": ["bob"]}])["Users"]
    assert [user["UserId"] for user in found] == ["b"]


def test_a_user_group_needs_a_user_named_default_and_no_name_twice(redis: Any) -> None:
    for user_id, name in (("app", "app"), ("d1", "default"), ("d2", "default")):
        redis.create_user(
            UserId=user_id, UserName=name, Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True
        )
    with pytest.raises(ClientError, match="DefaultUserRequired"):
        redis.create_user_group(UserGroupId="one", Engine="redis", UserIds=["app"])
    with pytest.raises(ClientError, match="DuplicateUserName"):
        redis.create_user_group(UserGroupId="one", Engine="redis", UserIds=["d1", "d2"])
    with pytest.raises(ClientError, match="UserNotFound"):
        redis.create_user_group(UserGroupId="one", Engine="redis", UserIds=["d1", "nobody"])


def test_members_of_a_user_group_come_and_go(redis: Any, group: dict[str, Any]) -> None:
    redis.create_user(UserId="app", UserName="app", Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True)
    redis.modify_user_group(UserGroupId="one", UserIdsToAdd=["app"])
    (found,) = redis.describe_user_groups(UserGroupId="one")["UserGroups"]
    assert found["UserIds"] == ["one-default", "app"]
    assert found["ReplicationGroups"] == ["one"]
    assert redis.describe_users(UserId="app")["Users"][0]["UserGroupIds"] == ["one"]
    redis.modify_user_group(UserGroupId="one", UserIdsToRemove=["app"])
    assert redis.describe_user_groups(UserGroupId="one")["UserGroups"][0]["UserIds"] == ["one-default"]


def test_a_replication_group_is_read_back_as_it_was_asked_for(
    redis: Any, group: dict[str, Any], network: dict[str, str]
) -> None:
    (found,) = redis.describe_replication_groups(ReplicationGroupId="one")["ReplicationGroups"]
    assert found["MemberClusters"] == ["one-001", "one-002"]
    assert found["UserGroupIds"] == ["one"]
    assert found["AutoMinorVersionUpgrade"] is True
    assert found["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379
    (member,) = redis.describe_cache_clusters(CacheClusterId="one-001", ShowCacheNodeInfo=True)["CacheClusters"]
    assert member["CacheParameterGroup"]["CacheParameterGroupName"] == "events"
    assert member["CacheSubnetGroupName"] == "private"
    assert member["EngineVersion"] == "7.1.0"
    assert [entry["SecurityGroupId"] for entry in member["SecurityGroups"]] == [network["group"]]
    assert redis.list_tags_for_resource(ResourceName=found["ARN"])["TagList"] == TAGS


def test_a_change_of_a_replication_group_reaches_its_members(redis: Any, group: dict[str, Any]) -> None:
    redis.create_cache_parameter_group(
        CacheParameterGroupName="other", CacheParameterGroupFamily="redis7", Description="other"
    )
    redis.modify_replication_group(
        ReplicationGroupId="one",
        ApplyImmediately=True,
        CacheParameterGroupName="other",
        SnapshotWindow="03:00-04:00",
        UserGroupIdsToRemove=["one"],
    )
    (member,) = redis.describe_cache_clusters(CacheClusterId="one-002")["CacheClusters"]
    assert member["CacheParameterGroup"]["CacheParameterGroupName"] == "other"
    (found,) = redis.describe_replication_groups(ReplicationGroupId="one")["ReplicationGroups"]
    assert found["SnapshotWindow"] == "03:00-04:00"
    assert found.get("UserGroupIds", []) == []
    redis.delete_user_group(UserGroupId="one")


def test_a_deleted_replication_group_leaves_nothing(redis: Any, group: dict[str, Any]) -> None:
    redis.delete_replication_group(ReplicationGroupId="one")
    assert redis.describe_replication_groups()["ReplicationGroups"] == []
    assert redis.describe_cache_clusters()["CacheClusters"] == []
    redis.delete_cache_subnet_group(CacheSubnetGroupName="private")
    with pytest.raises(ClientError, match="CacheSubnetGroupNotFound"):
        redis.describe_cache_subnet_groups(CacheSubnetGroupName="private")


def test_user_groups_need_encryption_in_transit(redis: Any, group: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        redis.create_replication_group(
            ReplicationGroupId="two",
            ReplicationGroupDescription="two",
            CacheNodeType="cache.t4g.small",
            Engine="redis",
            UserGroupIds=["one"],
        )
