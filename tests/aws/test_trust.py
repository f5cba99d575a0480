"""A session reads its bundle of authorities once, trusts what is in it, and lends its trust to nobody else."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import ENVIRON, account
from tests.live.tls import loopback_certificate
from wizard.aws.session import AwsSession, Patience, open_session
from wizard.errors import AwsError

_WHO = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


class _Sts(BaseHTTPRequestHandler):
    """Answers every call, and closes the connection after it: the next call connects anew."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(_WHO)))
        self.end_headers()
        self.wfile.write(_WHO)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return loopback_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def endpoint(authority: tuple[Path, Path]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sts)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    # A client that does not trust it hangs up in the middle: that is what is tested.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def session(endpoint: str, bundle: Path | None) -> AwsSession:
    trusted = {"AWS_CA_BUNDLE": str(bundle)} if bundle else {}
    environ = ENVIRON | {"AWS_ENDPOINT_URL": endpoint} | trusted
    return open_session(account(), environ=environ, patience=Patience(2, 2, 1))


def test_the_bundle_is_read_once_however_many_connections_are_made(
    endpoint: str, authority: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Any] = []
    read = ssl.SSLContext.load_verify_locations
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda self, *args: (reads.append(args), read(self, *args))[1]
    )
    opened = session(endpoint, authority[0])
    for each in (opened, opened, opened.with_patience(Patience(2, 2, 1))):
        assert each.identity().account == "123456789012"
    assert len(reads) == 1


def test_what_the_bundle_does_not_hold_is_refused(endpoint: str) -> None:
    with pytest.raises(AwsError, match=r"(?i)certificate"):
        session(endpoint, None).identity()


def test_one_sessions_trust_is_not_anothers(endpoint: str, authority: tuple[Path, Path]) -> None:
    session(endpoint, authority[0]).identity()
    with pytest.raises(AwsError, match=r"(?i)certificate"):
        session(endpoint, None).identity()
