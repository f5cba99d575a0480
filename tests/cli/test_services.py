"""`planewright prepare`, `start` and `stop`: what is shown and sent, and how it ends; the same in the guide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.guiding import Guided
from tests.nodes import applied, node
from wizard.aws import commands
from wizard.aws.commands import ScriptResult
from wizard.cli import common
from wizard.workspace import Workspace

SHA256 = "ab" * 32
ORDER = ["ingestion-0", "proxy-0", "fdw-0", "fdw-1"]


@pytest.fixture
def broken() -> list[str]:
    """Instances whose step `secrets` fails."""
    return []


@pytest.fixture
def sent(workspace: Path, broken: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """acme-prod, applied, with a package; the ids of the instances that a command was sent to. Each says that all is well."""
    place = Workspace(workspace).place("deployment", "acme-prod")
    with place.answers.open("a") as answers:
        answers.write(f"package:\n  s3_uri: s3://packages/springtail.tar.gz\n  sha256: {SHA256}\n")
    applied(place)
    instances: list[str] = []

    def run_script(_session: object, instance_id: str, _script: str, **_: object) -> ScriptResult:
        instances.append(instance_id)
        failed = {"step": "secrets", "kind": "secrets", "reason": "none"} if instance_id in broken else None
        said = {"steps": [] if failed else [{"step": "unit", "did": "installed"}], "failed": failed}
        return ScriptResult("Success", 0, json.dumps(said), "", "c")

    monkeypatch.setattr(commands, "run_script", run_script)
    monkeypatch.setattr(common, "session_of", lambda _target: None)
    return instances


def ids(*keys: str) -> list[str]:
    return [node(key).instance_id for key in keys]


def test_without_a_package_it_says_so_and_stops_there_with_a_status_of_its_own(
    run: Run, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    applied(Workspace(workspace).place("deployment", "acme-prod"))
    for command in ("prepare", "start"):
        assert run(command, "acme-prod") == 3
        told = capsys.readouterr().err
        assert "Springtail's package is not at hand" in told
        assert "What is built and proven stays as it is" in told
    assert run("stop", "acme-prod", "--dry-run") == 0, "what runs can be stopped whatever is answered now"


def test_nodes_have_their_turn_in_springtails_order_and_stop_in_reverse(
    run: Run, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("prepare", "acme-prod") == 0
    told = capsys.readouterr().out
    assert sent == ids(*ORDER)
    assert f"prepare ingestion-0 ({sent[0]}) …" in told
    assert "✓ fdw-1" in told
    assert "? not proven: publication and replication slot" in told
    assert told.endswith("next: planewright start acme-prod\n")
    sent.clear()
    assert run("stop", "acme-prod", "--json") == 0
    assert sent == ids("proxy-0", "fdw-0", "fdw-1", "ingestion-0")
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert steps[0] == {"node": "proxy-0", "step": "unit", "did": "installed"}


def test_a_role_alone_and_no_other(run: Run, sent: list[str]) -> None:
    assert run("start", "acme-prod", "--role", "fdw") == 0
    assert sent == ids("fdw-0", "fdw-1")
    assert run("start", "acme-prod", "--role", "nobody") == 2


def test_a_dry_run_shows_every_command_and_sends_none(
    run: Run, sent: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("prepare", "acme-prod", "--dry-run") == 0
    told = capsys.readouterr().out
    assert sent == []
    for number, key in enumerate(ORDER, 1):
        assert f"# {number} of 4: {key}, {node(key).instance_id}" in told
        assert f"KEY={key}\n" in told
    assert told.count("class Redis:") == 1
    assert "# 4 commands; none was sent" in told

    assert run("start", "acme-prod", "--role", "proxy", "--dry-run", "--json", "--wait", "5") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["dry_run"] is True
    script = shown["commands"][0]["script"]
    assert "WAIT=5\n" in script
    assert script.endswith("sys.exit(main(sys.argv[1]))\nPLANEWRIGHT_PROGRAM\n")


def test_the_first_node_that_fails_is_named_with_its_step_and_the_way_on_and_the_rest_is_left(
    run: Run, sent: list[str], broken: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    broken += ids("proxy-0")
    assert run("prepare", "acme-prod") == 1
    told = capsys.readouterr().err
    assert sent == ids("ingestion-0", "proxy-0")
    assert f"secrets failed on proxy-0 ({sent[1]})" in told
    assert "planewright seed-secrets acme-prod" in told


def test_a_node_that_says_nothing_is_told_with_the_end_of_its_output_redacted(
    run: Run, sent: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ScriptResult("Execution Timed Out", -1, "", "before\npassword=canary-5d1f", "c")
    monkeypatch.setattr(commands, "run_script", lambda *_, **__: result)
    assert run("start", "acme-prod") == 1
    told = capsys.readouterr().err
    assert "start did not come to its end on ingestion-0" in told
    assert "SSM says Execution Timed Out" in told
    assert "canary-5d1f" not in told


def test_before_the_first_apply_there_are_no_nodes(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("prepare", "acme-prod") == 1
    assert "planewright apply acme-prod" in capsys.readouterr().err
    assert run("prepare", "use1-a") == 2, "a shard has none"


def test_the_guide_names_the_nodes_before_each_yes_and_a_stop_takes_the_typed_name(
    guided: Guided, sent: list[str]
) -> None:
    said = guided.go(":go verify", "prepare", "no", "stop", "yes", ":quit", name="acme-prod")
    assert f"4. fdw-1  {ids('fdw-1')[0]}" in said
    assert said.count("nothing was sent to any node") == 2
    assert "Service is interrupted: applications lose their connections" in said
    assert sent == []

    words = ("prepare", "yes", "start", "yes", "stop", "acme-prod", "undo", "yes", ":quit")
    said = guided.go(":go verify", *words, name="acme-prod")
    back = ids("proxy-0", "fdw-0", "fdw-1", "ingestion-0")
    assert sent == [*ids(*ORDER), *ids(*ORDER), *back, *back]
    assert "✓ fdw-1" in said
    assert "next: planewright start acme-prod" in said


def test_the_guide_tells_a_missing_package_as_a_finding_and_no_failure(guided: Guided, workspace: Path) -> None:
    applied(Workspace(workspace).place("deployment", "acme-prod"))
    said = guided.go(":go verify", "prepare", ":quit", name="acme-prod")
    assert "finding: acme-prod cannot prepare: Springtail's package is not at hand" in said
    assert "remedy:  put the package into a bucket" in said
    assert "error: acme-prod cannot prepare" not in said


def test_the_guide_offers_nothing_of_it_before_there_are_nodes(guided: Guided) -> None:
    said = guided.go(":go verify", "?", "on", ":quit", name="acme-prod")
    assert "Springtail" not in said.partition("Verify")[2]
