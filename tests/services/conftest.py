"""acme-prod, applied, with nodes on this machine and a package that stands in for Springtail's."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
    with ExitStack() as stack:
        for role in services.PORTS:
            monkeypatch.setitem(services.PORTS, role, stack.enter_context(reserved()))
        authority = stack.enter_context(serving(store, tmp_path / "redis"))
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


@contextmanager
def reserved() -> Iterator[int]:
    """A port that stays ours: who shares it says so, as the stand-in of the coordinator does."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        yield port
