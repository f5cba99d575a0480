"""Images: resolved once, kept, and refused when they do not fit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.ec2.models import ec2_backends

from tests.aws.conftest import ACCOUNT_ID, account
from wizard.answers.account import Account
from wizard.aws.pins import resolve_pins
from wizard.aws.session import AwsSession
from wizard.blueprints.springtail.answers import DeploymentAnswers
from wizard.blueprints.springtail.facts import Apart, Pins
from wizard.errors import InputError
from wizard.sizing.images import default_parameter

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1", aws_access_key_id="A", aws_secret_access_key="B")  # type: ignore[call-overload]


def deployment(**nodes: Any) -> DeploymentAnswers:
    return DeploymentAnswers.model_validate(
        {
            "planewright": "0.1.0",
            "name": "acme-prod",
            "shard": "use1-a",
            "topology": "public",
            "identifiers": {"organization": "acme", "account": "main", "instance": "1001"},
            "database": {"host": "db.acme.example.com"},
            "nodes": nodes,
        }
    )


def image(name: str, architecture: str = "x86_64") -> str:
    ami = str(client("ec2").register_image(Name=name)["ImageId"])
    # moto takes no architecture with a registration.
    ec2_backends[ACCOUNT_ID]["us-east-1"].amis[ami].architecture = architecture
    return ami


def parameter(name: str, value: str) -> None:
    client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


@pytest.fixture
def ubuntu(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Canonical's images, under parameters of the operator's own: nobody may write below /aws."""
    monkeypatch.setattr("wizard.sizing.images._UBUNTU", "/test/ubuntu/{arch}")
    images = {"amd64": image("ubuntu-amd64"), "arm64": image("ubuntu-arm64", "arm64")}
    for name, ami in images.items():
        parameter(f"/test/ubuntu/{name}", ami)
    return images


def resolve(session: AwsSession, answers: DeploymentAnswers, previous: Pins | None = None, **how: Any) -> Pins:
    return resolve_pins(session, answers, previous, **({"now": lambda: NOW} | how))


def test_the_default_is_canonicals_ubuntu_for_each_roles_architecture() -> None:
    path = "/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id"
    assert default_parameter("x86_64") == path.format("amd64")
    assert default_parameter("arm64") == path.format("arm64")


def test_each_role_gets_the_image_of_its_own_instance_type(session: AwsSession, ubuntu: dict[str, str]) -> None:
    pins = resolve(session, deployment(fdw={"instance_type": "r7gd.2xlarge"}))
    assert (pins.ingestion.architecture, pins.ingestion.ami_id) == ("x86_64", ubuntu["amd64"])
    assert (pins.fdw.architecture, pins.fdw.ami_id) == ("arm64", ubuntu["arm64"])
    assert pins.fdw.parameter == "/test/ubuntu/arm64"
    assert pins.fdw.resolved_at == "2026-05-01T12:00:00+00:00"


def test_a_newer_image_upstream_replaces_no_node_unasked(session: AwsSession, ubuntu: dict[str, str]) -> None:
    first = resolve(session, deployment())
    newer = image("ubuntu-amd64-newer")
    parameter("/test/ubuntu/amd64", newer)
    assert resolve(session, deployment(), first, now=lambda: LATER) == first
    refreshed = resolve(session, deployment(), first, refresh=True, now=lambda: LATER)
    assert refreshed.ingestion.ami_id == newer
    assert refreshed.ingestion.resolved_at.startswith("2026-06-01")


def test_nodes_that_stand_apart_are_kept_and_a_file_from_before_has_none(
    session: AwsSession, ubuntu: dict[str, str]
) -> None:
    first = resolve(session, deployment())
    written = first.model_dump(mode="json")
    assert written.pop("nodes") == {}
    assert Pins.model_validate_json(json.dumps(written)) == first
    apart = {"fdw-1": Apart(ami_id="ami-1", instance_type="r6i.xlarge", protected=False)}
    halfway = first.model_copy(update={"nodes": apart})
    assert resolve(session, deployment(), halfway, refresh=True).nodes == apart
    assert Pins.model_validate_json(halfway.model_dump_json()) == halfway


def test_a_bigger_instance_of_the_same_architecture_keeps_its_image(
    session: AwsSession, ubuntu: dict[str, str]
) -> None:
    first = resolve(session, deployment())
    parameter("/test/ubuntu/amd64", image("newer"))
    resized = resolve(session, deployment(proxy={"instance_type": "c6i.2xlarge"}), first)
    assert resized.proxy.ami_id == first.proxy.ami_id
    assert resized.proxy.instance_type == "c6i.2xlarge"
    assert resized.proxy.resolved_at == first.proxy.resolved_at


def test_another_architecture_asks_anew(session: AwsSession, ubuntu: dict[str, str]) -> None:
    first = resolve(session, deployment())
    moved = resolve(session, deployment(proxy={"instance_type": "c6gn.large"}), first, now=lambda: LATER)
    assert (moved.proxy.architecture, moved.proxy.ami_id) == ("arm64", ubuntu["arm64"])
    assert moved.ingestion == first.ingestion


def test_an_answered_image_is_taken_and_going_back_to_the_parameter_asks_anew(
    session: AwsSession, ubuntu: dict[str, str]
) -> None:
    own = image("acme-hardened")
    named = resolve(session, deployment(proxy={"ami": {"id": own}}))
    assert (named.proxy.ami_id, named.proxy.parameter) == (own, "")
    assert resolve(session, deployment(), named).proxy.ami_id == ubuntu["amd64"]


def test_unchanged_answers_ask_nothing_of_aws(session: AwsSession, ubuntu: dict[str, str]) -> None:
    first = resolve(session, deployment())

    class Offline:
        account: Account = account()

        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"asked for {name}")

    assert resolve_pins(Offline(), deployment(), first) == first  # type: ignore[arg-type]


def test_all_that_does_not_fit_is_told_at_once_by_its_answer(session: AwsSession, ubuntu: dict[str, str]) -> None:
    arm = image("arm", "arm64")
    answers = deployment(
        ingestion={"ami": {"id": arm}},
        proxy={"ami": {"parameter": "/nobody/made/this"}},
        fdw={"ami": {"id": "ami-0123456789abcdef0"}},
    )
    with pytest.raises(InputError) as caught:
        resolve(session, answers)
    problems = {problem.path: problem.what for problem in caught.value.problems}
    assert set(problems) == {"nodes.ingestion.ami.id", "nodes.proxy.ami.parameter", "nodes.fdw.ami.id"}
    assert "built for arm64, r6i.4xlarge runs x86_64" in problems["nodes.ingestion.ami.id"]
    assert "does not exist in us-east-1" in problems["nodes.proxy.ami.parameter"]
    assert "not shared with account" in problems["nodes.fdw.ami.id"]


def test_an_instance_type_that_the_region_lacks_is_told_by_its_answer(
    session: AwsSession, ubuntu: dict[str, str]
) -> None:
    with pytest.raises(InputError) as caught:
        resolve(session, deployment(fdw={"instance_type": "r99i.large"}))
    assert caught.value.problems[0].path == "nodes.fdw.instance_type"


def test_an_image_still_in_the_making_is_refused(
    session: AwsSession, ubuntu: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        session.client("ec2"),
        "describe_images",
        lambda **_: {"Images": [{"State": "pending", "Architecture": "x86_64"}]},
    )
    with pytest.raises(InputError, match="is pending"):
        resolve(session, deployment())


def test_a_parameter_that_holds_no_image_is_refused(session: AwsSession, ubuntu: dict[str, str]) -> None:
    parameter("/acme/version", "1.2.3")
    with pytest.raises(InputError, match="does not hold an AMI's id"):
        resolve(session, deployment(proxy={"ami": {"parameter": "/acme/version"}}))
