"""The customer's steps done for them, against the embedded AWS, which holds us to the bundle's own policies."""

from __future__ import annotations

import functools
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.bounded import LONG_S
from tests.handoff.cloud import Cloud
from tests.handoff.scene import OURS, SITE, Scene
from tests.handoff.test_script_run import actions
from wizard.answers.account import Account
from wizard.aws.session import AwsSession, open_session
from wizard.deploy.doing.acting import Consent, Ended, Order, Outcome, act
from wizard.deploy.doing.decided import Doing, Stand
from wizard.deploy.doing.deciding import Wish
from wizard.deploy.doing.history import JOURNAL, Keeper, entries
from wizard.deploy.doing.theirs import Named
from wizard.errors import AccountError, BlockedError, UsageError
from wizard.handoff.policies import policies
from wizard.rehearsal.embedded import CUSTOMER, VENDOR
from wizard.workspace import Place

pytestmark = pytest.mark.xdist_group("handoff")

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEPLOYMENT = "acme-prod"


@dataclass(frozen=True)
class Hand:
    """Somebody who does the steps of a scene, as an account."""

    scene: Scene
    folder: Path
    account: str = CUSTOMER

    @property
    def place(self) -> Place:
        return Place("deployment", DEPLOYMENT, self.folder)

    def order(self, *only: str, undo: bool = False, named: Named | None = None) -> Order:
        session = session_of(self.scene.cloud, self.account)
        return Order(self.scene.steps, SITE, DEPLOYMENT, session, Wish(only, undo, named or Named()))

    def do(self, order: Order, shown: Doing, *, typed: str = CUSTOMER, restart: str = "") -> Outcome:
        keeper = Keeper(self.place)
        consent = Consent(typed, "olga@desk", NOW, restart)
        return act(order, shown, consent, begun=keeper.begun, told=keeper.told, sleep=lambda _: None, clock=lambda: NOW)


@functools.cache
def session_of(cloud: Cloud, account: str) -> AwsSession:
    """One for each account: its clients cost more than all calls."""
    return open_session(Account(id=SITE.account_id, region=SITE.region), environ=cloud.environ(account))


def stands(doing: Doing) -> dict[str, Stand]:
    return {part.step.key: part.stand for part in doing.parts}


def lines(doing: Doing) -> list[str]:
    return [call.line(SITE.region) for call in doing.calls]


def ends(outcome: Outcome) -> set[Ended]:
    return {made.ended for made in outcome.made}


@dataclass(frozen=True)
class Journey:
    scene: Scene
    hand: Hand
    shown: dict[str, Doing]
    outcomes: dict[str, Outcome]
    held: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def journey(cloud: Cloud, bin_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """Looked at, done, looked at again, restarted, taken back, each under no more than its policy."""
    cloud.tell(reset=True)
    scene = Scene(cloud, bin_folder)
    hand = Hand(scene, tmp_path_factory.mktemp("doing"))
    made = Journey(scene, hand, {}, {}, {"before": scene.held()})
    found = policies(scene.steps, SITE)
    look, do, undo = (actions(*some) for some in ((found.read,), (found.read, found.do), (found.read, found.undo)))

    cloud.tell(allowed=look)
    made.shown["look"] = hand.order().doing()
    cloud.tell()
    made.held["look"] = scene.held()
    for name, allowed, order, restart in (
        ("do", do, hand.order(), ""),
        ("restart", do, hand.order("database.reboot"), "primary"),
        ("undo", undo, hand.order(undo=True), ""),
    ):
        cloud.tell(allowed=allowed)
        shown = made.shown[name] = order.doing()
        made.outcomes[name] = hand.do(order, shown, restart=restart)
        made.shown[f"after {name}"] = order.doing()
        cloud.tell()
        made.held[name] = scene.held()
    return made


def test_a_look_shows_every_call_changes_nothing_and_needs_no_more_than_to_read(journey: Journey) -> None:
    assert journey.held["look"] == journey.held["before"]
    assert set(stands(journey.shown["look"]).values()) == {Stand.TO_DO, Stand.LEFT}
    assert lines(journey.shown["look"]) == lines(journey.shown["do"])
    for call in ("ec2 accept-vpc-peering-connection", "ec2 create-route", "route53 associate-vpc-with-hosted-zone"):
        assert any(line.startswith(f"aws {call} ") for line in lines(journey.shown["look"]))


def test_what_was_shown_is_what_is_done_and_nothing_besides(journey: Journey) -> None:
    shown, outcome = journey.shown["do"], journey.outcomes["do"]

    assert (ends(outcome), outcome.error, outcome.not_made) == ({Ended.DONE}, None, ())
    assert [made.line for made in outcome.made if made.line.startswith("aws ")] == lines(shown)
    journey.scene.require_done(journey.held["do"])


def test_a_second_time_there_is_nothing_to_do_and_the_restart_still_waits_to_be_named(journey: Journey) -> None:
    again = journey.shown["after do"]

    assert again.calls == ()
    assert {key for key, stand in stands(again).items() if stand is not Stand.DONE} == {"database.reboot"}
    assert stands(again)["database.reboot"] is Stand.LEFT


def test_the_restart_is_made_once_it_is_named_and_its_instance_was_typed(journey: Journey) -> None:
    assert journey.shown["restart"].restart == "primary"
    assert [made.ended for made in journey.outcomes["restart"].made] == [Ended.DONE]
    assert not any("reboot-db" in line for line in lines(journey.shown["do"]))


def test_taken_back_the_account_is_as_it_was_but_for_the_peerings_which_is_said_before(journey: Journey) -> None:
    before, after = journey.held["before"], journey.held["undo"]
    notes = " ".join(note for part in journey.shown["undo"].parts for note in part.notes)

    assert ends(journey.outcomes["undo"]) == {Ended.DONE}
    assert set(after["peerings"].values()) == {"deleted"}
    assert {**after, "peerings": None} == {**before, "peerings": None}
    assert "cannot be un-accepted" in notes
    assert "another restart" in notes
    assert journey.shown["after undo"].calls == ()


def test_every_call_is_one_that_the_customers_policies_allow(journey: Journey) -> None:
    found = policies(journey.scene.steps, SITE)

    assert {call.permission for call in journey.shown["do"].calls} <= actions(found.do)
    assert {call.permission for call in journey.shown["undo"].calls} <= actions(found.undo)


def test_the_consent_and_each_call_are_kept_with_who_when_and_as_whom(journey: Journey) -> None:
    kept = list(entries(journey.hand.place))
    consents = [entry for entry in kept if entry.what.startswith("consent typed")]
    calls = [entry for entry in kept if entry.what.startswith("for the customer")]

    assert len(consents) == 3
    assert {(entry.who, entry.at, entry.account) for entry in kept} == {("olga@desk", NOW, CUSTOMER)}
    assert all(f":{CUSTOMER}:" in entry.as_whom for entry in kept)
    assert len(calls) == sum(len(outcome.made) for outcome in journey.outcomes.values())
    for line in lines(journey.shown["undo"]):
        assert any(line in entry.what for entry in calls)
    assert (journey.hand.place.hidden / JOURNAL).stat().st_mode & 0o777 == 0o600


@pytest.fixture
def hand(scene: Scene, tmp_path: Path) -> Hand:
    return Hand(scene, tmp_path)


def test_a_restart_wants_its_own_word(hand: Hand) -> None:
    order = hand.order("database.parameters", "database.reboot")

    with pytest.raises(BlockedError, match="restart of primary was not confirmed"):
        hand.do(order, order.doing())
    assert hand.scene.held()["parameter group"].startswith("default.")


def test_where_their_side_changed_after_it_was_shown_nothing_is_done(hand: Hand) -> None:
    order = hand.order("database.accept", "database.rule")
    shown = order.doing()
    hand.scene.ec2.authorize_security_group_ingress(
        GroupId=hand.scene.premises.security_group_id, IpProtocol="tcp", FromPort=5432, ToPort=5432, CidrIp=OURS
    )

    with pytest.raises(BlockedError, match="not as it was") as refused:
        hand.do(order, shown)

    assert "no longer: aws ec2 authorize-security-group-ingress" in refused.value.cause
    assert set(hand.scene.held()["peerings"].values()) == {"pending-acceptance"}


def test_the_first_refusal_ends_it_and_says_what_was_done_and_what_was_not(hand: Hand) -> None:
    found = policies(hand.scene.steps, SITE)
    order = hand.order("database.accept", "database.routes", "database.rule")
    hand.scene.cloud.tell(allowed=actions(found.read, found.do) - {"ec2:CreateRoute"})

    shown = order.doing()
    outcome = hand.do(order, shown)
    hand.scene.cloud.tell()

    assert [(made.key, made.ended) for made in outcome.made] == [
        ("database.accept", Ended.DONE),
        ("database.accept", Ended.DONE),
        ("database.routes", Ended.REFUSED),
    ]
    assert outcome.error is not None
    assert "ec2:CreateRoute" in str(outcome.error)
    assert [key for key, _ in outcome.not_made] == ["database.rule"]
    assert (hand.scene.premises.security_group_id, False, OURS, 5432) not in hand.scene.held()["rules"]
    # Once it is allowed, the rest is done and what is done is left alone.
    again = order.doing()
    assert stands(again)["database.accept"] is Stand.DONE
    assert ends(hand.do(order, again)) == {Ended.DONE}


def test_credentials_of_another_account_are_refused_before_anything_is_looked_at(scene: Scene, tmp_path: Path) -> None:
    scene.cloud.tell()

    with pytest.raises(AccountError, match=f"account {VENDOR}, not the customer's {CUSTOMER}"):
        Hand(scene, tmp_path, VENDOR).order().doing()
    assert scene.cloud.tell()["calls"] == []


def test_a_route_that_leads_elsewhere_is_left_alone(hand: Hand) -> None:
    scene, database = hand.scene, hand.scene.premises.database
    own = scene.ec2.create_route_table(VpcId=database.id)["RouteTable"]["RouteTableId"]
    scene.ec2.associate_route_table(RouteTableId=own, SubnetId=database.subnet_id)
    assert [call.arguments["RouteTableId"] for call in hand.order("database.routes").doing().calls] == [own]

    gateway = scene.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    scene.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=database.id)
    scene.ec2.create_route(RouteTableId=own, DestinationCidrBlock=OURS, GatewayId=gateway)

    doing = hand.order("database.routes").doing()
    assert stands(doing) == {"database.routes": Stand.BLOCKED}
    assert "leads elsewhere" in doing.parts[0].why


def test_a_parameter_group_of_the_customers_own_is_changed_and_gets_its_value_back(hand: Hand) -> None:
    scene = hand.scene
    scene.rds.create_db_parameter_group(
        DBParameterGroupName="acme", DBParameterGroupFamily="postgres16", Description="ours"
    )
    scene.rds.modify_db_instance(DBInstanceIdentifier="primary", DBParameterGroupName="acme")

    for undo, value in ((False, "1"), (True, "0")):
        order = hand.order("database.parameters", undo=undo)
        assert ends(hand.do(order, order.doing())) == {Ended.DONE}
        assert scene.parameters("acme")["rds.logical_replication"] == value
        assert order.doing().calls == ()


def test_of_a_cluster_its_own_parameter_group_is_meant_and_its_writer_is_restarted(hand: Hand) -> None:
    rds = hand.scene.rds
    cluster = rds.create_db_cluster(
        DBClusterIdentifier="aurora",
        Engine="aurora-postgresql",
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="primary",
        Port=5432,
    )["DBCluster"]
    rds.create_db_instance(
        DBInstanceIdentifier="writer",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
        DBClusterIdentifier="aurora",
    )
    hand.scene.steps = hand.scene.steps_of(cluster["Endpoint"])

    doing = hand.order("database.parameters", "database.reboot").doing()

    assert doing.restart == "writer"
    assert [call.operation for call in doing.calls] == [
        "CreateDBClusterParameterGroup",
        "ModifyDBClusterParameterGroup",
        "ModifyDBCluster",
        "RebootDBInstance",
    ]


def test_what_aws_does_not_tell_is_named_by_the_person_who_knows(hand: Hand) -> None:
    group, table = hand.scene.premises.security_group_id, hand.scene.premises.database.route_table_id
    hand.scene.cloud.tell(allowed={"ec2:DescribeSecurityGroupRules", "ec2:DescribeRouteTables"})
    unknown = hand.order("database.rule").doing()
    named = hand.order("database.rule", named=Named(security_group=group)).doing()
    routed = hand.order("database.routes", named=Named(route_tables=(table,))).doing()
    hand.scene.cloud.tell()

    assert stands(unknown) == {"database.rule": Stand.BLOCKED}
    assert "--security-group" in unknown.parts[0].why
    assert named.calls[0].arguments["GroupId"] == group
    assert routed.calls[0].arguments["RouteTableId"] == table
    with pytest.raises(UsageError, match="wants --only"):
        hand.order(named=Named(route_tables=(table,))).doing()
    with pytest.raises(UsageError, match=r"there is no step database\.nothing"):
        hand.order("database.nothing").doing()


def test_a_group_that_rds_still_uses_is_left_for_later_and_the_rest_is_taken_back(hand: Hand) -> None:
    order = hand.order("database.rule", "database.parameters")
    hand.do(order, order.doing())
    back = hand.order("database.rule", "database.parameters", undo=True)
    shown = back.doing()
    # Somebody else's database has the group by now: RDS refuses to delete it.
    hand.scene.rds.create_db_instance(
        DBInstanceIdentifier="other",
        DBInstanceClass="db.r6g.large",
        Engine="postgres",
        AllocatedStorage=100,
        MasterUsername="postgres",
        ManageMasterUserPassword=True,
        DBParameterGroupName=f"planewright-{DEPLOYMENT}",
    )

    outcome = hand.do(back, shown)

    assert outcome.error is None
    assert [made.ended for made in outcome.made if "delete-db-parameter-group" in made.line] == [Ended.TOO_EARLY]
    assert [made.ended for made in outcome.made if "revoke" in made.line] == [Ended.DONE]


def test_the_lines_that_are_shown_do_in_the_aws_cli_what_the_calls_do(hand: Hand, bin_folder: Path) -> None:
    run_lines(hand.scene, bin_folder, lines(hand.order().doing()))

    assert hand.order().doing().calls == ()


def test_what_was_done_so_is_taken_back_by_the_script_too(hand: Hand) -> None:
    keys = ("database.rule", "database.parameters")
    before, order = hand.scene.held(), hand.order(*keys)
    hand.do(order, order.doing())

    assert hand.scene.run("--undo", "--apply", *(word for key in keys for word in ("--only", key))).code == 0
    assert hand.scene.held() == before


def run_lines(scene: Scene, folder: Path, shown: Sequence[str]) -> None:
    for line in shown:
        words = shlex.split(line)
        ran = subprocess.run(
            [str(folder / words[0]), *words[1:]],
            env={**scene.cloud.environ(CUSTOMER), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=LONG_S,
        )
        assert ran.returncode == 0, line + ran.stderr
