"""`planewright upgrade`, with the real engine: shown, carried out, killed, gone on with, given up."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import assets
from tests.cli.upgrade_stage import Stage, lay
from tests.engine.conftest import PATIENCE_S, last_of, real_engine, wait_for
from wizard import cli
from wizard.deploy.upgrading import record
from wizard.engine import runs
from wizard.engine.locate import Engine
from wizard.engine.runs import Run

__all__ = ["real_engine"]

pytestmark = pytest.mark.engine

REPOSITORY = Path(assets.__file__).parent.parent
#: Seconds in which a command of its own has come to its first apply, on however busy a machine.
DEADLINE_S = 300
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def stage(tmp_path: Path, real_engine: Engine) -> Iterator[Stage]:
    made = lay(tmp_path)
    yield made
    (made.stack / "held").unlink(missing_ok=True)


@pytest.fixture
def run(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    stage.play(monkeypatch.setattr)

    def command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        # What is not seen at once is not waited for: all is seen as soon as the engine has ended.
        wait = ["--wait", "0"] if arguments[0] == "upgrade" else []
        code = cli.run([*arguments, *wait, "--workspace", str(stage.root)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def applies(stage: Stage) -> list[Run]:
    """Applies since the stack was laid, the oldest first."""
    found = [run for run in runs.listed(stage.target.place.runs) if run.request.action == "apply"]
    return found[::-1][1:]


def test_shown_carried_out_and_on_record(stage: Stage, run: Command) -> None:
    code, said, _ = run("upgrade", "acme-prod")
    assert code == 0
    assert "where it stands:\n  ~ fdw-0, image: runs ami-1, wanted ami-2\n  ~ format, WAL: runs v1, wanted v3\n" in said
    assert "       pins: format: v1 → v3\n" in said
    assert "  1. · fdw-0 to ami-2  (instance)\n       why:  its image is another one\n" in said
    assert "       before its apply: stop fdw-0\n       after it: start fdw-0\n" in said
    assert "       then seen: fdw-0 runs ami-2\n       back: answer the image as it was\n" in said
    assert "       ✗ one way, takes the typed name: nothing older reads what is written in it\n" in said
    assert record.load(stage.target.place) is None
    assert applies(stage) == []

    # A yes is enough for the first step, and never for the one that has no way back.
    code, said, error = run("upgrade", "acme-prod", "--go", "--yes", "--reason", "the new image is out")
    assert code == 1
    assert "the new format: not applied, the name was not typed" in error
    assert "--confirm acme-prod answers without a terminal" in error
    assert "stays half-way: planewright upgrade acme-prod" in said
    assert stage.true == {"image": "ami-2", "format": "v1"}
    assert stage.acts.read_text() == "stop fdw-0\nstart fdw-0\n"
    assert said.index("± replace  ± replaces") < said.index("stop fdw-0") < said.index("✓ instance: applied")
    assert said.index("✓ instance: applied") < said.index("start fdw-0") < said.index("fdw-0 runs ami-2: fdw-0 runs")

    _, listed, _ = run("list")
    assert "upgrade half-way, 1 of 2" in listed
    assert "next: planewright upgrade acme-prod --go goes on with its upgrade\n" in listed
    half = json.loads(run("upgrade", "acme-prod", "--json")[1])
    assert half["upgrade"]["half_way"]
    assert [(it["key"], it["runs"], it["settled"]) for it in half["stands"]] == [
        ("fdw-0", "ami-2", True),
        ("format", "v1", False),
    ]
    assert half["writes"] == {"format": ["format: v1 → v3"]}
    assert [(step["key"], step["how_far"]) for step in half["steps"]] == [("fdw-0", "done"), ("format", "begun")]

    code, said, _ = run("upgrade", "acme-prod", "--step", "--confirm", "acme-prod", "--json")
    told = json.loads(said)
    assert (code, told["did"], told["upgrade"]["outcome"]) == (0, ["format"], "ended")
    assert stage.true == {"image": "ami-2", "format": "v3"}
    assert [step["run"] for step in told["steps"]] == [run.id for run in applies(stage)]
    assert "there is nothing to upgrade" in run("upgrade", "acme-prod")[1]

    told = run("history", "acme-prod")[1]
    assert "an upgrade of 2 steps was begun\n" in told
    assert "upgrade step done: the new format (2 of 2)" in told
    assert "why:       the new image is out\n" in told


def test_a_command_that_is_killed_in_the_middle_of_an_apply_leaves_it_running_and_the_next_one_takes_it_over(
    stage: Stage, run: Command
) -> None:
    (stage.stack / "held").touch()
    arguments = [
        sys.executable,
        "-m",
        "tests.cli.upgrade_stage",
        str(stage.root),
        "upgrade",
        "acme-prod",
        "--go",
        "--yes",
    ]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=REPOSITORY) as command:
        try:
            began = the_apply(stage, command)
            wait_for(began, lambda state: bool(state.in_flight))
        finally:
            command.kill()
            command.communicate(timeout=PATIENCE_S)
    assert began.alive()

    # Nobody overtakes it, nor gives the upgrade up while it is at work.
    for flags in (("--go", "--yes"), ("--abandon", "--reason", "why")):
        code, _, error = run("upgrade", "acme-prod", *flags)
        assert code == 1
        assert f"run {began.id} (apply)" in error

    (stage.stack / "held").unlink()
    last_of(began)
    code, said, _ = run("upgrade", "acme-prod", "--resume", "--confirm", "acme-prod")
    assert code == 0, said
    assert f"its apply has ended meanwhile: succeeded (run {began.id})" in said
    assert "instance: nothing is left to apply" in said
    assert stage.true == {"image": "ami-2", "format": "v3"}
    # Applied once, by the command that was killed; the node was stopped once, and started by the next one.
    upgrade = record.load(stage.target.place)
    assert upgrade is not None
    assert [walked.run for walked in upgrade.steps] == [run.id for run in applies(stage)]
    assert upgrade.steps[0].run == began.id
    assert stage.acts.read_text() == "stop fdw-0\nstart fdw-0\n"


def the_apply(stage: Stage, command: subprocess.Popen[bytes]) -> Run:
    """The run of the first step's apply, once it is there."""
    deadline = time.monotonic() + DEADLINE_S
    while not applies(stage):
        assert command.poll() is None, command.stdout.read().decode() if command.stdout else ""
        assert time.monotonic() < deadline, "no apply was started"
        time.sleep(0.05)
    return applies(stage)[0]


@pytest.fixture
def begun(stage: Stage, run: Command, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Begun, and its first plan refused."""
    assert run("upgrade", "acme-prod", "--go")[0] == 1
    return stage


def test_a_no_is_a_no_and_what_is_half_way_is_said_when_it_is_given_up(begun: Stage, run: Command) -> None:
    assert applies(begun) == []
    assert not begun.acts.exists()
    status = run("status", "acme-prod")[1]
    assert "  an upgrade is half-way; planewright upgrade acme-prod --go goes on\n    0 of 2 steps done\n" in status
    assert json.loads(run("status", "acme-prod", "--json")[1])["upgrading"]["half_way"][0] == "0 of 2 steps done"
    code, _, error = run("upgrade", "acme-prod", "--abandon")
    assert (code, "--abandon takes a reason" in error) == (2, True)

    code, said, _ = run("upgrade", "acme-prod", "--abandon", "--reason", "not tonight")

    assert code == 0
    assert "  0 of 2 steps done\n  begun and not applied: fdw-0 to ami-2\n" in said
    assert "  not begun: the new format\n" in said
    for arguments in (("--resume",), ("--abandon", "--reason", "again")):
        assert "no upgrade of acme-prod is half-way" in run("upgrade", "acme-prod", *arguments)[2]
    assert "the upgrade was abandoned: 0 of 2 steps done\n" in run("history", "acme-prod")[1]


def test_an_apply_besides_a_half_way_upgrade_says_so(
    begun: Stage, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wizard.cli import apply

    site: Any = object()
    monkeypatch.setattr(apply, "open_both", lambda *_, **__: (begun.target, site))
    monkeypatch.setattr(apply, "_apply", lambda *_: 0)
    assert "! an upgrade of acme-prod is half-way: planewright upgrade acme-prod --go" in run("apply", "acme-prod")[1]
    # What cannot be read holds nothing else, and is said.
    (begun.target.place.hidden / record.FILE).write_text("{")
    for command in ("apply", "status"):
        assert "upgrade.json cannot be used: moved away, nothing of AWS is forgotten" in run(command, "acme-prod")[1]


def test_a_shard_has_no_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.workspaces import with_examples

    with_examples(tmp_path)
    assert cli.run(["upgrade", "use1-a", "--workspace", str(tmp_path)]) == 2
    assert "use1-a is a shard: it has no steps" in capsys.readouterr().err
