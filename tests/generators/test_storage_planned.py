"""What the real engine plans for volumes that hold data, when the storage of ingestion is another than it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.generators.samples import STORAGES, deployment_answers, stack_files, variant
from tests.generators.test_with_the_engine import engine, run, write
from wizard.blueprints.springtail.names import node_parameter
from wizard.engine.plans import PlanView, destructive, read_plan

__all__ = ["engine", "run"]

pytestmark = pytest.mark.engine

#: What volumes.tf stands on, without what would ask AWS at plan: the node it attaches to, and a provider that asks nobody.
AROUND = """
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

resource "aws_instance" "ingestion" {
  ami           = var.nodes.ingestion.ami_id
  instance_type = var.nodes.ingestion.instance_type
}
"""

MODULE = "modules/nodes/"
PROVIDER = 'provider["registry.terraform.io/hashicorp/aws"]'


def state(volumes: dict[str, Any]) -> bytes:
    """A state that holds the volumes of the example, as they were applied before storage was a choice."""

    def volume(name: str, values: dict[str, Any], key: str | None = None) -> dict[str, Any]:
        attributes = {
            "id": f"vol-{name}",
            "availability_zone": "us-east-1a",
            "type": values["type"],
            "size": values["size_gib"],
            "iops": values["iops"],
            "throughput": values["throughput_mibps"],
            "encrypted": True,
            "final_snapshot": False,
            "multi_attach_enabled": False,
            "kms_key_id": "arn:aws:kms:us-east-1:111111111111:key/1",
            "tags": {"Name": f"acme-prod-{name}", "planewright:role": "ingestion"},
            "tags_all": {"Name": f"acme-prod-{name}", "planewright:role": "ingestion"},
        }
        return {"schema_version": 0, "attributes": attributes, **({"index_key": key} if key else {})}

    def resource(name: str, *instances: dict[str, Any]) -> dict[str, Any]:
        kind = {"mode": "managed", "type": "aws_ebs_volume", "provider": PROVIDER}
        return {**kind, "name": name, "instances": instances}

    data = [volume(f"data-{index}", volumes["volumes"], f"data-{index}") for index in range(4)]
    resources = [resource("data", *data), resource("slog", volume("slog", volumes["slog"]))]
    return json.dumps({"version": 4, "serial": 1, "lineage": "1", "outputs": {}, "resources": resources}).encode()


@pytest.fixture(scope="module")
def folder(run: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root of the volumes alone, initialized once."""
    files = stack_files("private/instance")
    root = write(
        tmp_path_factory.mktemp("volumes"),
        {name: files[MODULE + name] for name in ("volumes.tf", "configuration.tf", "variables.tf", "versions.tf")},
    )
    write(root, {"around.tf": AROUND.encode()})
    run(root, "init", "-input=false", "-no-color")
    return root


@pytest.fixture
def planned(run: Callable[..., Any], folder: Path) -> Callable[[str], PlanView]:
    """Plan the volumes of a storage over those of the example."""
    was = json.loads(stack_files("private/instance")["terraform.tfvars.json"])["nodes"]["ingestion"]

    def plan(storage: str) -> PlanView:
        files = stack_files("private/instance", storage)
        values = json.loads(files["terraform.tfvars.json"])
        contract = json.loads(files["contract.auto.tfvars.json"])["contract"]
        given = {**values, "shard": {**contract, "name": "use1-a"}, "names": values["names"]}
        write(folder, {"terraform.tfvars.json": json.dumps(given).encode(), "terraform.tfstate": state(was)})
        run(folder, "plan", "-refresh=false", "-input=false", "-out=plan", "-no-color")
        return read_plan(json.loads(run(folder, "show", "-json", "plan").stdout))

    return plan


def volumes(plan: PlanView) -> dict[str, str]:
    return {change.address: change.kind for change in plan.changes if change.type == "aws_ebs_volume"}


ALL = [*(f'aws_ebs_volume.data["data-{index}"]' for index in range(4)), "aws_ebs_volume.slog[0]"]


def test_volumes_from_before_there_was_a_choice_stay_as_they_are(planned: Callable[[str], PlanView]) -> None:
    plan = planned("")
    assert volumes(plan) == dict.fromkeys(ALL, "noop")
    assert destructive(plan.changes) == ()


def test_leaving_ebs_loses_every_volume_and_takes_a_confirmation(planned: Callable[[str], PlanView]) -> None:
    plan = planned("nvme")
    assert volumes(plan) == dict.fromkeys(ALL, "delete")
    losses = destructive(plan.changes)
    assert sorted(loss.address for loss in losses) == sorted(ALL)
    assert all(loss.data for loss in losses)


def test_another_type_of_volume_is_taken_on_in_place(planned: Callable[[str], PlanView]) -> None:
    plan = planned("io2")
    assert volumes(plan) == dict.fromkeys(ALL, "update")
    assert destructive(plan.changes) == ()
    [log] = [change for change in plan.changes if change.address == "aws_ebs_volume.slog[0]"]
    assert (log.after("type"), log.after("iops")) == ("io2", STORAGES["io2"]["slog"]["iops"])


@pytest.mark.parametrize("storage", ["", *STORAGES])
def test_the_check_for_names_that_are_taken_looks_for_those_that_are_planned(
    planned: Callable[[str], PlanView], storage: str
) -> None:
    parameters = {change.after("name") for change in planned(storage).changes if change.type == "aws_ssm_parameter"}
    answers = variant("private", **STORAGES[storage]) if storage else deployment_answers("private")
    assert parameters == {node_parameter(answers, role) for role in ("ingestion", "proxy", "fdw")}
