"""One embedded AWS for all cases; each finds it empty and without faults."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import botocore.loaders
import pytest

from tests.live.account import PREPARED, Account
from tests.live.server import Server


@pytest.fixture(scope="session", autouse=True)
def _one_loader() -> Iterator[None]:
    """Read the services' models once: every session would parse them anew, half a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.loaders, "create_loader", functools.cache(botocore.loaders.create_loader))
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def account(server: Server) -> Iterator[Account]:
    before = server.tell(reset=True, quotas=PREPARED)
    yield Account(server)
    after = server.tell()
    assert after == before, "the embedded AWS lacks something, or broke on a request"
