"""Prices, from AWS's Price List Query API.

The API lives in few regions and knows the prices of all of them; GovCloud has no endpoint of it, and GovCloud's
credentials are of no use at those of the other partition. China's list is in CNY.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wizard.aws.session import AwsSession
from wizard.errors import AwsError
from wizard.facts.prices import Price, PriceFact

_CHINA = "cn-northwest-1"
_NEAREST = {
    "af": "eu-central-1",
    "ap": "ap-south-1",
    "eu": "eu-central-1",
    "il": "eu-central-1",
    "me": "ap-south-1",
}


def price(session: AwsSession, ask: Price) -> tuple[PriceFact, ...]:
    """Read the on-demand prices of all products that match (pricing:GetProducts), in an order of their own."""
    client = session.client("pricing", endpoint_region(session.partition, ask.region or session.region))
    wanted = (*((("regionCode", ask.region),) if ask.region else ()), *ask.filters)
    filters: Any = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted]
    pages = client.get_paginator("get_products").paginate(ServiceCode=ask.service_code, Filters=filters)
    found = [fact for page in pages for product in page["PriceList"] for fact in _facts(product)]
    return tuple(sorted(found, key=lambda fact: (fact.usage_type, fact.sku, fact.begins)))


def endpoint_region(partition: str, region: str) -> str:
    """Give the nearest region that has the API; AwsError for a partition that has none (botocore's endpoints)."""
    if partition == "aws-cn":
        return _CHINA
    if partition != "aws":
        raise AwsError(
            f"the Price List API has no endpoint in partition {partition}",
            action="see https://calculator.aws, or ask with credentials of partition aws",
        )
    area = region.split("-", maxsplit=1)[0]
    return _NEAREST.get(area, "us-east-1")


def _facts(product: str) -> Iterator[PriceFact]:
    """Read one product: a JSON document in a string."""
    try:
        listed = json.loads(product)
        attributes = listed["product"]["attributes"]
        for term in listed["terms"].get("OnDemand", {}).values():
            for dimension in term["priceDimensions"].values():
                (currency, amount), *_ = dimension["pricePerUnit"].items()
                yield PriceFact(
                    sku=listed["product"]["sku"],
                    usage_type=attributes.get("usagetype", ""),
                    unit=dimension["unit"],
                    price=Decimal(amount),
                    currency=currency,
                    begins=Decimal(dimension.get("beginRange", "0")),
                    ends=_end(dimension.get("endRange", "Inf")),
                    description=dimension.get("description", ""),
                    effective=datetime.fromisoformat(term["effectiveDate"]),
                    published=datetime.fromisoformat(listed["publicationDate"]),
                )
    except (ValueError, LookupError, TypeError, AttributeError, InvalidOperation) as error:
        # One price misread would be an invented one: the whole answer is of no use.
        raise AwsError("the Price List answered in a shape that is not understood", cause=repr(error)) from error


def _end(text: str) -> Decimal | None:
    end = Decimal(text)
    return end if end.is_finite() else None


READERS = {Price: price}
