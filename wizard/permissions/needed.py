"""Which IAM actions an operator needs for what is emitted, and for what the program itself does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wizard.permissions.calls import DATA, RESOURCES, Calls
from wizard.permissions.core import check_grants, core_grants, drift_grants
from wizard.permissions.emitted import Block, Emitted
from wizard.permissions.grants import Grant, Stage
from wizard.permissions.places import Places, is_look

#: The emitted provider's `default_tags` put tags on whatever takes them.
_ALWAYS = frozenset({"tags"})


def operator_grants(places: Places, emitted: Iterable[Emitted]) -> tuple[Grant, ...]:
    """Everything that checking, applying, seeding, verifying, looking for drift and destroying need."""
    return _distinct(
        (*stack_grants(places, emitted), *core_grants(places), *drift_grants(places), *check_grants(places))
    )


def checker_grants(places: Places) -> tuple[Grant, ...]:
    """What checking alone needs. It makes nothing."""
    return _distinct(check_grants(places))


def stack_grants(places: Places, emitted: Iterable[Emitted]) -> tuple[Grant, ...]:
    """What the engine needs for the blocks of some stacks."""
    return _distinct(grant for stack in emitted for block in _in_order(stack) for grant in _of(block, stack, places))


def calls_of(block: Block) -> Calls:
    """Give the entry of a block's type; KeyError for a type that nobody has looked into yet."""
    return (RESOURCES if block.kind == "resource" else DATA)[block.type]


def _in_order(stack: Emitted) -> list[Block]:
    return sorted(stack.blocks, key=lambda block: (block.kind, block.type, sorted(block.arguments)))


def _of(block: Block, stack: Emitted, places: Places) -> Iterator[Grant]:
    calls = calls_of(block)
    arguments = sorted((block.arguments | _ALWAYS) & set(calls.given))
    by_stage = {
        Stage.READ: calls.read,
        Stage.DO: (*calls.do, *(action for argument in arguments for action in calls.given[argument])),
        Stage.UNDO: calls.undo,
    }
    for stage, actions in by_stage.items():
        for action in actions:
            yield Grant(action, Stage.READ if is_look(action) else stage, places.of(action, block.type), stack.stack)


def _distinct(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(dict.fromkeys(grants))
