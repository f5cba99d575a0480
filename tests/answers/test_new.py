"""`planewright new`: from a file, from flags and settings, or asked one by one; nothing typed is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.answers.examples import EXAMPLES, example
from wizard.blueprints.load import parse
from wizard.blueprints.springtail.answers import DeploymentAnswers, ShardAnswers
from wizard.cli import run

CANARY = "hunter2-canary"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert new(tmp_path, "use1-a", "--from", str(EXAMPLES / "shard.yaml")) == 0
    return tmp_path


def new(workspace: Path, *arguments: str) -> int:
    return run(["new", *arguments, "--workspace", str(workspace)])


def typing(text: str, workspace: Path, *arguments: str) -> int:
    """Run the command with `text` typed at its prompts; a prompt too many gets Ctrl-C instead of hanging."""
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text(text + "\x03")
        return new(workspace, *arguments)


def saved(workspace: Path, name: str, kind: str = "deployment") -> Any:
    return parse((workspace / f"{kind}s" / name / "answers.yaml").read_text(), source=name)


def test_a_file_s_answers_are_saved_under_the_given_name(workspace: Path) -> None:
    assert new(workspace, "other", "--from", str(EXAMPLES / "private.yaml")) == 0
    assert saved(workspace, "other") == example("private").model_copy(update={"name": "other"})


def test_flags_win_over_settings_and_settings_over_the_file(workspace: Path) -> None:
    file = str(EXAMPLES / "private.yaml")
    code = new(
        workspace, "--nodes-fdw-count", "3", "acme", "--from", file, "--set", "nodes.fdw.count=4", "--set", "database.port=6000",
        "--identifiers-instance", "007", "--tags", "a=b", "--tags", "c=d",
        "--applications", "name=jobs,account_id=012345678901,region=us-east-1,vpc_id=vpc-12345678,cidr=10.9.0.0/16",
    )  # fmt: skip
    assert code == 0
    answers = saved(workspace, "acme")
    assert (answers.nodes.fdw.count, answers.database.port, answers.identifiers.instance) == (3, 6000, "007")
    assert answers.tags == {"customer": "acme", "a": "b", "c": "d"}
    assert [(app.name, app.account_id) for app in answers.applications] == [("jobs", "012345678901")]


def test_a_shard_is_made_from_flags_alone(tmp_path: Path) -> None:
    code = new(
        tmp_path, "s1", "--kind", "shard", "--account-id", "000000000001", "--account-region", "us-east-1",
        "--zone-id", "use1-az1", "--no-governance-deletion-protection",
    )  # fmt: skip
    assert code == 0
    answers = saved(tmp_path, "s1", "shard")
    assert isinstance(answers, ShardAnswers)
    assert answers.account.id == "000000000001"
    assert answers.governance.deletion_protection is False


def test_without_a_terminal_every_missing_answer_is_named_with_its_flag(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(workspace, "acme", "--topology", "private", "--shard", "use1-a") == 2
    error = capsys.readouterr().err
    for flag in ("--database-host", "--database-vpc-cidr", "--identifiers-instance", "--proxy-host"):
        assert f"{flag} VALUE" in error
    assert not (workspace / "deployments" / "acme").exists()


def test_all_wrong_flags_are_told_together(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(workspace, "acme", "--database-port", "many", "--topology", "privat") == 2
    error = capsys.readouterr().err
    assert 'database.port: expected a number between 1 and 65535, got "many"' in error
    assert "did you mean private?" in error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((f"--database-password={CANARY}",), "seed-secrets"),
        (("--database-password", CANARY), "seed-secrets"),
        (("--database-hots", CANARY), "did you mean --database-host?"),
        (("--set", f"database.password={CANARY}"), "seed-secrets"),
        (("--database-host", f"postgres://u:{CANARY}@h/d"), "expected a DNS name"),
    ],
)
def test_a_secret_or_an_unknown_flag_is_refused_and_not_repeated(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert new(workspace, "acme", "--from", str(EXAMPLES / "private.yaml"), *arguments) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert CANARY not in told.err + told.out
    assert not any(CANARY in path.read_text() for path in workspace.rglob("*") if path.is_file())


def test_names_are_unique_over_shards_and_deployments(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(workspace, "use1-a", "--from", str(EXAMPLES / "private.yaml"), "--force") == 2
    assert "use1-a is a shard already" in capsys.readouterr().err


def test_what_exists_is_changed_only_with_force_and_keeps_its_comments(workspace: Path) -> None:
    file = str(EXAMPLES / "private.yaml")
    assert new(workspace, "acme", "--from", file) == 0
    path = workspace / "deployments" / "acme" / "answers.yaml"
    path.write_text(path.read_text().replace("shard: use1-a", "shard: use1-a  # agreed"))
    assert new(workspace, "acme", "--from", file) == 2
    assert new(workspace, "acme", "--force", "--set", "nodes.fdw.count=5") == 0
    assert saved(workspace, "acme").nodes.fdw.count == 5
    assert "# agreed" in path.read_text()


def test_a_deployment_needs_its_shard_in_the_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(tmp_path, "acme", "--from", str(EXAMPLES / "private.yaml")) == 2
    assert "planewright new use1-a --kind shard" in capsys.readouterr().err
    assert not (tmp_path / "deployments").exists()


def test_findings_are_told_and_given_as_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    file = str(EXAMPLES / "public.yaml")
    assert new(workspace, "globex", "--from", file, "--proxy-client-cidrs", "0.0.0.0/0", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"][0]["code"] == "PUBLIC_INGRESS_OPEN"
    assert Path(told["answers"]).is_file()


#: Key strokes for a private deployment, question by question (line by line, defaults taken with Enter).
PRIVATE = [
    "use1-a", "private", "acme", "acme-main", "1001", "db.acme.example.com", "", "", "", "", "", "", "222222222222", "us-east-1",
    "vpc-0a1b2c3d4e5f60718", "10.20.0.0/16",
]  # fmt: skip
REST = ["", "", "springtail.acme.example.com", "", "", "", "", "", "", "", "", "", "", ""]


def lines(*answers: str) -> str:
    return "".join(f"{answer}\r" for answer in answers)


def test_plain_prompts_ask_one_by_one_until_the_answers_are_complete(workspace: Path) -> None:
    assert typing(lines(*PRIVATE) + "n" + lines(*REST), workspace, "acme", "--plain") == 0
    answers = saved(workspace, "acme")
    assert isinstance(answers, DeploymentAnswers)
    assert answers.database.vpc is not None
    assert (answers.identifiers.instance, answers.database.vpc.cidr) == ("1001", "10.20.0.0/16")
    assert answers.proxy.host == "springtail.acme.example.com"
    assert not (workspace / "deployments" / "acme" / "answers.draft.yaml").exists()


def test_after_ctrl_c_the_same_command_goes_on_where_it_stopped(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typing(lines(*PRIVATE[:6]), workspace, "acme", "--plain") == 130
    draft = workspace / "deployments" / "acme" / "answers.draft.yaml"
    assert "db.acme.example.com" in draft.read_text()
    assert draft.stat().st_mode & 0o777 == 0o600
    assert str(draft) in capsys.readouterr().err
    assert typing(lines(*PRIVATE[6:]) + "n" + lines(*REST), workspace, "acme", "--plain") == 0
    assert saved(workspace, "acme").database.host == "db.acme.example.com"


def test_an_application_is_asked_member_by_member(workspace: Path) -> None:
    application = lines("web", "222222222222", "us-east-1", "vpc-0b1c2d3e4f5061728", "10.30.0.0/16")
    assert typing(lines(*PRIVATE) + "y" + application + "n" + lines(*REST), workspace, "acme", "--plain") == 0
    assert [app.name for app in saved(workspace, "acme").applications] == ["web"]


def test_a_wrong_answer_is_not_taken(workspace: Path) -> None:
    # Ctrl-U clears what was refused, so that the right answer can be typed.
    assert (
        typing(
            "use1-a\r" + "privat\r" + "\x15" + lines(*PRIVATE[1:]) + "n" + lines(*REST), workspace, "acme", "--plain"
        )
        == 0
    )
    assert saved(workspace, "acme").topology.value == "private"


def test_a_complete_file_is_not_asked_about(workspace: Path) -> None:
    assert typing("", workspace, "acme", "--plain", "--from", str(EXAMPLES / "private.yaml")) == 0


def test_only_what_a_file_lacks_is_asked(workspace: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.yaml"
    short.write_text((EXAMPLES / "private.yaml").read_text().replace("  host: db.acme.example.com\n", ""))
    assert typing(lines("db2.acme.example.com"), workspace, "acme", "--plain", "--from", str(short)) == 0
    assert saved(workspace, "acme").database.host == "db2.acme.example.com"


@pytest.fixture
def deployed(workspace: Path) -> Path:
    """The answers of a deployment, as an earlier command saved them."""
    assert new(workspace, "acme", "--from", str(EXAMPLES / "private.yaml")) == 0
    return workspace / "deployments" / "acme" / "answers.yaml"


def test_a_second_run_asks_for_what_is_new_and_for_what_is_no_longer_valid(workspace: Path, deployed: Path) -> None:
    text = deployed.read_text().replace("  host: db.acme.example.com\n", "").replace("port: 5432", "port: 543200")
    deployed.write_text(text)
    # The port first, from what stood there; then the host, that nobody answered.
    assert typing("\x15" + lines("5433", "db2.acme.example.com"), workspace, "acme", "--plain", "--force") == 0
    again = saved(workspace, "acme")
    assert (again.database.port, again.database.host) == (5433, "db2.acme.example.com")
    assert again.database.vpc == example("private").database.vpc


def test_a_wrong_member_of_a_list_is_asked_for_alone(
    workspace: Path, deployed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.write_text(deployed.read_text().replace("vpc-0b1c2d3e4f5061728", "vpc-nonsense"))
    assert typing("\x15" + lines("vpc-0b1c2d3e4f5061729"), workspace, "acme", "--plain", "--force") == 0
    assert "applications[0].vpc_id" in capsys.readouterr().out
    assert [app.vpc_id for app in saved(workspace, "acme").applications] == ["vpc-0b1c2d3e4f5061729"]


def test_a_second_run_that_is_left_goes_on_where_it_stopped(workspace: Path, deployed: Path) -> None:
    whole = deployed.read_text()
    deployed.write_text(whole.replace("  host: db.acme.example.com\n", "").replace("port: 5432", "port: 543200"))
    assert typing("\x15" + lines("5433"), workspace, "acme", "--plain", "--force") == 130
    assert "543200" in deployed.read_text(), "what was saved stays until all is answered"
    assert typing(lines("db2.acme.example.com"), workspace, "acme", "--plain", "--force") == 0
    assert saved(workspace, "acme").database.port == 5433


def test_without_a_terminal_a_second_run_names_what_is_wrong(
    workspace: Path, deployed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.write_text(deployed.read_text().replace("  host: db.acme.example.com\n", ""))
    assert new(workspace, "acme", "--force", "--set", "nodes.fdw.count=3") == 2
    assert "--database-host VALUE" in capsys.readouterr().err
    assert new(workspace, "acme", "--force", "--set", "database.host=db2.acme.example.com") == 0


def test_a_certificate_is_read_from_a_file(workspace: Path, tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    file = str(EXAMPLES / "private.yaml")
    code = new(
        workspace, "acme", "--from", file, "--database-certificate-authority", "pem", "--database-ca-pem", f"@{pem}"
    )
    assert code == 0
    assert saved(workspace, "acme").database.ca_pem == pem.read_text()


def test_registering_the_command_imports_nothing_heavy() -> None:
    program = (
        "import sys, wizard.cli.new, wizard.cli\nwizard.cli.run(['new', '--help'])\n"
        "print(sorted({'pydantic', 'boto3', 'jinja2', 'questionary', 'ruamel'} & {m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_questions_are_listed_with_their_flags(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "--questions"]) == 0
    assert "--database-host" in capsys.readouterr().out
