"""The estimate says what a month costs line by line, and never hides what it does not know."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import assets
from tests.cost.conftest import Estimating
from tests.cost.pricelist import Listed, PriceList, instance
from tests.live.account import changed
from wizard.blueprints.load import build
from wizard.blueprints.springtail.answers import ShardAnswers
from wizard.cost import usage
from wizard.cost.estimate import Estimate, Line, cents, sum_of
from wizard.rehearsal.answers import example

_HCL_RESOURCE = re.compile(r'^resource "(\w+)"', re.MULTILINE)


def month(estimate: Estimate, what: str, role: str = "") -> Decimal | None:
    """Give the month of the one line that is named so."""
    return line(estimate, what, role).month


def line(estimate: Estimate, what: str, role: str = "") -> Line:
    [found] = [row for row in estimate.lines if row.item.what == what and role in row.item.role]
    return found


def test_each_role_pays_for_its_instances_by_the_hour(estimated: Estimating) -> None:
    estimate = estimated(deployment={"nodes.fdw.count": 3})

    assert month(estimate, "r6i.4xlarge") == Decimal("730.0")
    assert month(estimate, "r6i.xlarge") == 3 * 730 * Decimal("0.25"), (
        "and not the Windows or the dedicated one's price"
    )
    assert line(estimate, "r6i.xlarge").item.amount == "3 x 730 hours"


def test_a_gp3_volume_pays_for_space_and_for_what_exceeds_what_it_has_anyway(estimated: Estimating) -> None:
    sizes = {"size_gib": 200, "iops": 4000, "throughput_mibps": 253, "count": 4}
    estimate = estimated(deployment={f"nodes.ingestion.volumes.{key}": value for key, value in sizes.items()})

    assert month(estimate, "data volume, gp3") == 4 * 200 * Decimal("0.08")
    assert month(estimate, "data volume, IOPS above 3000") == 4 * 1000 * Decimal("0.005")
    assert month(estimate, "data volume, MiB/s above 125") == 4 * 128 * Decimal("0.04"), "the list has it by the GiB/s"
    assert month(estimate, "SLOG volume, gp3") == 16 * Decimal("0.08")
    assert not [row for row in estimate.lines if "SLOG" in row.item.what and "above" in row.item.what]


@pytest.mark.parametrize(
    ("iops", "expected"),
    [
        (32_000, ["0.06 x 32000"]),
        (50_000, ["0.06 x 32000", "0.04 x 18000"]),
        (100_000, ["0.06 x 32000", "0.04 x 32000", "0.02 x 36000"]),
    ],
)
def test_io2_pays_for_each_tier_of_its_iops(estimated: Estimating, iops: int, expected: list[str]) -> None:
    volume = {"type": "io2", "iops": iops, "size_gib": 400}
    estimate = estimated(deployment={f"nodes.ingestion.volumes.{key}": value for key, value in volume.items()})

    tiers = [row for row in estimate.own if "data volume, io2 IOPS" in row.item.what]
    assert [f"{row.unit_price} x {row.item.each}" for row in tiers] == expected
    assert month(estimate, "data volume, io2") == 4 * 400 * Decimal("0.125"), "GB-month is GB-Mo by another name"


def test_local_nvme_is_part_of_the_instance(estimated: Estimating) -> None:
    estimate = estimated(deployment={"nodes.ingestion.storage": "nvme"})

    assert not [row for row in estimate.own if "data volume" in row.item.what or "SLOG" in row.item.what]


def test_the_private_path_pays_for_balancers_endpoints_zone_and_alarm(estimated: Estimating) -> None:
    estimate = estimated("private")

    assert month(estimate, "network load balancer, inbound and outbound") == 2 * 730 * Decimal("0.0225")
    assert month(estimate, "interface endpoint, inbound and outbound") == 2 * 730 * Decimal("0.01")
    assert month(estimate, "interface endpoint of an AWS API") == 2 * 730 * Decimal("0.01")
    assert month(estimate, "private zone of the proxy's name") == Decimal("0.50")
    assert month(estimate, "alarm") == Decimal("0.10")
    assert month(estimate, "secret") == 3 * Decimal("0.40"), "database, Redis, and the proxy's certificate"


def test_the_public_path_pays_for_its_address_and_for_no_endpoint(estimated: Estimating) -> None:
    estimate = estimated("public")

    assert month(estimate, "network load balancer of the proxies") == 730 * Decimal("0.0225")
    assert month(estimate, "public IPv4 address of the load balancer") == 730 * Decimal("0.005")
    assert not [row for row in estimate.own if "endpoint" in row.item.what]
    assert not [text for text in estimate.not_included if "endpoint" in text or "watcher" in text]


def test_what_a_shard_costs_stands_apart(estimated: Estimating) -> None:
    estimate = estimated(shard={"redis.replicas": 2})

    shared = {row.item.what: row.month for row in estimate.shared}
    assert shared == {
        "NAT gateway": 730 * Decimal("0.05"),
        "public IPv4 address of the NAT gateway": 730 * Decimal("0.005"),
        "cache.t4g.medium": 3 * 730 * Decimal("0.065"),
        "KMS key of the state (account-wide)": Decimal("1.00"),
    }
    assert not set(shared) & {row.item.what for row in estimate.own}


def test_a_key_of_the_customer_s_own_is_not_ours_to_count(estimated: Estimating) -> None:
    arn = "arn:aws:kms:us-east-1:111111111111:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
    estimate = estimated(shard={"state.kms_key_arn": arn})

    assert not [row for row in estimate.shared if "KMS key" in row.item.what]


def test_everything_known_is_a_plain_sum(estimated: Estimating) -> None:
    estimate = estimated()

    total = sum_of(estimate.own)
    assert total.unknown == 0
    assert total.known == sum((row.month for row in estimate.own if row.month is not None), Decimal(0))
    assert str(total) == f"USD {cents(total.known):,}"


def test_the_date_of_the_prices_is_the_list_s_own(estimated: Estimating) -> None:
    assert [date.isoformat() for date in estimated().published] == ["2026-11-02T18:04:05+00:00"] * 2


def test_a_price_that_falls_with_use_is_reckoned_range_by_range_and_said(
    estimated: Estimating, prices: PriceList
) -> None:
    ranges = (("0", "1000", "1"), ("1000", "2000", "0.5"), ("2000", "Inf", "0.25"))
    _swap(prices, "EC2R6IXLARGE", ranges=ranges)

    fdw = line(estimated(deployment={"nodes.fdw.count": 3}), "r6i.xlarge")

    assert fdw.month == Decimal(1000) + 500 + Decimal("47.5"), "1000 hours, 1000 at half, 190 at a quarter"
    assert "first range" in fdw.note


def test_two_products_that_match_are_unknown_and_no_guess(estimated: Estimating, prices: PriceList) -> None:
    prices.products.append(instance("r6i.xlarge", "0.01", sku="CHEAPER"))

    estimate = estimated()

    assert line(estimate, "r6i.xlarge").month is None
    assert line(estimate, "r6i.xlarge").unknown == "2 products match BoxUsage:r6i.xlarge in us-east-1"


def test_a_product_that_is_not_listed_makes_the_sum_a_lower_bound(estimated: Estimating, prices: PriceList) -> None:
    without = sum_of(row for row in estimated().own if row.item.what != "r6i.4xlarge").known
    prices.products[:] = [product for product in prices.products if product.sku != "EC2R6I4XLARGE"]

    total = sum_of(estimated().own)

    assert (total.known, total.unknown) == (without, 1)
    assert str(total).startswith("at least USD ")
    assert str(total).endswith("1 line unknown")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"unit": "Quarter"}, "priced by Quarter, which is not understood"),
        ({"ranges": (("0", "5", "1"), ("6", "Inf", "1"))}, "do not join"),
        ({"ranges": (("1", "Inf", "1"),)}, "do not join"),
        ({"ranges": (("0", "5", "1"),)}, "do not join"),
    ],
)
def test_a_price_that_is_not_understood_is_not_used(
    estimated: Estimating, prices: PriceList, change: dict[str, object], says: str
) -> None:
    _swap(prices, "EC2R6IXLARGE", **change)

    fdw = line(estimated(), "r6i.xlarge")

    assert fdw.month is None
    assert says in fdw.unknown


def test_amounts_of_two_currencies_are_not_added(estimated: Estimating, prices: PriceList) -> None:
    _swap(prices, "EC2R6IXLARGE", currency="CNY")

    estimate = estimated()

    assert line(estimate, "r6i.xlarge").currency == "CNY"
    assert sum_of(estimate.own).known is None
    assert str(sum_of(estimate.own)) == "unknown"


def test_without_the_list_every_line_is_unknown_and_nothing_is_made_up(
    estimated: Estimating, prices: PriceList
) -> None:
    prices.refusal = ("AccessDeniedException", "User is not authorized to perform: pricing:GetProducts")

    estimate = estimated()

    assert {row.month for row in estimate.lines} == {None}
    assert all("AccessDeniedException" in row.unknown for row in estimate.lines)
    assert all(row.unknown.endswith("; allow pricing:GetProducts") for row in estimate.lines)
    assert str(sum_of(estimate.lines)) == "unknown"
    assert estimate.published == ()


def test_no_lines_at_all_cost_nothing_known() -> None:
    assert str(sum_of(())) == "unknown"


#: Of what the modules emit: what is paid for by time and has a line, and what costs nothing by itself.
PRICED = {
    "aws_cloudwatch_metric_alarm",
    "aws_ebs_volume",
    "aws_eip",
    "aws_elasticache_replication_group",
    "aws_instance",
    "aws_lb",
    "aws_nat_gateway",
    "aws_route53_zone",
    "aws_secretsmanager_secret",
    "aws_vpc_endpoint",
}
FREE = re.compile(
    "aws_(iam_.*|.*security_group.*|.*subnet.*|route|route_table.*|vpc|internet_gateway|vpc_peering_.*|ssm_parameter"
    "|elasticache_(user.*|parameter_group)|volume_attachment|lb_(listener|target_group.*)|vpc_endpoint_service"
    "|route53_(record|vpc_association_authorization)|sns_topic|lambda_.*|cloudwatch_(log_group|event_.*))"
)


def test_whatever_the_modules_emit_is_either_priced_or_known_to_be_free() -> None:
    modules = (Path(assets.__file__).parent / "modules").rglob("*.tf")
    emitted = {kind for module in modules for kind in _HCL_RESOURCE.findall(module.read_text())}

    assert {kind for kind in emitted if not FREE.fullmatch(kind)} == PRICED


def _swap(prices: PriceList, sku: str, **changes: object) -> None:
    def changed(product: Listed) -> Listed:
        return replace(product, **changes) if product.sku == sku else product  # type: ignore[arg-type]

    prices.products[:] = [changed(product) for product in prices.products]


@pytest.mark.parametrize(("lock", "told"), [("file", False), ("dynamodb", True), ("both", True)])
def test_a_lock_table_is_told_of_where_there_is_one_and_costs_by_use(lock: str, told: bool) -> None:
    on = build(changed(example("shard"), {"state.lock": lock}), ShardAnswers, source="shard")

    assert any(text.startswith("the lock table") for text in usage.of_shard(on)) is told
