"""How the journey came by its accepted peering: the customer ran the bundle's script, and the path was proven by it."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Acceptance, Rehearsed
from wizard.deploy import handoff

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]


@pytest.fixture
def acceptance(private: Rehearsed) -> Acceptance:
    assert private.acceptance is not None
    return private.acceptance


def test_before_the_customer_did_anything_verification_named_the_peering(acceptance: Acceptance) -> None:
    first, why = next(iter(acceptance.bad.items()))

    assert first == "peering.database"
    assert "accept" in why


def test_the_script_said_first_what_it_would_do_under_a_policy_that_lets_it_only_look(acceptance: Acceptance) -> None:
    looked = acceptance.looked

    assert (looked.code, looked.err) == (0, "")
    assert "would run: aws ec2 accept-vpc-peering-connection" in looked.out
    assert "Nothing was changed." in looked.out


def test_under_the_bundles_policies_the_script_did_every_step_and_that_made_the_path_pass(
    private: Rehearsed, acceptance: Acceptance
) -> None:
    applied = acceptance.applied

    assert (applied.code, applied.err) == (0, "")
    done = {step.key: applied.state(step.key) for step in handoff.steps_of(private.target) if step.site is not None}
    assert {key for key, state in done.items() if state != "done"} <= {"database.reboot"}, done
    # The journey went on by what the customer has done, and by nothing else.
    assert private.outcome.report.verification.verified
