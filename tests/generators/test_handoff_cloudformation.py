"""The customer's CloudFormation: templates that its linter accepts, and lines in the order in which they are run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from generators.handoff import cloudformation
from tests.generators.handoffs import SITE, private_steps, public_steps, shared_vpc_steps
from wizard.handoff.model import Site

LINTER = Path(sys.executable).with_name("cfn-lint")


@pytest.mark.skipif(not LINTER.exists(), reason="no cfn-lint beside this Python")
def test_the_linter_finds_nothing_in_any_template(tmp_path: Path) -> None:
    templates = {
        name: data
        for name, data in cloudformation.files(private_steps(), SITE, "acme-prod").items()
        if name.endswith(".yaml")
    }
    # What it would notice: a route without its table.
    broken = templates["database.yaml"].replace(b"RouteTableId:", b"RouteTableIdd:")
    for name, data in {**templates, "broken.yaml": broken}.items():
        (tmp_path / name).write_bytes(data)
    names = sorted(path.name for path in tmp_path.iterdir())
    said = subprocess.run(
        [LINTER, "--format", "parseable", "--regions", SITE.region, "--template", *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    complained = {line.partition(":")[0] for line in (said.stdout + said.stderr).splitlines() if line}
    assert names == ["application-web.yaml", "broken.yaml", "database.yaml"]
    assert complained == {"broken.yaml"}, said.stdout + said.stderr


def test_the_rule_is_in_the_databases_template_alone() -> None:
    files = cloudformation.files(private_steps(), SITE, "acme-prod")
    has = {name: b"DatabaseRule" in data for name, data in files.items() if name.endswith(".yaml")}
    assert has == {"application-web.yaml": False, "database.yaml": True}


def test_an_application_in_the_databases_vpc_has_no_template_of_its_own() -> None:
    assert sorted(cloudformation.files(shared_vpc_steps(), SITE, "acme-prod")) == ["commands.txt", "database.yaml"]


def test_peerings_are_accepted_before_a_stack_is_made_and_options_set_after_it() -> None:
    said = [line.split()[:3] for line in cloudformation.lines(private_steps(), SITE, "acme-prod")]
    assert [" ".join(words[1:]) for words in said] == [
        "ec2 accept-vpc-peering-connection",
        "ec2 accept-vpc-peering-connection",
        "ec2 describe-route-tables",
        "cloudformation deploy",
        "ec2 describe-route-tables",
        "cloudformation deploy",
        "ec2 modify-vpc-peering-connection-options",
        "route53 associate-vpc-with-hosted-zone",
    ]


def test_taking_it_back_leaves_the_peering_as_it_is() -> None:
    said = cloudformation.undo_lines(private_steps(), SITE, "acme-prod")
    assert [" ".join(line.split()[1:3]) for line in said] == [
        "route53 disassociate-vpc-from-hosted-zone",
        "ec2 modify-vpc-peering-connection-options",
        "cloudformation delete-stack",
        "cloudformation delete-stack",
    ]


def test_a_stack_never_has_more_parameters_than_aws_allows() -> None:
    template = YAML(typ="rt").load(cloudformation.files(private_steps(), SITE, "acme-prod")["database.yaml"].decode())
    assert len(template["Parameters"]) <= 200
    assert {f"RouteTable{n}" for n in range(1, cloudformation.SLOTS + 1)} <= set(template["Parameters"])


def test_there_is_no_folder_where_nothing_is_to_be_done() -> None:
    assert cloudformation.files(public_steps(), SITE, "acme-prod") == {}
    assert cloudformation.files(private_steps(), Site("333333333333", "us-east-1"), "acme-prod") == {}
