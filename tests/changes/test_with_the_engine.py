"""Plans of the real engine and the real provider over what they have really made, and the class of each change.

Applied once in the embedded AWS, then planned with other values: what the engine calls each change is its own, and every
class is there.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.changes.plans import DESTROYS, IGNORED, INTERRUPTS, REPLACES, SAFE
from tests.generators.test_with_the_engine import engine
from tests.live.account import PREPARED, Account
from tests.live.server import Server
from wizard.changes.classes import ChangeClass
from wizard.changes.classify import Classed
from wizard.deploy.classes import classes_of, findings_of, require_effective
from wizard.engine.locate import Engine
from wizard.engine.mirrors import find_mirror, write_cli_config
from wizard.engine.plans import PlanView, destructive, read_plan
from wizard.errors import BlockedError

__all__ = ["engine"]

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("changes")]

ROOT = """
terraform {
  required_providers { aws = { source = "hashicorp/aws", version = ">= 5.100, < 7.0" } }
}

variable "nodes" { type = any }
variable "other" { type = any }

module "nodes" {
  source = "./modules/nodes"
  nodes  = var.nodes
  other  = var.other
}
"""
# Types and arguments are those of the shipped modules; what an emitted stack would take minutes to make is left out.
NODES = """
variable "nodes" { type = any }
variable "other" { type = any }

resource "aws_vpc" "shard" {
  cidr_block = "10.9.0.0/16"
  tags       = { Name = var.other.name }
}

resource "aws_subnet" "shard" {
  vpc_id            = aws_vpc.shard.id
  cidr_block        = "10.9.1.0/24"
  availability_zone = "us-east-1a" # of its own choice AWS may take one that has not got these instance types
}

resource "aws_vpc" "transit" { cidr_block = var.other.transit_cidr }

resource "aws_route53_zone" "proxy" {
  name = "proxy.example.com"
  vpc { vpc_id = aws_vpc.transit.id }
  lifecycle { ignore_changes = [vpc] }
}

resource "aws_security_group" "node" {
  name        = "node"
  description = var.other.group_description
  vpc_id      = aws_vpc.shard.id
}

resource "aws_security_group" "lb" {
  name   = "lb"
  vpc_id = aws_vpc.shard.id
}

resource "aws_vpc_security_group_ingress_rule" "client" {
  security_group_id = aws_security_group.lb.id
  cidr_ipv4         = var.other.client_cidr
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_lb_target_group" "proxy" {
  name     = "proxy"
  vpc_id   = aws_vpc.shard.id
  protocol = "TCP"
  port     = var.other.target_port
}

resource "aws_lb_target_group" "database" {
  name                 = "database"
  vpc_id               = aws_vpc.shard.id
  protocol             = "TCP"
  port                 = 5432
  deregistration_delay = var.other.delay
}

resource "aws_instance" "ingestion" {
  ami                         = var.nodes.ingestion.ami_id
  instance_type               = var.nodes.ingestion.instance_type
  subnet_id                   = aws_subnet.shard.id
  tags                        = { "planewright:storage" = "nvme" }
}

resource "aws_instance" "fdw" {
  ami           = var.nodes.fdw.ami_id
  instance_type = var.nodes.fdw.instance_type
  subnet_id     = aws_subnet.shard.id
}

resource "aws_instance" "proxy" {
  ami           = var.nodes.proxy.ami_id
  instance_type = var.nodes.proxy.instance_type
  subnet_id     = aws_subnet.shard.id
IGNORING
}

resource "aws_instance" "image" {
  ami                         = var.other.ami_id
  instance_type               = "r6i.large"
  subnet_id                   = aws_subnet.shard.id
  disable_api_termination     = false
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  type              = "gp3"
  size              = var.nodes.ingestion.volumes.size_gib
}

resource "aws_ebs_volume" "slog" {
  availability_zone = "us-east-1a"
  type              = "gp3"
  size              = var.nodes.ingestion.slog.size_gib
}

resource "aws_ebs_volume" "plain" {
  availability_zone = "us-east-1a"
  size              = 8
  encrypted         = var.other.encrypted
}

resource "aws_ebs_volume" "old" {
  count             = var.other.old
  availability_zone = "us-east-1a"
  size              = 8
}

resource "aws_eip" "old" {
  count  = var.other.old
  domain = "vpc"
}

resource "aws_sns_topic" "old" {
  count = var.other.old
  name  = "old"
}

resource "aws_sns_topic" "new" {
  count = 1 - var.other.old
  name  = "new"
}

resource "aws_cloudwatch_log_group" "shorter" {
  name              = "shorter"
  retention_in_days = var.other.retention
}

resource "aws_ssm_parameter" "node" {
  name           = "/node"
  type           = "String"
  insecure_value = jsonencode(var.other.node)
}

resource "aws_iam_role" "node" {
  name               = "node"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "node" {
  role   = aws_iam_role.node.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = var.other.action, Resource = "*" }] })
}

resource "aws_secretsmanager_secret" "redis" {
  name                    = "redis"
  recovery_window_in_days = var.other.days
}
"""
IGNORING = "  lifecycle { ignore_changes = [instance_type] }"


def values(image: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is applied with an image, and what is wanted then."""
    volumes = {"volumes": {"size_gib": 100}, "slog": {"size_gib": 16}}
    node = {"ami_id": image, "instance_type": "r6i.large"}
    before = {
        "nodes": {"ingestion": {**node, **volumes}, "fdw": node, "proxy": node},
        "other": {
            "name": "shard",
            "transit_cidr": "10.8.0.0/16",
            "group_description": "nodes",
            "client_cidr": "198.51.100.0/24",
            "target_port": 5432,
            "delay": 300,
            "ami_id": image,
            "encrypted": False,
            "old": 1,
            "retention": 90,
            "node": {"package": "1.0"},
            "action": "ssm:GetParameter",
            "days": 7,
        },
    }
    larger = {**node, "instance_type": "r6i.xlarge"}
    resized = {"volumes": {"size_gib": 200}, "slog": {"size_gib": 8}}
    after = {
        "nodes": {"ingestion": {**larger, **resized}, "fdw": larger, "proxy": larger},
        "other": {
            "name": "the shard",
            "transit_cidr": "10.7.0.0/16",
            "group_description": "all nodes",
            "client_cidr": "203.0.113.0/24",
            "target_port": 6432,
            "delay": 60,
            "ami_id": "ami-0123456789abcdef0",
            "encrypted": True,
            "old": 0,
            "retention": 30,
            "node": {"package": "2.0"},
            "action": "ssm:GetParameters",
            "days": 30,
        },
    }
    return before, after


@pytest.fixture(scope="module")
def view(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlanView]:
    """The plan: made once, by the real engine, over what it has applied."""
    folder = tmp_path_factory.mktemp("changes")
    module = folder / "modules" / "nodes" / "main.tf"
    module.parent.mkdir(parents=True)
    (folder / "main.tf").write_text(ROOT)
    module.write_text(NODES.replace("IGNORING", IGNORING))
    home = Path.home()
    mirror = find_mirror(engine.kind, environ=os.environ, home=home).mirror
    cli = write_cli_config(tmp_path_factory.mktemp("cli"), mirror, os.environ, home)
    with Server() as server:
        server.tell(reset=True, quotas=PREPARED)
        account = Account(server)
        [image, *_] = account.client("ec2").describe_images(Filters=[{"Name": "architecture", "Values": ["x86_64"]}])[
            "Images"
        ]
        before, after = values(image["ImageId"])
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TF_CLI_CONFIG_FILE": str(cli),
            "TF_IN_AUTOMATION": "1",
        }
        environ |= {"CHECKPOINT_DISABLE": "1", **account.environ()}

        def run(*arguments: str) -> str:
            done = subprocess.run(
                [str(engine.path), *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        given = folder / "terraform.tfvars.json"
        run("init", "-input=false", "-no-color")
        given.write_text(json.dumps(before))
        run("apply", "-input=false", "-auto-approve", "-no-color")
        given.write_text(json.dumps(after))
        run("plan", "-input=false", "-out=plan", "-no-color")
        yield read_plan(json.loads(run("show", "-json", "plan")))


#: What the plan does, what that is, and why.
TABLE = {
    "aws_vpc.shard": ("update", SAFE, "name for people"),
    "aws_lb_target_group.database": ("update", SAFE, "target that leaves"),
    "aws_ssm_parameter.node": ("update", SAFE, "next boot"),
    "aws_secretsmanager_secret.redis": ("update", SAFE, "nothing happens now"),
    "aws_ebs_volume.data": ("update", SAFE, "autoexpand"),
    "aws_sns_topic.new[0]": ("create", SAFE, "new"),
    "aws_instance.fdw": ("update", INTERRUPTS, "stopped and started"),
    "aws_vpc_security_group_ingress_rule.client": ("update", INTERRUPTS, "refused"),
    "aws_iam_role_policy.node": ("update", INTERRUPTS, "loses a right"),
    "aws_sns_topic.old[0]": ("delete", INTERRUPTS, "do without it"),
    "aws_eip.old[0]": ("delete", INTERRUPTS, "allow-lists"),
    "aws_vpc.transit": ("replace", REPLACES, "cidr_block cannot be changed in place"),
    "aws_security_group.node": ("replace", REPLACES, "description cannot be changed in place"),
    "aws_lb_target_group.proxy": ("replace", REPLACES, "port cannot be changed in place"),
    "aws_instance.image": ("replace", REPLACES, "ami cannot be changed in place: the node is away"),
    "aws_instance.ingestion": ("update", DESTROYS, "own disks"),
    "aws_ebs_volume.plain": ("replace", DESTROYS, "encrypted cannot be changed in place"),
    "aws_ebs_volume.old[0]": ("delete", DESTROYS, "data on the volume"),
    "aws_cloudwatch_log_group.shorter": ("update", DESTROYS, "older ones are deleted"),
    "aws_ebs_volume.slog": ("update", IGNORED, "only grows"),
    "aws_instance.proxy": ("noop", IGNORED, "instance_type is to be r6i.xlarge and would stay r6i.large"),
    "aws_route53_zone.proxy": ("noop", IGNORED, "this plan destroys module.nodes.aws_vpc.transit"),
}


def by_name(view: PlanView) -> dict[str, Classed]:
    return {item.change.address.removeprefix("module.nodes."): item for item in classes_of(view)}


def test_the_plan_changes_what_the_table_names_and_nothing_else(view: PlanView) -> None:
    assert set(by_name(view)) == set(TABLE)
    assert {cls for _, cls, _ in TABLE.values()} == set(ChangeClass)


@pytest.mark.parametrize("name", TABLE)
def test_each_change_has_its_class(view: PlanView, name: str) -> None:
    kind, cls, reason = TABLE[name]
    found = by_name(view)[name]
    assert (found.change.kind, found.cls) == (kind, cls), found.reason
    assert reason in found.reason
    assert found.rollback


def test_what_destroys_data_or_a_name_takes_the_typed_name(view: PlanView) -> None:
    losses = {loss.address.removeprefix("module.nodes."): loss.data for loss in destructive(view.changes)}
    assert losses == {
        **{name: True for name, (_, cls, _) in TABLE.items() if cls is DESTROYS},
        "aws_eip.old[0]": False,
        "aws_vpc.transit": False,
    }


def test_a_resize_that_would_be_ignored_is_refused_and_what_is_left_alone_on_purpose_is_not(view: PlanView) -> None:
    assert sorted(finding.path for finding in findings_of(view)) == [
        "nodes.ingestion.slog.size_gib",
        "nodes.proxy.instance_type",
    ]
    with pytest.raises(BlockedError, match="2 answers would be ignored"):
        require_effective("acme-prod", "instance", view)
