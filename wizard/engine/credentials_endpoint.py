"""Container credentials on the loopback: how the engine gets a session it could not refresh itself.

The SDKs' container provider asks `AWS_CONTAINER_CREDENTIALS_FULL_URI` with `AWS_CONTAINER_AUTHORIZATION_TOKEN` in the
Authorization header. Address and port are the loopback's, the token is random, and everything stays in memory.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from wizard.engine.environment import Keys, Served
from wizard.errors import AccountError

_PATH = "/credentials"
# Renewed this long before the end: the SDKs ask again five minutes before it.
_MARGIN = timedelta(minutes=10)

Provider = Callable[[], Keys]


class CredentialsGoneError(AccountError):
    """The session has ended and cannot be renewed without a person."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running endpoint. `environment` is what a process needs to be served by it."""

    server: ThreadingHTTPServer
    environment: dict[str, str]

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()


def serve(provider: Provider) -> Endpoint:
    """Start serving what `provider` gives, in threads that end with the process."""
    token = secrets.token_urlsafe(32)
    handler = type("Handler", (_Handler,), {"provider": staticmethod(provider), "token": token})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="credentials", daemon=True).start()
    return Endpoint(
        server,
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{server.server_address[1]}{_PATH}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        },
    )


@contextlib.contextmanager
def serving(session: Served) -> Iterator[dict[str, str]]:
    """Serve a session for as long as a short command takes; gives what its environment needs."""
    endpoint = serve(Renewing(session))
    try:
        yield endpoint.environment
    finally:
        endpoint.close()


class Renewing:
    """Gives a session's keys, renewed from its profile when their end is near and that goes without a person."""

    def __init__(self, served: Served, *, renew: Callable[[str], Keys] | None = None) -> None:
        self._keys = served.keys
        self._profile = served.profile
        self._renew = renew or from_profile
        self._lock = threading.Lock()

    def __call__(self) -> Keys:
        """Give the keys. Raises CredentialsGoneError once they have expired for good."""
        with self._lock:
            left = _left(self._keys)
            if self._profile is not None and left is not None and left < _MARGIN:
                try:
                    self._keys = self._renew(self._profile)
                except CredentialsGoneError:
                    if left <= timedelta():
                        raise
            elif left is not None and left <= timedelta():
                raise CredentialsGoneError("the session has expired")
            return self._keys


def from_profile(name: str) -> Keys:
    """Ask botocore for a profile's keys, never a person. Raises CredentialsGoneError when that needs one."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    try:
        found = Session(profile=name).get_credentials()
        if found is None:
            raise CredentialsGoneError(f"profile {name} gives no credentials")
        return _keys_of(found)
    except (BotoCoreError, ClientError, EOFError, OSError) as error:
        raise CredentialsGoneError(str(error)) from error


def ambient() -> Provider | None:
    """Give what serves the credentials that this process's own environment leads to; None when it leads to none.

    botocore renews them itself, for as long as that goes without asking a person.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

    try:
        found = Session().get_credentials()
    except (BotoCoreError, ClientError, EOFError, OSError):
        return None
    if found is None:
        return None

    def keys() -> Keys:
        try:
            return _keys_of(found)
        except (BotoCoreError, ClientError, EOFError, OSError) as error:
            raise CredentialsGoneError(str(error)) from error

    return keys


def _keys_of(found: Any) -> Keys:
    frozen = found.get_frozen_credentials()
    expiry = getattr(found, "_expiry_time", None)
    return Keys(
        str(frozen.access_key),
        str(frozen.secret_key),
        frozen.token,
        expiry.astimezone(UTC).isoformat() if isinstance(expiry, datetime) else None,
    )


def document(keys: Keys, *, now: datetime) -> dict[str, str]:
    """Render the answer. The SDKs want an expiration; keys without one are said to last an hour, and asked for again."""
    expiration = keys.expiration or (now + timedelta(hours=1)).isoformat()
    return {
        "AccessKeyId": keys.access_key_id,
        "SecretAccessKey": keys.secret_access_key,
        "Token": keys.session_token or "",
        "Expiration": _zulu(expiration),
    }


class _Handler(BaseHTTPRequestHandler):
    provider: ClassVar[Provider]
    token: ClassVar[str]
    server_version = "planewright"
    sys_version = ""

    def do_GET(self) -> None:
        given = self.headers.get("Authorization") or ""
        if self.path != _PATH or not hmac.compare_digest(given.encode(), self.token.encode()):
            self._answer(403, {"code": "Forbidden", "message": "not for you"})
            return
        try:
            keys = type(self).provider()
        except CredentialsGoneError as error:
            self._answer(400, {"code": "ExpiredToken", "message": str(error)})
            return
        self._answer(200, document(keys, now=datetime.now(UTC)))

    def _answer(self, status: int, body: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is http.server's
        """Say nothing: requests carry the token."""


def _left(keys: Keys) -> timedelta | None:
    if keys.expiration is None:
        return None
    return datetime.fromisoformat(keys.expiration) - datetime.now(UTC)


def _zulu(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
