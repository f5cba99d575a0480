"""A stand-in for the shard's Redis: its protocol over TLS, one user and their keys, and the commands that are needed."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from wizard.rehearsal.certificates import issue

HOST = "redis.example"


class StandIn:
    """What it holds: hashes and sets of each database. `refused` are commands of users it does not let in."""

    def __init__(self, user: str, password: str, prefix: str) -> None:
        self.user, self.password, self.prefix = user, password, prefix
        self.hashes: dict[str, dict[str, str]] = {}
        self.sets: dict[str, set[str]] = {}
        self.heard: list[tuple[str, ...]] = []
        self.port = 0

    def answer(self, words: tuple[str, ...], session: dict[str, bool]) -> Any:
        """Give a command's answer: text, a number, a list, None, or an error."""
        self.heard.append(words)
        match words:
            case ("AUTH", user, password):
                session["in"] = (user, password) == (self.user, self.password)
                return "+OK" if session["in"] else ValueError("WRONGPASS invalid username-password pair")
            case _ if not session.get("in"):
                return ValueError("NOAUTH Authentication required.")
            case ("SELECT", _):
                return "+OK"
            case (_, key, *_) if not key.startswith(self.prefix):
                return ValueError("NOPERM No permissions to access a key")
            case ("HGET", key, name):
                return self.hashes.get(key, {}).get(name)
            case ("HGETALL", key):
                return [part for pair in self.hashes.get(key, {}).items() for part in pair]
            case ("HSET", key, name, value):
                fresh = name not in self.hashes.setdefault(key, {})
                self.hashes[key][name] = value
                return int(fresh)
            case ("HDEL", key, name):
                return int(self.hashes.get(key, {}).pop(name, None) is not None)
            case ("SADD", key, member):
                fresh = member not in self.sets.setdefault(key, set())
                self.sets[key].add(member)
                return int(fresh)
            case ("SREM", key, member):
                held = member in self.sets.get(key, set())
                self.sets.get(key, set()).discard(member)
                return int(held)
            case ("SMEMBERS", key):
                return sorted(self.sets.get(key, set()))
        return ValueError(f"NOPERM this user has no permissions to run {words[0]}")


def _read(file: BinaryIO) -> tuple[str, ...]:
    count = file.readline()
    if not count:
        return ()
    words = []
    for _ in range(int(count[1:])):
        length = int(file.readline()[1:])
        words.append(file.read(length + 2)[:-2].decode())
    return tuple(words)


def _spoken(answer: Any) -> bytes:
    match answer:
        case None:
            return b"$-1\r\n"
        case ValueError():
            return f"-{answer}\r\n".encode()
        case int():
            return f":{answer}\r\n".encode()
        case list():
            return b"*%d\r\n" % len(answer) + b"".join(_spoken(part) for part in answer)
        case str() if answer.startswith("+"):
            return f"{answer}\r\n".encode()
    raw = str(answer).encode()
    return b"$%d\r\n%s\r\n" % (len(raw), raw)


@contextmanager
def serving(store: StandIn, folder: Path) -> Iterator[str]:
    """Serve it on 127.0.0.1, and give the authority that its certificate is verified with."""
    folder.mkdir(parents=True, exist_ok=True)
    issued = issue((HOST,))
    (folder / "redis.pem").write_text(issued.server + issued.server_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "redis.pem")
    server = socket.create_server(("127.0.0.1", 0))
    store.port = server.getsockname()[1]

    def talk(plain: socket.socket) -> None:
        session: dict[str, bool] = {}
        try:
            with context.wrap_socket(plain, server_side=True) as connection, connection.makefile("rwb") as file:
                while words := _read(file):
                    file.write(_spoken(store.answer(words, session)))
                    file.flush()
        except OSError:
            pass

    def accept() -> None:
        while True:
            try:
                plain, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(plain,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield issued.authority
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(60)
