"""Springtail's services: what each node is told, and in which order nodes have their turn. Pure; no value is a secret.

    prepare   ingestion ─► proxies ─► FDWs     ingestion first: it gives Redis what all of them read
    start     ingestion ─► proxies ─► FDWs     Springtail's own order
    stop      proxies ─► FDWs ─► ingestion     nobody new comes, what is there ends, and then its source
    undo      as stop

What a node does with it: `assets/services/springtail.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wizard.blueprints.springtail.answers import DeploymentAnswers, TlsHolder
from wizard.blueprints.springtail.contracts import InstanceOutputs, NodeOutput


class Verb(StrEnum):
    """What is done with the services of a deployment."""

    PREPARE = "prepare"
    START = "start"
    STOP = "stop"
    UNDO = "undo"


ROLES = ("ingestion", "proxy", "fdw")
_BACK = ("proxy", "fdw", "ingestion")
#: The port that tells that a role is up. Ingestion: where Springtail's other nodes ask for its tables (gRPC).
PORTS = {"ingestion": 55053, "proxy": 5432, "fdw": 5432}

#: Seconds that a command may take beside what it waits for: to fetch and unpack a package, to start, to stop.
_BESIDE = {Verb.PREPARE: 2400, Verb.START: 300, Verb.STOP: 420, Verb.UNDO: 60}


@dataclass(frozen=True, slots=True)
class Task:
    """One command to one node. `inputs` are what the node's program is told, beside the plan that all are told."""

    verb: Verb
    key: str
    node: NodeOutput
    inputs: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 60


def tasks(
    verb: Verb, outputs: InstanceOutputs, *, role: str | None = None, wait: int = 600, now: bool = False
) -> tuple[Task, ...]:
    """Give every command, in order. `wait` are the seconds for health or draining; `now` stops without draining."""
    order = ROLES if verb in {Verb.PREPARE, Verb.START} else _BACK
    found = sorted(outputs.nodes.items(), key=lambda item: (order.index(item[1].role), item[0]))
    waits = {"WAIT": str(wait)} if verb in {Verb.START, Verb.STOP} else {}
    return tuple(
        Task(
            verb,
            key,
            node,
            {"KEY": key, "ROLE": node.role, **waits, **({"NOW": "1"} if now and verb is Verb.STOP else {})},
            _BESIDE[verb] + (wait if waits else 0),
        )
        for key, node in found
        if role in {None, node.role}
    )


def told(deployment: DeploymentAnswers, outputs: InstanceOutputs) -> dict[str, Any]:
    """Give what every node's program is told of the deployment."""
    database = deployment.database
    nodes = {key: node.private_ip for key, node in sorted(outputs.nodes.items())}
    by_role = {role: [nodes[key] for key in nodes if outputs.nodes[key].role == role] for role in ROLES}
    return {
        "deployment": deployment.name,
        "instance": deployment.identifiers.instance,
        "package": {"uri": deployment.package.s3_uri, "sha256": deployment.package.sha256},
        "nodes": nodes,
        "hosts": {"ingestion": by_role["ingestion"][0], "proxy": by_role["proxy"][0]},
        "fdws": {key: host for key, host in nodes.items() if outputs.nodes[key].role == "fdw"},
        "ports": PORTS,
        "primary": {
            "host": outputs.private.inbound_endpoint_dns if outputs.private else database.host,
            "port": database.port,
        },
        "databases": [
            {
                "name": name,
                "replication_slot": _identifier("springtail", deployment.identifiers.instance, name),
                "publication_name": _identifier("springtail", deployment.identifiers.instance),
                "include": {"schemas": ["*"]},
            }
            for name in database.replicated
        ],
        "settings": settings(deployment),
    }


def settings(deployment: DeploymentAnswers) -> dict[str, Any]:
    """Give Springtail's settings, as it keeps them in Redis (`system_settings`).

    The proxy's mode is `normal`: the shipped `primary` sends nothing to the replicas. Logs are at `info`: at `debug`
    the proxy's hold passwords. The services' own gRPC is without TLS, between security groups of this deployment alone: nobody
    issues certificates for it.
    """
    tls = deployment.proxy.tls is not TlsHolder.NONE
    return {
        "logging": {
            "log_level": "info",
            "log_path": "/opt/springtail/logs",
            "log_file_size": 100 << 20,
            "log_file_count": 10,
            "log_pattern": "[%Y-%m-%d %T.%e %z] [%^%l%$] [%s:%#:%!] [thread %t] %v",
            "log_modules": ["all"],
            "pid_path": "/opt/springtail/pids",
            "log_rotation_enabled": True,
        },
        "iopool": {"threads": 10, "filehandles": 30},
        "redis": {
            "keep_alive_secs": 30,
            "ssl": True,
            "pool": {"connections": 10, "max_idle_secs": 300, "max_connection_lifetime_secs": 0},
        },
        "write_cache": {"rpc_config": _rpc(55051, 8), "io_threads": 8},
        "sys_tbl_mgr": {
            "rpc_config": _rpc(PORTS["ingestion"], 16),
            "cache_size": 4096,
            "roots_shm_cache_size": 10 << 20,
        },
        "storage": {
            "table_dir": "table",
            "data_cache_size": 16384,
            "page_cache_size": 16384,
            "btree_cache_size": 512,
            "max_extent_per_page": 16,
            "vacuum_config": {
                "enabled": False,
                "vacuum_dir": "vacuum",
                "vacuum_global_threshold": 100240,
                "hole_punch_block_size": 4096,
            },
            "metrics_update_freq_sec": 10,
        },
        "log_mgr": {
            "replication_log_path": "repl_logs",
            "transaction_log_path": "xact_logs",
            "log_size_rollover_threshold": 128 << 20,
            "archive_logs": True,
            "indexer_worker_threads": 1,
            "rpc_config": _rpc(55052, 32),
        },
        "proxy": {
            "enable_ssl": tls,
            "port": PORTS["proxy"],
            "threads": 4,
            "cert_path": "/run/planewright/proxy-tls.crt",
            "key_path": "/run/planewright/proxy-tls.key",
            "mode": "normal",
            "shadow_log_path": "/opt/springtail/logs/proxy_shadow.log",
            "log_level": 1,
            "keep_alive_port": 10080,
            "use_pg_shadow": False,
            "pool_size_limit": 10,
            "pool_timeout_limit": 5,
            "pool_expiration_interval_secs": 300,
            "user_mgr_sleep_interval_secs": 15,
        },
        # Nothing of ours collects telemetry: what nobody takes is not sent.
        "otel": {
            "enabled": False,
            "remote": False,
            "host": "127.0.0.1",
            "port": 4318,
            "metrics_export_interval_millis": 60000,
            "metrics_export_timeout_millis": 30000,
            "remote_log_level": "info",
        },
    }


def _rpc(port: int, threads: int) -> dict[str, Any]:
    return {"server_port": port, "server_worker_threads": threads, "ssl": False, "client_connections": 8}


def _identifier(*parts: str) -> str:
    """Give a name that PostgreSQL takes unquoted, for a slot as well; what was replaced or cut is told apart by a digest."""
    plain = "_".join(parts)
    name = re.sub(r"[^a-z0-9_]", "_", plain.lower())
    if name == plain and len(name) <= 63:
        return name
    return f"{name[:56]}_{hashlib.sha256(plain.encode()).hexdigest()[:6]}"
