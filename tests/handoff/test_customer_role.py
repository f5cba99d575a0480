"""The customer's side seen with a role of theirs, on both accounts of the embedded AWS, which holds the role to the bundle's read.json."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bounded import LONG_S
from tests.handoff.cloud import Cloud
from tests.handoff.scene import HOST, OURS, SITE, Scene
from tests.handoff.test_script_run import actions
from tests.verify import world
from wizard.answers.account import Account
from wizard.aws.session import BRISK, AwsSession, open_session
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.errors import AccountError
from wizard.handoff.policies import policies
from wizard.rehearsal.clients import client
from wizard.rehearsal.customer import DATABASE_ADDRESS
from wizard.rehearsal.embedded import CUSTOMER, VENDOR
from wizard.verify.customer.commands import deciding
from wizard.verify.customer.edge import SessionReads
from wizard.verify.customer.pasted import PastedReads, read_pasted
from wizard.verify.customer.path import DATABASE
from wizard.verify.customer.reads import CustomerReads
from wizard.verify.hops import Hop, HopState, Verification
from wizard.verify.probes.customer import way_to
from wizard.verify.verify import verify_with

pytestmark = pytest.mark.xdist_group("handoff")

ROLE = f"arn:aws:iam::{CUSTOMER}:role/planewright-read"


@dataclass
class Done:
    """A scene in which the customer has done everything, and a role to look with."""

    scene: Scene
    operator: AwsSession
    theirs: AwsSession

    @property
    def answers(self) -> DeploymentAnswers:
        vpc = self.scene.premises.database
        told = {"account_id": CUSTOMER, "region": "us-east-1", "vpc_id": vpc.id, "cidr": vpc.cidr}
        return world.deployment(host=HOST, vpc=told)

    @property
    def vpc(self) -> str:
        return self.scene.premises.database.id

    def look(self, customers: dict[str, CustomerReads] | None = None) -> Verification:
        """Walk the path: our side stands still, as it is when the load balancer times out."""
        reads = world.FakeReads()
        state = world.a_target(DATABASE_ADDRESS, "unhealthy", "Target.Timeout", "timed out")
        reads.known_targets = {**reads.known_targets, "tg-in": (state,)}
        private = self.scene.outputs.private
        assert private is not None
        for one in (private.database_peering, private.application_peerings["web"]):
            reads.peerings[one.id] = world.a_peering(one.id)
        both: dict[str, CustomerReads] = {name: SessionReads(lambda: self.theirs) for name in (DATABASE, "web")}
        return verify_with(
            self.answers,
            world.shard(),
            outputs=self.scene.outputs,
            shard_outputs=world.shard_outputs(),
            link=world.LINK,
            reads=reads,
            customers=both if customers is None else customers,
        )

    def hops(self) -> dict[str, Hop]:
        """The customer's own hops."""
        return {hop.key: hop for hop in self.look().hops if hop.key.startswith("customer.")}


@pytest.fixture(scope="module")
def done(cloud: Cloud, bin_folder: Path) -> Done:
    cloud.tell(reset=True)
    scene = Scene(cloud, bin_folder)
    customer = scene._customer
    customer.accept_peerings()
    customer.add_routes()
    customer.allow_database_port()
    assert scene.outputs.private is not None
    customer.associate_zone(str(scene.outputs.private.private_zone_id))
    environ = cloud.environ(VENDOR)
    operator = open_session(Account(id=VENDOR, region="us-east-1"), environ=environ, patience=BRISK)
    theirs = operator.beside(Account(id=CUSTOMER, region="us-east-1", role_arn=ROLE))
    return Done(scene, operator, theirs)


def test_a_role_is_assumed_from_the_operator_s_own_credentials_and_once(done: Done) -> None:
    account = Account(id=CUSTOMER, region="us-east-1", role_arn=ROLE)
    assert (done.theirs.identity().account, done.operator.identity().account) == (CUSTOMER, VENDOR)
    assert done.operator.beside(account) is done.theirs


def test_with_the_bundle_s_read_policy_everything_is_seen_and_every_action_of_it_is_used(done: Done) -> None:
    read = actions(policies(done.scene.steps, SITE).read)
    done.scene.cloud.tell(allowed=read)
    group = done.scene.premises.security_group_id
    prefix = client(done.scene.cloud.environ(CUSTOMER), "ec2")
    done.scene.cloud.tell()
    made = prefix.create_managed_prefix_list(
        PrefixListName="ours", MaxEntries=1, AddressFamily="IPv4", Entries=[{"Cidr": OURS}]
    )["PrefixList"]["PrefixListId"]
    rule: Any = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "PrefixListIds": [{"PrefixListId": made}]}
    prefix.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    try:
        done.scene.cloud.tell(allowed=read)
        hops = done.hops()
        called = set(done.scene.cloud.tell()["calls"])
    finally:
        prefix.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])

    states = {key: hop.state for key, hop in hops.items()}
    assert states.pop("customer.parameters") is HopState.NOT_OBSERVABLE  # RDS knows the instance by a name of its own
    assert set(states.values()) == {HopState.PASSED}, hops
    assert {
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:GetManagedPrefixListEntries",
        "route53:ListHostedZonesByVPC",
    } <= called
    assert called <= read | {"sts:GetCallerIdentity"}


def no_route(done: Done) -> Callable[[], object]:
    done.scene._customer.remove_route()
    return done.scene._customer.restore_route


def closed_group(done: Done) -> Callable[[], object]:
    done.scene._customer.close_security_group()
    return done.scene._customer.allow_database_port


def acl_denies_answers(done: Done) -> Callable[[], object]:
    ec2, vpc = done.scene.ec2, done.scene.premises.database.id
    found = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"][0]
    entry = {"NetworkAclId": found["NetworkAclId"], "RuleNumber": 50, "Egress": True}
    ec2.create_network_acl_entry(
        **entry, Protocol="6", RuleAction="deny", CidrBlock="100.64.0.0/10", PortRange={"From": 1024, "To": 65535}
    )
    return lambda: ec2.delete_network_acl_entry(**entry)


def zone_apart(done: Done) -> Callable[[], object]:
    private = done.scene.outputs.private
    assert private is not None
    zone = str(private.private_zone_id)
    done.scene._customer.disassociate_zone(zone)

    def back() -> None:
        dns, vpc = client(done.scene.cloud.environ(VENDOR), "route53"), done.scene.premises.application.id
        dns.create_vpc_association_authorization(HostedZoneId=zone, VPC={"VPCRegion": "us-east-1", "VPCId": vpc})
        done.scene._customer.associate_zone(zone)

    return back


@pytest.mark.parametrize(
    ("broken", "key", "state", "says"),
    [
        (no_route, "customer.routes", HopState.FAILED, f"has no route to {OURS}"),
        (closed_group, "customer.rules", HopState.FAILED, f"admits {OURS} on TCP 5432"),
        (acl_denies_answers, "customer.acls", HopState.FAILED, "answers to ports 1024-65535 of 100.64.0.0/25"),
        (zone_apart, "customer.zone.web", HopState.WAITING, "is not associated with the private zone"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_keeps_us_out_is_named_as_the_hop_that_it_is_and_no_other(
    done: Done, broken: Callable[[Done], Callable[[], object]], key: str, state: HopState, says: str
) -> None:
    mend = broken(done)
    try:
        seen = done.look()
        hops = {hop.key: hop for hop in seen.hops}
    finally:
        mend()

    assert hops[key].state is state, hops[key]
    assert says in hops[key].reason
    theirs = [hop for hop in seen.hops if hop.key.startswith("customer.") and hop.key != key]
    assert not [hop for hop in theirs if hop.state in {HopState.FAILED, HopState.WAITING}]
    if state is HopState.FAILED:
        assert seen.first_failure is not None
        assert seen.first_failure.key == key
        assert hops["inbound.health"].state is HopState.NOT_OBSERVABLE
        assert hops[key].title in hops["inbound.health"].reason


def test_where_all_of_it_is_open_the_timeout_is_not_laid_at_the_customer_s_door(done: Done) -> None:
    failure = done.look().first_failure
    assert failure is not None
    assert failure.key == "inbound.health"
    assert "although the customer's routes, rules and network ACLs let it through" in failure.reason
    assert failure.commands == ()


def test_a_role_that_may_not_look_leaves_its_hops_unseen_and_names_the_action(done: Done) -> None:
    read = actions(policies(done.scene.steps, SITE).read)
    done.scene.cloud.tell(allowed=read - {"ec2:DescribeRouteTables"})
    hops = done.hops()
    done.scene.cloud.tell()
    assert hops["customer.routes"].state is HopState.NOT_OBSERVABLE
    assert "ec2:DescribeRouteTables" in hops["customer.routes"].reason + hops["customer.routes"].remedy
    assert hops["customer.rules"].state is HopState.PASSED


def test_a_session_that_does_not_open_costs_the_customer_s_hops_alone(done: Done) -> None:
    def closed() -> AwsSession:
        raise AccountError("the login has ended", action="aws sso login --profile acme-read")

    seen = done.look({DATABASE: SessionReads(closed)})
    theirs = {hop.key: hop for hop in seen.hops if hop.key.startswith("customer.")}
    assert {hop.state for hop in theirs.values()} == {HopState.NOT_OBSERVABLE}
    assert all("aws sso login" in hop.remedy for hop in theirs.values())
    assert seen.first_failure is not None
    assert seen.first_failure.key == "inbound.health"


def test_without_a_role_the_two_commands_run_by_the_customer_and_pasted_back_decide(
    done: Done, bin_folder: Path
) -> None:
    failure = done.look({}).first_failure
    assert failure is not None
    assert failure.key == "inbound.health"
    assert "timeout beyond the peering: a route, a rule or a network ACL in the customer's" in failure.reason
    assert len(failure.commands) == 2
    assert not [line for line in failure.commands if "\n" in line]
    assert "--pasted" in failure.remedy

    mend = closed_group(done)
    try:
        printed = [run(line, done, bin_folder) for line in failure.commands]
    finally:
        mend()
    vpc = done.scene.premises.database.id
    pasted = read_pasted("$ aws …\n" + "\n".join(reversed(printed)), vpc_id=vpc)
    seen = done.look({DATABASE: PastedReads(pasted)})
    hops = {hop.key: hop for hop in seen.hops}
    assert hops["customer.routes"].state is HopState.PASSED
    assert seen.first_failure is not None
    assert seen.first_failure.key == "customer.rules"
    assert seen.first_failure.evidence == ("no rule at all",)

    printed = [run(line, done, bin_folder) for line in failure.commands]
    opened = {hop.key: hop for hop in done.look({DATABASE: PastedReads(read_pasted(printed[1], vpc_id=vpc))}).hops}
    assert opened["customer.rules"].state is HopState.PASSED
    assert "customer.routes" not in opened
    assert "describe-route-tables" in "".join(opened["inbound.health"].commands)


def test_what_a_role_shows_is_what_it_shows_when_it_is_pasted(done: Done, bin_folder: Path) -> None:
    failure = done.look({}).first_failure
    assert failure is not None
    pasted = read_pasted("".join(run(line, done, bin_folder) for line in failure.commands), vpc_id=done.vpc)
    role = SessionReads(lambda: done.theirs)
    assert set(role.route_tables(done.vpc)) == set(pasted.tables or ())
    assert set(role.rules([done.scene.premises.security_group_id])) == set(pasted.rules or ())


def run(line: str, done: Done, bin_folder: Path) -> str:
    """As the customer, in their shell."""
    ran = subprocess.run(
        ["sh", "-c", line],
        env={**done.scene.cloud.environ(CUSTOMER), "PATH": f"{bin_folder}:/usr/bin:/bin", "HOME": str(bin_folder)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=LONG_S,
    )
    assert ran.returncode == 0, ran.stderr
    json.loads(ran.stdout)
    return ran.stdout


def test_the_commands_have_every_id_filled_in(done: Done) -> None:
    private = done.scene.outputs.private
    assert private is not None
    way = way_to(private.database_peering, private.transit_vpc_cidr, "100.64.0.0/25", 5432)
    routes, rules = deciding(way, (DATABASE_ADDRESS,))
    for line in (routes, rules):
        assert done.scene.premises.database.id in line
        assert "--region us-east-1" in line
    assert DATABASE_ADDRESS in rules
