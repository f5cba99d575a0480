"""A ladder carried through: 1.1.32 to no-PG by its vendor's rules, cut off anywhere, also between what one apply does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.upgrading.world import Demo, Killed, World, world
from tests.upgrades.seed import FRESH, LADDER, WHOLE
from wizard.deploy.target import Target
from wizard.deploy.upgrading import record
from wizard.deploy.upgrading.course import Seen
from wizard.errors import BlockedError, EngineError
from wizard.upgrades.sequence import Explained, sequence, steps
from wizard.upgrades.steps import Gate, Step

A_STEP = ["write", "plan", "ask", "apply", "attend", "conclude", "look"]
#: Three steps, of which the second has a gate more.
DEEDS = 3 * len(A_STEP) + 1


@dataclass
class Ascent(Demo):
    """A course that a ladder decides, with what it wants."""

    wanted: tuple[tuple[str, str], ...] = tuple(WHOLE.items())

    def steps(self, target: Target, site: Any) -> tuple[Step, ...]:
        now = {key: self.world.true[key] for key in FRESH}
        legs = sequence(LADDER, now, dict(self.wanted))
        if isinstance(legs, Explained):
            raise legs.error(target.name)
        return steps(LADDER, legs, stack="instance", now=now)

    def observe(self, target: Target, site: Any, gate: Gate) -> Seen:
        version = self.world.true["version"]
        return self.world.do(
            f"look {gate.key}", lambda: Seen(ok=gate.kind == "hop" or version == "2.0", says=f"all run {version}")
        )


@pytest.fixture
def made(tmp_path: Path) -> World:
    found = world(tmp_path)
    for name in ("true.json", "written.json"):
        found.put(name, {**FRESH, "efficient_format": "off"})
    found.course = Ascent
    return found


def applied(made: World) -> list[str]:
    upgrade = record.load(made.target.place)
    assert upgrade is not None
    assert upgrade.outcome == "ended"
    return [walked.step.key for walked in upgrade.steps]


def test_the_vendors_sequence_is_what_is_applied(made: World) -> None:
    made.go()
    assert applied(made) == ["wal-v1", "image-2.0+wal-v3", "no-pg"]
    assert made.true == {**WHOLE, "efficient_format": "on"}
    assert len(made.did) == DEEDS


# From the second apply on, which does two things at once: of one alone `test_carrying` tells.
@pytest.mark.parametrize("kill_at", range(len(A_STEP), DEEDS))
def test_killed_after_anything_it_is_the_same_three_applies(made: World, kill_at: int) -> None:
    made.kill_at, made.after_it = kill_at, True
    with pytest.raises(Killed):
        made.go()
    made.go()
    assert applied(made) == ["wal-v1", "image-2.0+wal-v3", "no-pg"]
    assert made.true == {**WHOLE, "efficient_format": "on"}
    assert made.did.count("apply") == 3


@pytest.mark.parametrize("half", ["version", "wal"])
def test_an_apply_of_two_that_failed_between_them_is_brought_to_its_end_before_no_pg(made: World, half: str) -> None:
    record.begin(made.target.place, Ascent(made).steps(made.target, None))
    carrier = made.carrier()
    assert carrier.step() is not None
    made.fails, made.half_true = True, frozenset({half})
    with pytest.raises(EngineError):
        carrier.step()
    assert (made.true["version"], made.true["wal"]) in {("2.0", "v1"), ("1.1.32", "v3")}

    made.fails = False
    made.did.clear()
    made.go()

    assert made.true == {**WHOLE, "efficient_format": "on"}
    assert made.did.index("look all-2.0") < made.did.index("write no-pg")


def test_a_wish_that_no_rule_allows_begins_nothing_and_says_the_rule(made: World) -> None:
    made.course = lambda world: Ascent(world, (("version", "1.1.32"), ("no_pg", "on")))
    with pytest.raises(BlockedError, match="no upgrade of acme-prod leads there") as caught:
        made.go()
    assert "no-PG is never on before 2.0" in caught.value.cause
    assert record.load(made.target.place) is None
