"""The model, enforced on real sockets: every address that a node may dial is an address of 127.0.0.0/8.

Each pair of a node and an address has a loopback address of its own, on which a connection ends as the model says:

- connected: a forwarder to what really listens;
- refused: nothing listens, and the kernel refuses;
- timed out: a socket that listens and never accepts, its queue full, so that the kernel drops every further SYN.

That is how Linux treats a full queue, and only there does all of 127.0.0.0/8 exist: elsewhere the rehearsal says so and
stops. When a verdict changes, established connections are cut as well, so that a route taken away is felt.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import sys
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from wizard.errors import RehearsalError
from wizard.rehearsal.dialing import Dial
from wizard.rehearsal.reachability import State

_CLAIM_PORT = 61999
_PER_SUBNET = 250


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a dial ends; `backend` is the real host and port when it connects."""

    state: State
    backend: tuple[str, int] | None = None


class _Opened(Protocol):
    async def close(self) -> None: ...


class Loopback:
    """The sockets of one rehearsal, in a range of its own, so that several can run on one machine."""

    def __init__(self) -> None:
        if sys.platform != "linux":
            raise RehearsalError(
                "A rehearsal's network needs Linux",
                cause=f"{sys.platform} has no 127.0.0.0/8 to give every address its own, nor drops SYNs of a full queue",
                action="run it on Linux, or in a Linux container or virtual machine",
            )
        self._claim, self._range = _claim()
        self._addresses: dict[tuple[str, str], str] = {}
        self._open: dict[Dial, tuple[Outcome, _Opened | None]] = {}
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def address(self, node: str, address: str) -> str:
        """Give the loopback address that stands for `address` as seen from a node: always the same one."""
        with self._lock:
            return self._address(node, address)

    def _address(self, node: str, address: str) -> str:
        key = (node, address)
        if key not in self._addresses:
            number = len(self._addresses)
            if number >= 255 * _PER_SUBNET:
                raise RehearsalError("The rehearsal has run out of loopback addresses")
            # x.y.0.1 is the claim; hosts 1 to 250 of every further subnet are given away.
            self._addresses[key] = f"{self._range}.{number // _PER_SUBNET + 1}.{number % _PER_SUBNET + 1}"
        return self._addresses[key]

    def seen_from(self, node: str) -> dict[str, str]:
        """Give every address that a node knows, and the loopback address that stands for it."""
        with self._lock:
            return {address: local for (owner, address), local in self._addresses.items() if owner == node}

    def sync(self, outcomes: Mapping[Dial, Outcome]) -> None:
        """Make the sockets follow: what is not named is refused. Returns when they do."""
        with self._lock:
            gone = [dial for dial, (was, _) in self._open.items() if outcomes.get(dial) != was]
            new = [dial for dial, outcome in outcomes.items() if dial not in self._open or dial in gone]
            for dial in gone:
                _, opened = self._open.pop(dial)
                if opened is not None:
                    self._run(opened.close())
            for dial in new:
                outcome = outcomes[dial]
                place = (self._address(dial.node, dial.address), dial.port)
                self._open[dial] = (outcome, self._run(_opened(outcome, place)))

    def close(self) -> None:
        """Close every socket. Closing twice does no harm."""
        if self._loop.is_closed():
            return
        self.sync({})
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._claim.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)


async def _opened(outcome: Outcome, place: tuple[str, int]) -> _Opened | None:
    if outcome.state is State.CONNECTED and outcome.backend is not None:
        return await _Forwarder(outcome.backend).open(place)
    if outcome.state is State.TIMED_OUT:
        return await _BlackHole().open(place)
    return None


class _Forwarder:
    """Passes bytes to and fro; knows nothing of what they mean."""

    def __init__(self, backend: tuple[str, int]) -> None:
        self._backend = backend
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, place: tuple[str, int]) -> Self:
        self._server = await asyncio.start_server(self._serve, *place)
        return self

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a stream's callback runs in a task
        self._tasks.add(task)
        try:
            await self._join(reader, writer)
        except asyncio.CancelledError:
            # Cut by a change of the model: the task ends here, so that nobody takes it for a failure.
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._backend)
        except OSError:
            return
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        except OSError:
            return
        finally:
            far_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


class _BlackHole:
    """Listens and never accepts, with room for a single connection, which it makes itself."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    async def open(self, place: tuple[str, int]) -> Self:
        listener = socket.socket()
        self._sockets.append(listener)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(0)
        filler = socket.socket()
        self._sockets.append(filler)
        filler.settimeout(5)
        filler.connect(place)
        return self

    async def close(self) -> None:
        for held in self._sockets:
            held.close()


def _claim() -> tuple[socket.socket, str]:
    """Choose a range 127.x.0.0/16 that no other rehearsal on this machine holds, and hold it."""
    first = secrets.randbelow(200)
    for step in range(200):
        block = f"127.{20 + (first + step) % 200}"
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            claim.bind((f"{block}.0.1", _CLAIM_PORT))
            return claim, block
        claim.close()
    raise RehearsalError("No range of loopback addresses is free", action="stop a rehearsal that runs on this machine")
