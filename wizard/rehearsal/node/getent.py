"""`getent` of a rehearsed node: names as its VPC sees them, at the loopback addresses that stand for the real ones.

Called by a wrapper as `getent.py VIEW DATABASE KEY…`. VIEW is a JSON file: `names` (name to real addresses) and
`addresses` (real address to loopback address). Exit code 2 when a key is not found, as the real one's.
"""

from __future__ import annotations

import json
import os
import sys

_FORMS = {"hosts": ("",), "ahosts": ("STREAM", "DGRAM", "RAW"), "ahostsv4": ("STREAM", "DGRAM", "RAW")}
NOT_FOUND = 2


def main(arguments: list[str]) -> int:
    """Answer for the databases of hosts; hand every other one to the machine's own getent."""
    view_file, *rest = arguments
    database = next((word for word in rest if not word.startswith("-")), "")
    keys = [word for word in rest if not word.startswith("-")][1:]
    if database == "ahostsv6":
        return NOT_FOUND
    if database not in _FORMS:
        os.execv("/usr/bin/getent", ["getent", *rest])  # noqa: S606 - no shell is meant
    with open(view_file, encoding="utf-8") as file:  # noqa: PTH123 - pathlib would double the start-up time
        view = json.load(file)
    code = 0
    for key in keys:
        found = view["names"].get(key.rstrip(".").lower(), [key] if key in view["addresses"] else [])
        code = code if found else NOT_FOUND
        for number, address in enumerate(found):
            for form in _FORMS[database]:
                name = key if number == 0 and form in ("", "STREAM") else ""
                sys.stdout.write(f"{view['addresses'][address]:<15} {form:<6} {name}".rstrip() + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
