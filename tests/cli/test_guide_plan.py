"""Review and plan in plain lines: files, findings, the changes in words, and the typed name where something is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.guiding import Guided, finding
from tests.walk.test_plan_tree import entry, view_of
from tests.workspaces import run_in
from wizard.cli.guide.desk import Desk
from wizard.deploy import flow
from wizard.engine.events import Counts, RunState
from wizard.engine.plans import PlanView
from wizard.engine.saved import PlanRun
from wizard.errors import EditedFileError, EngineError, PlanewrightError

CALM = view_of(
    entry("module.nodes.aws_instance.fdw[0]", "create"),
    entry("module.nodes.aws_iam_role_policy.fdw", "update", before={"name": "fdw"}, after={"name": "other"}),
    entry("module.private_path.aws_security_group_rule.in", "delete", before={"from_port": 5432}),
)
LOSING = view_of(
    {
        "address": 'module.nodes.aws_ebs_volume.data["ingestion"]',
        "module_address": "module.nodes",
        "type": "aws_ebs_volume",
        "name": "data",
        "change": {
            "actions": ["delete", "create"],
            "before": {"encrypted": False, "size": 100},
            "after": {"encrypted": True, "size": 100},
            "replace_paths": [["encrypted"]],
        },
    },
)
NOTHING = PlanView(())
IGNORING = replace(
    view_of(entry("module.nodes.aws_instance.proxy", "no-op", after={"instance_type": "c6i.xlarge"})),
    variables={"nodes": {"proxy": {"instance_type": "c6i.2xlarge"}}},
)
MANY = view_of(*(entry(f"module.nodes.aws_instance.fdw[{number}]", "create") for number in range(120)))


@dataclass
class Engine:
    """What stands in for the engine: gives this plan, or raises."""

    view: PlanView = CALM
    error: PlanewrightError | None = None
    interrupts: bool = False
    forced: list[bool] = field(default_factory=list)
    reason: str = ""

    def prepare(self, target: Any, stack: str, site: Any, *, force: bool = False, reason: str = "") -> Any:
        del site
        self.forced.append(force)
        self.reason = reason
        if self.error is not None and not force:
            raise self.error
        environment = SimpleNamespace(note="")
        return SimpleNamespace(target=target, stack=stack, made=(), engine=SimpleNamespace(environment=environment))

    def plan(self, ready: Any, *, on_state: Callable[[RunState], None]) -> flow.Planned:
        if self.interrupts:
            self.interrupts = False
            raise KeyboardInterrupt
        run = run_in(ready.target.place.runs / str(len(self.forced)), "plan")
        on_state(RunState(phase="refreshing", refreshed=12))
        made = PlanRun(run, self.view, "sha256:1234", RunState(planned=Counts(add=1)))
        return flow.Planned(ready.target, ready.stack, None, made, None)  # type: ignore[arg-type]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    made = Engine()
    identity = SimpleNamespace(account="111111111111", arn="arn:aws:iam::111111111111:user/olga")
    site = SimpleNamespace(identity=identity, mirror=SimpleNamespace(notes=()), engine=None)
    monkeypatch.setattr(Desk, "site", lambda _desk, _target: site)
    monkeypatch.setattr(flow, "prepare", made.prepare)
    monkeypatch.setattr(flow, "plan", made.plan)
    monkeypatch.setattr(flow, "require_contract", lambda *_: None)
    monkeypatch.setattr(flow, "waiting_on_customer", lambda *_: None)
    monkeypatch.setattr("wizard.deploy.site.engine_findings", lambda *_: ())
    return made


class TestReview:
    def test_files_and_their_differences_are_shown_when_asked_for(self, guided: Guided) -> None:
        said = guided.go(
            "files", "show nowhere", "show 4", "no more", "difference terraform.tfvars", name="globex-prod"
        )

        assert " added: instance/main.tf" in said
        assert "instance/main.tf, added:\n" in said
        assert "+++ terraform.tfvars.json (emitted)" in said
        assert "which file? `files` lists them" in said

    def test_a_long_text_is_said_a_page_at_a_time(self, guided: Guided) -> None:
        said = guided.go("difference", "no more", "findings", name="globex-prod")

        assert guided.script.asked[1] == "Enter shows more, anything else ends it: "
        assert said.count("(emitted)") < 10
        assert guided.go("difference", *[""] * 500, name="globex-prod").count("(emitted)") > 10

    def test_to_a_pipe_it_is_said_at_once(self, guided: Guided) -> None:
        guided.paced = False
        said = guided.go("difference", "findings", name="globex-prod")

        assert said.count("(emitted)") > 10
        assert "Enter shows more" not in said

    def test_what_was_changed_since_is_told_answer_by_answer(self, guided: Guided) -> None:
        said = guided.go(":go database", "", "5433", ":go review", "answers", name="acme-prod")

        assert "1 answer is not saved yet" in said
        assert "changed: database.port: from 5432 to 5433" in said

    def test_a_high_finding_holds_until_its_reason_is_given_there(self, guided: Guided, engine: Engine) -> None:
        guided.aws.findings = (finding("nodes.fdw.count"),)
        said = guided.go("plan", "acknowledge", "a trial", "plan", name="acme-prod")

        assert "held: 1 high finding to acknowledge" in said
        assert "not understood: plan" in said, "it is not offered while something holds"
        assert "Step 6 of 10: Plan" in said
        assert engine.forced == [False]

    def test_answering_again_leads_to_the_question_and_its_step(self, guided: Guided) -> None:
        guided.aws.findings = (finding("nodes.fdw.count"),)
        guided.go("answer 1", name="acme-prod")

        assert guided.script.asked[-1].startswith("nodes.fdw.count")

    def test_on_to_the_plan_saves_the_answers(self, guided: Guided, engine: Engine) -> None:
        said = guided.go(":go database", "", "5433", ":go review", "plan", name="acme-prod")

        answers = guided.root / "deployments/acme-prod/answers.yaml"
        assert f"saved: {answers}" in said
        assert "port: 5433" in answers.read_text()
        assert not (guided.root / "deployments/acme-prod/answers.draft.yaml").exists()


class TestPlan:
    def test_it_is_told_by_module_in_words(self, guided: Guided, engine: Engine) -> None:
        said = guided.go("plan", name="acme-prod")

        assert "plan of instance: 1 to add, 1 to change, 1 to destroy" in said
        assert "  1 to create\n  1 to update in place\n  1 to delete\n" in said
        assert "module.nodes: 1 to create, 1 to update" in said
        assert "create: aws_instance.fdw[0]" in said
        assert "delete: aws_security_group_rule.in" in said

    def test_a_long_one_is_told_by_its_modules_and_listed_when_asked_for(self, guided: Guided, engine: Engine) -> None:
        engine.view = MANY
        said = guided.go("plan", "changes fdw[119]", name="acme-prod")

        assert "module.nodes: 120 to create" in said
        assert said.count("create: aws_instance.fdw[") == 1
        assert "create: aws_instance.fdw[119]" in said

    def test_attributes_are_told_when_asked_for(self, guided: Guided, engine: Engine) -> None:
        said = guided.go("plan", "attributes", name="acme-prod")

        update = said[said.index("update: module.nodes.aws_iam_role_policy.fdw; interrupts traffic\n") :]
        assert "     why: name is not known to be safe to change while it runs" in update
        assert "     back: apply the answers as they were before\n     name: from 'fdw' to 'other'" in update
        assert "delete: module.private_path.aws_security_group_rule.in; interrupts traffic" in update

    def test_a_class_is_counted_told_at_each_change_and_found_by_its_words(
        self, guided: Guided, engine: Engine
    ) -> None:
        said = guided.go("plan", "changes SAFE", name="acme-prod")

        assert "by class: 2 interrupts traffic, 1 safe\n" in said
        assert "    create: aws_instance.fdw[0]; safe\n" in said
        assert "    delete: aws_security_group_rule.in; interrupts traffic\n" in said
        found = said[said.rindex("stack instance: ") :]
        assert "aws_instance.fdw[0]; safe" in found
        assert "interrupts" not in found

    @pytest.mark.parametrize("acting", [True, False], ids=["beside others", "in a plan without changes"])
    def test_a_plan_that_ignores_an_answer_is_told_and_not_applied(
        self, guided: Guided, engine: Engine, *, acting: bool
    ) -> None:
        engine.view = replace(IGNORING, changes=(*IGNORING.changes, *(CALM.changes if acting else ())))
        said = guided.go("plan", "apply", "on", name="acme-prod")

        assert "asked for, and it would not happen:\n  module.nodes.aws_instance.proxy: instance_type is to be" in said
        assert "asked for: module.nodes.aws_instance.proxy; would be ignored" in said
        assert "not applied: a plan that ignores what was answered is refused" in said

    def test_what_would_be_lost_comes_first_and_takes_the_typed_name(self, guided: Guided, engine: Engine) -> None:
        engine.view = LOSING
        said = guided.go("plan", "apply", "yes", "apply", "acme-prod", name="acme-prod")

        assert said.index("holds data or names, and would be destroyed") < said.index("module.nodes: 1 to replace")
        assert "not confirmed: the name was not typed" in said
        assert said.index("not confirmed") < said.index("Step 7 of 10: Apply")
        assert guided.script.asked[-1].startswith("apply it to account 111111111111")

    def test_without_changes_enter_goes_on(self, guided: Guided, engine: Engine) -> None:
        engine.view = NOTHING
        said = guided.go("plan", name="acme-prod")

        assert "no changes. An apply would do nothing." in said
        assert "(Enter: apply; " in guided.script.asked[-1]

    def test_an_error_is_told_and_it_can_be_planned_again(self, guided: Guided, engine: Engine) -> None:
        engine.error = EngineError("the engine is too old", cause="it is 1.5", action="install a newer one")
        said = guided.go("plan", "again", "review", name="acme-prod")

        assert said.count("error: the engine is too old\n  why:  it is 1.5\n  next: install a newer one") == 2
        assert said.rpartition("Step ")[2].startswith("5 of 10: Review")

    def test_a_stack_that_waits_says_on_whom(
        self, guided: Guided, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = flow.Waiting("the owner of account 222222222222", "pcx-1: pending", "have it accepted")
        monkeypatch.setattr(flow, "waiting_on_customer", lambda *_: waiting)
        said = guided.go("plan", "stack", name="acme-prod")

        assert "instance waits: on the owner of account 222222222222: pcx-1: pending; have it accepted" in said
        assert "link waits: on the owner" in said

    def test_edited_files_are_shown_and_kept_only_after_a_yes(self, guided: Guided, engine: Engine) -> None:
        engine.error = EditedFileError("1 emitted file was edited", {"main.tf": "-# mine\n"}, cause="main.tf")
        said = guided.go("plan", "no", "again", "yes", "it was a trial", name="acme-prod")

        assert "-# mine" in said
        assert engine.forced == [False, False, True]
        assert engine.reason == "it was a trial"

    def test_ctrl_c_stops_planning_and_stays(self, guided: Guided, engine: Engine) -> None:
        engine.interrupts = True
        said = guided.go("plan", "again", name="acme-prod")

        assert "stopped: no plan was made, and nothing was changed" in said
        assert "plan of instance: 1 to add" in said

    def test_findings_at_the_last_moment_hold_the_plan(self, guided: Guided, engine: Engine) -> None:
        seen = guided.aws.check

        def later(subject: Any) -> Any:
            if guided.aws.asked:
                guided.aws.findings = (finding("nodes.fdw.count"),)
            return seen(subject)

        guided.aws.check = later  # type: ignore[method-assign]
        said = guided.go("plan", "findings", name="acme-prod")

        assert "error: 1 finding hold acme-prod" in said
        assert "high: A_CODE at nodes.fdw.count" in said
        assert engine.forced == []
