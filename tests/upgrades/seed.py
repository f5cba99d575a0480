"""The upgrade of a data plane from 1.x to 2.0, as its vendor's rules have it, declared as data: the mechanism's test case."""

from __future__ import annotations

from wizard.upgrades.ladder import Aspect, Derived, Forbidden, Ladder, Move, Needs, Together
from wizard.upgrades.steps import Gate

FRESH = {"version": "1.1.32", "wal": "none", "no_pg": "off"}
WHOLE = {"version": "2.0", "wal": "v3", "no_pg": "on"}

ON_2 = Needs("version", ("2.0",), "old nodes cannot read the new WAL format during the rollout")
ALL_ON_2 = Gate("all-2.0", "every node runs 2.0", "nodes_run", (("reader", "2.0"), ("writer", "2.0")))
WRITES = Gate("writes", "a write is read back", "hop", (("write", "passed"),))

LADDER = Ladder(
    aspects=(
        Aspect("version", "the version", ("1.1.32", "2.0")),
        Aspect("wal", "the WAL footer", ("none", "v1", "v3")),
        Aspect("no_pg", "no-PG", ("off", "on")),
    ),
    apart="the WAL footer version is set in a separate apply, after all nodes run the target version",
    moves=(
        Move(
            "wal-v1", "wal", "none", "v1", "WAL v1", "the efficient format begins as early as it can",
            gates=(WRITES,), back="set the WAL footer version as it was",
        ),
        Move(
            "image-2.0", "version", "1.1.32", "2.0", "2.0", "2.0 has the fix that no-PG needs",
            # v3 on old nodes is what an apply of both leaves when it is cut off in between: the way out is on.
            needs=(Needs("wal", ("v1", "v3"), "WAL v1 is set before the image of 2.0"),),
            gates=(ALL_ON_2,), back="the image as it was, as long as the WAL is v1",
        ),
        Move(
            "wal-v3", "wal", "v1", "v3", "WAL v3", "2.0 writes it",
            needs=(ON_2,), gates=(WRITES,), back="set WAL v1",
        ),
        Move(
            "no-pg", "no_pg", "off", "on", "no-PG", "objects are kept without PostgreSQL",
            needs=(
                Needs("version", ("2.0",), "1.1.32 has a bug with it that 2.0 has fixed"),
                Needs("wal", ("v3",), "no-PG comes after WAL v3"),
            ),
            gates=(WRITES,), one_way="once enabled for an object type it cannot be rolled back without downtime",
        ),
    ),
    together=(Together(("image-2.0", "wal-v3"), "all 2.0 nodes understand v3"),),
    forbidden=(
        Forbidden(
            "no-pg-before-2.0", (Needs("version", ("1.1.32",)), Needs("no_pg", ("on",))),
            "no-PG is never on before 2.0: a known bug on 1.1.32",
        ),
        Forbidden(
            "v3-before-2.0", (Needs("version", ("1.1.32",)), Needs("wal", ("v3",))),
            "nodes before 2.0 cannot read WAL v3",
        ),
    ),
    derived=(
        Derived(
            "efficient_format", (Needs("wal", ("v1", "v3")), Needs("no_pg", ("on",))),
            "from either of them, so that it is on as early as can be",
        ),
    ),
)  # fmt: skip
