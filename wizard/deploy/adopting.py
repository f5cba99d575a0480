"""A shard that something else made, taken as a contract: deployments stand on it, and nobody here plans or destroys it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from wizard.aws.session import AwsSession, require_account
from wizard.blueprints.springtail.adopting import Given, contract, named_by, wrong
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.blueprints.springtail.contracts import ShardOutputs
from wizard.blueprints.springtail.stacks import SHARD
from wizard.deploy import journals, store
from wizard.deploy.target import Target, neighbours
from wizard.engine import runs
from wizard.errors import BlockedError, InputError
from wizard.files import to_json, write_atomic
from wizard.workspace import Place

JOURNAL: Final = "adopted.jsonl"


@dataclass(frozen=True, slots=True)
class Adopted:
    """The contract as AWS has it now; `changed` are outputs that it said otherwise before: key, before, now."""

    outputs: ShardOutputs
    changed: tuple[tuple[str, Any, Any], ...]


def is_adopted(place: Place) -> bool:
    """Whether something else made it."""
    return place.adopted.is_file()


def require_own(place: Place, stack: str) -> None:
    """Raise BlockedError for the stack of a shard that something else made: none of it is in a state of ours."""
    if stack == SHARD and is_adopted(place):
        raise BlockedError(
            f"shard {place.name} was not made by Planewright, and is not changed by it",
            cause=f"{place.adopted} says that its contract alone was taken; its resources are in no state of ours",
            action=f"change it with what made it; `planewright adopt {place.name} --look` says what of it differs by now",
        )


def look(target: Target, session: AwsSession, given: Given | None) -> Adopted:
    """Read what AWS has and check it against what deployments need and what the answers say. Writes nothing.

    Without `given`, the ids are those of the contract that was taken before. Raises InputError with everything that is
    wrong, BlockedError for a shard that Planewright made.
    """
    from wizard.aws.adopting import look as read

    shard = _shard(target)
    before = store.load_contract(target.place, SHARD)
    known = before if isinstance(before, ShardOutputs) else None
    if not is_adopted(target.place) and (known is not None or _was_applied(target.place)):
        raise BlockedError(
            f"shard {target.name} was made by Planewright",
            cause="an apply of it was begun from this workspace",
            action=f"planewright drift {target.name} looks at it; planewright apply {target.name} changes it",
        )
    named = given or (named_by(known) if known else None)
    if named is None:
        raise InputError(
            f"nothing is known of shard {target.name} yet",
            action="name --private-subnet, --public-subnet, --redis and --topic",
        )
    require_account(session.identity(), shard.account)
    seen = read(session, named)
    problems = wrong(named, seen, shard)
    if problems:
        raise InputError(f"no deployment could stand on shard {target.name} as it is", problems)
    now = contract(named, seen)
    return Adopted(now, _changed(known, now) if known else ())


def adopt(target: Target, found: Adopted) -> None:
    """Keep the contract, and that something else made the shard."""
    if not is_adopted(target.place):
        # Before the contract: one without it would be taken for what an apply of ours handed over.
        write_atomic(target.place.adopted, to_json({"format": 1, "stack": SHARD}))
    store.save_contract(target.place, SHARD, found.outputs)
    changed = {key: [was, now] for key, was, now in found.changed}
    journals.append(target.place, JOURNAL, {"did": "adopted", "vpc": found.outputs.vpc_id, "changed": changed})


def forget(target: Target) -> None:
    """Take the contract away again; the shard itself is not touched. Raises BlockedError while a deployment stands on it."""
    _shard(target)
    if not is_adopted(target.place):
        raise InputError(f"shard {target.name} was not adopted", action=f"planewright destroy {target.name}")
    standing = sorted(
        other.name
        for other in neighbours(target)
        if any((target.workspace.place("deployment", other.name).path / "contracts").glob("*.json"))
    )
    if standing:
        raise BlockedError(
            f"shard {target.name} is in use",
            cause=f"{', '.join(standing)} stand on it",
            action="destroy them first: without the contract they could be neither changed nor destroyed",
        )
    store.remove_contract(target.place, SHARD)
    target.place.adopted.unlink()
    journals.append(target.place, JOURNAL, {"did": "forgotten"})


def _shard(target: Target) -> ShardAnswers:
    if not isinstance(target.answers, ShardAnswers):
        raise InputError(
            f"{target.name} is a deployment", action="name a shard: deployments are always made by Planewright"
        )
    return target.answers


def _was_applied(place: Place) -> bool:
    return any(run.request.action == "apply" for run in runs.listed(place.runs))


def _changed(before: ShardOutputs, now: ShardOutputs) -> tuple[tuple[str, Any, Any], ...]:
    was, found = before.model_dump(), now.model_dump()
    return tuple((key, was[key], found[key]) for key in found if was[key] != found[key])
