"""The customer who wants no peering: their steps before and after, the files that do them, and what those may do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from generators.handoff.bundle import bundle
from generators.handoff.page import Cover
from tests.generators.samples import (
    SERVICE_OUTPUTS,
    SHARD_OUTPUTS,
    deployment_answers,
    shard_answers,
)
from wizard.handoff.model import Act, Admit, Site, Step
from wizard.handoff.policies import grants
from wizard.handoff.steps import beforehand, handoff
from wizard.permissions.customer import customer_grants
from wizard.permissions.grants import Stage

ANSWERS = deployment_answers("service")
SHARD = shard_answers()
SITE = Site("222222222222", "us-east-1")
OURS = "arn:aws:iam::111111111111:root"
HERE = f"{SITE.name}/"

BEFORE = beforehand(ANSWERS, SHARD)
AFTER = handoff(ANSWERS, SHARD, SERVICE_OUTPUTS, SHARD_OUTPUTS)


def files(steps: tuple[Step, ...]) -> Mapping[str, str]:
    made = bundle(steps, Cover(ANSWERS.name, "111111111111", "0.1.0"))
    return {path: data.decode() for path, data in made.items()}


def test_what_has_to_be_there_before_anything_of_ours_is_built() -> None:
    assert [step.key for step in BEFORE if step.site] == [
        "database.service",
        "database.rule",
        "database.parameters",
        "database.reboot",
    ]
    assert beforehand(deployment_answers("private"), SHARD) == ()
    assert beforehand(deployment_answers("public"), SHARD) == ()


def test_what_is_left_once_it_is_built_and_nothing_of_a_peering() -> None:
    assert [step.key for step in AFTER if step.site] == [
        "database.allow",
        "database.endpoint",
        "database.rule",
        "application.web.endpoint",
        "application.web.name",
        "database.parameters",
        "database.reboot",
    ]
    assert {step.act for step in AFTER}.isdisjoint(
        {Act.ACCEPT_PEERING, Act.ADD_ROUTES, Act.ALLOW_DNS, Act.ASSOCIATE_ZONE}
    )


def test_the_database_admits_the_customer_s_own_load_balancer_and_no_address_of_ours() -> None:
    for steps in (BEFORE, AFTER):
        admitted = [step.target.source_cidr for step in steps if isinstance(step.target, Admit)]
        assert admitted == ["10.20.0.0/16"]


def test_the_service_and_all_else_are_two_folders_so_that_neither_takes_the_other_away() -> None:
    first, second = files(BEFORE), files(AFTER)

    assert f"{HERE}tofu-service/main.tf" in first
    assert not [path for path in first if path.startswith(f"{HERE}tofu/")]
    assert f"{HERE}tofu/main.tf" in second
    assert not [path for path in second if path.startswith(f"{HERE}tofu-service/")]
    assert f"{HERE}cloudformation/database-service.yaml" in first
    assert [path for path in second if path.endswith(".yaml")] == [f"{HERE}cloudformation/application-web.yaml"]


def test_the_values_that_make_the_service_are_those_of_the_answers() -> None:
    values = json.loads(files(BEFORE)[f"{HERE}tofu-service/terraform.tfvars.json"])

    assert values["database"] == {
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "vpc_cidr": "10.20.0.0/16",
        "host": "db.initech.example.com",
        "port": 5432,
        "zone_id": "use1-az1",
        "principal": OURS,
    }
    template = files(BEFORE)[f"{HERE}cloudformation/database-service.yaml"]
    for text in (f'AllowedPrincipals: ["{OURS}"]', "AcceptanceRequired: true", 'Value: "false"', "zone use1-az1"):
        assert text in template


def test_the_values_of_all_else_are_those_of_what_was_built() -> None:
    values = json.loads(files(AFTER)[f"{HERE}tofu/terraform.tfvars.json"])

    service = "vpce-svc-0123456789abcdef0"
    assert values["service"] == {"id": service, "endpoint_id": "vpce-0123456789abcdef0", "principal": OURS}
    assert values["database"] == {"port": 5432, "source_cidr": "10.20.0.0/16"}
    assert values["applications"]["web"] == {
        "vpc_id": "vpc-0b1c2d3e4f5061728",
        "vpc_cidr": "10.30.0.0/16",
        "zone_id": "use1-az1",
        "service_name": SERVICE_OUTPUTS.service.outbound_service_name if SERVICE_OUTPUTS.service else "",
        "port": 5432,
        "host": "springtail.initech.example.com",
    }


def test_the_lines_accept_before_the_stacks_and_delete_the_stacks_before_they_reject() -> None:
    lines = files(AFTER)[f"{HERE}cloudformation/commands.txt"].splitlines()

    calls = [line.split()[2] for line in lines]
    assert calls == [
        "modify-vpc-endpoint-service-permissions",
        "accept-vpc-endpoint-connections",
        "authorize-security-group-ingress",
        "describe-subnets",
        "deploy",
    ]


@pytest.mark.parametrize("steps", [BEFORE, AFTER], ids=["before", "after"])
def test_templates_pass_the_linter(steps: tuple[Step, ...], tmp_path: Path) -> None:
    from cfnlint.api import lint_file

    for path, text in files(steps).items():
        if path.endswith(".yaml"):
            (tmp_path / "template.yaml").write_text(text)
            assert lint_file(tmp_path / "template.yaml") == []


@pytest.mark.parametrize("steps", [BEFORE, AFTER], ids=["before", "after"])
def test_the_script_is_a_program_of_the_shell_and_makes_no_load_balancer(steps: tuple[Step, ...]) -> None:
    text = files(steps)[f"{HERE}handoff.sh"]

    assert subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode == 0
    assert "step database.service" not in text


def test_what_may_be_done_is_held_to_the_service_and_to_the_application_s_vpc() -> None:
    found = {(grant.action, grant.where.name): grant for grant in grants(AFTER, SITE) if grant.stage is not Stage.READ}

    accept = found["ec2:AcceptVpcEndpointConnections", "Service"]
    assert accept.where.resources == (
        "arn:aws:ec2:us-east-1:222222222222:vpc-endpoint-service/vpce-svc-0123456789abcdef0",
    )
    assert found["ec2:CreateVpcEndpoint", "OutletVpcs"].where.resources == (
        "arn:aws:ec2:us-east-1:222222222222:vpc/vpc-0b1c2d3e4f5061728",
    )
    record = found["route53:ChangeResourceRecordSets", "OwnRecord"]
    assert record.where.conditions[0].values == ("springtail.initech.example.com",)
    assert not [action for action, _ in found if "Peering" in action or "Route" in action.removeprefix("route53")]


def test_what_is_given_beforehand_suffices_for_the_steps() -> None:
    given = {(grant.action, grant.stage) for grant in customer_grants(ANSWERS, SHARD)["222222222222"]}
    needed = {(grant.action, grant.stage) for grant in grants(AFTER, SITE) if not grant.action.startswith("rds:")}

    assert needed <= given
