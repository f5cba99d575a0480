"""The ways beside the script, on two accounts alone: what a rehearsed world (`tests/e2e`) does not show of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generators.handoff import cloudformation, tofu
from tests.handoff.customers_engine import beside_the_policies, customers_engine, ok
from tests.handoff.hands import Hands
from tests.handoff.scene import HOST, SITE, Scene
from wizard.handoff.policies import grants
from wizard.rehearsal.embedded import CUSTOMER, VENDOR

pytestmark = pytest.mark.xdist_group("handoff")


@pytest.mark.engine
def test_opentofu_finds_of_a_database_of_rds_what_it_needs_asks_for_what_it_cannot_know_and_is_for_one_account(
    scene: Scene, tmp_path: Path
) -> None:
    """Planned: that it does the steps, is clean afterwards and takes them back is shown where a path is proven by it."""
    engine = customers_engine(tmp_path)
    folder = tmp_path / "tofu"
    folder.mkdir()
    for name, data in tofu.files(scene.steps_of(HOST), SITE, "acme-prod").items():
        (folder / name).write_bytes(data)

    def run(*arguments: str, account: str = CUSTOMER) -> tuple[str, str]:
        done = engine.run(folder, *arguments, "-input=false", environ=scene.cloud.environ(account))
        return done.stderr, done.stdout if done.stderr else ok(done)

    run("init")
    # Of a database that RDS did not name it cannot know the security group, and says so.
    assert "database_security_group_id" in run("plan")[0]
    # Credentials of another account are refused before anything is read.
    assert "not allowed" in run("plan", account=VENDOR)[0]

    endpoint = str(scene.rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"])
    files = tofu.files(scene.steps_of(endpoint), SITE, "acme-prod")
    (folder / "terraform.tfvars.json").write_bytes(files["terraform.tfvars.json"])
    theirs, nobodys = a_second_subnet(scene), scene.ec2.create_route_table(VpcId=scene.premises.database.id)
    scene.cloud.tell()
    failed, planned = run("plan")
    called = set(scene.cloud.tell()["calls"])

    assert failed == ""
    # The table of every subnet that the database can be in, and no other of its VPC.
    routed = set(re.findall(r'aws_route\.this\["[^"]+/(rtb-\w+)"\] will be created', planned))
    assert routed == {
        theirs,
        scene.premises.database.route_table_id,
        scene.premises.application.route_table_id,
    }
    assert nobodys["RouteTable"]["RouteTableId"] not in routed
    assert re.findall(r'\+ security_group_id += "(sg-\w+)"', planned) == [scene.premises.security_group_id]
    # Beside the bundle's policies the provider needs just what the README names; Route 53's is asked for in the world.
    allowed = {grant.action for grant in grants(scene.steps_of(endpoint), SITE)}
    named = beside_the_policies(files["README.md"].decode())
    assert (called - allowed - {"sts:GetCallerIdentity"}) | {"route53:GetChange"} == named


def test_cloudformation_and_its_three_commands_do_every_step_of_theirs_from_a_request_that_waits(
    scene: Scene, bin_folder: Path, tmp_path: Path
) -> None:
    for name, data in cloudformation.files(scene.steps, SITE, "acme-prod").items():
        (tmp_path / name).write_bytes(data)
    lines = (tmp_path / cloudformation.COMMANDS).read_text().splitlines()
    assert set(scene.held()["peerings"].values()) == {"pending-acceptance"}

    premises = scene.premises
    tables = {vpc.id: vpc.route_table_id for vpc in (premises.database, premises.application)}
    hands = Hands(scene.cloud.environ(CUSTOMER), bin_folder)
    hands.lines(lines, tmp_path, tables=tables, group=premises.security_group_id)

    scene.require_done(scene.held(), parameters=False)


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
