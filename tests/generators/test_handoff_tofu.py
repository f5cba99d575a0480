"""The customer's OpenTofu: valid to the provider, and made of what the steps say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generators.handoff import tofu
from tests.generators.handoffs import RDS_HOST, SITE, private_steps, public_steps, shared_vpc_steps
from tests.generators.test_with_the_engine import engine, run, write
from wizard.handoff.model import Site, Step

__all__ = ["engine", "run"]  # fixtures


def values(steps: tuple[Step, ...]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(tofu.files(steps, SITE, "acme-prod")["terraform.tfvars.json"])
    return read


@pytest.mark.parametrize(
    ("host", "names"),
    [
        (RDS_HOST, {"rds_instance": "acme-main"}),
        ("Acme-Main.C1A2B3C4D5E6.us-east-1.rds.amazonaws.com.", {"rds_instance": "acme-main"}),
        ("acme.cluster-c1a2b3c4d5e6.eu-central-1.rds.amazonaws.com", {"rds_cluster": "acme"}),
        ("acme.c1a2b3c4d5e6.rds.cn-north-1.amazonaws.com.cn", {"rds_instance": "acme"}),
        ("acme.cluster-c1a2b3c4d5e6.rds.cn-north-1.amazonaws.com.cn", {"rds_cluster": "acme"}),
        # A reader, a custom endpoint and a proxy are no database that could be named so.
        ("acme.cluster-ro-c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", {}),
        ("acme.cluster-custom-c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", {}),
        ("acme.proxy-c1a2b3c4d5e6.us-east-1.rds.amazonaws.com", {}),
        ("db.acme.example.com", {}),
        ("rds.amazonaws.com", {}),
        ("acme.c1a2b3c4d5e6.us-east-1.rds.amazonaws.com.example.com", {}),
    ],
)
def test_rds_is_asked_only_for_what_it_named_itself(host: str, names: dict[str, str]) -> None:
    assert tofu.rds_names(host) == names


def test_a_database_elsewhere_gets_routes_in_every_table_and_its_group_has_to_be_named() -> None:
    elsewhere = values(private_steps("db.acme.example.com"))
    assert elsewhere["routes"]["database"]["of_database"] is False
    assert elsewhere["database"] == {"port": 5432, "source_cidr": "100.64.0.0/24"}
    assert values(private_steps())["routes"]["database"]["of_database"] is True


def test_an_application_in_the_databases_vpc_asks_for_its_route_once() -> None:
    shared = values(shared_vpc_steps())
    assert list(shared["peerings"]) == ["database"]
    # Every table of the VPC: those of the database's subnets are among them.
    assert {name: route["of_database"] for name, route in shared["routes"].items()} == {"database": False}


def test_the_dns_option_is_the_databases_peerings_alone() -> None:
    peerings = values(private_steps())["peerings"]
    assert {name: peering["allow_dns"] for name, peering in peerings.items()} == {
        "application.web": False,
        "database": True,
    }


def test_there_is_no_folder_where_nothing_is_to_be_done() -> None:
    assert tofu.files(public_steps(), SITE, "acme-prod") == {}
    assert tofu.files(private_steps(), Site("333333333333", "us-east-1"), "acme-prod") == {}


@pytest.mark.engine
def test_it_is_formatted_and_valid_without_a_warning(run: Callable[..., Any], tmp_path: Path) -> None:
    folder = write(tmp_path, tofu.files(private_steps(), SITE, "acme-prod"))
    run(folder, "fmt", "-check", "-recursive", "-diff")
    run(folder, "init", "-backend=false", "-input=false", "-no-color")
    said = json.loads(run(folder, "validate", "-json").stdout)
    assert said["valid"], said
    assert said["warning_count"] == 0, said["diagnostics"]
