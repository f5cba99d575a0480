"""Volumes, Redis, secrets, parameters, logs and topics."""

from __future__ import annotations

from wizard.changes.classes import ChangeClass, Rule, Table, When, interrupts, safe
from wizard.changes.tables.compute import NO_SMALLER, NO_SMALLER_BACK

_VOLUME = "EC2 API: ModifyVolume"
_PROVIDER = "AWS provider: an argument of its own, no call to AWS"
_REDIS = "ElastiCache API: ModifyReplicationGroup"
_SCALING = "ElastiCache User Guide: online vertical scaling"
_SECRET = "Secrets Manager API: UpdateSecret"  # noqa: S105 -- the name of a call
_PARAMETER = "Systems Manager API: PutParameter"
_LOGS = "CloudWatch Logs API: PutRetentionPolicy"
_SNS = "SNS API: SetTopicAttributes"

_ONLINE = "taken on while it is in use; until AWS has optimized the volume it is between the old and the new speed"
_FEW = "the same way; AWS takes few changes of one volume a day (four, and once only one in six hours)"
_LATER = "says how it is detached or deleted one day; nothing happens now"
_KEY = "whoever reads or writes there needs the right to use the other key, and fails without"
_SWITCH = "Redis is there meanwhile, but at the switch to the new nodes every connection ends and has to be made again"

TABLES: dict[str, Table] = {
    "aws_ebs_volume": {
        "size": (
            Rule(ChangeClass.IGNORED, NO_SMALLER, _VOLUME, NO_SMALLER_BACK, When.LESS),
            Rule(
                ChangeClass.SAFE,
                "grows while it is in use; the pool takes the room on by itself (autoexpand)",
                _VOLUME,
                "none: a volume never shrinks; larger does no harm but its price",
                When.MORE,
            ),
        ),
        "type": safe(_ONLINE, _VOLUME, _FEW),
        "iops": safe(_ONLINE, _VOLUME, _FEW),
        "throughput": safe(_ONLINE, _VOLUME, _FEW),
        "final_snapshot": safe(_LATER, _PROVIDER),
    },
    "aws_volume_attachment": {
        "stop_instance_before_detaching": safe(_LATER, _PROVIDER),
        "force_detach": safe(_LATER, _PROVIDER),
        "skip_destroy": safe(_LATER, _PROVIDER),
    },
    "aws_elasticache_replication_group": {
        "node_type": interrupts(_SWITCH, _SCALING),
        "engine_version": interrupts(
            _SWITCH, _REDIS, "none in place: AWS takes no earlier version; a new group from a backup is one"
        ),
        "engine": interrupts(_SWITCH, _REDIS, "none in place: AWS takes no way back; a new group from a backup is one"),
        "num_cache_clusters": (
            Rule(
                ChangeClass.INTERRUPTS, "who is connected to the replica that goes is cut off", _REDIS, when=When.LESS
            ),
            Rule(ChangeClass.SAFE, "another replica is filled beside the others", _REDIS, when=When.MORE),
        ),
        "automatic_failover_enabled": safe("counts when the primary fails", _REDIS),
        "multi_az_enabled": safe("counts when the primary fails", _REDIS),
        "parameter_group_name": interrupts(
            "settings that are read at the start alone need a reboot of the nodes", _REDIS
        ),
        "security_group_ids": interrupts("who reaches Redis is judged by other groups at once", _REDIS),
        "user_group_ids": interrupts("users of the group that goes can no longer log in", _REDIS),
        "transit_encryption_enabled": interrupts("clients have to connect in the other way", _REDIS),
        "transit_encryption_mode": interrupts("clients without TLS are let in, or no longer", _REDIS),
        "auth_token": interrupts("clients with the earlier token are refused once it is replaced", _REDIS),
        "snapshot_retention_limit": (
            Rule(
                ChangeClass.DESTROYS,
                "backups are kept for fewer days: older ones are deleted, and 0 ends them",
                _REDIS,
                "none for backups that are deleted; copy them before (aws elasticache copy-snapshot)",
                When.LESS,
                "automatic backups that are older than the new retention",
            ),
            Rule(ChangeClass.SAFE, "backups are kept for longer", _REDIS, when=When.MORE),
        ),
        "snapshot_window": safe("another hour for backups", _REDIS),
        "maintenance_window": safe("another hour for maintenance", _REDIS),
        "auto_minor_version_upgrade": safe("counts at the next maintenance", _REDIS),
        "apply_immediately": safe("says when changes are taken on; nothing happens now", _PROVIDER),
        "log_delivery_configuration": safe("tells people; nothing passes through it", _REDIS),
        "notification_topic_arn": safe("tells people; nothing passes through it", _REDIS),
    },
    "aws_elasticache_parameter_group": {
        "parameter": interrupts(
            "every client follows the new setting at once, and those of a start only after a reboot",
            "ElastiCache API: ModifyCacheParameterGroup",
        ),
    },
    "aws_elasticache_subnet_group": {
        "subnet_ids": interrupts("new nodes are made elsewhere", "ElastiCache API: ModifyCacheSubnetGroup"),
    },
    "aws_elasticache_user": {
        "*": interrupts(
            "who logs in with this user has other rights, or another password", "ElastiCache API: ModifyUser"
        ),
    },
    "aws_elasticache_user_group": {
        "user_ids": interrupts("users that leave the group can no longer log in", "ElastiCache API: ModifyUserGroup"),
    },
    "aws_elasticache_user_group_association": {},
    "aws_secretsmanager_secret": {
        "recovery_window_in_days": safe(_LATER, _PROVIDER),
        "force_overwrite_replica_secret": safe(_LATER, _PROVIDER),
        "kms_key_id": interrupts(_KEY, _SECRET),
        "policy": interrupts("who may read the secret is judged anew", "Secrets Manager API: PutResourcePolicy"),
    },
    "aws_ssm_parameter": {
        name: safe("nodes read it at their next boot; those that run go on with what they have read", _PARAMETER)
        for name in ("value", "insecure_value")
    }
    | {
        "allowed_pattern": safe("counts for the next value", _PARAMETER),
        "tier": safe("room for more text", _PARAMETER),
    },
    "aws_cloudwatch_log_group": {
        "retention_in_days": (
            Rule(
                ChangeClass.DESTROYS,
                "logs are kept for fewer days: older ones are deleted",
                _LOGS,
                "none for logs that are deleted; export them before (aws logs create-export-task)",
                When.SHORTER,
                "logs that are older than the new retention",
            ),
            Rule(ChangeClass.SAFE, "logs are kept for longer", _LOGS, when=When.ALWAYS),
        ),
        "kms_key_id": interrupts(_KEY, "CloudWatch Logs API: AssociateKmsKey"),
        "skip_destroy": safe(_LATER, _PROVIDER),
    },
    "aws_sns_topic": {
        "display_name": safe("a name for people", _SNS),
        "delivery_policy": safe("how often a message is tried again", _SNS),
        "kms_master_key_id": interrupts(
            "alarms and watchers are heard only if the key's policy lets them use it", _SNS
        ),
        "policy": interrupts("who may publish is judged anew", _SNS),
    },
}
