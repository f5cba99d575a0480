"""Entries of `resource_drift` as `show -json` has them, and events as CloudTrail tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.workspaces import EXAMPLES
from wizard.blueprints.load import parse
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.changes.change import Change, read_changes
from wizard.drift.designed import Neighbours, suspects
from wizard.drift.explain import Known, explain
from wizard.drift.found import Drifted
from wizard.facts.trail import TrailEvent

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DATA = 'module.nodes.aws_ebs_volume.data["data-1"]'
PEERING = "module.private_path.aws_vpc_peering_connection.database"


def answers() -> DeploymentAnswers:
    found = parse((EXAMPLES / "private.yaml").read_text(), source="the example")
    assert isinstance(found, DeploymentAnswers)
    return found


def drifted(address: str, before: dict[str, Any], after: dict[str, Any] | None) -> Change:
    """An entry: changed, or, without an `after`, gone."""
    module, mark, rest = address.rpartition(".aws_")
    type_, _, name = (f"aws_{rest}" if mark else address).partition(".")
    entry = {
        "address": address,
        "module_address": module,
        "type": type_,
        "name": name.partition("[")[0],
        "change": {"actions": ["update"] if after is not None else ["delete"], "before": before, "after": after},
    }
    [change] = read_changes([entry])
    return change


def volume(**now: Any) -> Change:
    was = {"id": "vol-0a", "iops": 3000, "size": 100, "tags": {"Name": "data-1"}, "tags_all": {"Name": "data-1"}}
    return drifted(DATA, was, was | now)


def event(name: str, *names: str, minutes: int = 0, user: str = "dana", agent: str = "aws-cli/2.1") -> TrailEvent:
    at = NOON + timedelta(minutes=minutes)
    return TrailEvent(name, at, user, f"arn:aws:iam::111111111111:user/{user}", agent, names)


def explained(*changes: Change, **known: Any) -> tuple[Drifted, ...]:
    found, _ = suspects(changes, Neighbours())
    return explain(found, Known("acme-prod", "instance", answers(), **known))
