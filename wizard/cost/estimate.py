"""The estimate: each item with its price, or with why it is not known, and sums that hide no unknown line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.cost import items, usage
from wizard.cost.items import Item
from wizard.facts.asking import Facts, Read, Unread
from wizard.facts.prices import Price, PriceFact
from wizard.redact import Redactor

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """An item with what a month of it costs. `month` is None when that is not known; `unknown` then says why.

    `unit_price` is what the list asks for one `unit`; of several ranges that of the first. Amounts are exact.
    """

    item: Item
    month: Decimal | None
    unknown: str = ""
    currency: str = ""
    unit: str = ""
    unit_price: Decimal | None = None
    sku: str = ""
    published: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines added up: `known` is what the known ones come to, None when none is; `unknown` counts the others."""

    known: Decimal | None
    currency: str
    unknown: int

    def __str__(self) -> str:
        if self.known is None:
            return "unknown"
        text = money(self.known, self.currency)
        if not self.unknown:
            return text
        return f"at least {text}, {self.unknown} {'line' if self.unknown == 1 else 'lines'} unknown"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A month of a shard, or of a deployment with the shard that it shares; `own` is empty for a shard."""

    own: tuple[Line, ...]
    shared: tuple[Line, ...]
    not_included: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, the deployment's own first."""
        return (*self.own, *self.shared)

    @property
    def published(self) -> tuple[datetime, ...]:
        """When the lists that the prices are of were published: the oldest and the newest; empty when none is known."""
        dates = sorted(line.published for line in self.lines if line.published is not None)
        return (dates[0], dates[-1]) if dates else ()


def money(amount: Decimal, currency: str) -> str:
    """Write an amount in cents, with its currency."""
    return f"{currency} {cents(amount):,}"


def cents(amount: Decimal) -> Decimal:
    """Round to cents."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def asks_of(shard: ShardAnswers, deployment: DeploymentAnswers | None) -> frozenset[Price]:
    """Every price that an estimate needs."""
    return frozenset(item.product.ask for item in (*_own(shard, deployment), *items.of_shard(shard)))


def estimate(shard: ShardAnswers, deployment: DeploymentAnswers | None, facts: Facts) -> Estimate:
    """Reckon a month with the prices that were read."""
    own = tuple(line_of(item, facts) for item in _own(shard, deployment))
    shared = tuple(line_of(item, facts) for item in items.of_shard(shard))
    by_use = () if deployment is None else usage.of_deployment(deployment)
    return Estimate(own, shared, (*by_use, *usage.of_shard(shard), *usage.ALWAYS))


def sum_of(lines: Iterable[Line]) -> Sum:
    """Add up. Amounts of several currencies are not added: what cannot be added is not known."""
    lines = tuple(lines)
    known = [line for line in lines if line.month is not None]
    currencies = {line.currency for line in known}
    if len(currencies) != 1:
        return Sum(None, "", len(lines))
    total = sum((line.month for line in known if line.month is not None), Decimal(0))
    return Sum(total, currencies.pop(), len(lines) - len(known))


def line_of(item: Item, facts: Facts) -> Line:
    """Price one item, or say why its price is not known."""
    reading = facts.reading(item.product.ask)
    if isinstance(reading, Unread):
        return Line(item, None, _unread(reading))
    found = sorted((f for f in reading.value if item.product.matches(f)), key=lambda f: f.begins)
    if problem := _unusable(item, found):
        return Line(item, None, problem)
    first = found[0]
    quantity = item.quantity * dict(item.product.units)[first.unit.lower()]
    return Line(
        item,
        month=_tiered(quantity, found),
        currency=first.currency,
        unit=first.unit,
        unit_price=first.price,
        sku=first.sku,
        published=first.published,
        note="" if len(found) == 1 else "the price falls with the account's whole use; reckoned from its first range",
    )


def _unread(reading: Unread) -> str:
    # What AWS says of a request may quote the request.
    said = Redactor().text(f"the price could not be read: {reading.said}")
    way_on = reading.remedy or (f"allow {reading.permission}" if reading.permission else "")
    return f"{said}; {way_on}" if way_on else said


def _own(shard: ShardAnswers, deployment: DeploymentAnswers | None) -> Iterator[Item]:
    if deployment is not None:
        yield from items.of_deployment(deployment, shard.account.region)


def _unusable(item: Item, found: list[PriceFact]) -> str:
    """Say why the prices that match cannot be used; empty when they can."""
    product = item.product
    where = product.ask.region or "any region"
    if not found:
        return f"the Price List has no {product.usage_type} in {where}"
    if len(skus := {fact.sku for fact in found}) > 1:
        return f"{len(skus)} products match {product.usage_type} in {where}"
    if len({(fact.unit, fact.currency) for fact in found}) > 1:
        return f"{product.usage_type} is priced in several units or currencies"
    if found[0].unit.lower() not in dict(product.units):
        return f"{product.usage_type} is priced by {found[0].unit}, which is not understood"
    ends = [Decimal(0), *(fact.ends for fact in found)]
    if ends[-1] is not None or ends[:-1] != [fact.begins for fact in found]:
        return f"the ranges of {product.usage_type}'s price do not join"
    return ""


def _tiered(quantity: Decimal, ranges: list[PriceFact]) -> Decimal:
    total = Decimal(0)
    for fact in ranges:
        upper = quantity if fact.ends is None else min(quantity, fact.ends)
        if upper > fact.begins:
            total += (upper - fact.begins) * fact.price
    return total


def reading_times(estimated: Estimate, facts: Facts) -> tuple[datetime, ...]:
    """When the prices were read: the earliest and the latest; empty when none was."""
    readings = (facts.reading(line.item.product.ask) for line in estimated.lines)
    times = sorted(reading.at for reading in readings if isinstance(reading, Read))
    return (times[0], times[-1]) if times else ()
