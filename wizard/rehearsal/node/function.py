"""The start of a Lambda function: its code and event from the standard input's JSON, names as its VPC sees them.

Reads `{"code": directory, "handler": "module.name", "event": …, "names": {name: [addresses]}}`; prints
`{"result": …}` or `{"errorType": …, "errorMessage": …}` as the last line.
"""

from __future__ import annotations

import importlib
import json
import socket
import sys
from typing import Any


def resolving(names: dict[str, list[str]]) -> Any:
    """Make a `socket.getaddrinfo` that knows these names, and numeric addresses, and no other."""
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is None or name.replace(".", "").isdigit():
            return original(host, port, *rest, **named)
        found = names.get(name.rstrip(".").lower(), [])
        if not found or socket.AF_INET6 in (*rest[:1], named.get("family")):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [entry for address in found for entry in original(address, port, *rest, **named)]

    return getaddrinfo


def main() -> int:
    """Run the handler once."""
    order = json.load(sys.stdin)
    socket.getaddrinfo = resolving(order["names"])
    sys.path.insert(0, order["code"])
    module, _, name = order["handler"].rpartition(".")
    try:
        result = getattr(importlib.import_module(module), name)(order["event"], None)
    except Exception as error:  # noqa: BLE001 - the service reports whatever a function raises
        said = {"errorType": type(error).__name__, "errorMessage": str(error)}
        sys.stdout.write(json.dumps(said) + "\n")
        return 1
    sys.stdout.write(json.dumps({"result": result}, default=str) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
