"""A region's instance types as a choice for one role: each with what speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from wizard.blueprints.springtail.facts import Architecture
from wizard.facts.compute import InstanceTypeFact
from wizard.findings import Severity
from wizard.sizing.fit import Misfit, misfits
from wizard.sizing.images import architecture_of
from wizard.sizing.roles import Wish


@dataclass(frozen=True, slots=True)
class Choice:
    """An instance type, and what speaks against it, the graver first. `offered` is False only where the zone lacks it."""

    kind: InstanceTypeFact
    against: tuple[Misfit, ...]
    offered: bool

    @property
    def fits(self) -> bool:
        """Whether it may be taken: offered, and nothing of weight speaks against it."""
        return self.offered and all(it.severity is Severity.INFO for it in self.against)

    @property
    def verdict(self) -> str:
        """In one line: yes, or the gravest reason why not."""
        if not self.offered:
            return "no: not offered in the zone"
        if self.fits:
            return "yes"
        more = sum(it.severity is not Severity.INFO for it in self.against) - 1
        return f"no: {self.against[0].what}{f' (and {more} more)' if more else ''}"


def weigh(
    kinds: Iterable[InstanceTypeFact],
    wish: Wish,
    *,
    offered: Collection[str] | None,
    booted: Mapping[Architecture, str],
) -> tuple[Choice, ...]:
    """Hold each type against a wish, in the order given. A whole region takes some tens of milliseconds: once per wish.

    `offered` are the names that the zone offers, None when nobody could say. `booted` is the architecture of the image
    that a type of each architecture would boot; where it is missing, the image goes with the type.
    """
    names = None if offered is None else frozenset(offered)
    wishes = {name: replace(wish, architecture=image) for name, image in booted.items()}
    return tuple(Choice(kind, _against(kind, wish, wishes), names is None or kind.name in names) for kind in kinds)


def _against(kind: InstanceTypeFact, wish: Wish, wishes: Mapping[Architecture, Wish]) -> tuple[Misfit, ...]:
    own = architecture_of(kind)
    found = misfits(kind, wishes.get(own, wish) if own else wish)
    return tuple(sorted(found, key=lambda it: -it.severity.rank))
