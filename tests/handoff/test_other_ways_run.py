"""The customer's OpenTofu for a database that RDS made the name of, planned by the real engine.

That it does its steps, and that CloudFormation does, is shown on the rehearsed worlds (`tests/e2e`).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generators.handoff import tofu
from tests.handoff.customers_engine import customers_engine, ok
from tests.handoff.scene import HOST, OURS, SITE, Scene
from wizard.rehearsal.embedded import CUSTOMER, VENDOR

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("handoff")]


def test_opentofu_finds_the_tables_of_the_databases_subnets_and_no_others_and_the_databases_security_group(
    scene: Scene, tmp_path: Path
) -> None:
    engine, environ = customers_engine(tmp_path), scene.cloud.environ(CUSTOMER)
    endpoint = str(scene.rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"])
    folder = tmp_path / "tofu"
    folder.mkdir()
    for name, data in tofu.files(scene.steps_of(HOST), SITE, "acme-prod").items():
        (folder / name).write_bytes(data)
    theirs, nobodys = a_second_subnet(scene), scene.ec2.create_route_table(VpcId=scene.premises.database.id)
    before = scene.held()
    ok(engine.run(folder, "init", "-input=false", environ=environ))

    # Of a database that RDS did not name it cannot know the security group, and says so.
    assert "database_security_group_id" in engine.run(folder, "plan", "-input=false", environ=environ).stderr
    values = tofu.files(scene.steps_of(endpoint), SITE, "acme-prod")["terraform.tfvars.json"]
    (folder / "terraform.tfvars.json").write_bytes(values)
    # Credentials of another account are refused before anything is read.
    refused = engine.run(folder, "plan", "-input=false", environ=scene.cloud.environ(VENDOR))
    assert "not allowed" in refused.stderr
    planned = ok(engine.run(folder, "plan", "-input=false", environ=environ))

    routed = set(re.findall(r'\+ route_table_id += "([^"]+)"', planned))
    own = {scene.premises.database.route_table_id, scene.premises.application.route_table_id}
    assert routed == {theirs, *own}
    assert nobodys["RouteTable"]["RouteTableId"] not in routed
    assert re.findall(r'\+ security_group_id += "([^"]+)"', planned) == [scene.premises.security_group_id]
    assert re.findall(r'\+ cidr_ipv4 += "([^"]+)"', planned) == [OURS]
    assert scene.held() == before


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
