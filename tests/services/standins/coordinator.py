"""A stand-in for Springtail's coordinator: it says in Redis that it runs, listens on its role's port, and drains when told.

It replicates nothing and answers nothing. It takes its orders from where the product takes them, and is told nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import ssl
import sys
import time
from pathlib import Path
from typing import Any


class Redis:
    """As much of the protocol as is needed here."""

    def __init__(self) -> None:
        context = ssl.create_default_context(
            cafile=os.environ["PLANEWRIGHT_ROOT"] + "/etc/ssl/certs/ca-certificates.crt"
        )
        plain = socket.create_connection(("127.0.0.1", int(os.environ["REDIS_PORT"])), timeout=10)
        self.file = context.wrap_socket(plain, server_hostname=os.environ["REDIS_HOSTNAME"]).makefile("rwb")
        self.ask("AUTH", os.environ["REDIS_USER"], os.environ["REDIS_PASSWORD"])

    def ask(self, *words: str) -> str:
        self.file.write(b"*%d\r\n" % len(words))
        for word in words:
            self.file.write(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()))
        self.file.flush()
        line = self.file.readline()
        if line[:1] == b"$" and line[1:3] != b"-1":
            return self.file.read(int(line[1:]) + 2)[:-2].decode()
        if line[:1] == b"-":
            raise SystemExit(f"refused: {line.decode()}")
        return ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("-c", "--config-file")
    parser.add_argument("-s", "--service")
    role = parser.parse_args().service
    root = Path(os.environ["PLANEWRIGHT_ROOT"])
    if (root / "broken").exists():
        print(f"cannot connect as {os.environ['REDIS_USER']} with {os.environ['REDIS_PASSWORD']}", flush=True)
        print((root / "broken").read_text(), flush=True)
        return 1
    redis, key, ident = Redis(), os.environ["INSTANCE_KEY"], os.environ["DATABASE_INSTANCE_ID"]
    state = (f"{ident}:coordinator_state", f"{role}:{key}")
    if redis.ask("HGET", *state) == "startup":
        print("it would fetch a package by itself", flush=True)
        return 1
    settings = json.loads(redis.ask("HGET", f"{ident}:instance_config", "system_settings"))

    def own() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(redis.ask("HGET", f"{ident}:fdw", os.environ["FDW_ID"]))
        return found

    port = {
        "ingestion": lambda: settings["sys_tbl_mgr"]["rpc_config"]["server_port"],
        "proxy": lambda: settings["proxy"]["port"],
        "fdw": lambda: own()["port"],
    }[role]()
    server = socket.create_server(("127.0.0.1", port), reuse_port=True)  # several nodes have one machine here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    redis.ask("HSET", *state, "running")
    try:
        while True:
            time.sleep(0.05)
            busy = (root / "busy").exists()
            if role == "fdw" and not busy and own()["state"] == "draining":
                redis.ask("HSET", f"{ident}:fdw", key, json.dumps({**own(), "state": "stopped"}))
    finally:
        server.close()
        redis.ask("HSET", *state, "dead")


if __name__ == "__main__":
    sys.exit(main())
