"""Nodes, the watcher, and what calls it."""

from __future__ import annotations

from wizard.changes.classes import BACK, ChangeClass, Rule, Table, When, interrupts, safe

_TYPE = "EC2 User Guide: change the instance type"
_STOP = "EC2 API: ModifyInstanceAttribute, on a stopped instance"
_MODIFY = "EC2 API: ModifyInstanceAttribute, while it runs"
_ROOT = "EC2 API: ModifyVolume"
_PROVIDER = "AWS provider: an argument of its own, no call to AWS"
_LAMBDA = "Lambda API: UpdateFunctionConfiguration, UpdateFunctionCode"
_EVENTS = "EventBridge API: PutRule, PutTargets"

_RESTARTS = "the node is stopped and started: connections on it end, and are back once it has booted"
_AGAIN = "apply the answers as they were before: one more stop and start"
_ONLINE = "taken on while the node runs; until AWS has optimized the volume it is between the old and the new speed"
_FEW = "the same way; AWS takes few changes of one volume a day (four, and once only one in six hours)"
_NEXT_MINUTE = "the watcher takes it on at its next call; no connection passes through it"

NO_SMALLER = (
    "a volume only grows: AWS refuses the smaller size, the apply fails there, and the volume stays as large as it is"
)
NO_SMALLER_BACK = "answer the size that is there; a smaller one takes a new volume and a copy of what is on the old one"

TABLES: dict[str, Table] = {
    "aws_instance": {
        "instance_type": interrupts(_RESTARTS, _TYPE, _AGAIN),
        "ebs_optimized": interrupts(_RESTARTS, _STOP, _AGAIN),
        "user_data": interrupts(f"{_RESTARTS}; it is run at a node's first boot alone", _STOP, _AGAIN),
        "user_data_base64": interrupts(f"{_RESTARTS}; it is run at a node's first boot alone", _STOP, _AGAIN),
        "user_data_replace_on_change": safe("says what another boot program leads to; nothing happens now", _PROVIDER),
        "disable_api_termination": safe("protects from a call of the API; the node does not notice", _MODIFY),
        "disable_api_stop": safe("protects from a call of the API; the node does not notice", _MODIFY),
        "instance_initiated_shutdown_behavior": safe("counts at the next shutdown from inside", _MODIFY),
        "monitoring": safe("more or fewer figures in CloudWatch", "EC2 API: MonitorInstances"),
        "iam_instance_profile": interrupts(
            "the node's programs have other rights; what they lose they can no longer do",
            "EC2 API: ReplaceIamInstanceProfileAssociation",
        ),
        "vpc_security_group_ids": interrupts(
            "who reaches the node, and whom it reaches, is judged by other groups at once", _MODIFY
        ),
        "source_dest_check": interrupts("a node that forwards packets stops or begins to", _MODIFY),
        "metadata_options": interrupts(
            "programs on the node that ask the metadata service in another way get no credentials",
            "EC2 API: ModifyInstanceMetadataOptions",
        ),
        "root_block_device.volume_size": (
            Rule(ChangeClass.IGNORED, NO_SMALLER, _ROOT, NO_SMALLER_BACK, When.LESS),
            Rule(
                ChangeClass.SAFE,
                "grows while the node runs; the file system takes it at the next boot",
                _ROOT,
                "none: a volume never shrinks; larger does no harm but its price",
                When.MORE,
            ),
        ),
        "root_block_device.volume_type": safe(_ONLINE, _ROOT, _FEW),
        "root_block_device.iops": safe(_ONLINE, _ROOT, _FEW),
        "root_block_device.throughput": safe(_ONLINE, _ROOT, _FEW),
        "root_block_device.delete_on_termination": safe("counts at the node's end", _MODIFY),
        "root_block_device.tags": safe("a name for people", "EC2 API: CreateTags"),
        "root_block_device.tags_all": safe("a name for people", "EC2 API: CreateTags"),
    },
    "aws_lambda_function": {
        name: safe(_NEXT_MINUTE, _LAMBDA)
        for name in (
            "source_code_hash",
            "code_sha256",
            "filename",
            "handler",
            "runtime",
            "environment",
            "timeout",
            "memory_size",
            "layers",
            "publish",
            "reserved_concurrent_executions",
            "logging_config",
        )
    }
    | {
        "role": interrupts("the watcher has other rights; what it loses it can no longer do", _LAMBDA),
        "vpc_config": interrupts(
            "until its network interfaces are made anew the watcher sees nothing: a failover meanwhile is not followed",
            _LAMBDA,
        ),
    },
    "aws_lambda_function_event_invoke_config": {
        "*": safe("says what becomes of a call that failed", "Lambda API: PutFunctionEventInvokeConfig")
    },
    "aws_lambda_permission": {},
    "aws_cloudwatch_event_rule": {
        "schedule_expression": safe(_NEXT_MINUTE, _EVENTS),
        "state": interrupts("a rule that is off stops the watcher: a failover is not followed", _EVENTS),
        "is_enabled": interrupts("a rule that is off stops the watcher: a failover is not followed", _EVENTS),
    },
    "aws_cloudwatch_event_target": {
        "arn": interrupts("something else is called instead of the watcher: a failover is not followed", _EVENTS),
        "input": safe(_NEXT_MINUTE, _EVENTS),
        "retry_policy": safe(_NEXT_MINUTE, _EVENTS),
    },
    "aws_cloudwatch_metric_alarm": {
        "*": safe("tells people; nothing passes through it", "CloudWatch API: PutMetricAlarm", BACK)
    },
}
