"""What an operator says of addresses is read before anything is done, and is refused where nothing is rebuilt."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workspaces import with_examples
from wizard import cli
from wizard.cli import plan
from wizard.deploy.state.accidents import Diagnosis, Doing, Step, Trouble
from wizard.deploy.target import open_target
from wizard.walk import recovery
from wizard.walk.recovery import Looked, Took
from wizard.workspace import Workspace

VOLUME = 'module.nodes.aws_ebs_volume.data["data-0"]'


class Told:
    """A command line, and what came of it: which steps were taken, and what was said."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = with_examples(root)
        self.capsys = capsys
        self.opened = 0
        self.taken: list[Doing] = []
        self.found = Diagnosis(
            (Trouble.LEFT_OVER,),
            ("x",),
            (Step(Doing.SET_ASIDE, "keep it under another name"), Step(Doing.PLAN, "plan")),
        )
        patch.setattr(plan, "open_both", self.open)
        patch.setattr(recovery, "look", lambda *_, **__: Looked(SimpleNamespace(), self.found))  # type: ignore[arg-type]
        patch.setattr(recovery, "take", self.take)

    def open(self, args: Any, **_: Any) -> Any:
        self.opened += 1
        return open_target(Workspace(self.root), args.name), SimpleNamespace()

    def take(self, step: Step, *_: Any, **__: Any) -> Took:
        self.taken.append(step.doing)
        return Took("done", () if step.doing is Doing.PLAN else None)

    def run(self, *arguments: str) -> tuple[int, str]:
        code = cli.run(["state", "recover", "acme-prod", "instance", *arguments, "--workspace", str(self.root)])
        said = self.capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("flags", [("--import", "vol-1"), ("--anew", "the volume")])
def test_what_names_no_address_is_refused_before_anything_is_looked_at(told: Told, flags: tuple[str, str]) -> None:
    code, said = told.run(*flags, "--yes")

    assert code == 2
    assert flags[1] in said
    assert told.opened == 0


@pytest.mark.parametrize("flags", [("--import", f"{VOLUME}=vol-1"), ("--anew", VOLUME)])
def test_where_nothing_is_rebuilt_it_is_refused_with_the_command_that_imports(
    told: Told, flags: tuple[str, str]
) -> None:
    code, said = told.run(*flags, "--yes")

    assert code == 2
    assert "planewright drift acme-prod instance --import 'ADDRESS=ID'" in said
    assert told.taken == []


def test_where_there_is_no_way_on_at_all_that_is_told(told: Told) -> None:
    told.found = Diagnosis((Trouble.BUSY,), ("x",), (), "wait for it")

    code, said = told.run("--anew", VOLUME)

    assert code == 1
    assert "wait for it" in said


def test_without_them_each_step_is_taken(told: Told) -> None:
    assert told.run("--yes")[0] == 0
    assert told.taken == [Doing.SET_ASIDE, Doing.PLAN]
