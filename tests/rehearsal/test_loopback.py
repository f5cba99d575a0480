"""Verdicts on real sockets: what connects carries bytes, what is refused is refused, what times out hangs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import psutil
import pytest

from wizard.rehearsal.dialing import Dial
from wizard.rehearsal.loopback import Loopback, Outcome
from wizard.rehearsal.reachability import State

NODE, DATABASE, PORT = "i-ingestion", "10.20.1.10", 15432
DIAL = Dial(NODE, DATABASE, PORT)
TIMED_OUT, REFUSED = Outcome(State.TIMED_OUT), Outcome(State.REFUSED)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback() as opened:
        yield opened


@pytest.fixture
def echo() -> Iterator[Outcome]:
    """A real server that sends back, in capitals, what it gets."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection:
                while data := connection.recv(65536):
                    connection.sendall(data.upper())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Outcome(State.CONNECTED, server.getsockname())
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def dial(loopback: Loopback, node: str = NODE, *, timeout: float = 5) -> socket.socket:
    return socket.create_connection((loopback.address(node, DATABASE), PORT), timeout=timeout)


def is_cut(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_a_connection_that_the_model_allows_reaches_the_real_server(loopback: Loopback, echo: Outcome) -> None:
    loopback.sync({DIAL: echo})

    with dial(loopback) as connection:
        connection.sendall(b"x" * 300_000)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer == b"X" * 300_000


def test_what_is_refused_is_refused_at_once(loopback: Loopback) -> None:
    loopback.sync({DIAL: REFUSED})

    with pytest.raises(ConnectionRefusedError):
        dial(loopback)


def test_what_is_dropped_really_times_out_every_time(loopback: Loopback) -> None:
    loopback.sync({DIAL: TIMED_OUT})

    for _ in range(4):
        with pytest.raises(TimeoutError):
            dial(loopback, timeout=0.3)


def test_each_node_has_its_own_address_for_the_same_destination(loopback: Loopback, echo: Outcome) -> None:
    loopback.sync({DIAL: echo, Dial("i-proxy", DATABASE, PORT): TIMED_OUT})

    dial(loopback).close()
    with pytest.raises(TimeoutError):
        dial(loopback, "i-proxy", timeout=0.3)
    assert loopback.seen_from("i-proxy") == {DATABASE: loopback.address("i-proxy", DATABASE)}


def test_a_change_is_felt_by_new_connections_and_cuts_the_old_ones(loopback: Loopback, echo: Outcome) -> None:
    loopback.sync({DIAL: echo})
    with dial(loopback) as old:
        old.sendall(b"a")
        assert old.recv(1) == b"A"

        loopback.sync({DIAL: TIMED_OUT})

        assert is_cut(old)
    with pytest.raises(TimeoutError):
        dial(loopback, timeout=0.3)

    loopback.sync({DIAL: echo})
    dial(loopback).close()


def test_an_unchanged_verdict_leaves_connections_alone(loopback: Loopback, echo: Outcome) -> None:
    loopback.sync({DIAL: echo})
    with dial(loopback) as connection:
        loopback.sync({DIAL: echo, Dial("i-proxy", DATABASE, PORT): REFUSED})
        connection.sendall(b"still there")
        assert connection.recv(64) == b"STILL THERE"


def test_a_server_that_has_gone_closes_the_connection(loopback: Loopback) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = server.getsockname()
    loopback.sync({DIAL: Outcome(State.CONNECTED, place)})

    with dial(loopback) as connection:
        assert is_cut(connection)


def test_two_rehearsals_never_share_an_address() -> None:
    with Loopback() as one, Loopback() as other:
        one.sync({DIAL: TIMED_OUT})
        other.sync({DIAL: TIMED_OUT})
        assert one.address(NODE, DATABASE) != other.address(NODE, DATABASE)


def test_everything_is_on_the_loopback_interface_and_gone_when_closed() -> None:
    me = psutil.Process()
    before = {c.laddr for c in me.net_connections("inet")}
    with Loopback() as loopback, socket.create_server(("127.0.0.1", 0)) as server:
        loopback.sync(
            {DIAL: TIMED_OUT, Dial("i-proxy", DATABASE, PORT): Outcome(State.CONNECTED, server.getsockname())}
        )
        opened = {c.laddr for c in me.net_connections("inet")} - before
        assert opened
        assert all(address.ip.startswith("127.") for address in opened)
    loopback.close()

    assert {c.laddr for c in me.net_connections("inet") if c.status == "LISTEN"} <= before
