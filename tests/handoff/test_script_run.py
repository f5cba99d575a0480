"""The script, run by the real AWS CLI as the customer against the embedded AWS, which holds them to the bundle's own policies."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.handoff.account import differing, everything
from tests.handoff.cloud import Cloud
from tests.handoff.hands import Ran
from tests.handoff.scene import HOST, OURS, SITE, Scene
from wizard.handoff.model import Act
from wizard.handoff.policies import grants, policies
from wizard.permissions.documents import Document
from wizard.permissions.grants import Stage
from wizard.rehearsal.embedded import CUSTOMER, VENDOR

pytestmark = pytest.mark.xdist_group("handoff")

#: Allowed, and not called in this journey: the database is no cluster and had a default parameter group, and what AWS asks
#: for beside the call itself (a tag on a rule, Route 53's look at the VPC) the embedded AWS does not. What a look with a role
#: of the customer's reads besides is held in test_customer_role.
NOT_SEEN = {
    "read": {
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:GetManagedPrefixListEntries",
        "rds:DescribeDBClusterParameterGroups",
        "rds:DescribeDBClusterParameters",
    },
    "do": {
        "ec2:CreateTags",
        "ec2:DescribeVpcs",
        "rds:AddTagsToResource",
        "rds:CreateDBClusterParameterGroup",
        "rds:ModifyDBCluster",
        "rds:ModifyDBClusterParameterGroup",
    },
    "undo": {
        "ec2:DescribeVpcs",
        "rds:DeleteDBClusterParameterGroup",
        "rds:ModifyDBCluster",
        "rds:ModifyDBClusterParameterGroup",
        "rds:ModifyDBParameterGroup",
        "rds:RemoveTagsFromResource",
    },
}


def actions(*documents: Iterable[Document]) -> set[str]:
    """All that these policies allow."""
    found = [statement["Action"] for some in documents for one in some for statement in one["Statement"]]
    return {action for one in found for action in ([one] if isinstance(one, str) else one)}


@dataclass(frozen=True)
class Journey:
    """Each run, what it called, and what the account held after it."""

    scene: Scene
    runs: dict[str, Ran]
    calls: dict[str, set[str]]
    held: dict[str, dict[str, Any]]
    #: What the undo left otherwise than it was before everything, in the whole account.
    left: dict[str, Any]


@pytest.fixture(scope="module")
def journey(cloud: Cloud, bin_folder: Path) -> Journey:
    cloud.tell(reset=True)
    scene = Scene(cloud, bin_folder)
    found = policies(scene.steps, SITE)
    look, do, undo = (actions(*some) for some in ((found.read,), (found.read, found.do), (found.read, found.undo)))
    made = Journey(scene, {}, {}, {"before": scene.held()}, {})
    before = everything(cloud.environ(CUSTOMER))
    for name, allowed, options in (
        ("look", look, ()),
        ("apply", do, ("--apply",)),
        ("again", do, ("--apply",)),
        ("restart", do, ("--only", "database.reboot", "--apply")),
        ("undo", undo, ("--undo", "--apply")),
    ):
        cloud.tell(allowed=allowed)
        made.runs[name] = scene.run(*options)
        made.calls[name] = set(cloud.tell()["calls"]) - {"sts:GetCallerIdentity"}
        made.held[name] = scene.held()
        cloud.tell()
    made.left.update(differing(before, everything(cloud.environ(CUSTOMER))))
    return made


def test_a_look_changes_nothing_shows_every_call_and_needs_no_more_than_to_read(journey: Journey) -> None:
    ran = journey.runs["look"]

    assert (ran.code, ran.err) == (0, "")
    assert journey.held["look"] == journey.held["before"]
    for call in ("accept-vpc-peering-connection", "create-route", "authorize-security-group-ingress", "associate-vpc"):
        assert f"would run: aws {'route53' if call == 'associate-vpc' else 'ec2'} {call}" in ran.out
    assert "Nothing was changed." in ran.out


def test_applied_every_step_is_done_but_the_restart_which_waits_for_its_time(journey: Journey) -> None:
    ran = journey.runs["apply"]

    assert (ran.code, ran.err) == (0, "")
    states = {step.key: ran.state(step.key) for step in journey.scene.steps if step.site is not None}
    assert states.pop("database.reboot") == "open: at the time that is agreed upon"
    assert set(states.values()) == {"done"}
    journey.scene.require_done(journey.held["apply"])


def test_a_second_time_there_is_nothing_left_to_do(journey: Journey) -> None:
    ran = journey.runs["again"]

    assert ran.code == 0
    assert "running:" not in ran.out
    assert journey.held["again"] == journey.held["apply"]


def test_the_restart_is_made_when_it_is_named(journey: Journey) -> None:
    assert journey.runs["restart"].state("database.reboot") == "done"
    assert "rds:RebootDBInstance" in journey.calls["restart"]
    assert "rds:RebootDBInstance" not in journey.calls["apply"]


def test_taken_back_the_account_is_as_it_was_but_for_the_peerings_which_the_script_says(journey: Journey) -> None:
    ran = journey.runs["undo"]

    assert (ran.code, ran.err) == (0, "")
    assert set(journey.held["undo"]["peerings"].values()) == {"deleted"}
    # In the whole account nothing else differs than what the script names.
    others = {leaf: sides for leaf, sides in journey.left.items() if "describe_vpc_peering_connections" not in leaf}
    assert {leaf.rpartition("/")[2]: sides for leaf, sides in others.items()} == {
        "ParameterApplyStatus": ("in-sync", "pending-reboot")
    }
    assert "cannot be un-accepted" in ran.out
    assert "another restart" in ran.out


def test_each_policy_is_enough_and_holds_nothing_that_is_not_called(journey: Journey) -> None:
    found = policies(journey.scene.steps, SITE)
    called = {
        "read": journey.calls["look"] | journey.calls["again"] | journey.calls["undo"],
        "do": journey.calls["apply"] | journey.calls["restart"],
        "undo": journey.calls["undo"],
    }
    allowed = {"read": actions(found.read), "do": actions(found.do), "undo": actions(found.undo)}

    for name, some in allowed.items():
        assert some - called[name] == NOT_SEEN[name], name


def test_without_one_of_its_actions_the_step_fails_and_the_others_are_done(scene: Scene) -> None:
    found = policies(scene.steps, SITE)
    scene.cloud.tell(allowed=actions(found.read, found.do) - {"ec2:CreateRoute"})
    keys = ("database.accept", "database.routes", "database.rule")

    ran = scene.run("--apply", *(word for key in keys for word in ("--only", key)))

    assert ran.code == 1
    assert "ec2:CreateRoute" in ran.err
    assert [ran.state(key) for key in keys] == ["done", "FAILED: the call was refused: see above", "done"]


def test_credentials_of_another_account_are_refused_before_anything_is_looked_at(scene: Scene) -> None:
    scene.cloud.tell()
    ran = scene.run("--apply", account=VENDOR)

    assert ran.code == 3
    assert f"is for account {CUSTOMER}: nothing was done" in ran.err
    assert scene.cloud.tell()["calls"] == []


def test_a_request_that_was_rejected_is_to_be_made_anew_and_what_needs_it_waits(scene: Scene) -> None:
    path = scene.outputs.private
    assert path is not None
    scene.ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=path.database_peering.id)

    ran = scene.run("--apply", "--only", "database.accept", "--only", "database.dns")

    assert ran.code == 1
    assert "ask the operator to request it anew" in ran.state("database.accept")
    assert ran.state("database.dns") == "waits for database.accept"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"transit_vpc_id": "vpc-0fedcba9876543210"}, "is not the request of account"),
        ({"transit_vpc_cidr": "100.65.0.0/24"}, "comes from another block than 100.65.0.0/24"),
    ],
)
def test_a_request_of_somebody_else_is_not_accepted(scene: Scene, other: dict[str, str], said: str) -> None:
    path = scene.outputs.private
    assert path is not None
    scene.outputs = scene.outputs.model_copy(update={"private": path.model_copy(update=other)})
    scene.write(scene.steps_of(HOST))

    ran = scene.run("--apply", "--only", "database.accept")

    assert said in ran.state("database.accept")
    assert set(scene.held()["peerings"].values()) == {"pending-acceptance"}


def test_the_table_of_the_databases_subnet_gets_the_route_and_one_that_leads_elsewhere_is_left_alone(
    scene: Scene,
) -> None:
    database = scene.premises.database
    own = scene.ec2.create_route_table(VpcId=database.id)["RouteTable"]["RouteTableId"]
    scene.ec2.associate_route_table(RouteTableId=own, SubnetId=database.subnet_id)

    looked = scene.run("--only", "database.routes")
    assert f"--route-table-id {own} " in looked.out
    assert database.route_table_id not in looked.out

    gateway = scene.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    scene.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=database.id)
    scene.ec2.create_route(RouteTableId=own, DestinationCidrBlock=OURS, GatewayId=gateway)
    ran = scene.run("--apply", "--only", "database.routes")
    assert ran.code == 1
    assert "leads elsewhere" in ran.state("database.routes")
    assert (own, OURS, "") in scene.held()["routes"]


def test_a_rule_that_was_there_before_stays_when_ours_is_taken_back(scene: Scene) -> None:
    scene.ec2.authorize_security_group_ingress(
        GroupId=scene.premises.security_group_id, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp=OURS
    )
    before = scene.held()["rules"]

    assert scene.run("--apply", "--only", "database.rule").state("database.rule") == "done already"
    assert scene.run("--apply", "--undo", "--only", "database.rule").state("database.rule") == "nothing to take back"
    assert scene.held()["rules"] == before


def test_a_parameter_group_of_the_customers_own_is_changed_and_gets_its_value_back(scene: Scene) -> None:
    scene.rds.create_db_parameter_group(
        DBParameterGroupName="acme", DBParameterGroupFamily="postgres16", Description="ours"
    )
    scene.rds.modify_db_instance(DBInstanceIdentifier="primary", DBParameterGroupName="acme")

    def value() -> str:
        return scene.parameters("acme")["rds.logical_replication"]

    assert value() == "0"
    assert scene.run("--apply", "--only", "database.parameters").state("database.parameters") == "done"
    assert (value(), scene.held()["parameter group"]) == ("1", "acme")
    assert scene.run("--apply", "--undo", "--only", "database.parameters").state("database.parameters") == "taken back"
    assert (value(), scene.held()["parameter group"]) == ("0", "acme")


def test_several_databases_in_the_vpc_are_told_apart_by_the_person_who_knows(scene: Scene) -> None:
    make = functools.partial(
        scene.rds.create_db_instance,
        DBInstanceClass="db.r6g.large",
        Engine="postgres",
        AllocatedStorage=100,
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="primary",
        Port=5432,
    )
    make(DBInstanceIdentifier="other")

    ran = scene.run("--only", "database.rule")
    assert ran.code == 1
    assert "several databases of RDS answer" in ran.out
    named = scene.run("--only", "database.rule", "--db-instance", "primary")
    assert f"--group-id {scene.premises.security_group_id} " in named.out


def test_the_endpoint_names_the_database_without_a_guess(scene: Scene) -> None:
    endpoint = scene.rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"]
    scene.write(scene.steps_of(endpoint))

    ran = scene.run("--only", "database.rule")

    assert ran.state("database.rule") == "would be done"
    assert "the only database" not in ran.out


def test_every_step_that_has_a_site_is_one_that_the_script_does(scene: Scene) -> None:
    ran = scene.run("--list")

    assert [line.split()[0] for line in ran.out.splitlines()] == [
        step.key for step in scene.steps if step.site is not None
    ]
    assert {grant.stage for grant in grants(scene.steps, SITE)} == set(Stage)
    assert {step.act for step in scene.steps if step.site} >= {Act.ACCEPT_PEERING, Act.REBOOT}


def test_of_a_cluster_its_own_parameter_group_is_meant_and_its_writer_is_restarted(scene: Scene) -> None:
    cluster = scene.rds.create_db_cluster(
        DBClusterIdentifier="aurora",
        Engine="aurora-postgresql",
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="primary",
        Port=5432,
    )["DBCluster"]
    scene.rds.create_db_instance(
        DBInstanceIdentifier="writer",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        DBClusterIdentifier="aurora",
    )
    scene.write(scene.steps_of(cluster["Endpoint"]))

    ran = scene.run("--only", "database.parameters", "--only", "database.reboot")

    assert "RDS has it as cluster aurora" in ran.out
    assert "create-db-cluster-parameter-group" in ran.out
    assert "modify-db-cluster --db-cluster-identifier aurora" in ran.out
    assert "reboot-db-instance --db-instance-identifier writer" in ran.out
