"""The private topology, the whole way on the screens by keyboard alone: what the person at them saw."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from screens.app import Planewright
from tests.e2e.customer import customer_of
from tests.e2e.secrets import found_in
from tests.e2e.walking import Walked, type_into, walked
from tests.handoff.account import Held, differing
from tests.tools import way
from tests.tools.operator import Operator

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("screens-private")]

WHAT_IS_PROVEN = ("peering.database", "inbound.endpoint", "inbound.health", "database.psql", "database.replication")


async def more_iops(operator: Operator, app: Planewright) -> None:
    await way.go_to(operator, "Sizing")
    await type_into(operator, app, "nodes.ingestion.volumes.iops", *["backspace"] * len("3000"), *"3250")
    await operator.press("escape")
    await way.go_on(operator, "Review")
    await way.checked(operator)
    await operator.press("w")
    await operator.sees("3250")
    await operator.keep("changed: answers", r"nodes\.ingestion\.volumes\.iops", r"1 answer changed")
    await way.go_on(operator, "Plan")
    await way.plan(operator, "instance")
    await operator.keep("changed: plan", way.planned("instance"), "~ 4 update")


@dataclass
class ByStacks:
    """The customer, who does their part by the bundle's template and its lines; and what their account held before."""

    until_the_end: ExitStack
    before: Held = field(default_factory=dict)

    def __call__(self, gone: Walked) -> None:
        self.customer = self.until_the_end.enter_context(customer_of(gone.practising.world))
        self.before = self.customer.held()
        self.customer.stacks(gone.target)


@pytest.fixture(scope="module")
def by_stacks() -> Iterator[ByStacks]:
    with ExitStack() as until_the_end:
        yield ByStacks(until_the_end)


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory, by_stacks: ByStacks) -> Iterator[Walked]:
    yield from walked("private", tmp_path_factory.mktemp("private"), more_iops, comply=by_stacks)


def test_every_screen_says_that_nothing_is_real(private: Walked) -> None:
    assert len(private.seen) > 20
    assert [name for name, screen in private.seen.items() if "◇ REHEARSAL" not in screen] == []


def test_it_begins_with_drafts_and_ends_with_everything_applied(private: Walked) -> None:
    for name in ("use1-a", "acme-prod"):
        assert re.search(rf"{name} +· draft", private.seen["start"])
        assert re.search(rf"{name} +✓ applied", private.seen["end"])


def test_the_account_is_the_one_that_aws_names(private: Walked) -> None:
    assert "✓ AWS says    arn:aws:iam::111111111111:user/operator" in private.seen["account"]


def test_what_the_customers_dba_has_sent_clears_the_finding_that_nobody_has_looked(private: Walked) -> None:
    assert "! warn DB_READINESS_UNKNOWN" in private.seen["database before the DBA's word"]
    assert "✓ Database" in private.seen["database"]
    assert "DB_READINESS_UNKNOWN" not in private.seen["review"]


def test_the_review_shows_that_nothing_holds_and_every_file(private: Walked) -> None:
    assert "✓ nothing holds" in private.seen["review"]
    assert "main.tf" in private.seen["review: files"]


def test_the_plan_only_adds_and_says_how_much(private: Walked) -> None:
    assert re.search(r"✓ planned +instance +\d{3} to add, 0 to change, 0 to destroy", private.seen["plan instance"])
    assert re.search(r"✓ planned +link +\d+ to add, 0 to change, 0 to destroy", private.seen["plan link"])


@pytest.mark.parametrize("stack", ["shard", "instance", "link"])
def test_nothing_is_applied_before_a_yes_that_names_the_account(private: Walked, stack: str) -> None:
    name = "use1-a" if stack == "shard" else "acme-prod"

    asked = " ".join(private.seen[f"apply {stack}: the question"].split())
    assert f"Apply {stack} of {name} to account 111111111111, us-east-1?" in asked
    assert "✓ succeeded" in private.seen[f"apply {stack}: done"]


def test_the_secrets_are_put_and_shown_nowhere(private: Walked) -> None:
    password = private.practising.world.database_password

    assert "✓ database" in private.seen["secrets"]
    assert not any(password in screen for screen in private.seen.values())
    assert found_in(private.root, [password]) == []


def test_the_handoff_turns_by_itself_when_the_customer_has_accepted(private: Walked) -> None:
    waiting, accepted, done = (private.seen[f"handoff: {when}"] for when in ("waiting", "accepted", "done"))

    assert re.search(r"… waiting +customer +Accept the peering to the database's VPC", waiting)
    assert re.search(r"✓ done +customer +Accept the peering to the database's VPC", accepted)
    assert "next: plan link" in accepted.lower()
    assert way.theirs(done, *way.OPEN) == 0


def test_every_hop_that_can_be_seen_has_passed(private: Walked) -> None:
    assert "✓ verified" in private.seen["verify"]
    report = next((private.root / "deployments" / "acme-prod" / "reports").glob("*.json"))
    passed = {hop["key"] for hop in json.loads(report.read_text())["hops"] if hop["state"] == "passed"}
    assert [hop for hop in WHAT_IS_PROVEN if hop not in passed] == []


def test_the_report_tells_first_what_is_not_proven(private: Walked) -> None:
    assert "Not proven" in private.seen["report"]
    assert "rehearsal: nothing here is proof about a real AWS account" in " ".join(private.seen["report"].split())


def test_on_the_next_day_every_step_stands_as_it_was_left_and_a_plan_changes_nothing(private: Walked) -> None:
    for step in ("Plan", "Apply", "Handoff", "Verify", "Report"):
        assert f"✓ {step}" in private.seen["again: opened"]
    for stack in ("instance", "link"):
        assert re.search(rf"= no changes +{stack}", private.seen["again: plan"])


def test_a_changed_answer_is_exactly_its_change(private: Walked) -> None:
    assert "nodes.ingestion.volumes.iops" in private.seen["changed: answers"]
    assert "1 answer changed" in private.seen["changed: answers"]
    plan = private.seen["changed: plan"]
    assert re.search(r"✓ planned +instance +0 to add, 4 to change, 0 to destroy", plan)
    assert "~ 4 update" in plan


def test_both_times_the_application_ended_well(private: Walked) -> None:
    assert private.exits == [0, 0]


def test_nothing_was_called_that_the_operators_policies_do_not_allow(private: Walked) -> None:
    assert {"ec2:RunInstances", "secretsmanager:PutSecretValue", "ssm:SendCommand"} <= private.used
    assert private.used - private.allowed == set()


def test_the_customer_takes_back_what_they_did_by_cloudformation_and_the_peering_alone_stays(
    private: Walked, by_stacks: ByStacks
) -> None:
    """After everything else: the path was verified over what the stacks and the lines had made."""
    assert by_stacks.before["cloudformation describe_stacks"] == []
    done = by_stacks.customer.held()
    assert len(done["cloudformation describe_stacks"]) == 2

    by_stacks.customer.stacks(private.target, undo=True)

    left = differing(by_stacks.before, by_stacks.customer.held())
    assert {leaf for leaf in left if not leaf.startswith("/ec2 describe_vpc_peering_connections/")} == set(), left
    codes = {sides for leaf, sides in left.items() if leaf.endswith("/Status/Code")}
    assert codes == {("pending-acceptance", "active")}
