"""The plain guide's questions: in the catalogue's order, each with what stands, what is wrong, and every way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.guiding import CTRL_C, Guided, finding
from wizard.answers.draft import as_typed
from wizard.errors import AwsError
from wizard.findings import Severity
from wizard.walk.steps import Step, step_of

NEXT = ":next"


def keys_asked(guided: Guided) -> list[str]:
    """Keys of the questions, in the order in which they were asked."""
    return [prompt.partition(" (")[0] for prompt in guided.script.asked if prompt[0].islower() and "." in prompt]


def test_a_steps_questions_are_those_of_the_catalogue_that_apply_now(guided: Guided) -> None:
    guided.go(":go database", *[""] * 40, name="acme-prod")

    walk = guided.walk("acme-prod")
    applying = [
        asked.key
        for asked in walk.draft.questions
        if step_of("deployment", asked.key) is Step.DATABASE and not asked.advanced
    ]
    assert len(applying) > 8
    assert keys_asked(guided)[: len(applying)] == applying
    assert "database.ca_pem" not in applying, "it is asked only where the authority is a certificate of their own"
    assert "database.link" not in keys_asked(guided), "advanced questions are asked only when that is wanted"


def test_advanced_questions_are_asked_when_wanted(guided: Guided) -> None:
    said = guided.go(":go sizing", ":advanced", *[""] * 60, name="acme-prod")

    assert "advanced questions are asked as well" in said
    assert "nodes.ingestion.root_volume_gib" in keys_asked(guided)


def test_enter_keeps_what_stands_and_changes_nothing(guided: Guided) -> None:
    guided.go(":go account", *[""] * 60, name="acme-prod")

    assert not guided.walk("acme-prod").changed
    assert "identifiers.organization (Enter keeps acme): " in guided.script.asked


def test_help_tells_what_is_expected_the_default_and_both_names(guided: Guided) -> None:
    said = guided.go(":go database", "", "?", name="acme-prod")

    assert "expected: a number between 1 and 65535" in said
    assert "default: 5432" in said
    assert "in the answers file: database.port; as a flag: --database-port" in said


def test_a_refused_text_is_told_with_its_remedy_and_is_not_lost(guided: Guided) -> None:
    said = guided.go(":go database", "", "54x", name="acme-prod")

    assert "problem at database.port: expected a number between 1 and 65535" in said
    assert "remedy: " in said
    assert guided.script.asked[-1] == "database.port (Enter keeps 54x): ", "it is asked again"
    assert guided.walk("acme-prod").draft.text("database.port") == "54x"
    guided.go(":go database", "", "5433", name="acme-prod")
    assert guided.walk("acme-prod").draft.text("database.port") == "5433"


def test_what_follows_from_an_answer_is_said_right_after_it(guided: Guided) -> None:
    said = guided.go(":go topology", "", "", "", "0.0.0.0/0", name="globex-prod")

    after = said.partition("(Enter keeps 203.0.113.0/24, 198.51.100.17/32): 0.0.0.0/0\n")[2]
    assert after.startswith("  critical: PUBLIC_INGRESS_OPEN at proxy.client_cidrs\n     what:"), after
    assert "remedy:" in after.partition("nodes.")[0]


def test_back_goes_one_question_back_and_before_the_first_one_step(guided: Guided) -> None:
    said = guided.go(":go database", "", "", "<", "<", "<", name="acme-prod")

    assert keys_asked(guided)[:5] == [
        "database.host",
        "database.port",
        "database.name",
        "database.port",
        "database.host",
    ]
    assert "Step 1 of 10: Account" in said.partition("Step 2 of 10: Database")[2]


def test_back_from_a_step_that_is_held_is_its_last_question(guided: Guided) -> None:
    guided.aws.findings = (finding("database.port"),)
    guided.go(":go database", NEXT, "<", name="acme-prod")

    assert keys_asked(guided)[-1] == "database.vpc.cidr"


def test_steps_and_go_lead_anywhere_and_tell_where_findings_are(guided: Guided) -> None:
    guided.aws.findings = (finding("nodes.fdw.count"),)
    said = guided.go(":steps", ":go siz", ":go nowhere", ":list", ":quit", name="acme-prod")

    assert "Sizing: held, 1 finding" in said
    assert "high: A_CODE at nodes.fdw.count" in said
    assert "Review: to do (you are here)" in said
    assert "Step 4 of 10: Sizing" in said
    assert "which step? account, database" in said
    assert guided.code == 0


def test_what_is_beyond_the_review_is_not_open_while_something_holds(guided: Guided) -> None:
    guided.aws.findings = (finding("nodes.fdw.count"),)
    said = guided.go(":go sizing", "r6i.8xlarge", ":go plan", name="acme-prod")

    assert "not yet: 1 high finding to acknowledge" in said
    assert "Step 6" not in said


def test_a_shard_that_is_not_there_is_told_right_after_its_name(guided: Guided) -> None:
    said = guided.go(":go account", "no-such", name="acme-prod")

    assert "problem at shard: acme-prod stands on shard no-such" in said


def test_clear_takes_an_answer_back_so_that_its_default_stands(guided: Guided) -> None:
    guided.go(":go database", "", "5433", "<", ":clear", name="acme-prod")

    draft = guided.walk("acme-prod").draft
    assert draft.text("database.port") == ""
    assert as_typed(draft.asked("database.port"), draft.given["database.port"]) == "5432"


def test_an_option_can_be_named_by_its_number_and_numbers_by_themselves_alone(guided: Guided) -> None:
    guided.go(":go topology", "2", name="acme-prod")
    assert guided.walk("acme-prod").draft.text("topology") == "public"

    guided.go(":go sizing", ":advanced", *[""] * 7, name="acme-prod")
    at = next(n for n, prompt in enumerate(guided.script.asked) if prompt.startswith("nodes.ingestion.volumes.count"))
    guided.go(":go sizing", ":advanced", *[""] * (at - 2), "8", name="acme-prod")
    assert guided.walk("acme-prod").draft.text("nodes.ingestion.volumes.count") == "8"


def test_an_answer_that_begins_with_a_colon_is_written_with_two(guided: Guided) -> None:
    guided.go(":go account", "::odd", name="acme-prod")

    assert guided.walk("acme-prod").draft.text("shard") == ":odd"


class TestGroups:
    def test_one_is_added_answered_and_kept(self, guided: Guided) -> None:
        answers = ["reporting", "333333333333", "us-east-1", "vpc-0c1d2e3f405162738", "10.40.0.0/16"]
        said = guided.go(":go topology", "", "add", *answers, "on", name="acme-prod")

        draft = guided.walk("acme-prod").draft
        assert [draft.text(f"applications[1].{name}") for name in ("name", "cidr")] == ["reporting", "10.40.0.0/16"]
        assert "2. name reporting, account_id 333333333333" in said
        assert not [problem for problem in draft.problems if problem.path.startswith("applications")]

    def test_one_is_removed(self, guided: Guided) -> None:
        guided.go(":go topology", "", "remove 1", name="acme-prod")

        assert guided.walk("acme-prod").draft.raw["applications"] == []

    def test_a_number_that_is_none_removes_nothing(self, guided: Guided) -> None:
        said = guided.go(":go topology", "", "remove 7", "remove x", name="acme-prod")

        assert said.count("which one? Say remove and a number from 1 to 1.") == 2
        assert not guided.walk("acme-prod").changed

    def test_back_out_of_one_that_was_never_answered_takes_it_away_again(self, guided: Guided) -> None:
        said = guided.go(":go topology", "", "add", "<", name="acme-prod")

        assert "nothing was answered: it is not kept" in said
        assert len(guided.walk("acme-prod").draft.raw["applications"]) == 1

    def test_a_problem_inside_of_one_is_told_at_the_list(self, guided: Guided) -> None:
        said = guided.go(":go topology", "", "change 1", "", "", "", "", "10.30.0.1", "", "on", name="acme-prod")

        assert "problem at applications[0].cidr" in said.rpartition("1 entry")[2]


class TestHeld:
    @pytest.fixture
    def high(self, guided: Guided) -> Guided:
        guided.aws.findings = (finding("database.port"), finding("database.host", Severity.WARN, "MILD"))
        return guided

    def test_findings_of_the_step_are_listed_worst_first_with_why_and_remedy(self, high: Guided) -> None:
        said = high.go(":go database", NEXT, name="acme-prod")

        after = said.rpartition(f"{NEXT}\n")[2]
        assert after.index("1. high: A_CODE at database.port") < after.index("warn: MILD at database.host")
        assert "why:    why of A_CODE" in after
        assert "remedy: remedy of A_CODE" in after
        assert "Database is held: 1 high finding to acknowledge" in after

    def test_answering_again_begins_at_the_finding(self, high: Guided) -> None:
        high.go(":go database", NEXT, "answer 1", name="acme-prod")
        assert keys_asked(high)[-1] == "database.port"

        high.go(":go database", NEXT, "answer database.user", name="acme-prod")
        assert keys_asked(high)[-1] == "database.user"

    def test_a_reason_lets_it_go_on_and_is_on_record(self, high: Guided) -> None:
        said = high.go(":go database", NEXT, "acknowledge", "a trial", name="acme-prod")

        assert "acknowledged: A_CODE" in said
        assert "Step 3 of 10: Topology" in said
        assert '"reason": "a trial"' in (high.root / "deployments/acme-prod/acknowledgements.json").read_text()
        assert "1. high, acknowledged: A_CODE" in high.go(":go database", NEXT, name="acme-prod")

    def test_without_a_reason_nothing_is_acknowledged(self, high: Guided) -> None:
        said = high.go(":go database", NEXT, "acknowledge 1", "", name="acme-prod")

        assert "not acknowledged" in said
        assert "Step 3" not in said

    def test_a_critical_one_cannot_be_acknowledged(self, guided: Guided) -> None:
        guided.aws.findings = (finding("database.port"), finding("database.host", Severity.CRITICAL, "WORST"))
        said = guided.go(":go database", NEXT, "acknowledge 1", name="acme-prod")

        assert "a critical finding cannot be acknowledged" in said
        assert not (guided.root / "deployments/acme-prod/acknowledgements.json").exists()

    def test_checking_again_asks_everything_anew(self, high: Guided) -> None:
        high.go(":go database", NEXT, "check", name="acme-prod")

        assert high.aws.forgotten == 1

    def test_one_may_go_on_elsewhere(self, high: Guided) -> None:
        assert "Step 3 of 10: Topology" in high.go(":go database", NEXT, "elsewhere", name="acme-prod")
        assert "Step 1 of 10: Account" in high.go(":go database", NEXT, "elsewhere acc", name="acme-prod")

    def test_a_missing_answer_holds_and_is_named(self, guided: Guided) -> None:
        said = guided.go(":go database", ":clear", NEXT, name="acme-prod")

        assert "problem at database.host: not answered" in said
        assert "Database is held: 1 answer is missing or refused" in said

    def test_a_check_that_cannot_be_made_holds_and_says_why(self, guided: Guided) -> None:
        guided.aws.error = AwsError("the network is down", cause="no route", action="mend it")
        said = guided.go(":go database", NEXT, name="acme-prod")

        assert "error: the network is down" in said
        assert "next: mend it" in said
        assert "held: it cannot be checked: the network is down" in said

    def test_ctrl_c_stops_waiting_for_a_check_and_nothing_else(self, guided: Guided) -> None:
        guided.aws.interrupts = True
        said = guided.go("check", ":quit", name="acme-prod")

        assert "stopped: not checked against AWS" in said
        assert guided.aws.asked == 2
        assert guided.code == 0

    def test_a_step_is_checked_once_and_again_only_after_typing(self, guided: Guided) -> None:
        guided.go(":go account", NEXT, NEXT, NEXT, name="acme-prod")
        assert guided.aws.asked == 1
        guided.go(":go database", "", "5433", NEXT, NEXT, name="acme-prod")
        assert guided.aws.asked == 3


class TestLeaving:
    def test_quit_says_what_is_saved_and_the_same_goes_on_later(self, guided: Guided) -> None:
        said = guided.go(":go database", "db.other.example.com", ":quit", name="acme-prod")

        assert "What was typed is saved" in said
        assert guided.code == 0
        again = guided.go(":go database", name="acme-prod")
        assert "database.host (Enter keeps db.other.example.com)" in again

    def test_the_end_of_input_ends_in_good_order(self, guided: Guided) -> None:
        said = guided.go(":go database", "db.other.example.com", name="acme-prod")

        assert "end of input. What was typed is saved" in said
        assert guided.code == 0
        assert guided.walk("acme-prod").draft.text("database.host") == "db.other.example.com"

    def test_ctrl_c_at_a_question_ends_in_good_order(self, guided: Guided) -> None:
        said = guided.go(":go database", "db.other.example.com", CTRL_C, name="acme-prod")

        assert "interrupted. What was typed is saved" in said
        assert guided.code == 130
        assert guided.walk("acme-prod").draft.text("database.host") == "db.other.example.com"

    def test_what_cannot_be_saved_is_told_and_asked_on(self, guided: Guided, monkeypatch: pytest.MonkeyPatch) -> None:
        from wizard.deploy import drafts

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(drafts, "save", full)
        said = guided.go(":go database", "", "5433", name="acme-prod")

        assert "what was typed cannot be saved: [Errno 28] No space left on device" in said
        assert "database.name" in guided.script.asked[-1]


def test_a_new_shard_and_a_deployment_on_it_are_asked_for_from_nothing(guided: Guided, tmp_path: Path) -> None:
    guided.root = tmp_path / "empty"
    guided.root.mkdir()
    said = guided.go(
        "new", "shard", "Not A Name", "use2-a",
        "222222222222", "us-east-2", "", "cost-center=data",
        "use2-az1", NEXT, NEXT,
        ":list", ":quit",
    )  # fmt: skip

    assert "nothing here yet" in said
    assert "problem: " in said
    assert "Step 4 of 6: Review" in said
    assert guided.walk("use2-a", "shard").draft.problems == ()
    said = guided.go("new deployment", "use2-a", "beta-prod", "use2-a", "acme", "main", "1")
    assert "use2-a is there already" in said
    draft = guided.walk("beta-prod").draft
    assert [draft.text(key) for key in ("shard", "identifiers.organization")] == ["use2-a", "acme"]
