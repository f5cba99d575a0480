"""How the Price List is asked, and what is made of its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.cost.conftest import session
from tests.cost.pricelist import PriceList, instance
from wizard.aws.facts.gather import gather
from wizard.aws.facts.prices import endpoint_region
from wizard.cost import products
from wizard.errors import AwsError
from wizard.facts.asking import Read, Reading, Reason, Unread
from wizard.facts.prices import Price, PriceFact

ASK = products.instance("us-east-1", "r6i.xlarge").ask


def read(url: str, ask: Price = ASK) -> Reading[tuple[PriceFact, ...]]:
    [(_, reading)] = gather({"operator": session(url)}, [ask])
    return reading


def test_a_price_is_read_to_the_last_digit_with_its_dates(prices: PriceList) -> None:
    prices.products.append(instance("r6i.xlarge", "0.2520000001", region="eu-west-1"))

    reading = read(prices.url, products.instance("eu-west-1", "r6i.xlarge").ask)

    assert isinstance(reading, Read)
    [fact] = reading.value
    assert (fact.price, fact.currency, fact.unit) == (Decimal("0.2520000001"), "USD", "Hrs")
    assert (fact.begins, fact.ends) == (Decimal(0), None)
    assert fact.effective == datetime(2026, 11, 1, tzinfo=UTC)
    assert fact.published == datetime(2026, 11, 2, 18, 4, 5, tzinfo=UTC)
    assert reading.source == "pricing:GetProducts eu-west-1"


def test_only_the_region_s_products_are_asked_for(prices: PriceList) -> None:
    read(prices.url)

    [request] = prices.asked
    filters = {f["Field"]: f["Value"] for f in request["Filters"]}
    assert request["ServiceCode"] == "AmazonEC2"
    assert filters.items() >= {"regionCode": "us-east-1", "instanceType": "r6i.xlarge", "tenancy": "Shared"}.items()


def test_every_page_is_read(prices: PriceList) -> None:
    prices.page = 1

    reading = read(prices.url, Price("us-east-1", "AmazonEC2", (("productFamily", "NAT Gateway"),)))

    assert isinstance(reading, Read)
    assert [fact.usage_type for fact in reading.value] == [
        "NatGateway-Bytes",
        "NatGateway-Hours",
        "USE1-RegionalNatGateway-Hours",
    ]
    assert [request.get("NextToken") for request in prices.asked] == [None, "1", "2"]


def test_who_may_not_ask_is_told_the_permission(prices: PriceList) -> None:
    prices.refusal = ("AccessDeniedException", "User is not authorized to perform: pricing:GetProducts")

    reading = read(prices.url)

    assert isinstance(reading, Unread)
    assert (reading.reason, reading.permission) == (Reason.DENIED, "pricing:GetProducts")


def test_an_answer_of_another_shape_is_not_guessed_at(prices: PriceList) -> None:
    prices.products.append(instance("r6i.xlarge", "a lot", sku="NONSENSE"))

    reading = read(prices.url)

    assert isinstance(reading, Unread)
    assert "not understood" in reading.said


def test_an_endpoint_that_is_not_there_is_unreachable_within_the_deadline() -> None:
    reading = read("http://127.0.0.1:1")

    assert isinstance(reading, Unread)
    assert reading.reason in {Reason.UNREACHABLE, Reason.TIMEOUT}


@pytest.mark.parametrize(
    ("partition", "region", "expected"),
    [
        ("aws", "us-west-2", "us-east-1"),
        ("aws", "eu-west-1", "eu-central-1"),
        ("aws", "ap-southeast-2", "ap-south-1"),
        ("aws", "sa-east-1", "us-east-1"),
        ("aws-cn", "cn-north-1", "cn-northwest-1"),
    ],
)
def test_the_nearest_endpoint_of_the_partition_is_asked(partition: str, region: str, expected: str) -> None:
    from botocore.session import Session

    assert endpoint_region(partition, region) == expected
    assert expected in Session().get_available_regions("pricing", partition_name=partition), "as botocore knows them"


def test_govcloud_has_no_price_list_to_ask() -> None:
    with pytest.raises(AwsError, match="no endpoint in partition aws-us-gov"):
        endpoint_region("aws-us-gov", "us-gov-west-1")


@pytest.mark.parametrize(
    ("usage_type", "ours"),
    [
        ("NatGateway-Hours", True),
        ("USE1-NatGateway-Hours", True),
        ("EU-NatGateway-Hours", True),
        ("UGW1-NatGateway-Hours", True),
        ("us-gov-west-1-NatGateway-Hours", True),
        ("USE1-RegionalNatGateway-Hours", False),
        ("TS-NatGateway-Hours", False),
        ("NatGateway-Hours-Idle", False),
    ],
)
def test_a_usage_type_is_known_without_its_region_s_prefix(usage_type: str, ours: bool) -> None:
    now = datetime.now(UTC)
    fact = PriceFact("SKU", usage_type, "Hrs", Decimal(1), "USD", Decimal(0), None, "", now, now)

    assert products.nat_gateway("us-east-1").matches(fact) is ours
