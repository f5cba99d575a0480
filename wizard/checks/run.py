"""All checks against facts, and every code that a check can give. Those of the answers alone are in `answered`, so that
whoever has only answers loads no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from wizard.checks import answered as _answered  # noqa: F401 - its codes are registered with all others
from wizard.checks import changes, engine, live
from wizard.checks.codes import CODES, Code
from wizard.checks.live import unread
from wizard.checks.subject import Subject
from wizard.facts.asking import Ask, Facts
from wizard.findings import Finding, worst_first

#: Given by the engine's room, which knows the runs; named here so that they are registered with all others.
ENGINE = (engine.ENGINE_KIND_CHANGED, engine.ENGINE_OLDER)
#: Given where a plan has been made (`wizard.deploy.classes`); named here for the same reason.
PLANS = (changes.CHANGE_IGNORED,)


#: Checks against facts: modules with `asks(subject)` and `check(subject, facts)`.
LIVE = (
    live.account,
    live.addresses,
    live.database,
    live.permissions,
    live.private_zones,
    live.quotas,
    live.service,
    live.sizing,
    live.state_lock,
    live.taken,
    live.zones,
)


def no_turn() -> None:
    """Go on at once: nobody else wants the interpreter."""


def asks_of(subject: Subject, *, turn: Callable[[], None] = no_turn) -> frozenset[Ask[Any]]:
    """Everything that has to be asked. All at once: no ask depends on what another one gave.

    `turn` is called before each part: in a thread beside a screen, what that has to do may go first there.
    """
    return frozenset(ask for module in _in_turn(turn) for ask in module.asks(subject))


def check_facts(
    subject: Subject, asks: frozenset[Ask[Any]], facts: Facts, *, turn: Callable[[], None] = no_turn
) -> tuple[Finding, ...]:
    """Everything that facts say of the answers, and which of the subject's `asks` could not be read; worst first.

    `turn` as in `asks_of`.
    """
    in_order = sorted(asks, key=lambda ask: (ask.kind, repr(ask)))
    found = [finding for module in _in_turn(turn) for finding in module.check(subject, facts)]
    return worst_first((*found, *unread.check(in_order, facts)))


def _in_turn(turn: Callable[[], None]) -> Iterator[ModuleType]:
    for module in LIVE:
        turn()
        yield module


def registered() -> tuple[Code, ...]:
    """Every code that a check can give, by name."""
    return tuple(sorted(CODES.values(), key=lambda code: code.name))
