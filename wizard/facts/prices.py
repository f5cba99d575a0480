"""Prices, as AWS's Price List gives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from wizard.facts.asking import Ask
from wizard.findings import Severity


@dataclass(frozen=True, slots=True)
class PriceFact:
    """One on-demand price of one product: `price` in `currency` for each `unit` from `begins` up to `ends`.

    `ends` is None for the last range. `published` is when AWS published the list, `effective` since when the price holds.
    """

    sku: str
    usage_type: str
    unit: str
    price: Decimal
    currency: str
    begins: Decimal
    ends: Decimal | None
    description: str
    effective: datetime
    published: datetime


@dataclass(frozen=True, slots=True)
class Price(Ask[tuple[PriceFact, ...]]):
    """On-demand prices of every product of a service that matches all filters (attribute, value).

    `region` is where the product is used; empty for products that are sold worldwide.
    """

    kind: ClassVar[str] = "price"
    unchecks: ClassVar[str] = "what it costs"
    permissions: ClassVar[tuple[str, ...]] = ("pricing:GetProducts",)
    #: A price is no gate: what is not known is said to be unknown.
    weight: ClassVar[Severity] = Severity.INFO
    keep: ClassVar[timedelta] = timedelta(days=1)

    region: str
    service_code: str
    filters: tuple[tuple[str, str], ...]
