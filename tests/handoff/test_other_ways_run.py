"""The customer's OpenTofu, run by the real engine. CloudFormation is shown on a rehearsed world (`tests/e2e`)."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generators.handoff import tofu
from tests.handoff.customers_engine import customers_engine, ok
from tests.handoff.scene import OURS, SITE, Scene
from wizard.handoff.policies import grants
from wizard.rehearsal.embedded import CUSTOMER, VENDOR

pytestmark = pytest.mark.xdist_group("handoff")

Engine = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def endpoint(scene: Scene) -> str:
    """The name that RDS gave to the database: steps for a name of the customer's own find no database by it."""
    return str(scene.rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"])


@pytest.fixture
def engine(scene: Scene, tmp_path: Path) -> Engine:
    """The real engine in a folder of the bundle, as somebody of an account."""
    found = customers_engine(tmp_path)
    return lambda folder, *arguments, account=CUSTOMER: found.run(
        folder, *arguments, environ=scene.cloud.environ(account)
    )


def done_of(held: dict[str, Any], scene: Scene) -> dict[str, bool]:
    """Which of the steps the customer's account shows as done."""
    path = scene.outputs.private
    assert path is not None
    peerings = {
        path.database_peering.id: scene.premises.database,
        path.application_peerings["web"].id: scene.premises.application,
    }
    return {
        "accepted": all(held["peerings"][id_] == "active" for id_ in peerings),
        "dns": held["dns"] == [path.database_peering.id],
        "routes": all((vpc.route_table_id, OURS, id_) in held["routes"] for id_, vpc in peerings.items()),
        "rule": any(rule[1:] == (False, OURS, 5432) for rule in held["rules"]),
        "zone": path.private_zone_id in " ".join(held["zones"]),
    }


@pytest.mark.engine
def test_opentofu_does_the_steps_is_clean_afterwards_and_takes_back_what_it_made(
    scene: Scene, endpoint: str, engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "tofu"
    folder.mkdir()
    values = "terraform.tfvars.json"
    for name, data in tofu.files(scene.steps_of("db.acme.example.com"), SITE, "acme-prod").items():
        (folder / name).write_bytes(data)
    ok(engine(folder, "init", "-input=false"))
    # Of a database that RDS did not name it cannot know the security group, and says so.
    assert "database_security_group_id" in engine(folder, "plan", "-input=false").stderr
    own = {"database_security_group_id": scene.premises.security_group_id}
    (folder / "own.auto.tfvars.json").write_text(json.dumps(own))
    assert scene.premises.security_group_id in ok(engine(folder, "plan", "-input=false"))
    (folder / "own.auto.tfvars.json").unlink()

    files = tofu.files(scene.steps_of(endpoint), SITE, "acme-prod")
    (folder / values).write_bytes(files[values])
    theirs, nobodys = a_second_subnet(scene), scene.ec2.create_route_table(VpcId=scene.premises.database.id)
    before = scene.held()
    assert not any(done_of(before, scene).values())
    # Credentials of another account are refused before anything is read.
    assert "not allowed" in engine(folder, "plan", "-input=false", account=VENDOR).stderr

    scene.cloud.tell()
    ok(engine(folder, "apply", "-auto-approve", "-input=false"))
    called = set(scene.cloud.tell()["calls"])
    done = scene.held()
    assert all(done_of(done, scene).values()), done_of(done, scene)
    # The table of every subnet that the database can be in, and no other of its VPC.
    routed = {table for table, destination, _ in done["routes"] if destination == OURS}
    own = {scene.premises.database.route_table_id, scene.premises.application.route_table_id}
    assert routed == {theirs, *own}
    assert nobodys["RouteTable"]["RouteTableId"] not in routed
    # A second run finds nothing to do.
    again = engine(folder, "plan", "-detailed-exitcode", "-input=false")
    assert again.returncode == 0, again.stdout

    scene.cloud.tell()
    ok(engine(folder, "destroy", "-auto-approve", "-input=false"))
    called |= set(scene.cloud.tell()["calls"])
    after = scene.held()
    assert done_of(after, scene) == {"accepted": True, "dns": True, "routes": False, "rule": False, "zone": False}
    # What it says that it only forgets is all that differs.
    assert without(after, "peerings", "dns") == without(before, "peerings", "dns")

    # Beside the bundle's policies the provider needs just what the README names.
    allowed = {grant.action for grant in grants(scene.steps_of(endpoint), SITE)}
    named = set(re.findall(r"`((?:ec2|rds|route53):[A-Za-z0-9]+)`", files["README.md"].decode()))
    assert called - allowed - {"sts:GetCallerIdentity"} == named


def a_second_subnet(scene: Scene) -> str:
    """Give the database's subnet group another subnet, which has a route table of its own; give that table."""
    made = scene.ec2.create_subnet(VpcId=scene.premises.database.id, CidrBlock="10.20.200.0/24")["Subnet"]["SubnetId"]
    table = scene.ec2.create_route_table(VpcId=scene.premises.database.id)["RouteTable"]["RouteTableId"]
    scene.ec2.associate_route_table(RouteTableId=table, SubnetId=made)
    group = scene.rds.describe_db_subnet_groups()["DBSubnetGroups"][0]
    name, subnets = group["DBSubnetGroupName"], [subnet["SubnetIdentifier"] for subnet in group["Subnets"]]
    # Made anew: the embedded AWS loses a subnet group that is modified.
    scene.rds.delete_db_subnet_group(DBSubnetGroupName=name)
    scene.rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="The database", SubnetIds=[*subnets, made]
    )
    return str(table)


def without(held: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in held.items() if key not in keys}
