"""A deployment that is applied, as its contract says: nodes without anything else, for tests of what is done on them."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path

from wizard.blueprints.springtail.contracts import InstanceOutputs, NodeOutput, PublicOutputs
from wizard.deploy import store
from wizard.workspace import Place

NODES = ("ingestion-0", "proxy-0", "fdw-0", "fdw-1")
#: Says every argument and variable that it was given, and ends as it is told.
_RECORDING = """#!/bin/sh
if [ "$1" = --version ]; then echo "{version}"; exit 0; fi
printf '%s\\n' "$@" > "{record}.argv"
env > "{record}.env"
exit {code}
"""


def node(key: str) -> NodeOutput:
    """A node of acme-prod by its key."""
    role, _, index = key.rpartition("-")
    number = NODES.index(key) + 1
    return NodeOutput(
        name=f"acme-prod-{role}-{index}", role=role, instance_id=f"i-{number:017x}", private_ip=f"10.0.1.{number}"
    )


def applied(place: Place, keys: Iterable[str] = NODES) -> None:
    """Lay the contract of stack `instance` with these nodes."""
    public = PublicOutputs(proxy_nlb_arn="", proxy_nlb_dns="", proxy_public_ips=[], proxy_target_group_arn="")
    texts = dict.fromkeys(
        ("database_secret_name", "redis_secret_name", "redis_user_id", "redis_user_name", "redis_access_string"), ""
    )
    outputs = InstanceOutputs(nodes={key: node(key) for key in keys}, data_volume_ids=[], public=public, **texts)
    store.save_contract(place, "instance", outputs)


def program(folder: Path, name: str, version: str, *, code: int = 0) -> Path:
    """Put a program into a folder that records what it is given; give what its records begin with."""
    record = folder / f"{name}-was-given"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(_RECORDING.format(version=version, record=record, code=code))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return record
