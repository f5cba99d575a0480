"""The faults on paper."""

from __future__ import annotations

from typing import Final

from wizard.rehearsal.faults import FAULTS, Fault

_HEAD: Final = """# Faults to rehearse

Made from the register in `wizard/rehearsal/faults.py` by `python -m wizard.cli.pages`.

A rehearsal can have something wrong in it, so that people see what verification says of it before a customer's call:

```console
$ make rehearse ARGS='--fault route-missing'           # the told journey
$ planewright rehearse --fault help                    # every fault in words
$ planewright rehearse --fault wrong-password --fault wrong-zone
$ planewright rehearse --screens --fault rule-missing  # you are the operator, and find it on the screens
```

A fault changes what AWS, PostgreSQL or an agent hold, through their own APIs and with the credentials of whoever would do
it in life. Verification knows nothing of it. The told journey ends with the faults that were on, the hop that
verification named, its remedy, and the exit status that `planewright verify` gave, which is its own.

## In training

1. Start a world with a fault that the trainee has not been told: `planewright rehearse --screens --fault NAME`. It comes
   on around the customer's part, some seconds after the trainee's apply of `instance`.
2. The trainee goes on to Verify, names the hop, says whose turn it is, and does what the remedy says: for the customer
   with the customer's credentials, for the operator with their own.
3. Verify again: a hop that is mended passes. Where AWS knows no way back (a peering that was rejected or has expired) an
   apply requests it anew.

With `--keep` the told journey keeps its world, and prints the variables with which another terminal reaches it. Several
faults can be on at once; one may hide another, as in life: what stands on a hop that failed is not observable.

## What each does, and what is said of it

`…` is filled in: an id, a name, an address. Every row is tested: the very verification on a world of embedded parts. A
rehearsal's answers name no way into the customer's account, so a missing route, a closed security group and a network ACL
show at the same hop; with the customer's read role each has a hop of its own.
"""


def markdown() -> str:
    """Write the page: how to use it, then a row for each fault."""
    lines = [
        _HEAD,
        "| fault | what is done | comes on | hop named | remedy | mended when |",
        "|---|---|---|---|---|---|",
    ]
    lines += [row for fault in FAULTS for row in _rows(fault)]
    return "\n".join(lines) + "\n"


def _rows(fault: Fault) -> list[str]:
    """One row for each thing that is said: topologies of which the same is said share it."""
    said: dict[tuple[str, str], list[str]] = {}
    for topology, named in fault.named.items():
        told = (f"`{named.hop}`", named.remedy) if named else ("none", fault.otherwise)
        said.setdefault(told, []).append(topology)
    return [
        f"| `{fault.name}`, {' and '.join(topologies)} | {_cell(fault.does)} | {fault.when} | {hop} | {_cell(remedy)} "
        f"| {_cell(fault.mended)} |"
        for (hop, remedy), topologies in said.items()
    ]


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
