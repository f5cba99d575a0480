"""Which other instance types would do."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from wizard.facts.compute import InstanceTypeFact
from wizard.sizing.fit import fits
from wizard.sizing.roles import Wish


def smallest(
    kinds: Iterable[InstanceTypeFact],
    wish: Wish,
    *,
    like: str = "",
    offered: Collection[str] | None = None,
    at_most: int = 3,
) -> tuple[InstanceTypeFact, ...]:
    """Give the smallest types that carry a wish, by vCPU, then memory; those of `like`'s family first.

    `offered` are the names that the zone offers, None if nobody knows. Bare metal is not proposed, nor another family
    that AWS counts among the previous ones.
    """
    family = like.partition(".")[0]
    doing = [
        it
        for it in kinds
        if it.name != like
        and (it.family == family or it.current_generation)
        and not it.bare_metal
        and (offered is None or it.name in offered)
        and fits(it, wish)
    ]
    doing.sort(key=lambda it: (it.family != family, it.vcpu, it.memory_mib, it.name))
    return tuple(doing[:at_most])
