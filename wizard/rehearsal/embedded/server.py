"""The embedded AWS as a server on the loopback interface."""

from __future__ import annotations

import logging
import threading
from types import TracebackType
from typing import Any, Self

from wizard.errors import RehearsalError
from wizard.rehearsal.embedded import accounts
from wizard.rehearsal.embedded.hooks import Hooks
from wizard.rehearsal.embedded.world import connect, world

_running = threading.Lock()


class EmbeddedAws:
    """moto's server, extended, in a thread of this process; empty when it starts.

    moto keeps its state in the process, so one runs at a time. `port` 0 takes a free one.
    """

    def __init__(self, hooks: Hooks | None = None, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._hooks = hooks or Hooks()
        self._host = host
        self._port = port
        self._server: Any = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Load moto, bind and serve. RehearsalError when one runs already or the port is taken."""
        if not _running.acquire(blocking=False):
            raise RehearsalError(
                "An embedded AWS runs in this process already",
                cause="its state belongs to the process",
                action="stop that one first, or start this one in a process of its own",
            )
        try:
            self._serve()
        except BaseException:
            _running.release()
            raise
        return self

    def _serve(self) -> None:
        from wizard.rehearsal.embedded.install import install

        install()
        connect(self._hooks)
        self.reset()
        from moto.moto_server.werkzeug_app import MotoRequestHandler
        from werkzeug.serving import make_server

        from wizard.rehearsal.embedded.absent import dispatcher
        from wizard.rehearsal.embedded.gate import create_app

        # One line per request on stderr is werkzeug's default; a rehearsal's terminal is not its log.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        try:
            self._server = make_server(
                self._host,
                self._port,
                dispatcher(create_app),
                threaded=True,
                request_handler=MotoRequestHandler,
            )
        except (OSError, SystemExit) as taken:  # werkzeug exits the process when the port is taken
            raise RehearsalError(
                f"The embedded AWS cannot listen on {self._host}:{self._port}",
                cause=str(taken),
                action="name another port, or 0 for a free one",
            ) from taken
        self._thread = threading.Thread(target=self._server.serve_forever, name="embedded-aws", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and forget everything. Stopping twice does no harm."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        if self._thread is not None:
            self._thread.join()
        self._server = self._thread = None
        self.reset()
        connect(Hooks())
        _running.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """The address for AWS_ENDPOINT_URL. An address and not `localhost`, so that S3 is addressed by path."""
        return f"http://{self._host}:{self.port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            raise RehearsalError("The embedded AWS is not running", action="start it first")
        port: int = self._server.server_address[1]
        return port

    @property
    def unimplemented(self) -> tuple[str, ...]:
        """The actions (`ec2:CreateFoo`) that were asked for and that it does not have, in order."""
        return tuple(world().unimplemented)

    @property
    def failures(self) -> tuple[str, ...]:
        """The requests that it broke on: a gap to be mended."""
        return tuple(world().failures)

    def environment(self, account: str = accounts.VENDOR, region: str = "us-east-1") -> dict[str, str]:
        """Give the variables with which a process acts in `account`."""
        return accounts.environment(self.endpoint_url, account, region)

    def reset(self) -> None:
        """Empty both accounts."""
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()
