"""`planewright sizes`: the live catalogue of the shard's zone, against what a role asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.account import PREPARED, Account
from tests.live.server import Server
from tests.workspaces import with_examples
from wizard import cli


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with Server() as server:
        server.tell(reset=True, quotas=PREPARED)
        yield Account(server)
        assert server.tell() == {"failures": [], "unimplemented": []}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all of these tests: the catalogue is read once and kept."""
    return with_examples(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def run(account: Account, workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)

    def command(*arguments: str, status: int = 0) -> str:
        assert cli.run(["sizes", *arguments, "--workspace", str(workspace)]) == status
        captured = capsys.readouterr()
        return captured.out if status == 0 else captured.err

    return command


def test_what_would_do_is_listed_the_smallest_first_and_with_its_figures(run: Any) -> None:
    lines = run("acme-prod", "ingestion", "r6i.").splitlines()
    assert lines[0].split() == [
        "type",
        "arch",
        "vCPU",
        "GiB",
        "local",
        "NVMe",
        "EBS",
        "IOPS",
        "base/burst",
        "MB/s",
        "base/burst",
        "fits",
    ]
    assert lines[1].split() == ["r6i.4xlarge", "x86_64", "16", "128", "-", "20000/40000", "625/1250", "yes"]
    assert [line.split()[0] for line in lines[2:4]] == ["r6i.8xlarge", "r6i.12xlarge"]
    assert "now: r6i.4xlarge" in lines
    assert any("more that would not do: --all" in line for line in lines)


def test_with_all_each_is_told_why_not(run: Any) -> None:
    lines = run("acme-prod", "ingestion", "c6gn.medium", "m3.medium", "--all").splitlines()
    medium = next(line for line in lines if line.startswith("c6gn.medium"))
    assert "no: c6gn.medium: 4 x 3000 + 1 x 3000 + root 3000 = 18000 of 2500 baseline" in medium
    assert "and 1 more" in medium
    assert next(line for line in lines if line.startswith("m3.medium")).endswith("no: not offered in the zone")


def test_another_storage_is_tried_without_answering_it(run: Any) -> None:
    told = json.loads(
        run("acme-prod", "ingestion", "i4i.", "m5d.4xlarge", "c3.", "--storage", "nvme", "--all", "--json")
    )
    assert told["storage"] == "nvme"
    by_name = {it["type"]: it for it in told["types"]}
    assert by_name["i4i.xlarge"]["fits"]
    assert by_name["i4i.xlarge"]["local_nvme_gb"] == 937
    assert by_name["m5d.4xlarge"]["fits"]
    assert {it["code"] for it in by_name["c3.xlarge"]["against"]} >= {"NVME_UNSUPPORTED"}


def test_programs_get_every_type_of_the_region_and_the_filter_as_it_was_understood(run: Any) -> None:
    told = json.loads(run("acme-prod", "fdw", "GRAVITON", "memory>=8", "--all", "--json", "--sort", "mem", "--reverse"))
    assert told["filter"] == "arm64 mem>=8"
    assert told["findings"] == []
    memory = [it["memory_mib"] for it in told["types"]]
    assert memory == sorted(memory, reverse=True)
    assert len(memory) > 200


def test_a_filter_that_is_not_clear_is_told_before_anybody_is_asked(run: Any) -> None:
    told = run("acme-prod", "ingestion", "mem>=lots", "cores=4", status=2)
    assert "mem>=lots" in told
    assert "there is no figure cores" in told


def test_a_role_that_keeps_no_data_has_no_storage_to_choose(run: Any) -> None:
    assert "proxy does not keep data on nvme" in run("acme-prod", "proxy", "--storage", "nvme", status=2)


def test_a_shard_has_no_nodes(run: Any) -> None:
    assert "use1-a is a shard" in run("use1-a", "proxy", status=2)


def test_without_a_catalogue_it_says_what_is_missing_and_fails(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in account.environ().items():
        monkeypatch.setenv(name, value)
    account.fault(denied={"ec2:DescribeInstanceTypes"})
    assert cli.run(["sizes", "acme-prod", "proxy", "--workspace", str(with_examples(tmp_path))]) == 1
    account.fault()
    told = capsys.readouterr().out
    assert "FACT_DENIED" in told
    assert "ec2:DescribeInstanceTypes" in told
    assert "which instance types there are" in told
