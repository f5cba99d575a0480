"""`planewright rehearse --screens`: it is the program's start that lends it the screens; `--plain`: the guide in the world."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest

from tests.cli.guiding import Script
from tests.workspaces import with_examples
from wizard import cli
from wizard.aws.secrets import Inputs, SeedResult
from wizard.cli import common
from wizard.cli.guide.desk import Desk
from wizard.cli.guide.secrets import _seed
from wizard.cli.guide.talk import Talk
from wizard.cli.guide.way import Way
from wizard.deploy.target import open_target
from wizard.walk.opening import Played, Wanted
from wizard.workspace import Workspace


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(common, "interactive", lambda: True)


class Screens:
    """Keeps what it was asked for, and what of the world was alive then; other tests' worlds may be so, too."""

    def __init__(self) -> None:
        self.wanted: Wanted | None = None
        self.alive: list[psutil.Process] = []
        self._before = set(psutil.Process().children(recursive=True))

    def __call__(self, wanted: Wanted) -> int:
        self.wanted = wanted
        self.alive = [it for it in psutil.Process().children(recursive=True) if it not in self._before]
        return 3


@pytest.mark.usefixtures("terminal")
def test_the_screens_are_opened_on_a_world_that_ends_with_them(tmp_path: Path) -> None:
    screens = Screens()

    code = cli.run(["rehearse", "--screens", "--workspace", str(tmp_path), "--presenter"], screens=screens)

    assert code == 3, "the exit code is the screens'"
    wanted = screens.wanted
    assert wanted is not None
    assert wanted.environ is not None
    assert wanted.played is not None
    assert (wanted.workspace, wanted.presenter, wanted.mouse) == (tmp_path, True, True)
    assert wanted.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert wanted.played.readiness.is_file()
    assert screens.alive
    assert psutil.wait_procs(screens.alive, timeout=60)[1] == []


def test_without_a_terminal_nothing_is_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screens = Screens()

    assert cli.run(["rehearse", "--screens", "--workspace", str(tmp_path)], screens=screens) == 2
    assert "no terminal" in capsys.readouterr().err
    assert screens.wanted is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("flag", ["--headless", "--keep", "--destroy"])
def test_what_only_the_told_journey_has_is_refused(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    screens = Screens()

    assert cli.run(["rehearse", "--screens", flag], screens=screens) == 2
    assert "--screens goes with none of" in capsys.readouterr().err
    assert screens.wanted is None


def test_the_faults_are_listed_in_words_and_nothing_is_started(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["rehearse", "--fault", "help"]) == 0
    said = capsys.readouterr().out
    assert "route-missing (private, public), before the customer's part" in said
    assert "the customer's route table has no way back to us" in said


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--fault", "nope"), "there is no fault nope"),
        (("--topology", "public", "--fault", "wrong-zone"), "wrong-zone is no fault of the public topology"),
        (("--no-accept", "--fault", "route-missing"), "--fault does not go with --no-accept"),
        (("--screens", "--fault", "credentials-expiring"), "--screens does not go with --fault credentials-expiring"),
    ],
)
@pytest.mark.usefixtures("terminal")
def test_a_fault_that_cannot_be_is_refused_before_anything_is_started(
    arguments: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    screens = Screens()

    assert cli.run(["rehearse", *arguments], screens=screens) == 2
    assert why in capsys.readouterr().err
    assert screens.wanted is None


# -- line by line ------------------------------------------------------------------------------------------------------


@pytest.fixture
def practised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What a world was asked for; its operator's environment has one name of its own."""
    asked: list[dict[str, Any]] = []

    @contextmanager
    def practice(topology: str, folder: Path, **wanted: Any) -> Iterator[Any]:
        asked.append({"topology": topology, "folder": folder, **wanted})
        yield SimpleNamespace(environ={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, played=PLAYED)

    monkeypatch.setattr("wizard.rehearsal.practice.practice", practice)
    return asked


PLAYED = Played(lambda _target: Inputs(lambda: "typed by the customer", lambda: None), Path("sent-by-the-dba.json"))


def test_the_plain_guide_works_in_the_world_and_leaves_the_environment_as_it_was(
    practised: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[dict[str, str]] = []

    def go(desk: Desk, *, name: str | None) -> None:
        assert (name, desk.played, desk.workspace.root) == (None, PLAYED, tmp_path.resolve())
        seen.append(dict(os.environ))
        raise KeyboardInterrupt

    monkeypatch.setattr("wizard.cli.guide.objects.go", go)
    before = dict(os.environ)
    code = cli.run(["rehearse", "--plain", "--workspace", str(tmp_path), "--accept-after", "3"])

    assert code == 130, "the exit code is the guide's"
    assert seen == [{"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}]
    assert dict(os.environ) == before
    assert [(it["folder"], it["accept_after"]) for it in practised] == [(tmp_path, 3.0)]
    said = capsys.readouterr().out
    assert "nothing here is real. The customer's DBA has sent sent-by-the-dba.json" in said
    assert "it proves nothing about a real AWS account" in said


@pytest.mark.parametrize("flag", ["--screens", "--headless", "--keep", "--destroy", "--presenter", "--light"])
def test_what_does_not_go_with_the_plain_guide_is_refused_before_anything_starts(
    practised: list[dict[str, Any]], tmp_path: Path, flag: str
) -> None:
    assert cli.run(["rehearse", "--plain", flag, "--workspace", str(tmp_path)]) == 2
    assert practised == []


@pytest.mark.parametrize(("answer", "password"), [("yes", "typed by the customer"), ("no", "typed here")])
def test_in_a_rehearsal_the_customer_types_what_only_they_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, password: str
) -> None:
    given: list[str] = []

    def seed_target(_target: Any, _session: Any, *, inputs: Inputs, rotate: Any) -> SeedResult:
        del rotate
        given.append(inputs.database_password())
        return SeedResult((), ())

    monkeypatch.setattr("wizard.deploy.seeding.seed_target", seed_target)
    monkeypatch.setattr(common, "session_of", lambda _target: None)
    workspace = Workspace(with_examples(tmp_path))
    target = open_target(workspace, "acme-prod")
    script = Script([answer, "typed here"])
    desk = Desk(workspace, Talk(script), played=PLAYED)
    _seed(cast("Way", SimpleNamespace(desk=desk, talk=desk.talk)), target)
    assert given == [password]
