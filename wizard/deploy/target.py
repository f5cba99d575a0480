"""A target: one shard or deployment of the workspace, opened, with the shard it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.contracts import InstanceOutputs, ShardOutputs
from wizard.blueprints.springtail.stacks import INSTANCE, SHARD, stacks_of
from wizard.checks.answered import check_answers
from wizard.checks.subject import Subject
from wizard.deploy import store
from wizard.deploy.lasting import apply_needs
from wizard.deploy.needed import emitted_of
from wizard.deploy.readiness import load as load_readiness
from wizard.errors import PlanewrightError
from wizard.findings import Finding, worst_first
from wizard.workspace import Place, Workspace


@dataclass(frozen=True, slots=True)
class Target:
    """What a command works on. For a shard, `shard` and `shard_place` are its own."""

    workspace: Workspace
    place: Place
    answers: ShardAnswers | DeploymentAnswers
    shard: ShardAnswers
    shard_place: Place

    @property
    def name(self) -> str:
        """The shard's or deployment's name."""
        return self.place.name

    @property
    def deployment(self) -> DeploymentAnswers:
        """The deployment's answers; asking a shard for them is a bug of the caller."""
        if not isinstance(self.answers, DeploymentAnswers):
            raise TypeError(f"{self.name} is a shard")
        return self.answers

    @property
    def stacks(self) -> tuple[str, ...]:
        """Stacks in the order they are applied."""
        return stacks_of(self.answers)


def open_target(workspace: Workspace, name: str) -> Target:
    """Find an object by name and read its answers, and its shard's."""
    place = workspace.find(name)
    return target_of(workspace, place, store.load_object(place))


def shard_beneath(workspace: Workspace, place: Place) -> Place | None:
    """Give the shard that a deployment stands on; None for a shard, and where it is not here or the answers cannot be read."""
    try:
        answers = store.load_object(place)
    except PlanewrightError:
        return None
    shard = workspace.place("shard", answers.shard) if isinstance(answers, DeploymentAnswers) else None
    return shard if shard is not None and shard.path.is_dir() else None


def target_of(workspace: Workspace, place: Place, answers: ShardAnswers | DeploymentAnswers) -> Target:
    """Open an object with these answers, saved or not. InputError when the shard that they name cannot be opened."""
    if isinstance(answers, ShardAnswers):
        return Target(workspace, place, answers, answers, place)
    shard = store.load_shard_of(workspace, answers)
    return Target(workspace, place, answers, shard, workspace.place("shard", answers.shard))


def neighbours(target: Target) -> tuple[DeploymentAnswers, ...]:
    """The workspace's other deployments on the same shard."""
    found = []
    for place in target.workspace.all():
        if place.kind == "deployment" and place.name != target.name and _names(place, target.shard.name):
            other = store.load_object(place)
            if isinstance(other, DeploymentAnswers) and other.shard == target.shard.name:
                found.append(other)
    return tuple(found)


def _names(place: Place, shard: str) -> bool:
    """Whether an answers file can be about this shard: a look at its text, since reading a thousand takes ten seconds."""
    text = place.answers.read_text(encoding="utf-8", errors="replace")
    return re.search(rf"^shard:.*\b{re.escape(shard)}\b", text, re.MULTILINE) is not None


def subject_of(target: Target) -> Subject:
    """What the checks are given: the answers, and what the workspace knows of what was built."""
    shard_built = store.load_contract(target.shard_place, SHARD)
    locks = frozenset(lock for stack in target.stacks if (lock := store.load_lock(target.place, stack)) is not None)
    if isinstance(target.answers, ShardAnswers):
        return Subject(
            target.shard,
            shard_built=shard_built if isinstance(shard_built, ShardOutputs) else None,
            apply_needs=apply_needs(target.place, target.stacks),
            emitted=emitted_of(target.shard),
            locked_by=locks,
        )
    built = store.load_contract(target.place, INSTANCE)
    return Subject(
        target.shard,
        target.deployment,
        neighbours(target),
        shard_built=shard_built if isinstance(shard_built, ShardOutputs) else None,
        built=built if isinstance(built, InstanceOutputs) else None,
        pins=store.load_pins(target.place),
        readiness=load_readiness(target.place),
        apply_needs=apply_needs(target.place, target.stacks),
        emitted=emitted_of(target.shard, target.deployment),
        locked_by=locks,
    )


def findings_of(target: Target) -> tuple[Finding, ...]:
    """Everything the pure checks have to say, worst first."""
    return worst_first(check_answers(subject_of(target)))
