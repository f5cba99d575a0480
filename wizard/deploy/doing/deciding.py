"""Which calls are left to make at a site, from the steps and from what their side is now. Pure.

What is done already is left alone, and what leads elsewhere is not touched. A restart is made only when it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from wizard.deploy.doing import network, settings
from wizard.deploy.doing.calls import Call, Move
from wizard.deploy.doing.decided import Doing, Part, Stand
from wizard.deploy.doing.theirs import Named, Theirs
from wizard.errors import UsageError
from wizard.handoff.model import Act, Admit, Parameters, Peering, Routes, Site, Step, Zone, at

_UNMET = frozenset({Stand.LEFT, Stand.WAITS, Stand.BLOCKED})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: which steps (none named: all), whether taken back, and what they know that AWS does not tell."""

    only: tuple[str, ...] = ()
    undo: bool = False
    named: Named = field(default_factory=Named)


def decide(steps: Sequence[Step], site: Site, deployment: str, theirs: Theirs, wish: Wish) -> Doing:
    """Decide for every step of a site. Raises UsageError for a key that no step there has."""
    own = at(tuple(steps), site)
    _require_known(own, wish)
    chosen = tuple(step for step in own if not wish.only or step.key in wish.only)
    given = _Given(site, deployment, theirs, wish, own)
    parts: list[Part] = []
    for step in reversed(chosen) if wish.undo else chosen:
        parts.append(_once(_part(given, step, parts), parts))
    restart = next((part.calls[0].arguments["DBInstanceIdentifier"] for part in parts if _restarts(part)), "")
    return Doing(site, deployment, wish.undo, tuple(parts), restart)


def _require_known(own: tuple[Step, ...], wish: Wish) -> None:
    keys = {step.key for step in own}
    unknown = [key for key in wish.only if key not in keys]
    if unknown:
        raise UsageError(
            f"there is no step {', '.join(unknown)} in this account and region",
            cause=f"its steps: {', '.join(step.key for step in own) or 'none'}",
            action="name one of them with --only",
        )
    if wish.named.route_tables and not wish.only:
        raise UsageError("--route-tables wants --only", cause="each VPC has its own", action="name the step as well")


@dataclass(frozen=True, slots=True)
class _Given:
    site: Site
    deployment: str
    theirs: Theirs
    wish: Wish
    own: tuple[Step, ...]

    @property
    def port(self) -> int:
        """The database's port, which a step of routes does not name."""
        return next((step.target.port for step in self.own if isinstance(step.target, Admit)), 0)


def _part(given: _Given, step: Step, before: Sequence[Part]) -> Part:
    if not given.wish.undo:
        unmet = next((part.step.key for part in before if part.step.key in step.after and part.stand in _UNMET), "")
        if unmet:
            return Part(step, Stand.WAITS, why=f"it waits for {unmet}")
    if step.act not in _BY_ACT:
        return Part(
            step, Stand.LEFT, why="it is not done from here: the page of `planewright handoff` has what does it"
        )
    return _BY_ACT[step.act](given, step, before)


def _once(part: Part, before: Sequence[Part]) -> Part:
    """Two steps may ask for one thing, as an application in the database's VPC does: it is done once."""
    made: Collection[Move] = {move for other in before for move in other.moves}
    moves = tuple(move for move in part.moves if move not in made)
    if moves == part.moves or part.stand is not Stand.TO_DO:
        return part
    done = Stand.TO_DO if any(isinstance(move, Call) for move in moves) else Stand.DONE
    return replace(part, moves=moves, stand=done, notes=(*part.notes, "a step before this one does it as well"))


def _restarts(part: Part) -> bool:
    return part.step.act is Act.REBOOT and part.stand is Stand.TO_DO


def _accept(given: _Given, step: Step, _before: Sequence[Part]) -> Part:
    return network.acceptance(step, _peering(step), given.theirs, undo=given.wish.undo)


def _names(given: _Given, step: Step, before: Sequence[Part]) -> Part:
    accepted = any(part.step.key in step.after and part.stand is Stand.TO_DO for part in before)
    return network.names(step, _peering(step), given.theirs, undo=given.wish.undo, accepted=accepted)


def _routes(given: _Given, step: Step, _before: Sequence[Part]) -> Part:
    routes = step.target
    assert isinstance(routes, Routes)  # noqa: S101 - the model holds it
    return network.routes(step, routes, given.theirs, given.wish.named, given.port, undo=given.wish.undo)


def _admit(given: _Given, step: Step, _before: Sequence[Part]) -> Part:
    rule = step.target
    assert isinstance(rule, Admit)  # noqa: S101
    return network.admission(step, rule, given.theirs, given.wish.named, given.deployment, undo=given.wish.undo)


def _zone(given: _Given, step: Step, _before: Sequence[Part]) -> Part:
    zone = step.target
    assert isinstance(zone, Zone)  # noqa: S101
    return network.zone(step, zone, given.theirs, undo=given.wish.undo)


def _parameters(given: _Given, step: Step, _before: Sequence[Part]) -> Part:
    wanted = step.target
    assert isinstance(wanted, Parameters)  # noqa: S101
    place = settings.Place(given.site, given.deployment, given.theirs, given.wish.named)
    return settings.take_back(step, wanted, place) if given.wish.undo else settings.put(step, wanted, place)


def _reboot(given: _Given, step: Step, before: Sequence[Part]) -> Part:
    wanted = step.target
    assert isinstance(wanted, Parameters)  # noqa: S101
    if given.wish.undo:
        return Part(step, Stand.NOTHING)
    place = settings.Place(given.site, given.deployment, given.theirs, given.wish.named)
    set_now = any(part.step.act is Act.SET_PARAMETERS and part.stand is Stand.TO_DO for part in before)
    return settings.restart(step, wanted, place, named=step.key in given.wish.only, set_now=set_now)


def _peering(step: Step) -> Peering:
    assert isinstance(step.target, Peering)  # noqa: S101
    return step.target


_BY_ACT: dict[Act, Callable[[_Given, Step, Sequence[Part]], Part]] = {
    Act.ACCEPT_PEERING: _accept,
    Act.ALLOW_DNS: _names,
    Act.ADD_ROUTES: _routes,
    Act.ADMIT_PORT: _admit,
    Act.ASSOCIATE_ZONE: _zone,
    Act.SET_PARAMETERS: _parameters,
    Act.REBOOT: _reboot,
}
