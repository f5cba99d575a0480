"""What an upgrade is made of: steps, each its own apply, with what is seen before the next one may begin. Pure.

what it sets is written ─► plan, yes ─► before (stop) ─► apply ─► after (prepare, start) ─► gates seen ─► the next
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Facts by name, in the order in which they are told: ("image.fdw-0", "ami-…"), ("version", "2.0").
Facts = tuple[tuple[str, str], ...]

GateKind = Literal["nodes_run", "hop"]
ActVerb = Literal["prepare", "start", "stop"]


@dataclass(frozen=True, slots=True)
class Gate:
    """What must be observed before the next step begins; `says` it in words, from which `key` is told apart in a step.

    `nodes_run`: `wanted` is what each named node must run (("fdw-0", "ami-…")). `hop`: `wanted` names links of the data
    path and what they must be (("replication", "passed")). Who observes it is the blueprint's.
    """

    key: str
    says: str
    kind: GateKind
    wanted: Facts


@dataclass(frozen=True, slots=True)
class Act:
    """A service act on one node, before or after a step's apply. Each may be given again: what is so already is left alone."""

    verb: ActVerb
    node: str

    def __str__(self) -> str:
        return f"{self.verb} {self.node}"


@dataclass(frozen=True, slots=True)
class Step:
    """One apply of one stack, and what stands around it.

    `sets` are facts that are true afterwards. `one_way` says why there is no way back, and takes the typed name; empty where
    there is one, which `back` tells. `key` is told apart in an upgrade, and stays the same when the steps are worked out
    again from what is true in the middle of it.
    """

    key: str
    title: str
    why: str
    stack: str
    sets: Facts
    before: tuple[Act, ...] = ()
    after: tuple[Act, ...] = ()
    gates: tuple[Gate, ...] = ()
    one_way: str = ""
    back: str = ""
