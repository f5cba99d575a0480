"""A proxy between boto3 and the embedded AWS: it adds a round trip's time, and breaks what a test's script says.

What is modelled of a distance: each request waits one round trip; the first one on a connection waits `SETUP_TRIPS` more,
for TCP's handshake and TLS 1.3's. Nothing is modelled of bandwidth, jitter, name lookups or AWS's own time to answer (the
embedded AWS takes its own). With `certificate` it really speaks TLS, so that the client pays for that in CPU as well.

`python -m tests.live.proxy UPSTREAM ROUND_TRIP_MS [CERTIFICATE KEY]` prints its URL and serves until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.bounded import PATIENCE_S, bounded
from tests.live.requests import Request, call_of

#: Round trips before the first request of a connection: one for TCP, one for TLS 1.3.
SETUP_TRIPS = 2


class Does(StrEnum):
    """What a fault does to a call."""

    REFUSE = "refuse"
    THROTTLE = "throttle"
    HANG = "hang"
    CUT_BEFORE = "cut before the answer"
    CUT_WITHIN = "cut within the answer"
    GARBAGE = "garbage"


@dataclass(frozen=True)
class Fault:
    """What happens to calls (`ec2:DescribeVpcs`, `ec2:*`, `*`): to the first `times` requests, or (0) to every one."""

    does: Does
    call: str = "*"
    times: int = 0
    status: int = 503
    code: str = ""
    message: str = "injected"

    def is_about(self, call: str) -> bool:
        """Whether it names the call."""
        return self.call in {"*", call, f"{call.partition(':')[0]}:*"}


def server_error(call: str = "*", *, times: int = 0, status: int = 503) -> Fault:
    """AWS fails itself."""
    return Fault(Does.REFUSE, call, times, status, "InternalError" if status == 500 else "ServiceUnavailable")


def refused(call: str, code: str, *, times: int = 0, status: int = 400) -> Fault:
    """AWS refuses, with a code of the service's own."""
    return Fault(Does.REFUSE, call, times, status, code)


def throttled(call: str = "*", *, times: int = 0) -> Fault:
    """AWS limits the rate, and says so as the service does."""
    return Fault(Does.THROTTLE, call, times, message="Rate exceeded")


def hang(call: str = "*", *, times: int = 0) -> Fault:
    """The request is taken and never answered."""
    return Fault(Does.HANG, call, times)


def cut(call: str = "*", *, times: int = 0, within: bool = False) -> Fault:
    """The connection ends before the answer, or in its middle."""
    return Fault(Does.CUT_WITHIN if within else Does.CUT_BEFORE, call, times)


def garbage(call: str = "*", *, times: int = 0) -> Fault:
    """Something in between answers with a page of its own."""
    return Fault(Does.GARBAGE, call, times)


@dataclass
class _Script:
    """The faults of one test, how often each was used, and which calls came."""

    faults: tuple[Fault, ...] = ()
    used: Counter[int] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)

    def next(self, call: str) -> Fault | None:
        """Note a call; give what happens to it."""
        self.calls.append(call)
        for index, fault in enumerate(self.faults):
            if fault.is_about(call) and (not fault.times or self.used[index] < fault.times):
                self.used[index] += 1
                return fault
        return None


class Proxy:
    """The proxy in a thread of this process, without faults until it is told of some."""

    def __init__(
        self, upstream: str, *, round_trip_s: float = 0.0, certificate: tuple[Path, Path] | None = None
    ) -> None:
        self._upstream = urlsplit(upstream)
        self._round_trip_s = round_trip_s
        self._certificate = certificate
        self._script = _Script()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self.connections = 0

    def tell(self, *faults: Fault) -> None:
        """Have these faults and no others, and forget which calls came."""
        self._script = _Script(faults)

    @property
    def calls(self) -> Sequence[str]:
        """The calls that came since the last `tell`, as IAM names them, retries among them."""
        return tuple(self._script.calls)

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        host, port = self._server.sockets[0].getsockname()
        return f"{'https' if self._certificate else 'http'}://{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(PATIENCE_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        context = None
        if self._certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*self._certificate)
        return await asyncio.start_server(self._accepted, "127.0.0.1", 0, ssl=context, backlog=256)

    async def _close(self) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trips = 1 + SETUP_TRIPS
        while (request := await _read(reader)) is not None:
            fault = self._script.next(call_of(request))
            answer, _ = await asyncio.gather(self._answer(request, fault), asyncio.sleep(trips * self._round_trip_s))
            trips = 1
            writer.write(answer)
            await writer.drain()
            if fault and fault.does in {Does.CUT_BEFORE, Does.CUT_WITHIN}:
                return

    async def _answer(self, request: Request, fault: Fault | None) -> bytes:
        if fault is None:
            return await self._passed_on(request)
        if fault.does is Does.HANG:
            await asyncio.Event().wait()
        if fault.does is Does.CUT_WITHIN:
            answer = await self._passed_on(request)
            body = answer.index(b"\r\n\r\n") + 4
            return answer[: (body + len(answer)) // 2]
        if fault.does is Does.GARBAGE:
            return _whole(200, "text/html", b"<html><body>Sign in to the guest network</body>")
        if fault.does is Does.CUT_BEFORE:
            return b""
        code, status = request.throttling if fault.does is Does.THROTTLE else (fault.code, fault.status)
        return _whole(status, *request.error(code, fault.message))

    async def _passed_on(self, request: Request) -> bytes:
        """Ask the embedded AWS, on a connection of its own: it is next door."""
        reader, writer = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            writer.write(request.as_bytes(close=True))
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.read()
        finally:
            writer.close()
        if b"transfer-encoding: chunked" in head.lower():
            raise AssertionError("the embedded AWS was not expected to answer in chunks")
        lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*lines, b"", b""]) + body


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body)


def _whole(status: int, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Injected\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class FarProxy:
    """The proxy in a process of its own, for figures: its work is not the client's."""

    def __init__(self, upstream: str, *, round_trip_s: float, certificate: tuple[Path, Path] | None = None) -> None:
        import subprocess

        command = [sys.executable, "-m", "tests.live.proxy", upstream, str(round_trip_s * 1000)]
        command += [str(path) for path in certificate or ()]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        with bounded(self._process):
            self.endpoint_url = self._process.stdout.readline().strip()

    def since(self) -> tuple[int, Sequence[str]]:
        """Give how many connections were opened since the last time, and which calls came on them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with bounded(self._process):
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            connections, calls = json.loads(self._process.stdout.readline())
        return connections, calls

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with bounded(self._process):
            self._process.communicate()


def main(arguments: Sequence[str]) -> None:
    """Serve; answer each line of the input with what came since the last one."""
    upstream, round_trip_ms, *certificate = arguments
    pair = (Path(certificate[0]), Path(certificate[1])) if certificate else None
    with Proxy(upstream, round_trip_s=float(round_trip_ms) / 1000, certificate=pair) as proxy:
        print(proxy.endpoint_url, flush=True)
        for _ in sys.stdin:
            print(json.dumps((proxy.connections, proxy.calls)), flush=True)
            proxy.connections = 0
            proxy.tell()


if __name__ == "__main__":
    main(sys.argv[1:])
