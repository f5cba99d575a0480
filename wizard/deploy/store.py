"""What a workspace holds, read and written as typed values: answers, pins, contracts, the state's location.

Every write is atomic; what cannot be read is an InputError that names the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wizard.answers import save
from wizard.blueprints.load import Saved, parse, read, written_before
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.blueprints.springtail.facts import Pins, StateLocation
from wizard.blueprints.springtail.names import lock_table
from wizard.blueprints.springtail.stacks import OUTPUTS
from wizard.contracts import Contract
from wizard.errors import InputError, Problem
from wizard.files import to_json, write_atomic
from wizard.workspace import Place, Workspace

M = TypeVar("M", bound=BaseModel)


def load_object(place: Place) -> Saved:
    """Read the saved answers of a shard or deployment, which must be of that kind and name."""
    answers = parse(_text(place.answers), source=str(place.answers))
    problems = []
    if answers.kind != place.kind:
        problems.append(
            Problem(
                "kind",
                f"says {answers.kind}, but lies among the {place.kind}s",
                f"write `kind: {place.kind}`, or move it",
            )
        )
    if answers.name != place.name:
        problems.append(
            Problem(
                "name",
                f"says {answers.name}, but its folder is {place.name}",
                f"write `name: {place.name}`: an object that was applied is never renamed",
            )
        )
    if problems:
        raise InputError(f"{place.answers} cannot be used", tuple(problems))
    return answers


def read_raw(place: Place) -> dict[str, Any]:
    """Read the saved answers as plain data, not validated. Raises InputError."""
    return read(_text(place.answers), source=str(place.answers))[0]


def load_shard_of(workspace: Workspace, deployment: DeploymentAnswers) -> ShardAnswers:
    """Read the shard that a deployment stands on."""
    place = workspace.place("shard", deployment.shard)
    if not place.answers.is_file():
        known = ", ".join(p.name for p in workspace.all() if p.kind == "shard") or "none yet"
        raise InputError(
            f"{deployment.name} stands on shard {deployment.shard}, which {workspace.root} does not hold",
            cause=f"shards here: {known}",
            action=f"`planewright new {deployment.shard} --kind shard` makes it",
        )
    answers = load_object(place)
    if not isinstance(answers, ShardAnswers):
        raise InputError(f"{place.answers} holds no shard", action="write `kind: shard`")
    return answers


def save_answers(place: Place, answers: Saved) -> None:
    """Write answers. A file that is there keeps its comments and its order.

    One of an older Planewright, whose keys or defaults have changed since, is kept beside it: `answers.0.1.0.yaml`.
    """
    if not place.answers.is_file():
        write_atomic(place.answers, save.dump(answers))
        return
    text = _text(place.answers)
    wrote, since = written_before(text, kind=place.kind)
    if since:
        write_atomic(place.answers.with_name(f"answers.{wrote}.yaml"), text)
    write_atomic(place.answers, save.update(text, answers, since=since))


def load_pins(place: Place) -> Pins | None:
    """Read the images that were resolved for this deployment, or None when none were yet."""
    return load_file(Pins, place.pins)


def save_pins(place: Place, pins: Pins) -> None:
    """Record the images that every later emission uses."""
    _save(place.pins, pins)


def load_contract(place: Place, stack: str) -> Contract | None:
    """Read what a stack handed over at its last apply, or None when it was never applied."""
    return load_file(OUTPUTS[stack], place.contract(stack))


def save_contract(place: Place, stack: str, contract: Contract) -> None:
    """Record what a stack hands over."""
    _save(place.contract(stack), contract)


def remove_contract(place: Place, stack: str) -> None:
    """Forget what a stack handed over: it was destroyed."""
    place.contract(stack).unlink(missing_ok=True)


def save_drift(place: Place, stack: str, addresses: tuple[str, ...]) -> None:
    """Record what was drift right after a stack's last apply, for the report."""
    write_atomic(place.hidden / f"drift-{stack}.json", to_json(list(addresses)))


def load_drift(place: Place, stack: str) -> tuple[str, ...]:
    """Read what was drift right after a stack's last apply; nothing when there was none, or no apply from here."""
    try:
        return tuple(json.loads((place.hidden / f"drift-{stack}.json").read_bytes()))
    except (FileNotFoundError, ValueError):
        return ()


def load_state_location(workspace: Workspace, shard: ShardAnswers) -> StateLocation | None:
    """Read where the engine's state lives in this account and region, or None when nothing was made yet.

    What locks it is what this shard answers: another one in the same bucket may answer otherwise.
    """
    found = load_file(StateLocation, _state_file(workspace, shard))
    if found is None or found.backend != "s3":
        return found
    return found.model_copy(update={"lock": shard.state.lock.value, "lock_table": lock_table(shard)})


def save_state_location(workspace: Workspace, shard: ShardAnswers, location: StateLocation) -> None:
    """Record where the engine's state lives in this account and region."""
    _save(_state_file(workspace, shard), location)


def load_lock(place: Place, stack: str) -> tuple[str, str] | None:
    """Read what locks a stack's state by the files that were emitted last, and the table's name; None while there are none."""
    try:
        backend = json.loads((place.stack(stack) / "backend.tf.json").read_bytes())["terraform"]["backend"]["s3"]
        table = str(backend.get("dynamodb_table") or "")
        return StateLocation.locking(by_file=bool(backend.get("use_lockfile")), table=table), table
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def locked_location(place: Place, stack: str, location: StateLocation) -> StateLocation:
    """Give the state's home with what locks this very stack: answers that were changed since hold from its next plan on."""
    lock = load_lock(place, stack) if location.backend == "s3" else None
    return location if lock is None else location.model_copy(update={"lock": lock[0], "lock_table": lock[1]})


def _state_file(workspace: Workspace, shard: ShardAnswers) -> Path:
    return workspace.root / "state" / f"{shard.account.id}-{shard.account.region}.json"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path} does not exist", action="`planewright new NAME` makes one") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is no UTF-8 text", action="save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read", cause=error.strerror or str(error)) from None


def load_file(model: type[M], path: Path, *, remedy: str = "restore the file from git", action: str = "") -> M | None:
    """Read a file that Planewright wrote; None where there is none. Raises InputError, `remedy` for each problem."""
    if not path.exists():
        return None
    try:
        return model.model_validate_json(_text(path))
    except ValidationError as error:
        problems = tuple(
            Problem(".".join(map(str, entry["loc"])) or "(file)", entry["msg"].lower(), remedy)
            for entry in error.errors(include_url=False, include_input=False)
        )
        raise InputError(
            f"{path} cannot be used",
            problems,
            cause="Planewright wrote it; it has been changed since, or a newer version wrote it",
            action=action,
        ) from None


def _save(path: Path, value: Contract) -> None:
    write_atomic(path, to_json(value.model_dump(mode="json")))
