"""`planewright rehearse --screens`: it is the program's start that lends it the screens."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from wizard import cli
from wizard.cli import common
from wizard.walk.opening import Wanted


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(common, "interactive", lambda: True)


class Screens:
    """Keeps what it was asked for, and what of the world was alive then."""

    def __init__(self) -> None:
        self.wanted: Wanted | None = None
        self.alive: list[psutil.Process] = []

    def __call__(self, wanted: Wanted) -> int:
        self.wanted, self.alive = wanted, psutil.Process().children(recursive=True)
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
    assert psutil.wait_procs(screens.alive, timeout=10)[1] == []


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
