"""ElastiCache replication groups: their member clusters, what can be changed, and their end."""

from __future__ import annotations

from typing import Any

from wizard.rehearsal.embedded.patching import wrap
from wizard.rehearsal.embedded.services.answers import failure, flag, param
from wizard.rehearsal.embedded.services.elasticache_users import group_of


def _create(original: Any, backend: Any, **request: Any) -> Any:
    _check(backend, request)
    if request.get("num_cache_clusters") and not request.get("num_node_groups"):
        # moto takes the number of nodes from this one only
        request["replicas_per_node_group"] = request["num_cache_clusters"] - 1
    group = original(backend, **request)
    group.auto_minor_version_upgrade = str(request.get("auto_minor_version_upgrade")).lower() != "false"
    group.transit_encryption_mode = request.get("transit_encryption_mode") or (
        "required" if group.transit_encryption_enabled else None
    )
    zone = _zone(backend, group)
    for node_group in group.node_groups:
        for member in node_group["node_group_members"]:
            member["cache_node_id"] = "0001"
            if zone and not request.get("preferred_cache_cluster_azs"):
                member["preferred_availability_zone"] = zone
            _create_member(backend, group, member)
    return group


def _check(backend: Any, request: dict[str, Any]) -> None:
    from moto.elasticache.exceptions import CacheSubnetGroupNotFound

    subnet_group = request.get("cache_subnet_group_name")
    if subnet_group and subnet_group not in backend.cache_subnet_groups:
        raise CacheSubnetGroupNotFound(subnet_group)
    for group_id in request.get("user_group_ids") or []:
        group_of(backend, group_id)
    if request.get("user_group_ids") and not request.get("transit_encryption_enabled"):
        raise failure("InvalidParameterCombination", "User groups need encryption in transit.")


def _zone(backend: Any, group: Any) -> str | None:
    subnet_group = backend.cache_subnet_groups.get(group.cache_subnet_group_name)
    for subnet in subnet_group.subnets if subnet_group else []:
        zone = subnet.get("subnet_availability_zone")
        return zone if isinstance(zone, str) else None
    return None


def _create_member(backend: Any, group: Any, member: dict[str, Any]) -> None:
    """Make the cache cluster behind one node, as DescribeCacheClusters shows it."""
    from moto.elasticache.models import CacheCluster

    cluster = CacheCluster(
        account_id=backend.account_id,
        region_name=backend.region_name,
        cache_cluster_id=member["cache_cluster_id"],
        cache_node_type=group.cache_node_type,
        replication_group_id=group.replication_group_id,
        az_mode="single-az",
        preferred_availability_zone=member.get("preferred_availability_zone"),
        num_cache_nodes=1,
        engine="redis",
        engine_version=_full_version(group.engine_version or "7.1"),
        cache_parameter_group_name=group.cache_parameter_group_name,
        cache_subnet_group_name=group.cache_subnet_group_name,
        transit_encryption_enabled=group.transit_encryption_enabled,
        network_type=group.network_type,
        ip_discovery=group.ip_discovery,
        snapshot_name=None,
        preferred_maintenance_window=group.preferred_maintenance_window or "sun:05:00-sun:06:00",
        port=group.port,
        notification_topic_arn=group.notification_topic_arn,
        auto_minor_version_upgrade=group.auto_minor_version_upgrade,
        snapshot_retention_limit=group.snapshot_retention_limit,
        snapshot_window=group.snapshot_window,
        auth_token=None,
        outpost_mode=None,
        preferred_outpost_arn=None,
        preferred_availability_zones=None,
        cache_security_group_names=None,
        security_group_ids=group.security_group_ids,
        tags=group.tags,
        snapshot_arns=None,
        preferred_outpost_arns=None,
        log_delivery_configurations=[],
        cache_node_ids_to_remove=None,
        cache_node_ids_to_reboot=None,
    )
    cluster.engine = group.engine
    cluster.at_rest_encryption_enabled = group.at_rest_encryption_enabled
    cluster.transit_encryption_mode = group.transit_encryption_mode
    endpoint = member.get("read_endpoint") or {"address": f"{member['cache_cluster_id']}.invalid", "port": group.port}
    cluster.cache_nodes = [
        {
            "CacheNodeId": "0001",
            "CacheNodeStatus": "available",
            "ParameterGroupStatus": "in-sync",
            "Endpoint": {"Address": endpoint["address"], "Port": endpoint["port"]},
            "CustomerAvailabilityZone": member.get("preferred_availability_zone"),
        }
    ]
    _follow(cluster, group)
    backend.cache_clusters[cluster.cache_cluster_id] = cluster
    if group.tags:
        backend.tagging_service.tag_resource(cluster.arn, group.tags)


def _full_version(version: str) -> str:
    return version if version.count(".") >= 2 else f"{version}.0"


def _follow(cluster: Any, group: Any) -> None:
    """Bring a member to what its group says."""
    cluster.cache_parameter_group = {
        "CacheParameterGroupName": group.cache_parameter_group_name or "default.redis7",
        "ParameterApplyStatus": "in-sync",
    }
    cluster.security_groups = [
        {"SecurityGroupId": group_id, "Status": "active"} for group_id in group.security_group_ids or []
    ]
    cluster.cache_node_type = group.cache_node_type
    cluster.engine_version = _full_version(group.engine_version or "7.1")
    cluster.snapshot_retention_limit = group.snapshot_retention_limit
    cluster.snapshot_window = group.snapshot_window
    cluster.preferred_maintenance_window = group.preferred_maintenance_window or "sun:05:00-sun:06:00"
    cluster.auto_minor_version_upgrade = group.auto_minor_version_upgrade
    cluster.notification_topic_arn = group.notification_topic_arn


_MODIFIABLE = {
    "CacheParameterGroupName": "cache_parameter_group_name",
    "SecurityGroupIds": "security_group_ids",
    "SnapshotWindow": "snapshot_window",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "EngineVersion": "engine_version",
    "NotificationTopicArn": "notification_topic_arn",
    "TransitEncryptionMode": "transit_encryption_mode",
}


def _modify(original: Any, response: Any) -> Any:
    answer = original(response)
    backend = response.elasticache_backend
    group = backend.replication_groups[param(response, "ReplicationGroupId")]
    for parameter, attribute in _MODIFIABLE.items():
        value = param(response, parameter)
        if value is not None:
            setattr(group, attribute, value)
    upgrade = flag(response, "AutoMinorVersionUpgrade")
    if upgrade is not None:
        group.auto_minor_version_upgrade = upgrade
    _modify_user_groups(response, backend, group)
    for cluster_id in group.member_clusters:
        _follow(backend.cache_clusters[cluster_id], group)
    return answer


def _modify_user_groups(response: Any, backend: Any, group: Any) -> None:
    removed = param(response, "UserGroupIdsToRemove", [])
    added = param(response, "UserGroupIdsToAdd", [])
    for group_id in added:
        group_of(backend, group_id)
    if flag(response, "RemoveUserGroups"):
        removed = list(group.user_group_ids)
    kept = [group_id for group_id in group.user_group_ids if group_id not in removed]
    group.user_group_ids = kept + [group_id for group_id in added if group_id not in kept]


def _delete(original: Any, backend: Any, **request: Any) -> Any:
    group = original(backend, **request)
    members = [
        cluster_id
        for cluster_id, cluster in backend.cache_clusters.items()
        if getattr(cluster, "replication_group_id", None) == group.replication_group_id
    ]
    for cluster_id in members:
        del backend.cache_clusters[cluster_id]
    del backend.replication_groups[group.replication_group_id]
    return group


def install() -> None:
    """Complete replication groups."""
    from moto.elasticache.models import ElastiCacheBackend
    from moto.elasticache.responses import ElastiCacheResponse

    wrap(ElastiCacheBackend, "create_replication_group", _create)
    wrap(ElastiCacheBackend, "delete_replication_group", _delete)
    wrap(ElastiCacheResponse, "modify_replication_group", _modify)
