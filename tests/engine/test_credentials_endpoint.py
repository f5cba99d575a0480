"""A session is served to the engine in memory, to it alone, and renewed for as long as nobody has to be asked."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import last_of
from tests.engine.test_runs import made
from wizard.engine import launch
from wizard.engine.credentials_endpoint import CredentialsGoneError, Endpoint, Renewing, document, serve
from wizard.engine.environment import Keys, Served


def keys(minutes: int | None, name: str = "ASIA") -> Keys:
    end = None if minutes is None else (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    return Keys(name, "secret-key", "token", end)


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[], Keys]], Endpoint]]:
    """Endpoints that are closed afterwards."""
    opened: list[Endpoint] = []

    def open_one(provider: Callable[[], Keys]) -> Endpoint:
        opened.append(serve(provider))
        return opened[-1]

    yield open_one
    for endpoint in opened:
        endpoint.close()


def ask(endpoint: Endpoint, token: str | None) -> tuple[int, dict[str, str]]:
    url = endpoint.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    request = urllib.request.Request(url, headers={"Authorization": token} if token else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_sdk_takes_credentials_from_the_endpoint(
    served: Callable[[Callable[[], Keys]], Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.credentials import ContainerProvider

    endpoint = served(lambda: keys(60))
    found = ContainerProvider(environ=dict(endpoint.environment)).load()
    frozen = found.get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == ("ASIA", "secret-key", "token")


def test_whoever_lacks_the_token_gets_nothing(served: Callable[[Callable[[], Keys]], Endpoint]) -> None:
    endpoint = served(lambda: keys(60))
    assert endpoint.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith("http://127.0.0.1:")
    for token in (None, "", "guess"):
        status, body = ask(endpoint, token)
        assert status == 403
        assert "secret-key" not in str(body)


def test_a_session_that_has_ended_says_so(served: Callable[[Callable[[], Keys]], Endpoint]) -> None:
    endpoint = served(Renewing(Served(keys(-1))))
    status, body = ask(endpoint, endpoint.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
    assert (status, body["code"]) == (400, "ExpiredToken")


def test_keys_near_their_end_are_renewed_and_others_are_not() -> None:
    assert Renewing(Served(keys(60), "sso"), renew=lambda name: keys(60, name))().access_key_id == "ASIA"
    assert Renewing(Served(keys(5), "sso"), renew=lambda name: keys(60, name))().access_key_id == "sso"
    assert Renewing(Served(keys(None), "sso"), renew=lambda name: keys(60, name))().access_key_id == "ASIA"


def test_a_renewal_that_needs_a_person_is_forgiven_until_the_end() -> None:
    def gone(_name: str) -> Keys:
        raise CredentialsGoneError("the SSO session has expired")

    assert Renewing(Served(keys(5), "sso"), renew=gone)().access_key_id == "ASIA"
    with pytest.raises(CredentialsGoneError):
        Renewing(Served(keys(-1), "sso"), renew=gone)()


def test_the_answer_has_the_form_that_sdks_read() -> None:
    body = document(Keys("A", "S", None, "2026-11-21T04:00:00+02:00"), now=datetime.now(UTC))
    assert body == {"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "", "Expiration": "2026-11-21T02:00:00Z"}


def test_the_runner_serves_a_session_to_the_engine_and_writes_no_key(tmp_path: Path) -> None:
    ask_it = (
        "import os, urllib.request as r;"
        "q = r.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],"
        " headers={'Authorization': os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN']});"
        "assert b'ASIA' in r.urlopen(q).read()"
    )
    script = f'{sys.executable} -c "{ask_it}"'
    run = made(tmp_path, script)
    launch.launch(run, {"PATH": os.environ["PATH"]}, session=Served(keys(60)))
    last_of(run)
    result = run.recorded()
    assert result is not None
    assert result.exit_code == 0
    for file in run.path.iterdir():
        assert b"secret-key" not in file.read_bytes()
