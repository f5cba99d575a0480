"""One object in a front end's hands: its draft, what the checks say of it, how each step stands.

    typing ─► draft (kept on disk at once) ─► findings of the answers at once ─► findings against AWS, later

Owned by one thread. Checks run elsewhere: `begin_check` gives what to check with its number, `took` takes what came of
it, and drops it when something was typed since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from wizard.answers.draft import Draft
from wizard.blueprints.load import MODELS, Saved
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.checks.answered import check_answers
from wizard.checks.subject import Subject
from wizard.deploy import drafts
from wizard.deploy.gate import acknowledged, holding
from wizard.deploy.target import Target, subject_of, target_of
from wizard.errors import InputError
from wizard.findings import Finding, worst_first
from wizard.walk.steps import Standing, Step, standings
from wizard.workspace import Kind, Place, Workspace

BLUEPRINT = "springtail"


@dataclass(frozen=True, slots=True)
class Check:
    """Something to check: the number of the typing it belongs to, and the object with its answers then.

    Whoever checks makes the subject of it (`subject_of`): that reads files, and no key waits for it.
    """

    generation: int
    target: Target


class Walk:
    """An object being answered, checked and built."""

    def __init__(self, workspace: Workspace, place: Place, *, keep: Callable[[Draft[Any]], None] | None = None) -> None:
        """Open what is there: a draft, saved answers, or nothing yet. `keep` stores each draft (default: at once)."""
        self.workspace = workspace
        self.place = place
        self._keep = keep or (lambda draft: drafts.save(place, draft))
        self._draft: Draft[Saved] = drafts.load(place, MODELS[BLUEPRINT, place.kind], blueprint=BLUEPRINT)
        self._generation = 0
        self._checked_generation = -1
        self._finished: frozenset[Step] = frozenset()
        self._typed = False
        self._beside: tuple[Target, Subject] | None = None
        self._target: Target | None = None
        self._unopened: InputError | None = None
        self._findings: tuple[Finding, ...] = ()
        self._look()

    @property
    def kind(self) -> Kind:
        """Shard or deployment."""
        return self.place.kind

    @property
    def draft(self) -> Draft[Saved]:
        """The answers as they are now."""
        return self._draft

    @property
    def target(self) -> Target | None:
        """The object with its answers as typed, or None while they are no answers, or their shard cannot be opened."""
        return self._target

    @property
    def unopened(self) -> InputError | None:
        """Why there is no target although the answers have no problem: what the shard's name leads to."""
        return self._unopened

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is known now, worst first. After typing these are the answers' own, until the check is back."""
        return self._findings

    @property
    def checking(self) -> bool:
        """Whether what is known against AWS is older than what was typed."""
        return self._target is not None and self._checked_generation != self._generation

    @property
    def holding(self) -> tuple[Finding, ...]:
        """Findings that hold the way: critical ones, and high ones that nobody has acknowledged."""
        return holding(self._findings, acknowledged(self.place))

    @property
    def changed(self) -> bool:
        """Whether the draft says something else than the saved answers."""
        # What is typed reaches the disk a moment later.
        return self._typed or drafts.path_of(self.place).exists() or not self.place.answers.is_file()

    def standings(self) -> tuple[Standing, ...]:
        """How each step stands. While the draft says something else than the saved answers, no later step is done."""
        held, final = self.holding, not self.changed
        reviewed = {Step.REVIEW} if final and not held and not self._draft.problems else frozenset[Step]()
        return standings(
            self.kind,
            self._draft,
            self._findings,
            holding=held,
            checking=self.checking,
            finished=self._finished | reviewed if final else frozenset(),
        )

    def typed(self, key: str, text: str) -> None:
        """Take what stands in a field now."""
        self._take(self._draft.typing(key, text))

    def add_group(self, key: str) -> None:
        """Add an empty member to a list of groups."""
        self._take(self._draft.with_group(key))

    def remove_group(self, key: str, index: int) -> None:
        """Take a member out of a list of groups."""
        self._take(self._draft.without_group(key, index))

    def begin_check(self) -> Check | None:
        """Give what is to be checked against AWS now, or None while there are no answers to check."""
        if self._target is None:
            return None
        return Check(self._generation, self._target)

    def took(self, generation: int, findings: tuple[Finding, ...]) -> bool:
        """Take a check's findings; False, and nothing changes, when something was typed since it began."""
        if generation != self._generation:
            return False
        self._checked_generation, self._findings = generation, findings
        return True

    def finished(self, steps: Mapping[Step, bool]) -> None:
        """Say which of the later steps are done with the saved answers (`wizard.walk.finished`)."""
        self._finished = frozenset(step for step, done in steps.items() if done)

    def settle(self) -> Target:
        """Make the draft the object's answers, and give it opened. Raises InputError while there are problems."""
        if self.changed:
            drafts.settle(self.place, self._draft)
            self._typed = False
        if self._target is None:
            raise self._unopened or InputError(f"{self.place.name} is not answered yet", self._draft.problems)
        return self._target

    def _take(self, draft: Draft[Saved]) -> None:
        if draft == self._draft:
            return
        self._draft = draft
        self._typed = True
        self._generation += 1
        self._keep(draft)
        self._look()

    def _look(self) -> None:
        """Open the target anew and say what can be said without asking anybody."""
        self._unopened = None
        answers = self._draft.answers
        try:
            self._target = None if answers is None else self._opened(answers)
        except InputError as error:
            self._target, self._unopened = None, error
        if self._target is None:
            self._findings = ()
        else:
            self._findings = worst_first(check_answers(self._subject_of(self._target)))

    def _opened(self, answers: Saved) -> Target:
        """Open the target; what lies on disk is read anew only when the answers name another shard."""
        same = self._beside is not None and _shard_of(answers) == _shard_of(self._beside[0].answers)
        if self._beside is None or not same:
            target = target_of(self.workspace, self.place, answers)
            self._beside = (target, subject_of(target))
        target = self._beside[0]
        if isinstance(answers, ShardAnswers):
            return replace(target, answers=answers, shard=answers)
        return replace(target, answers=answers)

    def _subject_of(self, target: Target) -> Subject:
        assert self._beside is not None  # noqa: S101 - a target was opened beside it
        deployment = None if isinstance(target.answers, ShardAnswers) else target.answers
        return replace(self._beside[1], shard=target.shard, deployment=deployment, now=datetime.now(UTC))


def _shard_of(answers: Saved) -> str:
    return answers.name if isinstance(answers, ShardAnswers) else answers.shard
