"""The least-privilege policies against what an operator's programs really called, from the first check to the last hop."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Rehearsed
from wizard.deploy.target import open_target, subject_of
from wizard.permissions.needed import operator_grants
from wizard.permissions.places import Places
from wizard.verify.hops import HopState

pytestmark = pytest.mark.e2e

#: Fewer than these would mean that nobody looked: every kind of call there is, by the engine and by the program itself.
SEEN = {
    "ec2:CreateVpc",
    "ec2:RunInstances",
    "elasticache:CreateReplicationGroup",
    "iam:CreateRole",
    "iam:SimulatePrincipalPolicy",
    "s3:PutObject",
    "secretsmanager:PutSecretValue",
    "ssm:SendCommand",
}


def allowed(world: Rehearsed) -> set[str]:
    subjects = [
        subject_of(open_target(world.workspace, name)) for name in (world.outcome.shard, world.outcome.deployment)
    ]
    return {
        grant.action
        for subject in subjects
        for grant in operator_grants(Places(subject.shard, subject.deployment), subject.emitted)
    }


@pytest.mark.xdist_group("private")
def test_nothing_was_called_that_the_private_policies_do_not_allow(private: Rehearsed) -> None:
    used = set(private.world.call("operator_actions"))

    assert used >= SEEN | {"lambda:CreateFunction", "route53:CreateHostedZone", "ec2:CreateVpcPeeringConnection"}
    assert used - allowed(private) == set()


@pytest.mark.xdist_group("public")
def test_nothing_was_called_that_the_public_policies_do_not_allow(public: Rehearsed) -> None:
    used = set(public.world.call("operator_actions"))

    assert used >= SEEN
    assert used - allowed(public) == set()


@pytest.mark.xdist_group("private")
def test_an_operator_who_is_held_to_less_does_not_get_through(private: Rehearsed) -> None:
    """The world holds the operator to the policies all along; this shows that it does."""
    private.world.call("hold_operator", actions=sorted(allowed(private) - {"ssm:SendCommand"}))
    try:
        hops = {hop.key: hop for hop in private.verify().verification.hops}
    finally:
        private.world.call("hold_operator", actions=sorted(allowed(private)))

    assert hops["database.psql"].state is not HopState.PASSED
    refused = [hop for hop in hops.values() if "SendCommand needs ssm:SendCommand" in hop.reason]
    assert refused, {key: hop.reason for key, hop in hops.items()}
    assert private.bad() == {}, "and with all of it, everything passes again"
