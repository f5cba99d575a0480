"""What is to be done now, and which key leads there: the whole way of a shard, a private and a public deployment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.deploy.last_verification import LastVerification
from wizard.walk.finished import CUSTOMER, Progress, Seeded, Stand
from wizard.walk.next_up import Situation, following, line, up
from wizard.walk.steps import Step, steps_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PRIVATE = Progress("deployment", {"instance": Stand.TO_PLAN, "link": Stand.TO_PLAN}, shard="use1-a")
PUBLIC = Progress("deployment", {"instance": Stand.TO_PLAN}, shard="use1-a")
SHARD = Progress("shard", {"shard": Stand.TO_PLAN}, shard="use1-a")
#: What the line has room for at 80 columns.
ROOM = 78


def looked(*, verified: bool = False, waiting_on: tuple[str, ...] = (), failed: int = 0) -> LastVerification:
    return LastVerification(NOW, verified, waiting_on, failed, Path("verification-1.md"))


def private(instance: Stand, link: Stand = Stand.TO_PLAN, **others: object) -> Progress:
    return replace(PRIVATE, stands={"instance": instance, "link": link}, **others)  # type: ignore[arg-type]


def built(**others: object) -> Progress:
    return private(Stand.APPLIED, Stand.APPLIED, seeded=Seeded.COMPLETE, **others)


def says(here: Step, progress: Progress, **others: object) -> str:
    situation = Situation(here, progress, **others)  # type: ignore[arg-type]
    said = line(situation, up(situation))
    assert len(said) <= ROOM, said
    return said


def leads(here: Step, progress: Progress, **others: object) -> Step | None:
    situation = Situation(here, progress, **others)  # type: ignore[arg-type]
    return following(situation, up(situation))


# -- the way of a private deployment, from the review to the report


def test_the_first_plan() -> None:
    assert says(Step.REVIEW, PRIVATE) == "Next: plan instance: Plan (n)"
    assert says(Step.PLAN, PRIVATE) == "Now: plan instance: m makes it, a hands it on"
    assert leads(Step.PLAN, PRIVATE) is None


def test_a_plan_that_was_looked_at_leads_to_the_apply() -> None:
    assert leads(Step.PLAN, PRIVATE, offered="instance") is Step.APPLY
    assert (
        says(Step.APPLY, PRIVATE, offered="instance") == "instance is planned. Now: apply instance: a does, after a yes"
    )
    assert leads(Step.APPLY, PRIVATE, offered="instance") is None


def test_a_run_that_goes_on_is_followed_wherever_one_is() -> None:
    going = private(Stand.RUNNING, running="instance")
    assert says(Step.SIZING, going).endswith(": Apply (7)")
    assert leads(Step.PLAN, going) is Step.APPLY
    assert leads(Step.APPLY, going) is None


def test_a_run_that_failed_is_planned_again() -> None:
    failed = private(Stand.FAILED)
    assert says(Step.APPLY, failed) == "a run of instance failed. Next: plan instance: Plan (n)"


def test_what_is_applied_and_not_handed_over_is_taken_over_first() -> None:
    assert "o reads and keeps them" in says(Step.APPLY, private(Stand.LEFT))


def test_after_the_instance_come_the_secrets_and_one_may_go_on_without_them() -> None:
    applied = private(Stand.APPLIED)
    assert says(Step.APPLY, applied) == "instance is applied. Now: the secrets: s puts each where the nodes fetch it"
    assert leads(Step.APPLY, applied) is Step.HANDOFF


def test_then_the_customer_accepts() -> None:
    seeded = private(Stand.APPLIED, seeded=Seeded.COMPLETE)
    assert says(Step.APPLY, seeded) == "instance is applied. Next: the customer accepts the peering: Handoff (n)"
    assert leads(Step.PLAN, seeded) is Step.HANDOFF
    assert leads(Step.HANDOFF, seeded) is Step.VERIFY  # one may look while they take their time
    assert says(Step.HANDOFF, seeded, accepted=False).startswith("instance is applied. Now: the customer accepts")


def test_a_secret_without_a_value_does_not_stop_the_way_and_is_told() -> None:
    missing = private(Stand.APPLIED, seeded=Seeded.MISSING)
    assert says(Step.HANDOFF, missing).startswith("secret empty (7). Now: the customer accepts")
    assert leads(Step.APPLY, missing) is Step.HANDOFF


def test_once_the_peering_is_active_the_link_is_planned() -> None:
    seeded = private(Stand.APPLIED, seeded=Seeded.COMPLETE)
    assert says(Step.HANDOFF, seeded, accepted=True) == "the peering is active. Next: plan link: Plan (n)"
    assert leads(Step.VERIFY, seeded, accepted=True) is Step.PLAN
    assert up(Situation(Step.PLAN, seeded, accepted=True)).stack == "link"


def test_then_the_path_is_verified() -> None:
    assert says(Step.APPLY, built()) == "instance and link are applied. Next: verify the path: Verify (n)"
    assert says(Step.VERIFY, built()) == "instance and link are applied. Now: verify the path: v looks at every hop"
    assert leads(Step.VERIFY, built()) is None


def test_a_verified_path_leads_to_its_report_and_that_is_the_end() -> None:
    proven = built(verification=looked(verified=True), report=True)
    assert says(Step.VERIFY, proven) == "the path is verified. Next: the report: Report (n)"
    assert leads(Step.REPORT, proven) is None
    assert says(Step.REPORT, proven).startswith("the path is verified. Now: the report")


def test_springtail_is_started_once_the_path_that_leads_to_it_is_verified() -> None:
    unstarted = replace(looked(verified=True), services="not_observable")
    assert says(Step.VERIFY, built(verification=unstarted, report=True)) == (
        "the path is verified. Now: start Springtail: s prepares it, then starts it"
    )
    assert leads(Step.VERIFY, built(verification=unstarted, report=True)) is Step.REPORT
    runs = replace(looked(verified=True), services="passed")
    assert says(Step.VERIFY, built(verification=runs, report=True)) == (
        "the path is verified. Next: the report: Report (n)"
    )


def test_what_failed_is_looked_at_again_though_its_report_can_be_read() -> None:
    broken = built(verification=looked(failed=2), report=True)
    assert says(Step.HANDOFF, broken) == "2 hops have failed. Next: mend it and look again: Verify (n)"
    assert leads(Step.VERIFY, broken) is Step.REPORT


def test_what_waits_on_the_customer_leads_to_their_list() -> None:
    waits = built(verification=looked(waiting_on=("AWS", CUSTOMER)), report=True)
    assert says(Step.REPORT, waits) == "hops wait on the customer. Next: their part: Handoff (n)"
    assert leads(Step.VERIFY, waits) is Step.REPORT


def test_a_verification_that_is_older_than_the_apply_proves_nothing() -> None:
    stale = built(verification=looked(verified=True), report=True, last_apply=NOW.replace(hour=13))
    assert up(Situation(Step.APPLY, stale)).step is Step.VERIFY


# -- others


def test_a_public_deployment_passes_the_customers_part_on_its_way_to_the_proof() -> None:
    applied = replace(PUBLIC, stands={"instance": Stand.APPLIED}, seeded=Seeded.COMPLETE)
    assert leads(Step.APPLY, applied) is Step.HANDOFF
    assert leads(Step.HANDOFF, applied) is Step.VERIFY
    assert says(Step.HANDOFF, applied) == "instance is applied. Next: verify the path: Verify (n)"


def test_a_deployment_whose_shard_is_not_applied_says_so() -> None:
    alone = replace(PRIVATE, shard_applied=False)
    assert says(Step.REVIEW, alone) == "Next: shard use1-a comes first: Plan (n)"
    assert "Esc leads to the deployments" in says(Step.PLAN, alone)


def test_a_shard_ends_with_its_apply() -> None:
    assert says(Step.REVIEW, SHARD) == "Next: plan shard: Plan (n)"
    applied = replace(SHARD, stands={"shard": Stand.APPLIED})
    assert says(Step.APPLY, applied) == "use1-a is applied. Now: deployments can stand on it: Esc leads to their list"
    assert leads(Step.APPLY, applied) is None


def test_answers_that_are_held_or_not_final_come_before_everything_but_a_run() -> None:
    held = {"held": "1 critical finding", "held_at": Step.SIZING}
    assert says(Step.APPLY, built(), **held) == "Next: the answers are not final: 1 critical finding: Sizing (n)"
    assert says(Step.VERIFY, built(), changed=True) == "Next: make the answers final: Review (n)"
    assert says(Step.ACCOUNT, PRIVATE, changed=True) == "Next: Database (n)"
    assert leads(Step.DATABASE, PRIVATE, **held) is Step.TOPOLOGY


def test_nothing_is_claimed_of_what_was_not_read_yet() -> None:
    unread = Progress("deployment")
    assert says(Step.APPLY, unread) == "Next: Handoff (n)"


@pytest.mark.parametrize("progress", [PRIVATE, PUBLIC, SHARD, private(Stand.CHANGED), built()])
def test_next_always_leads_to_a_step_of_the_object_or_says_what_is_to_be_done_here(progress: Progress) -> None:
    for here in steps_of(progress.kind):
        after = leads(here, progress)
        assert after is not here
        assert after is None or after in steps_of(progress.kind)
        assert says(here, progress)
