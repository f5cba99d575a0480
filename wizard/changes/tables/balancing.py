"""Network load balancers, what they listen on, and where they lead."""

from __future__ import annotations

from wizard.changes.classes import Table, interrupts, safe

_LB = "ELBv2 API: ModifyLoadBalancerAttributes"
_TARGETS = "ELBv2 API: ModifyTargetGroupAttributes"
_HEALTH = "ELBv2 API: ModifyTargetGroup"
_LISTENER = "ELBv2 API: ModifyListener"

TABLES: dict[str, Table] = {
    "aws_lb": {
        "enable_deletion_protection": safe("protects from a call of the API; no connection notices", _LB),
        "enable_cross_zone_load_balancing": safe("counts for new connections", _LB),
        "access_logs": safe("tells people; nothing passes through it", _LB),
        "security_groups": interrupts(
            "who may connect is judged by other groups at once", "ELBv2 API: SetSecurityGroups"
        ),
        "enforce_security_group_inbound_rules_on_private_link_traffic": interrupts(
            "who comes through PrivateLink is judged by the groups, or no longer", "ELBv2 API: SetSecurityGroups"
        ),
        "subnets": interrupts("its address in a subnet that goes answers no longer", "ELBv2 API: SetSubnets"),
        "subnet_mapping": interrupts("its address in a subnet that goes answers no longer", "ELBv2 API: SetSubnets"),
    },
    "aws_lb_target_group": {
        "health_check": interrupts("targets are judged anew: one that fails it gets no connections", _HEALTH),
        "deregistration_delay": safe("counts for a target that leaves", _TARGETS),
        "connection_termination": safe("counts for a target that leaves", _TARGETS),
        "slow_start": safe("counts for a target that comes", _TARGETS),
        "load_balancing_cross_zone_enabled": safe("counts for new connections", _TARGETS),
        "preserve_client_ip": interrupts("targets see other addresses, which their groups may not let in", _TARGETS),
        "stickiness": interrupts("clients come to other targets", _TARGETS),
    },
    "aws_lb_target_group_attachment": {},
    "aws_lb_listener": {
        "port": interrupts("nobody answers on the earlier port", _LISTENER),
        "protocol": interrupts("clients have to connect in another way", _LISTENER),
        "default_action": interrupts("new connections lead elsewhere", _LISTENER),
        "certificate_arn": interrupts("clients are shown another certificate", _LISTENER),
        "ssl_policy": interrupts("clients that know no other protocol are refused", _LISTENER),
        "tcp_idle_timeout_seconds": interrupts(
            "connections end that are silent for longer", "ELBv2 API: ModifyListenerAttributes"
        ),
    },
}
