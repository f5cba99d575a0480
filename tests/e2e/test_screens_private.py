"""The private topology, the whole way on the screens by keyboard alone: what the person at them saw."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from screens.app import Planewright
from tests.e2e.customer import SITE, customer_of
from tests.e2e.secrets import found_in
from tests.e2e.tried import tried
from tests.e2e.verifying import bad_hops, verified
from tests.e2e.walking import Walked, type_into, walked
from tests.handoff.account import Held, differing
from tests.tools import way
from tests.tools.operator import Operator
from wizard.deploy import handoff
from wizard.handoff.policies import grants

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("screens-private")]

PEERINGS = "/ec2 describe_vpc_peering_connections/"
ACCEPTED = {("pending-acceptance", "active")}
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
class ByTofu:
    """The customer, who does their part by the bundle's OpenTofu; and what their account held before."""

    until_the_end: ExitStack
    before: Held = field(default_factory=dict)
    #: What the engine and its provider called.
    used: frozenset[str] = frozenset()

    def __call__(self, gone: Walked) -> None:
        world = gone.practising.world
        self.customer = self.until_the_end.enter_context(customer_of(world))
        self.before = self.customer.held()
        self.customer.take_code(gone.target)
        self.customer.tofu(gone.target, "apply", "-auto-approve", "-input=false", stages=("read", "do"))
        self.used = frozenset(world.call("customer_actions"))


@pytest.fixture(scope="module")
def theirs() -> Iterator[ByTofu]:
    with ExitStack() as until_the_end:
        yield ByTofu(until_the_end)


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory, theirs: ByTofu) -> Iterator[Walked]:
    way_gone = walked("private", tmp_path_factory.mktemp("private"), more_iops, comply=theirs)
    yield from tried("the private world of the screens", way_gone)


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


def test_the_path_was_proven_over_what_the_customers_opentofu_had_made_and_it_has_nothing_left_to_do(
    private: Walked, theirs: ByTofu
) -> None:
    assert codes_of(theirs.before) == {"pending-acceptance"}
    assert codes_of(theirs.customer.held()) == {"active"}
    # It was held to the bundle's policies and to what the README names; of that, this is used where RDS was not asked.
    allowed = {grant.action for grant in grants(handoff.steps_of(private.target), SITE)}
    assert theirs.used - allowed - {"sts:GetCallerIdentity"} == {"route53:GetChange"}

    again = theirs.customer.tofu(private.target, "plan", "-detailed-exitcode", "-input=false", stages=("read", "do"))

    assert "No changes" in again


def test_destroyed_it_leaves_the_peering_and_its_option_alone_and_verification_names_what_is_missing(
    private: Walked, theirs: ByTofu
) -> None:
    theirs.customer.tofu(private.target, "destroy", "-auto-approve", "-input=false", stages=("read", "undo"))

    left = differing(theirs.before, theirs.customer.held())
    assert {leaf for leaf in left if not leaf.startswith(PEERINGS)} == set(), left
    assert {sides for leaf, sides in left.items() if leaf.endswith("/Status/Code")} == ACCEPTED
    bad = bad_of(private)
    assert next(iter(bad)) == "inbound.health", bad
    assert "peering.database" not in bad


def test_by_cloudformation_and_its_lines_it_passes_again_and_taken_back_the_accepted_peering_alone_stays(
    private: Walked, theirs: ByTofu
) -> None:
    """What accepts the peering is the one line that is not run here: it is active."""
    theirs.customer.stacks(private.target)
    assert len(theirs.customer.held()["cloudformation describe_stacks"]) == 2
    assert bad_of(private) == {}

    theirs.customer.stacks(private.target, undo=True)

    left = differing(theirs.before, theirs.customer.held())
    assert {leaf for leaf in left if not leaf.startswith(PEERINGS)} == set(), left
    assert {sides for leaf, sides in left.items() if leaf.endswith("/Status/Code")} == ACCEPTED


def codes_of(held: Held) -> set[str]:
    return {peering["Status"]["Code"] for peering in held["ec2 describe_vpc_peering_connections"]}


def bad_of(gone: Walked) -> dict[str, str]:
    return bad_hops(verified(gone.target, gone.practising.environ))
