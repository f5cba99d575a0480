"""The certificate authorities that clients trust, read once for a session and not for each of its connections."""

from __future__ import annotations

import ssl
import threading
from typing import Any


class Trust:
    """A session's own TLS context, for all of its clients.

    botocore names the bundle of authorities on every connection, and urllib3 then reads all of it, 150 certificates in
    35 ms of CPU, which a check with three dozen connections feels. The context is never shared between sessions: another
    one may trust another bundle (AWS_CA_BUNDLE).
    """

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None
        self._read: set[tuple[Any, ...]] = set()
        self._lock = threading.Lock()

    def lend_to(self, client: Any) -> None:
        """Have a client that has not connected yet use the context."""
        # There is no public way to give a client a context; it is made with the client and used at the first connection.
        manager = client._endpoint.http_session._manager  # noqa: SLF001
        with self._lock:
            if self._context is None:
                self._context = self._reading_once(manager.connection_pool_kw["ssl_context"])
        manager.connection_pool_kw["ssl_context"] = self._context

    def _reading_once(self, context: ssl.SSLContext) -> ssl.SSLContext:
        read = context.load_verify_locations

        def once(cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
            with self._lock:
                if (cafile, capath, cadata) not in self._read:
                    read(cafile, capath, cadata)
                    self._read.add((cafile, capath, cadata))

        context.load_verify_locations = once  # type: ignore[method-assign]
        return context
