"""`planewright cost`: for people and for programs; what is not known is said in both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cost.conftest import KEYS
from tests.cost.pricelist import PriceList
from tests.workspaces import with_examples
from wizard import cli


@pytest.fixture
def workspace(tmp_path: Path, prices: PriceList, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in {**KEYS, "AWS_ENDPOINT_URL_PRICING": prices.url, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return str(with_examples(tmp_path))


def test_a_person_sees_roles_sums_dates_and_what_is_left_out(
    workspace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["cost", "acme-prod", "--workspace", workspace]) == 0

    told = capsys.readouterr().out
    assert "acme-prod itself: USD " in told
    assert "instance · ingestion: USD " in told
    assert "2 x 730 hours" in told
    assert "shard use1-a, shared by 2 deployments: USD 88.60" in told
    assert "prices of 2026-11-02, read " in told
    assert "capacity units (LCU)" in told


def test_a_program_gets_every_line_as_text_that_is_exact(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["cost", "acme-prod", "--json", "--workspace", workspace]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["shared"]["sum"] == {"known": "88.60", "currency": "USD", "unknown_lines": 0}
    [nat] = [row for row in document["shared"]["lines"] if row["what"] == "NAT gateway"]
    assert (nat["unit_price"], nat["unit"], nat["month"]) == ("0.05", "Hrs", "36.50")
    assert document["prices"]["published"] == ["2026-11-02T18:04:05+00:00"] * 2


def test_a_shard_has_no_part_of_its_own(workspace: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["cost", "use1-a", "--json", "--workspace", workspace]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["own"]["lines"] == []
    assert len(document["shared"]["lines"]) == 4


def test_a_price_that_is_missing_shows_in_its_line_in_its_sum_and_by_its_cause(
    workspace: str, prices: PriceList, capsys: pytest.CaptureFixture[str]
) -> None:
    prices.products[:] = [product for product in prices.products if product.sku != "NATGATEWAYHOURS"]

    assert cli.run(["cost", "use1-a", "--workspace", workspace]) == 0

    told = capsys.readouterr().out
    assert "shard use1-a: at least USD 52.10, 1 line unknown" in told
    assert "! 1 line: the Price List has no NatGateway-Hours in us-east-1" in told


def test_without_prices_it_says_so_and_invents_none(
    workspace: str, prices: PriceList, capsys: pytest.CaptureFixture[str]
) -> None:
    prices.refusal = ("AccessDeniedException", "no")

    assert cli.run(["cost", "acme-prod", "--workspace", workspace]) == 0

    told = capsys.readouterr().out
    assert "acme-prod itself: unknown" in told
    assert "no price is known: nothing here was made up" in told
    assert "USD" not in told


def test_prices_of_today_are_not_asked_for_twice(workspace: str, prices: PriceList) -> None:
    cli.run(["cost", "acme-prod", "--json", "--workspace", workspace])
    asked = len(prices.asked)

    cli.run(["cost", "acme-prod", "--json", "--workspace", workspace])

    assert len(prices.asked) == asked


def test_without_credentials_the_way_on_is_told_once(
    workspace: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))

    assert cli.run(["cost", "acme-prod", "--workspace", workspace]) == 0

    told = capsys.readouterr().out
    assert told.count("the price could not be read") == 1
    assert "credentials" in told
