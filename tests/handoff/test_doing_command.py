"""`planewright handoff NAME --do`, from the flags to what it prints and what it leaves in the customer's account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.handoff.cloud import Cloud
from tests.handoff.scene import Scene
from tests.verify import world
from wizard.answers import save
from wizard.cli import common, run
from wizard.deploy import store
from wizard.deploy.doing.history import entries
from wizard.rehearsal.clients import client
from wizard.rehearsal.embedded import CUSTOMER, VENDOR
from wizard.workspace import Place, Workspace

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": VENDOR},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "acme-7"}},
        }
    ],
}

pytestmark = pytest.mark.xdist_group("handoff")


@pytest.fixture
def place(scene: Scene, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A deployment that was applied; its operator has a profile `acme` of the customer's."""
    vpc = {
        "account_id": CUSTOMER,
        "region": "us-east-1",
        "vpc_id": scene.premises.database.id,
        "cidr": scene.premises.database.cidr,
    }
    workspace = Workspace(tmp_path)
    shard, found = workspace.place("shard", "use1-a"), workspace.place("deployment", "acme-prod")
    for where, answers in ((shard, world.shard()), (found, world.deployment(vpc=vpc))):
        where.path.mkdir(parents=True)
        where.answers.write_text(save.dump(answers))
    store.save_contract(shard, "shard", world.shard_outputs())
    store.save_contract(found, "instance", scene.outputs)
    theirs = cloud.environ(CUSTOMER)
    profile = tmp_path / "credentials"
    profile.write_text(
        f"[acme]\naws_access_key_id = {theirs['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = rehearsal\n"
    )
    for name, value in {**cloud.environ(VENDOR), "AWS_SHARED_CREDENTIALS_FILE": str(profile)}.items():
        monkeypatch.setenv(name, value)
    return found


def planewright(place: Place, *arguments: str) -> int:
    return run(["handoff", place.name, "--workspace", str(place.path.parent.parent), *arguments])


def test_it_shows_first_and_does_with_the_typed_id_alone(
    place: Place, scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scene.held()

    assert planewright(place, "--do", "--profile", "acme") == 0
    shown = capsys.readouterr().out
    assert "+ database.accept: to do" in shown
    assert "    aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-" in shown
    assert "nothing was changed" in shown

    assert planewright(place, "--do", "--apply", "--profile", "acme", "--only", "database.rule") == 1
    assert "nobody typed its id" in capsys.readouterr().err
    assert scene.held() == before

    asked: list[str] = []
    monkeypatch.setattr(common, "interactive", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or CUSTOMER)
    assert planewright(place, "--do", "--apply", "--profile", "acme", "--only", "database.rule") == 0
    assert asked == [f"This call changes account {CUSTOMER}, the customer's. With their consent, type its id: "]
    assert scene.held()["rules"] != before["rules"]
    assert [entry.what.partition(":")[0] for entry in entries(place)] == [
        f"consent typed for account {CUSTOMER}",
        "for the customer, database.rule",
    ]


def test_by_a_role_of_theirs_programs_get_it_as_json_and_take_it_back(
    place: Place, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    before = scene.held()["rules"]
    role = client(scene.cloud.environ(CUSTOMER), "iam").create_role(
        RoleName="planewright", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    by = ("--role-arn", role, "--external-id", "acme-7")
    way = ("--do", "--json", *by, "--only", "database.rule", "--apply", "--consent", CUSTOMER)

    assert planewright(place, *way) == 0
    done = json.loads(capsys.readouterr().out)["sites"][0]
    assert [made["ended"] for made in done["made"]] == ["done"]
    assert [made["line"] for made in done["made"]] == done["steps"][0]["calls"]
    assert planewright(place, *way, "--undo") == 0
    assert scene.held()["rules"] == before
    assert all("assumed-role/planewright/" in entry.as_whom for entry in entries(place))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--do",), "no way into the customer's account"),
        (("--do", "--role-arn", "arn:aws:iam::333333333333:role/x"), "no step is to be done in account 333333333333"),
        (("--apply",), "--apply wants --do"),
        (("--do", "--profile", "acme", "--only", "database.nothing"), "there is no step database.nothing"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    place: Place, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planewright(place, *arguments) != 0
    assert said in capsys.readouterr().err
