"""acme-prod, applied, with nodes on this machine and a package that stands in for Springtail's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nodes import applied
from tests.services.cluster import DATABASE_SECRET, DEPLOYMENT, NODES, REDIS_SECRET, Cluster
from tests.services.redis import StandIn, serving
from tests.workspaces import with_examples
from wizard.blueprints.springtail import services
from wizard.deploy.target import Target, open_target
from wizard.workspace import Workspace

REDIS_PASSWORD = "canary-of-redis-$`\"'\\ 4d1f"
DATABASE_PASSWORD = "canary-of-the-database-9b7c"
FDW_PASSWORD = "canary-of-the-fdws-1e2d"


@pytest.fixture
def store() -> StandIn:
    return StandIn("acme-prod-redis", REDIS_PASSWORD, "1001:")


@pytest.fixture
def cluster(tmp_path: Path, store: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    for role in services.PORTS:
        monkeypatch.setitem(services.PORTS, role, free_port())
    with serving(store, tmp_path / "redis") as authority:
        made = Cluster(tmp_path / "the cluster", store, authority)
        made.furnish()
        users = [
            {"username": "springtail", "password": DATABASE_PASSWORD, "type": "text", "role": "replication"},
            {"username": "springtail_fdw", "password": FDW_PASSWORD, "type": "text", "role": "fdw_superuser"},
        ]
        made.secret(DATABASE_SECRET, json.dumps(users))
        made.secret(REDIS_SECRET, REDIS_PASSWORD)
        try:
            yield made
        finally:
            made.end()


@pytest.fixture
def target(tmp_path: Path, cluster: Cluster) -> Target:
    workspace = Workspace(with_examples(tmp_path / "workspace"))
    answers = workspace.place("deployment", DEPLOYMENT).answers
    with answers.open("a") as file:
        file.write(f"package:\n  s3_uri: s3://packages/springtail.tar.gz\n  sha256: {cluster.sha256}\n")
    found = open_target(workspace, DEPLOYMENT)
    applied(found.place, NODES)
    return found


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
