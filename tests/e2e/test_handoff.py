"""How the journey came by its accepted peering: the customer ran the bundle's script, and what had waited for it was applied."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Acceptance, Rehearsed
from tests.e2e.waiting import CONFIRMS, STACK, Waited, applies
from wizard.deploy import handoff
from wizard.deploy.record.past import applied_stacks

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("private")]


@pytest.fixture
def acceptance(private: Rehearsed) -> Acceptance:
    assert private.acceptance is not None
    return private.acceptance


@pytest.fixture
def waited(private: Rehearsed) -> Waited:
    assert private.waited is not None
    return private.waited


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


def test_what_needs_the_peering_was_confirmed_while_nobody_had_accepted_and_was_not_applied_then(
    waited: Waited,
) -> None:
    told = waited.said["stacks"][STACK]

    assert told["wait"] == waited.wait.request.id
    assert "pending-acceptance" in told["waiting"]
    assert any("pending-acceptance" in seen for seen in waited.looked.seen), waited.looked
    assert [run.request.stack for run in waited.before] == ["instance"]


def test_once_they_had_accepted_exactly_the_confirmed_plan_was_applied_by_itself_and_nothing_else(
    private: Rehearsed, waited: Waited
) -> None:
    confirmed, ended = waited.wait.request, waited.end

    assert (ended.outcome, ended.why) == ("applied", ""), ended
    # The journey itself has applied it neither before nor after.
    (applied,) = (run for run in applies(private.target) if run not in waited.before)
    request, result = applied.request, applied.recorded()
    assert (applied.id, request.stack) == (ended.run, STACK)
    assert (request.plan_run, request.plan_digest) == (confirmed.plan_run, confirmed.plan_digest)
    assert result is not None
    assert result.outcome == "succeeded"
    assert private.outcome.report.verification.verified
    assert private.outcome.repeated[f"{private.outcome.deployment}/{STACK}"] == "no changes"


def test_the_record_names_who_confirmed_what_was_applied_by_itself(private: Rehearsed, waited: Waited) -> None:
    (recorded,) = (applied for applied in applied_stacks(private.target) if applied.stack == STACK)

    assert recorded.who.partition("@")[0] == CONFIRMS
    assert recorded.who == waited.wait.request.who
    assert (recorded.run, recorded.plan_digest) == (waited.end.run, waited.wait.request.plan_digest)
