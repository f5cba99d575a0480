"""Springtail's course: what is true is read from AWS and the workspace, what a step sets is kept, a gate is looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from moto.ec2.models import ec2_backends

from tests.aws.conftest import ACCOUNT_ID, aws, session
from tests.deploy.objects import a_run
from tests.verify.world import outputs, shard_outputs
from tests.workspaces import with_examples
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.facts import Apart
from wizard.blueprints.springtail.stacks import INSTANCE, SHARD
from wizard.deploy import answered, flow, store
from wizard.deploy.emit import emit
from wizard.deploy.render import render
from wizard.deploy.site import Site
from wizard.deploy.target import Target, open_target
from wizard.deploy.upgrading.springtail import SpringtailCourse
from wizard.engine.runs import Outcome
from wizard.errors import BlockedError
from wizard.upgrades.steps import Gate, Step
from wizard.verify.edge import AwsReads
from wizard.verify.reads import Ran
from wizard.workspace import Workspace

__all__ = ["aws", "session"]

#: With the others that stand on a stock moto in this process: the embedded AWS would answer for other accounts.
pytestmark = pytest.mark.xdist_group("moto")

KEYS = ("ingestion-0", "proxy-0", "fdw-0", "fdw-1")
TYPES = {"ingestion": "r6i.4xlarge", "proxy": "c6i.xlarge", "fdw": "r6i.xlarge"}


def ec2() -> Any:
    return boto3.client("ec2", region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")


def image(name: str) -> str:
    ami = str(ec2().register_image(Name=name)["ImageId"])
    # moto takes no architecture with a registration.
    ec2_backends[ACCOUNT_ID]["us-east-1"].amis[ami].architecture = "x86_64"
    return ami


@dataclass
class Deployed:
    """acme-prod as it was applied, with its instances in AWS."""

    root: Path
    session: AwsSession
    old: str
    new: str
    course: SpringtailCourse
    applies: int = 0

    @property
    def site(self) -> Site:
        return cast("Site", SimpleNamespace(session=self.session))

    @property
    def target(self) -> Target:
        return open_target(Workspace(self.root), "acme-prod")

    def launch(self, key: str, image: str, *, name: str | None = None) -> str:
        tags = {"Name": f"acme-prod-{key}" if name is None else name, "planewright:deployment": "acme-prod"}
        given = [{"Key": name, "Value": value} for name, value in tags.items()]
        launched = ec2().run_instances(
            ImageId=image,
            InstanceType=TYPES[key.rpartition("-")[0]],
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": given}],
        )
        return str(launched["Instances"][0]["InstanceId"])

    def answer(self, *, count: int = 2, **images: str) -> None:
        """Answer how many FDWs there are to be, and an image for each role."""
        text = "".join(
            f"  {role}:\n    ami:\n      id: {images.get(role, self.old)}\n"
            + (f"    count: {count}\n" if role == "fdw" else "")
            for role in TYPES
        )
        path = self.root / "deployments" / "acme-prod" / "answers.yaml"
        before, _, rest = path.read_text().partition("nodes:\n")
        path.write_text(f"{before}nodes:\n{text}tags:{rest.partition('tags:')[2]}")

    def apply(self, outcome: Outcome = "succeeded") -> None:
        """As after an apply of what is answered."""
        target, at = self.target, datetime(2026, 5, 1, 12, self.applies, tzinfo=UTC)
        self.applies += 1
        plan = a_run(target.place, at, action="plan")
        answered.keep(plan, target.answers)
        a_run(target.place, at.replace(second=1), of=plan, outcome=outcome)
        emit(target.place.stack(INSTANCE), render(target, INSTANCE, flow.needed_contract(target, INSTANCE)))

    def steps(self) -> tuple[Step, ...]:
        return self.course.steps(self.target, self.site)

    def keys(self) -> list[str]:
        return [step.key for step in self.steps()]


@pytest.fixture
def deployed(tmp_path: Path, session: AwsSession) -> Deployed:
    old, new = (image(name) for name in ("old", "new"))
    found = Deployed(with_examples(tmp_path), session, old, new, SpringtailCourse())
    found.answer()
    target = found.target
    store.save_contract(target.shard_place, SHARD, shard_outputs())
    store.save_contract(target.place, INSTANCE, outputs())
    for key in KEYS:
        found.launch(key, old)
    found.apply()
    return found


def test_what_is_as_it_was_applied_has_no_steps_and_what_was_never_applied_is_refused(deployed: Deployed) -> None:
    assert deployed.steps() == ()
    store.remove_contract(deployed.target.place, INSTANCE)
    with pytest.raises(BlockedError, match="nothing to upgrade"):
        deployed.steps()


def test_an_upgrade_is_kept_among_the_pins_step_by_step_and_its_images_stay_those_that_it_began_with(
    deployed: Deployed,
) -> None:
    deployed.answer(count=3, fdw=deployed.new)
    first, *rest = deployed.steps()
    assert [first.key, *(step.key for step in rest)] == ["answers", "replace-fdw-0", "replace-fdw-1"]
    for _again in range(2):
        deployed.course.write(deployed.target, first)
        pins = store.load_pins(deployed.target.place)
        assert pins is not None
        assert pins.nodes == {key: Apart(ami_id=deployed.old, instance_type=TYPES["fdw"]) for key in ("fdw-0", "fdw-1")}
    assert (pins.fdw.ami_id, pins.ingestion.ami_id) == (deployed.new, deployed.old)
    # What the engine did then.
    deployed.launch("fdw-2", deployed.new)
    deployed.apply()
    assert deployed.keys() == ["replace-fdw-0", "replace-fdw-1"]


def test_of_two_under_one_key_the_turn_is_not_over_and_a_gate_is_not_seen(deployed: Deployed) -> None:
    deployed.answer(fdw=deployed.new)
    new = deployed.launch("fdw-0", deployed.new)
    step = next(step for step in deployed.steps() if step.key == "replace-fdw-0")
    runs = step.gates[0]
    seen = deployed.course.observe(deployed.target, deployed.site, runs)
    assert not seen.ok
    assert seen.says.count("fdw-0: i-") == 2
    [old] = [
        one["InstanceId"]
        for reservation in ec2().describe_instances(Filters=[{"Name": "tag:Name", "Values": ["acme-prod-fdw-0"]}])[
            "Reservations"
        ]
        for one in reservation["Instances"]
        if one["InstanceId"] != new
    ]
    ec2().terminate_instances(InstanceIds=[old])
    seen = deployed.course.observe(deployed.target, deployed.site, runs)
    assert (seen.ok, seen.says) == (True, f"fdw-0: {new}, {deployed.new} r6i.xlarge, running")
    assert deployed.keys() == ["replace-fdw-1"]
    ec2().stop_instances(InstanceIds=[new])
    assert not deployed.course.observe(deployed.target, deployed.site, runs).ok


def test_what_carries_the_deployments_tag_under_another_name_is_none_of_its_nodes(deployed: Deployed) -> None:
    for name in ("acme-prod-bastion", "acme-prod-router-0", "fdw-1", ""):
        deployed.launch("fdw-0", deployed.old, name=name)
    assert deployed.steps() == ()
    deployed.answer(count=1)
    [step] = deployed.steps()
    assert step.key == "remove-fdw-1"
    assert deployed.course.observe(deployed.target, deployed.site, step.gates[0]).says.count("fdw-1: i-") == 1


def test_a_node_that_goes_is_looked_for_until_it_is_gone(deployed: Deployed) -> None:
    deployed.answer(count=1)
    [step] = deployed.steps()
    [gate] = step.gates
    assert not deployed.course.observe(deployed.target, deployed.site, gate).ok
    [found] = ec2().describe_instances(Filters=[{"Name": "tag:Name", "Values": ["acme-prod-fdw-1"]}])["Reservations"]
    ec2().terminate_instances(InstanceIds=[found["Instances"][0]["InstanceId"]])
    assert deployed.course.observe(deployed.target, deployed.site, gate).says == "fdw-1: gone"
    assert deployed.steps() == ()


def test_other_answers_emitted_files_and_an_apply_that_failed_are_a_step_of_their_own(deployed: Deployed) -> None:
    path = deployed.target.place.answers
    path.write_text(path.read_text() + "  owner: platform\n")
    [step] = deployed.steps()
    assert (step.key, step.why) == ("answers", "tags changed")
    deployed.apply(outcome="failed")
    assert [step.why for step in deployed.steps()] == ["the last apply did not come to its end"]
    deployed.apply()
    assert deployed.steps() == ()


def test_protection_is_lifted_beforehand_only_where_the_provider_does_not_do_so_itself(deployed: Deployed) -> None:
    lock = deployed.target.place.stack(INSTANCE) / ".terraform.lock.hcl"
    assert "5.100.0" in lock.read_text()
    [guarded] = ec2().describe_instances(Filters=[{"Name": "tag:Name", "Values": ["acme-prod-fdw-1"]}])["Reservations"]
    protects = {"InstanceId": guarded["Instances"][0]["InstanceId"], "DisableApiTermination": {"Value": True}}
    ec2().modify_instance_attribute(**protects)
    deployed.answer(fdw=deployed.new)
    assert deployed.keys() == ["replace-fdw-0", "replace-fdw-1"]
    lock.write_text(lock.read_text().replace("5.100.0", "6.20.0"))
    steps = deployed.steps()
    assert "Lift the protection from termination of fdw-1" in [step.title for step in steps]


def test_a_node_that_only_ever_starts_is_not_up_to_date_and_one_that_says_nothing_is_not_either(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "a" * 64
    path = deployed.target.place.answers
    path.write_text(f"{path.read_text()}package:\n  s3_uri: s3://packages/springtail.tar.gz\n  sha256: {package}\n")
    deployed.apply()
    says: dict[str, Any] = {key: {"package": package, "active": True, "up": True} for key in KEYS}

    def run(_reads: AwsReads, _instance: str, script: str, *, seconds: int) -> Ran:
        del seconds
        [key] = [key for key in KEYS if f"KEY={key}\n" in script]
        return Ran("success", 0, json.dumps({"status": says[key]}), "")

    monkeypatch.setattr(AwsReads, "run", run)
    assert deployed.keys() == []
    says["fdw-1"] = {"package": package, "active": True, "up": False}
    says["proxy-0"] = None
    [step] = deployed.steps()
    assert (step.key, {act.node for act in step.after}) == ("package", {"fdw-1", "proxy-0"})


def test_a_hop_that_the_path_does_not_have_is_never_seen(deployed: Deployed) -> None:
    gate = Gate("services", "Springtail's services run", "hop", (("springtail.services", "passed"),))
    seen = deployed.course.observe(deployed.target, deployed.site, gate)
    assert (seen.ok, seen.says) == (False, "springtail.services is no hop of this path")
