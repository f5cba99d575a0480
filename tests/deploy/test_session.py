"""A shell on a node: the one that is meant, in the account that is meant, by programs that keep its token to themselves."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto import mock_aws

from tests.nodes import NODES, applied, node, program
from tests.workspaces import with_examples
from wizard.answers.account import Account
from wizard.aws import commands
from wizard.aws.commands import NodePing
from wizard.aws.engine_credentials import EngineCredentials
from wizard.aws.session import AwsSession, FrozenCreds, open_session
from wizard.deploy import session as module
from wizard.deploy.session import Shell, environment, matching, nodes_of, reached, require_online, run, shell
from wizard.deploy.target import Target, open_target
from wizard.errors import AccountError, AwsError, BlockedError, InputError
from wizard.workspace import Workspace

#: With the others that stand on a stock moto in this process.
pytestmark = pytest.mark.xdist_group("moto")

SECRET = "canary-of-the-operators-secret-key-0000000"
KEYS = FrozenCreds("ASIAROLE", SECRET, "canary-of-a-token", None)
PLUGIN = "1.2.707.0"
ONLINE = NodePing("Online", "3.3.0", None)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    workspace = Workspace(with_examples(tmp_path))
    answers = workspace.place("shard", "use1-a").answers
    answers.write_text(answers.read_text().replace("111111111111", "123456789012"))  # moto's
    found = open_target(workspace, "acme-prod")
    applied(found.place)
    return found


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with the AWS CLI and the plugin: they say what they were given."""
    folder = tmp_path / "bin"
    program(folder, "aws", "aws-cli/2.31.5 Python/3.12")
    program(folder, "session-manager-plugin", PLUGIN)
    return folder


@pytest.fixture
def pings(monkeypatch: pytest.MonkeyPatch) -> dict[str, NodePing]:
    """What SSM knows of the nodes: all are online, until a test says otherwise."""
    known = {node(key).instance_id: ONLINE for key in NODES}
    monkeypatch.setattr(commands, "online_nodes", lambda _session, _ids: known)
    return known


def session_in(folder: Path, account: Account, **more: str) -> AwsSession:
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent/config",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
        # A real shell's tools are needed by the stand-ins, a real AWS CLI is not found.
        "PATH": f"{folder}:/usr/bin:/bin",
    }
    return open_session(account, environ=environ | more)


@pytest.fixture
def session(target: Target, programs: Path, pings: dict[str, NodePing]) -> AwsSession:
    return session_in(programs, target.shard.account)


# -- which node


def test_nodes_are_known_once_the_stack_is_applied(target: Target) -> None:
    assert tuple(nodes_of(target)) == ("fdw-0", "fdw-1", "ingestion-0", "proxy-0")
    target.place.contract("instance").unlink()
    with pytest.raises(BlockedError, match="no nodes yet") as caught:
        nodes_of(target)
    assert caught.value.action == "planewright apply acme-prod"


def test_a_shard_has_no_nodes_and_says_so(target: Target) -> None:
    with pytest.raises(InputError, match="use1-a is a shard"):
        nodes_of(open_target(target.workspace, "use1-a"))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("fdw", ("fdw-0", "fdw-1")),
        ("fdw-1", ("fdw-1",)),
        (node("proxy-0").instance_id, ("proxy-0",)),
        ("acme-prod-ingestion-0", ("ingestion-0",)),
    ],
)
def test_a_role_a_key_an_id_or_a_name_means_its_nodes(target: Target, wanted: str, found: tuple[str, ...]) -> None:
    assert matching(nodes_of(target), wanted) == found


def test_an_unknown_role_is_told_with_those_there_are(target: Target) -> None:
    with pytest.raises(InputError, match="no node watcher") as caught:
        matching(nodes_of(target), "watcher")
    assert "roles: fdw, ingestion, proxy" in caught.value.cause


# -- with whose credentials


STRAY = {"AWS_PROFILE": "other", "AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_ROLE_ARN": "arn:other", "HOME": "/home/olga"}


def test_a_plain_profile_is_passed_by_name_and_nothing_else_speaks() -> None:
    made = environment(STRAY, EngineCredentials("profile", "ops", None, None))
    assert made == {"HOME": "/home/olga", "AWS_PROFILE": "ops"}


def test_a_session_of_a_role_is_passed_as_keys_and_the_profile_is_left_out() -> None:
    made = environment(STRAY, EngineCredentials("served", "ops", KEYS, None))
    assert made == {
        "HOME": "/home/olga",
        "AWS_ACCESS_KEY_ID": "ASIAROLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "canary-of-a-token",
    }


def test_what_the_environment_gives_is_left_as_it_is() -> None:
    assert environment(STRAY, EngineCredentials("ambient", "", None, None)) == STRAY


def test_an_assumed_role_reaches_the_program_in_its_environment_alone(
    target: Target, programs: Path, pings: dict[str, NodePing]
) -> None:
    account = target.shard.account.model_copy(update={"role_arn": "arn:aws:iam::123456789012:role/Deployer"})
    with mock_aws():
        session = session_in(programs, account)
        ready = shell(target, session, "fdw-0")
        keys = session.frozen()
    run(ready)
    given = (programs / "aws-was-given.argv").read_text()
    environ = dict(line.split("=", 1) for line in (programs / "aws-was-given.env").read_text().splitlines())
    assert environ["AWS_SECRET_ACCESS_KEY"] == keys.secret_key != SECRET
    assert not {keys.access_key, keys.secret_key, keys.token} & set(given.split())
    assert keys.secret_key not in repr(ready)


# -- whether there can be one


def test_the_command_is_the_clis_own(target: Target, session: AwsSession, programs: Path) -> None:
    with mock_aws():
        ready = shell(target, session, "fdw-1")
    run(ready)
    given = (programs / "aws-was-given.argv").read_text().split()
    assert given == ["ssm", "start-session", "--target", node("fdw-1").instance_id, "--region", "us-east-1"]
    assert ready.line == f"aws {' '.join(given)}"


def test_a_node_whose_agent_never_registered_is_told(
    target: Target, session: AwsSession, pings: dict[str, NodePing]
) -> None:
    pings.clear()
    with mock_aws(), pytest.raises(AwsError, match="fdw-0 cannot be reached: its agent has never registered") as caught:
        shell(target, session, "fdw-0")
    assert "ssmmessages" in caught.value.action


def test_a_node_that_was_lost_is_told_with_when_it_was_last_heard_of() -> None:
    ping = NodePing("ConnectionLost", "3.3.0", datetime(2026, 11, 21, 9, 30, tzinfo=UTC))
    with pytest.raises(AwsError, match="not online") as caught:
        require_online("fdw-0", node("fdw-0"), ping)
    assert "ConnectionLost" in caught.value.cause
    assert "2026-11-21 09:30 UTC" in caught.value.cause


def test_the_wrong_account_never_gets_a_shell(target: Target, programs: Path, pings: dict[str, NodePing]) -> None:
    account = target.shard.account.model_copy(update={"id": "999999999999"})
    with mock_aws(), pytest.raises(AccountError, match="not 999999999999"):
        reached(session_in(programs, account), [node("fdw-0")])
    with mock_aws(), pytest.raises(AccountError, match="not 999999999999"):
        shell(target, session_in(programs, account), "fdw-0")
    assert not (programs / "aws-was-given.argv").exists()


@pytest.mark.parametrize(("missing", "told"), [("aws", "AWS CLI is not"), ("session-manager-plugin", "plugin is not")])
def test_a_program_that_is_missing_is_told_with_where_to_get_it(
    target: Target, session: AwsSession, programs: Path, missing: str, told: str
) -> None:
    (programs / missing).unlink()
    with mock_aws(), pytest.raises(AccountError, match=told) as caught:
        shell(target, session, "fdw-0")
    assert "https://docs.aws.amazon.com/" in caught.value.action


@pytest.mark.parametrize("version", ["1.2.497.0", "1.1.61.0", "who knows"])
def test_a_plugin_that_takes_the_token_in_its_arguments_is_refused(
    target: Target, session: AwsSession, programs: Path, version: str
) -> None:
    program(programs, "session-manager-plugin", version)
    with mock_aws(), pytest.raises(AccountError, match="too old") as caught:
        shell(target, session, "fdw-0")
    assert version in caught.value.cause


def test_a_rehearsed_aws_has_no_shells_and_says_what_there_is_instead(target: Target, programs: Path) -> None:
    session = session_in(programs, target.shard.account, AWS_ENDPOINT_URL="http://127.0.0.1:4999")
    with pytest.raises(AwsError, match="cannot be rehearsed") as caught:
        shell(target, session, "fdw-0")
    assert "planewright verify" in caught.value.action


def test_a_shell_that_ends_badly_is_told_with_its_code(tmp_path: Path) -> None:
    program(tmp_path, "aws", "", code=254)
    ready = Shell("fdw-0", node("fdw-0"), (str(tmp_path / "aws"), "ssm", "start-session"), {"PATH": "/usr/bin:/bin"})
    with pytest.raises(AwsError, match="fdw-0 did not open") as caught:
        run(ready)
    assert "aws ssm start-session ended with 254" in caught.value.cause


_INTERRUPTED = """
import os, signal
from wizard.aws.cli import in_foreground
print(in_foreground(["sh", "-c", "kill -{signal} 0; sleep 0.1; exit 7"], dict(os.environ), takes_stop=True))
{after}
"""


def _run_group(signal: str, after: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _INTERRUPTED.format(signal=signal, after=after)],
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
        timeout=120,
    )


def test_what_the_person_types_reaches_the_program_and_not_us() -> None:
    ended = _run_group("INT")
    assert (ended.returncode, ended.stdout) == (0, "-2\n"), ended.stderr


def test_after_the_program_the_terminals_signals_are_ours_again() -> None:
    assert "KeyboardInterrupt" in _run_group("INT", "os.kill(os.getpid(), signal.SIGINT)").stderr


def test_credentials_are_said_for_somebody_who_runs_it_elsewhere(target: Target) -> None:
    account = target.shard.account.model_copy(update={"profile": "ops"})
    assert module.said_credentials(account) == "profile ops"
