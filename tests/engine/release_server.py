"""A release server on the loopback: a build that says which OpenTofu it is, signed with a key made for the test."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from pysequoia import SignatureMode, Tsk, sign

from wizard.engine.mirrors import this_platform
from wizard.engine.release import Release, release

VERSION = "1.12.6"


def wanted(version: str = VERSION) -> Release:
    return release(version, this_platform())


def script(says: str) -> bytes:
    """An engine that says what it is, and is large enough to be cut in the middle."""
    return f"#!/bin/sh\nprintf '%s\\n' '{says}'\nexit 0\n# {hashlib.sha256(says.encode()).hexdigest() * 200}\n".encode()


def packed(files: dict[str, bytes]) -> bytes:
    """A tar.gz of these files, and of a path that would lead out of where it is unpacked."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=0) as archive:
        for name, content in files.items():
            item = tarfile.TarInfo(name)
            item.size, item.mode = len(content), 0o755
            archive.addfile(item, io.BytesIO(content))
    return data.getvalue()


class Signing:
    """A key of its own, and what is signed with it."""

    def __init__(self, name: str = "a builder <builder@example.com>") -> None:
        self._secret = Tsk.generate(user_id=name)
        self._public = self._secret.extract_certificate()
        self.fingerprint = self._public.fingerprint.upper()

    def public(self, folder: Path) -> Path:
        file = folder / f"{self.fingerprint}.asc"
        file.write_text(str(self._public))
        return file

    def sign(self, data: bytes) -> bytes:
        return sign(self._secret.signer(), data, mode=SignatureMode.DETACHED, armor=False)


def published(
    signing: Signing, item: Release, *, says: str | None = None, files: dict[str, bytes] | None = None
) -> dict[str, bytes]:
    """The files of a release, as its project would publish them."""
    archive = packed(
        files or {"LICENSE": b"MPL-2.0", "tofu": script(says or f"OpenTofu v{item.version}"), "../out": b"x"}
    )
    sums = f"{'0' * 64}  tofu_{item.version}_plan9_mips.zip\n{hashlib.sha256(archive).hexdigest()}  {item.archive}\n".encode()
    return {item.archive: archive, item.sums: sums, item.signature: signing.sign(sums)}


@dataclass
class Server:
    """What it serves, what was asked of it, and what goes wrong with it."""

    files: dict[str, bytes] = field(default_factory=dict)
    #: Bytes of a file that go out before the connection ends, once.
    cut: dict[str, int] = field(default_factory=dict)
    ranges: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving() -> Iterator[Server]:
    """Serve for as long as the test takes."""
    world = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            asked = self.headers.get("Range") or ""
            world.asked.append((name, asked))
            data = world.files.get(name)
            if data is None:
                self.send_error(404)
                return
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and world.ranges else 0
            if start >= len(data):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start : world.cut.pop(name, len(data))])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    world.url = f"http://127.0.0.1:{server.server_address[1]}/v{{version}}"
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=60)
