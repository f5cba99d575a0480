"""What the answers say otherwise than they said at the last apply; where nothing was applied, than when they were saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.answers.changed import ChangedAnswer, changed_answers, changed_in_effect
from wizard.answers.draft import Draft
from wizard.blueprints.springtail.stacks import INSTANCE, LINK, SHARD
from wizard.deploy import drafts
from wizard.deploy.answered import Applied, last_applied

if TYPE_CHECKING:
    from wizard.walk.walk import Walk

#: The stacks of each kind of object, in the order in which they are applied.
_STACKS = {"shard": (SHARD,), "deployment": (INSTANCE, LINK)}


@dataclass(frozen=True, slots=True)
class Since:
    """Answers that changed, each once, and since when; `applied` is empty where they are compared with the saved ones."""

    changed: tuple[ChangedAnswer, ...]
    applied: str = ""


def since(walk: Walk) -> Since:
    """Compare the draft in hand with what each stack was applied from. Raises InputError for saved answers that cannot be read.

    A stack whose applied answers are not on record tells nothing; of two that were applied from different ones each
    answer is told as it was when it was applied first.
    """
    model, found = walk.draft.model, [(stack, last_applied(walk.place, stack)) for stack in _STACKS[walk.kind]]
    known = [(stack, one) for stack, one in found if one is not None and one.answers is not None]
    if not known:
        return Since(changed_answers(drafts.saved(walk.place, model), walk.draft))
    changed: dict[str, ChangedAnswer] = {}
    for _, one in sorted(known, key=lambda it: it[1].run.id):
        for answer in changed_in_effect(Draft(model, one.answers or {}), walk.draft):
            changed.setdefault(answer.key, answer)
    return Since(tuple(changed[key] for key in sorted(changed)), ", ".join(_when(*it) for it in known))


def _when(stack: str, applied: Applied) -> str:
    return f"the apply of {stack}, {applied.run.request.created:%Y-%m-%d %H:%M} UTC"
