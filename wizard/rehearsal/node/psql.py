"""`psql` of a rehearsed node: the real one, held to the loopback addresses that stand for what the node may dial.

Called by a wrapper as `psql.py VIEW REAL_PSQL ARGUMENT…`. A host without an address is resolved as the node's VPC sees
it; an address that the node was given as a real one is exchanged. Anything else is nowhere, as psql would say it.
"""

from __future__ import annotations

import json
import os
import re
import sys

_FAILED = 2  # psql's own code for a connection that was not made
_HOSTADDR = re.compile(r"(\bhostaddr\s*=\s*'?)([0-9.]+)")
_HOST = re.compile(r"(?<!\w)host\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S+))")
_URL_HOST = re.compile(r"^postgres(?:ql)?://(?:[^@/]*@)?([^:/?]+)")


class Nowhere(Exception):  # noqa: N818 - a word of its own, not a fault of the program
    """A host or address that nothing of this node leads to."""


def local(view: dict[str, dict[str, str]], address: str) -> str:
    """Give the loopback address for a real one, or the address itself when it already is one of this node's."""
    if address in view["addresses"].values():
        return address
    try:
        return view["addresses"][address]
    except KeyError:
        raise Nowhere(f'connection to server at "{address}" failed: Network is unreachable') from None


def host_of(arguments: list[str], environment: dict[str, str]) -> str:
    """Find the host that psql would connect to, or nothing for a Unix socket."""
    for index, word in enumerate(arguments):
        if word in ("-h", "--host") and index + 1 < len(arguments):
            return arguments[index + 1]
        if word.startswith("--host="):
            return word.removeprefix("--host=")
        if word.startswith("-h") and len(word) > 2:
            return word[2:]
        if found := _HOST.search(word):
            return found.group(1) or found.group(2) or ""
        if found := _URL_HOST.search(word):
            return found.group(1)
    return environment.get("PGHOST", "")


def main(arguments: list[str]) -> None:
    """Exchange addresses, then become psql; end when there is nothing to connect to."""
    view_file, program, *rest = arguments
    with open(view_file, encoding="utf-8") as file:  # noqa: PTH123 - as in getent.py
        view = json.load(file)
    environment = dict(os.environ)
    try:
        if any(_HOSTADDR.search(word) for word in rest):
            rest = [_HOSTADDR.sub(lambda m: m.group(1) + local(view, m.group(2)), word) for word in rest]
        elif environment.get("PGHOSTADDR"):
            environment["PGHOSTADDR"] = local(view, environment["PGHOSTADDR"])
        else:
            host = host_of(rest, environment)
            if host and not host.startswith("/"):
                real = view["names"].get(host.rstrip(".").lower(), [host] if host[:1].isdigit() else [])
                if not real:
                    raise Nowhere(f'could not translate host name "{host}" to address: Name or service not known')
                environment["PGHOSTADDR"] = local(view, real[0])
    except Nowhere as nowhere:
        sys.stderr.write(f"psql: error: {nowhere}\n")
        sys.exit(_FAILED)
    os.execve(program, ["psql", *rest], environment)  # noqa: S606 - no shell is meant


if __name__ == "__main__":
    main(sys.argv[1:])
