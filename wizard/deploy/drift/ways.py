"""The three ways on from drift: into the answers or the state, back by a plan, or into the state by its id.

Whatever touches AWS or the state is a plan of the engine that is shown first, and applied by its digest, as every plan is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from wizard import contracts
from wizard.aws.session import require_account
from wizard.blueprints.springtail.stacks import OUTPUTS
from wizard.deploy import flow, store
from wizard.deploy.drift.importing import import_blocks
from wizard.deploy.drift.looking import Look
from wizard.deploy.flow import OnState, Planned, Ready
from wizard.deploy.site import Site
from wizard.deploy.target import Target, target_of
from wizard.drift.answering import accepted
from wizard.drift.explain import is_listed
from wizard.drift.found import Became, Drifted, Setting, Way
from wizard.engine.commands import PlanRun
from wizard.engine.settle import drift_of
from wizard.errors import BlockedError, InputError, UsageError

_INDEX: Final = r'(?:\[(?:\d+|"[^"\\$%\n]*")\])?'
_ADDRESS: Final = re.compile(rf"(?:module\.[A-Za-z0-9_-]+{_INDEX}\.)*[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_-]*{_INDEX}")
_DONE: Final = {Way.ACCEPT: "accepted", Way.REVERT: "put back by a plan", Way.IMPORT: "imported"}
_ID: Final = re.compile(r"[A-Za-z0-9:/_.,@+=|*-]{1,512}")


@dataclass(frozen=True, slots=True)
class Back:
    """What a plan is to do: put back `targets` (none: the whole stack), make `replace` anew, take `imports` in by id.

    `forget` are those of the imports that the state still has under an id which AWS no longer knows.
    """

    targets: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    imports: tuple[tuple[str, str], ...] = ()
    forget: tuple[str, ...] = ()


def chosen(look: Look, addresses: Sequence[str], way: Way) -> tuple[Drifted, ...]:
    """Give the drifted resources of these addresses. UsageError for one that has not drifted, or cannot go this way."""
    known = {one.address: one for one in look.drifted}
    for address in addresses:
        if address not in known:
            raise UsageError(
                f"{address} has not drifted",
                cause=f"drifted in {look.stack}: {', '.join(known) or 'nothing'}",
                action="name one of them, as it is shown",
            )
        on = known[address].way(way)
        if not on.open:
            raise UsageError(
                f"{address} cannot be {_DONE[way]}",
                cause=on.what,
                action=on.by_hand or "one of the other ways leads on",
            )
    return tuple(known[address] for address in dict.fromkeys(addresses))


# -- accept


def settings_of(found: Sequence[Drifted]) -> dict[str, Setting]:
    """Give the answers that say what these have by now. InputError where two of them would want another value of one answer."""
    wanted: dict[str, Setting] = {}
    for one in found:
        for setting in one.settings:
            other = wanted.setdefault(setting.key, setting)
            if other.value != setting.value:
                raise InputError(
                    f"{setting.key} cannot say both {other.value} and {setting.value}",
                    cause=f"one answer counts for {setting.shared or 'all of these'}",
                    action="accept one of them; the plan that follows puts the others in line",
                )
    return wanted


def accept(target: Target, settings: Mapping[str, Setting]) -> Target:
    """Write the answers with what AWS has. Gives the target with them. Raises InputError for what no answer can be."""
    answers = accepted(target.answers, {key: setting.value for key, setting in settings.items()})
    store.save_answers(target.place, answers)
    return target_of(target.workspace, target.place, answers)


def require_lasting(found: Sequence[Drifted], planned: Callable[[], Planned]) -> None:
    """Raise BlockedError for what the next apply would put back: to take that into the state would only hide it.

    `planned` gives a plan of the stack; it is asked only where the code may hold what differs.
    """
    doubtful = {one.address for one in found if not all(is_listed(one.type, path) for path in one.unsaid)}
    if not doubtful:
        return
    back = [change.address for change in planned().plan.view.acting if change.address in doubtful]
    if back:
        raise BlockedError(
            f"{', '.join(back)} cannot be accepted into the state alone",
            cause="no answer is about it, and the code has it as it was: the next apply would put it back",
            action="--revert puts it back now; to keep it, the code has to say it",
        )


def plan_to_know(ready: Ready) -> Planned:
    """Plan the whole stack for what the plan tells. It is kept for no apply: nobody was shown it."""
    made = ready.engine.plan(ready.target.place.runs)
    made.run.plan_file.unlink(missing_ok=True)
    return Planned(ready.target, ready.stack, ready.engine, made, ready.session)


def plan_taking_in(ready: Ready, addresses: Sequence[str]) -> PlanRun:
    """Plan that the state takes in what AWS has of these, and of nothing else. Raises BlockedError where it would take in more."""
    made = ready.engine.plan(ready.target.place.runs, refresh_only=True, targets=addresses)
    more = [change.address for change in drift_of(made.view) if change.address not in addresses]
    if more:
        made.run.plan_file.unlink(missing_ok=True)
        raise BlockedError(
            f"the state of {ready.stack} would take in more than was accepted",
            cause=f"{', '.join(more)} differ as well, and belong to what was named",
            action="accept or revert these, too",
        )
    return made


def take_in(ready: Ready, made: PlanRun, site: Site, *, how: str, reason: str = "") -> None:
    """Have the state take in what was planned, and keep what the stack hands over by now.

    `how` somebody said yes goes on record. Raises AccountError for another account than was shown, EngineError.
    """
    require_account(site.session.identity(), ready.target.shard.account)
    flow.confirm(Planned(ready.target, ready.stack, ready.engine, made, ready.session), how, reason)
    flow.carry_through(ready.engine, ready.target.place.runs, made)
    outputs = contracts.read(OUTPUTS[ready.stack], ready.stack, ready.engine.outputs())
    store.save_contract(ready.target.place, ready.stack, outputs)


# -- revert and import


def back_of(look: Look, revert: Sequence[str] | None, imports: Sequence[tuple[str, str]]) -> Back | None:
    """Say what a plan has to do. `revert` none: nothing is put back; empty: all of the stack. None when nothing is to be planned."""
    if revert is None and not imports:
        return None
    reverted = chosen(look, revert, Way.REVERT) if revert else look.drifted if revert is not None else ()
    dead = [one for one in reverted if one.became is Became.DEAD]
    # What hangs on a dead peering has to follow it, and a plan of targets takes along only what they need.
    whole = revert is not None and (not revert or bool(dead))
    targets = () if whole else (*(one.address for one in reverted), *(address for address, _ in imports))
    lost = {one.address for one in look.drifted if one.became is not Became.CHANGED}
    forget = tuple(address for address, _ in imports if address in lost)
    replace = tuple(one.address for one in dead if one.address not in forget)
    return Back(targets, replace, tuple(imports), forget)


def plan_back(ready: Ready, back: Back, *, on_state: OnState | None = None) -> Planned:
    """Plan it, to be shown and confirmed.

    What the state has the engine does not import: an entry for what AWS no longer has is taken out first, as any refresh would.
    """
    if back.forget:
        ready.engine.state_forget(back.forget)
    with import_blocks(ready.engine.stack_dir, back.imports):
        made = ready.engine.plan(ready.target.place.runs, targets=back.targets, replace=back.replace, on_state=on_state)
    return flow.kept(ready, made)


def import_of(text: str) -> tuple[str, str]:
    """Read ADDRESS=ID; an address may hold `=` in the key of an instance. Raises UsageError."""
    address, mark, id_ = text.rpartition("=")
    # An id may hold `=` as well, though hardly any does: the address decides.
    while mark and not _ADDRESS.fullmatch(address) and "=" in address:
        address, _, rest = address.rpartition("=")
        id_ = f"{rest}={id_}"
    if not mark or not _ADDRESS.fullmatch(address) or not _ID.fullmatch(id_):
        raise UsageError(
            f"{text} says nothing that could be imported",
            cause="it has to be ADDRESS=ID, such as 'module.nodes.aws_ebs_volume.data[\"data-0\"]=vol-0123456789abcdef0'",
            action="give the address as the plan has it, in single quotes, and the id as AWS has it",
        )
    return address, id_


def address_of(text: str) -> str:
    """Read an address. Raises UsageError."""
    if not _ADDRESS.fullmatch(text):
        raise UsageError(
            f"{text} is no address of a resource",
            cause="it has to be one such as 'module.nodes.aws_ebs_volume.data[\"data-0\"]'",
            action="give the address as the plan has it, in single quotes",
        )
    return text


def as_dict(planned: Planned) -> dict[str, Any]:
    """Give a plan of a way on for programs."""
    view = planned.plan.view
    return {
        "run": planned.plan.run.id,
        "digest": planned.plan.digest,
        "changes": [{"address": change.address, "kind": change.kind} for change in view.acting],
        "imports": [{"address": change.address, "id": change.imported} for change in view.imports],
    }
