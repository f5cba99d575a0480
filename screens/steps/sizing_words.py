"""What the sizing step says of each role, out of the answers, the findings and what is known of machines. Pure."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from screens.machines import Machines
from screens.widgets.virtual_table import Column, TableRow
from wizard.blueprints.springtail.answers import DeploymentAnswers, IngestionNode, Nodes, Storage
from wizard.facts.compute import InstanceTypeFact
from wizard.findings import worst_first
from wizard.sizing.nvme import nvme_gb, why_no_nvme
from wizard.sizing.roles import node_of
from wizard.walk.walk import Walk

#: The table of roles.
COLUMNS = (
    Column("role"),
    Column("type"),
    Column("vCPU", right=True),
    Column("GiB", right=True),
    Column("NVMe GB", right=True),
    Column("EBS base/burst", right=True),
    Column("count", right=True),
    Column("found"),
)
#: Room that stands free for what is not known yet, so that nothing moves when it comes.
ROOM = TableRow("", ("ingestion", "r6idn.32xlarge", "128", "1024", "7600", "160000/160000", "32", ""))


def sized_of(walk: Walk) -> DeploymentAnswers | None:
    """Give the answers as far as sizes go, though others may be lacking; None while a size is refused by its type."""
    if walk.kind != "deployment":
        return None
    if walk.target is not None:
        return walk.target.deployment
    try:
        nodes = Nodes.model_validate_json(json.dumps(walk.draft.raw.get("nodes") or {}))
    except ValidationError:
        return None
    construct: Any = DeploymentAnswers.model_construct  # the rest is not looked at
    sized: DeploymentAnswers = construct(nodes=nodes)
    return sized


def row_of(walk: Walk, sized: DeploymentAnswers, role: str, machines: Machines) -> TableRow:
    """Give a role's row of the table."""
    node: Any = node_of(sized, role)
    kind = machines.of(node.instance_type)
    ebs = kind.ebs if kind else None
    cells = (
        role,
        node.instance_type,
        str(kind.vcpu) if kind else "?",
        f"{kind.memory_mib / 1024:g}" if kind else "?",
        str(nvme_gb(kind) or "-") if kind else "?",
        (f"{ebs.baseline_iops}/{ebs.maximum_iops}" if ebs else "-") if kind else "?",
        str(getattr(node, "count", 1)),
        _found(walk, role),
    )
    return TableRow(role, cells)


def _found(walk: Walk, role: str) -> str:
    """Say what was found of a role: the worst, and how many more."""
    lacking = [problem for problem in walk.draft.problems if problem.path.startswith(f"nodes.{role}.")]
    if lacking:
        return f"✗ {len(lacking)} refused"
    found = worst_first(tuple(it for it in walk.findings if it.path.startswith(f"nodes.{role}.")))
    if not found:
        return "… checking" if walk.checking else "✓ nothing" if walk.target is not None else ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0].severity.symbol} {found[0].severity.value}{more}"


def storage_of(sized: DeploymentAnswers, role: str, kind: InstanceTypeFact | None) -> str:
    """Say in a line where a role's data lies."""
    node = node_of(sized, role)
    if not isinstance(node, IngestionNode):
        return f"{role}: no data of its own; root volume {node.root_volume_gib} GiB gp3"
    if node.storage is Storage.EBS:
        volumes = node.volumes
        usable = volumes.count * volumes.size_gib // 2
        return (
            f"{role}: {volumes.count} x {volumes.size_gib} GiB {volumes.type.value} in mirrored pairs, "
            f"{usable} GiB usable; SLOG {node.slog.size_gib} GiB"
        )
    if kind is None:
        return f"{role}: on the instance's own NVMe disks: ? not known yet"
    if why := why_no_nvme(kind):
        return f"{role}: ✗ no local NVMe on {kind.name}: {why}"
    disks = " + ".join(f"{it.count} x {it.size_gb} GB" for it in (kind.local.disks if kind.local else ()))
    return f"{role}: ✓ on the instance's own NVMe disks: {disks} = {nvme_gb(kind)} GB; blank after every stop"
