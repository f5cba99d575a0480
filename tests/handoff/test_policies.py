"""The customer's policies: held to the ids of the steps, as IAM decides it; actions are proven where the script runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.handoff.test_steps import PRIVATE, PUBLIC, THEIRS, steps
from tests.verify import world
from wizard.handoff.model import Act, Parameters, Site, Step
from wizard.handoff.policies import Policies, grants, policies
from wizard.permissions.customer import customer_grants
from wizard.permissions.documents import LIMIT, size
from wizard.permissions.grants import Stage
from wizard.rehearsal.embedded.policies import Policies as Deciding

ARN = "arn:aws:ec2:us-east-1:222222222222:"
DATABASE = "vpc-0a1b2c3d4e5f60718"


def found(**database: object) -> Policies:
    return policies(steps(**database), THEIRS)


@pytest.mark.parametrize(
    ("action", "resource", "context", "allowed"),
    [
        ("ec2:AcceptVpcPeeringConnection", f"{ARN}vpc-peering-connection/pcx-db", {"ec2:AccepterVpc": DATABASE}, True),
        ("ec2:AcceptVpcPeeringConnection", f"{ARN}vpc-peering-connection/pcx-x", {"ec2:AccepterVpc": DATABASE}, False),
        ("ec2:AcceptVpcPeeringConnection", f"{ARN}vpc-peering-connection/pcx-db", {"ec2:AccepterVpc": "vpc-x"}, False),
        ("ec2:AcceptVpcPeeringConnection", f"{ARN}vpc/{DATABASE}", {}, True),
        ("ec2:AcceptVpcPeeringConnection", f"{ARN}vpc/vpc-x", {}, False),
        ("ec2:CreateRoute", f"{ARN}route-table/rtb-1", {"ec2:Vpc": DATABASE}, True),
        ("ec2:CreateRoute", f"{ARN}route-table/rtb-1", {"ec2:Vpc": "vpc-x"}, False),
        ("ec2:AuthorizeSecurityGroupIngress", f"{ARN}security-group/sg-1", {"ec2:Vpc": DATABASE}, True),
        ("ec2:AuthorizeSecurityGroupIngress", f"{ARN}security-group/sg-1", {"ec2:Vpc": "vpc-x"}, False),
        ("ec2:DeleteRoute", f"{ARN}route-table/rtb-1", {"ec2:Vpc": DATABASE}, False),
        ("ec2:DeleteVpcPeeringConnection", f"{ARN}vpc-peering-connection/pcx-db", {"ec2:AccepterVpc": DATABASE}, False),
    ],
)
def test_what_is_done_is_done_to_what_the_steps_name(
    action: str, resource: str, context: dict[str, str], *, allowed: bool
) -> None:
    keys = {key: (f"{ARN}vpc/{value}",) for key, value in context.items()}

    decision = Deciding(found().do).decide(action, resource, keys).decision

    assert (decision == "allowed") is allowed


def test_the_zone_is_ours_alone_and_for_their_own_vpc() -> None:
    deciding = Deciding(found().do)

    def decided(zone: str, vpc: str) -> str:
        context = {"route53:VPCs": (f"VPCId={vpc},VPCRegion=us-east-1",)}
        return deciding.decide(
            "route53:AssociateVPCWithHostedZone", f"arn:aws:route53:::hostedzone/{zone}", context
        ).decision

    assert decided("Z1", "vpc-web") == "allowed"
    assert decided("Z2", "vpc-web") == decided("Z1", "vpc-other") == "implicitDeny"


def test_a_look_changes_nothing_and_taking_back_makes_nothing() -> None:
    every = found()

    def actions(documents: tuple[dict[str, object], ...]) -> set[str]:
        statements = [statement for one in documents for statement in one["Statement"]]  # type: ignore[attr-defined]
        listed = [[it["Action"]] if isinstance(it["Action"], str) else it["Action"] for it in statements]
        return {action.partition(":")[2] for some in listed for action in some}

    assert all(action.startswith(("Describe", "List", "GetManagedPrefixList")) for action in actions(every.read))
    assert not {
        a for a in actions(every.undo) if a.startswith(("Accept", "Create", "Authorize", "Associate", "Reboot"))
    }
    assert not {a for a in actions(every.do) if a.startswith(("Delete", "Revoke", "Disassociate", "Remove"))}


def test_a_database_that_rds_names_is_the_only_one_that_is_touched() -> None:
    named = policies(steps(host="acme.abc123.us-east-1.rds.amazonaws.com"), THEIRS)
    deciding = Deciding(named.do)

    def decided(resource: str) -> str:
        return deciding.decide("rds:RebootDBInstance", f"arn:aws:rds:us-east-1:222222222222:{resource}", {}).decision

    assert decided("db:acme") == "allowed"
    assert decided("db:other") == "implicitDeny"


def test_of_a_database_that_rds_does_not_run_nothing_in_rds_is_changed() -> None:
    own = found(certificate_authority="system")

    assert "rds:" not in repr((own.do, own.undo))
    assert "rds:DescribeDBInstances" in repr(own.read)  # whether it is one of RDS is looked at


def test_the_policies_that_can_be_given_before_anything_is_built_suffice_for_the_steps() -> None:
    host = "acme.abc123.us-east-1.rds.amazonaws.com"
    given = customer_grants(world.deployment(host=host, certificate_authority="rds"), world.shard())
    before = {(grant.stage, grant.action) for grant in given[THEIRS.account_id]}

    # These answers name no application; the contract does.
    zones = {
        "route53:ListHostedZonesByVPC",
        "route53:AssociateVPCWithHostedZone",
        "route53:DisassociateVPCFromHostedZone",
    }
    needed = {
        (grant.stage, grant.action)
        for grant in grants(steps(host=host, certificate_authority="rds"), THEIRS)
        if grant.action not in {*zones, "ec2:DescribeVpcs"}
    }

    assert needed <= before


#: Nothing is taken back of a restart.
STAGES = {Act.REBOOT: {Stage.READ, Stage.DO}}


@pytest.mark.parametrize("topology", [PRIVATE, PUBLIC])
def test_each_step_of_an_account_has_its_own_part_in_each_policy_and_a_step_of_people_has_none(topology: str) -> None:
    every = steps(topology, certificate_authority="rds")

    for step in every:
        found = {grant.stage for grant in grants((step,), THEIRS)}
        assert found == (STAGES.get(step.act, set(Stage)) if step.site else set()), step.key


def test_the_policies_of_all_steps_are_those_of_each_and_nothing_more() -> None:
    every = steps(certificate_authority="rds")
    of_each = {(grant.stage, grant.action) for step in every for grant in grants((step,), THEIRS)}

    assert {(grant.stage, grant.action) for grant in grants(every, THEIRS)} == of_each


def test_without_a_step_there_is_no_permission_for_it() -> None:
    without = tuple(step for step in steps() if not isinstance(step.target, Parameters))

    said = repr(policies(without, THEIRS))

    assert "ParameterGroup" not in said
    assert "Reboot" not in said
    assert policies(steps(PUBLIC), THEIRS) == Policies((), (), ())
    assert policies(steps(), Site("333333333333", "us-east-1")) == Policies((), (), ())


def test_each_document_is_one_that_aws_takes() -> None:
    step = next(step for step in steps() if step.act is Act.ADD_ROUTES)
    many = tuple(_copy(step, number) for number in range(60))

    for name, document in policies(many, THEIRS).named():
        assert size(document) <= LIMIT, name
    assert [name for name, _ in found().named()] == ["read", "do", "undo"]


def _copy(step: Step, number: int) -> Step:
    return replace(step, key=f"application.a{number}.routes", target=replace(step.target, vpc_id=f"vpc-{number:017x}"))  # type: ignore[arg-type]
