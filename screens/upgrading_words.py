"""What is said above an upgrade's ladder, and in its questions. Pure: values in, words out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.content import Content

from screens.steps.apply_words import question as apply_question
from screens.steps.apply_words import what_it_means
from screens.steps.plan_words import losses
from screens.widgets.masked import Mask
from wizard.deploy.upgrading.carrying import PATIENCE_S
from wizard.walk.run_news import duration
from wizard.walk.upgrade_text import counted

if TYPE_CHECKING:
    from screens.upgrading_heard import Question
    from wizard.deploy.upgrading.course import Seen
    from wizard.deploy.upgrading.record import Upgrade
    from wizard.engine.runs import Outcome, Result
    from wizard.upgrades.steps import Gate
    from wizard.walk.upgrades import Looked

_PATIENCE = timedelta(seconds=PATIENCE_S)
#: What is asked when an upgrade is begun.
REASON = "Why is it begun? It goes on record, and may stay empty."
#: What is asked when one is given up.
GIVES_UP = "What is done stays, and what is half-way stays so. Why is it given up?"
#: What leaving means while something is under way.
LEAVING = "leaving it in good order: what was started goes on by itself, and n goes on later"
LEFT = "Left where it is; what was started goes on by itself. n does the rest of the step, g all of them."
NOT_BEGUN = "Nothing was begun."
AFTER_THIS = "then no further step"


def begins(looked: Looked) -> Iterator[str]:
    """Say what is begun."""
    yield f"{counted(len(looked.steps))}, each an apply of its own:"
    yield from (f"{number}. {it.step.title}" for number, it in enumerate(looked.steps, 1))
    yield "Each plan is shown, and you are asked before it is applied."


#: How a run ended that was found under way, by its outcome: a mark and a word.
_ENDED: Mapping[Outcome, tuple[str, str]] = {
    "failed": ("✗", "has failed"),
    "interrupted": ("■", "was stopped"),
    "killed": ("✗", "was killed"),
    "not started": ("✗", "never began"),
}


def ended(result: Result | None) -> tuple[str, str]:
    """Say how a run ended that was found under way; None where nobody can tell. A mark and a sentence."""
    if result is not None and result.outcome == "succeeded":
        return "✓", "The run that was under way has ended: it succeeded."
    mark, how = _ENDED[result.outcome] if result is not None else ("✗", "cannot be followed to its end")
    return mark, f"The run that was under way {how}: it stands below, with why and what to do; s goes to the steps."


@dataclass(frozen=True, slots=True)
class AtGate:
    """The gate that is waited for, since when, and what it showed last."""

    gate: Gate
    since: datetime
    seen: Seen | None = None


def waiting(at: AtGate, now: datetime) -> str:
    """Say which gate is waited for, what it shows, and for how long."""
    shows = f"{at.gate.says}: {at.seen.says}" if at.seen is not None else at.gate.says
    waited, patience = duration(max(now - at.since, timedelta())), duration(_PATIENCE)
    return f"at a gate: {shows}. Waited {waited} of at most {patience}; c leaves it, and n goes on later"


def shown(question: Question) -> tuple[str, str]:
    """Say what is shown and waits for a yes: a mark and a sentence."""
    step, counts = question.step, question.planned.plan.view.counts
    if question.acts:
        how = "it takes the name: t goes to the field" if question.why else "a gives them"
        return (
            "!",
            f"{step.title}: nothing is to be applied. Nothing is given to the nodes yet: {question.acts}; {how}.",
        )
    if question.why:
        return "!", f"{step.title}: {counts}. Nothing is applied yet; it takes the name: t goes to the field."
    return "●", f"{step.title}: {counts}. Nothing is applied yet; a applies exactly this plan."


def asks(question: Question) -> str:
    """Give the last question before anything is done; whoever asks it masks it."""
    if not question.acts:
        return apply_question(question.planned)
    target = question.planned.target
    return f"Stop and start services of {target.name} in account {target.shard.account.id}?"


def means(question: Question, mask: Mask) -> Content:
    """Say what a yes leads to."""
    if not question.acts:
        return what_it_means(question.planned, mask)
    told = "\n".join(map(str, question.step.after))
    return Content(mask(f"Nothing is to be applied. The nodes are given, in this order:\n{told}"))


def takes_name(question: Question, mask: Mask) -> Iterator[Content]:
    """Say what the typed name lets go: what has no way back, and what is lost."""
    if question.step.one_way:
        yield Content.styled(f"✗ one way: {mask(question.step.one_way)}", "bold $text-error")
    if question.tree.losses:
        yield from losses(question.tree, mask)


def carried(upgrade: Upgrade | None) -> tuple[str, str]:
    """Say what came of it: a mark and a sentence."""
    if upgrade is None:
        return "✓", "There is nothing to upgrade."
    if upgrade.going:
        return "✓", f"{upgrade.done} of {counted(len(upgrade.steps))} done. n does the next one, g all of them."
    return "✓", "The upgrade has ended: all of it is done and seen. The step Verify proves the path."


def stands(looked: Looked) -> tuple[str, str]:
    """Say how it stands, and which key goes on: a mark and a sentence."""
    following = looked.next
    if looked.refused is not None:
        return (
            "✗",
            f"Nothing leads to {looked.refused.target}: {'; '.join(looked.refused.rules)}. What works stands below.",
        )
    if following is None and looked.half is None:
        return "✓", "All is as the answers want it: there is nothing to upgrade."
    if following is None:
        return "✓", "Nothing is left of it: n looks once more, and ends it."
    at = looked.steps.index(following) + 1
    if looked.half is None:
        return (
            "",
            f"{counted(len(looked.steps))} to what the answers want. n does the first one, g all of them; each asks.",
        )
    how = f" ({following.word})" if following.begun else ""
    return (
        "●",
        f"Half-way: step {at} of {len(looked.steps)} is next{how}: {following.step.title}. n does it, g all of them.",
    )
