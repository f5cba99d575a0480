"""The script as text: every value is one word of its call, whatever it holds, and the shell's linter finds nothing."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.handoff.script import script
from tests.bounded import PATIENCE_S
from tests.handoff.test_steps import THEIRS, steps
from wizard.handoff.model import Parameters, Site, Zone

HOSTILE = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40)


def words_of(text: bytes, key: str) -> list[list[str]]:
    """The call of a step, once on the way there and once on the way back, as the shell reads it."""
    calls = text.decode().partition("# -- what is said")[0].partition("steps() {")[2]
    words = shlex.split(calls)
    starts = [number for number, word in enumerate(words) if word == "step" and words[number + 1] == key]
    return [words[start : start + 9] for start in starts]


@given(zone=HOSTILE, vpc=HOSTILE, title=HOSTILE)
def test_whatever_a_value_holds_it_stays_one_word(zone: str, vpc: str, title: str) -> None:
    step = next(step for step in steps() if step.key == "application.web.zone")
    hostile = replace(step, title=title, target=Zone(zone, vpc, "us-east-1", "host"))

    found = words_of(script([hostile], THEIRS, deployment="acme-prod"), step.key)

    call = ["step", step.key, title, "", "associate_zone", zone, vpc, "us-east-1", "}"]
    assert found == [call, call]


@pytest.mark.parametrize("name", ["acme\nrm -rf /", "acme prod", "$(id)", ""])
def test_no_name_leaves_the_comments_at_its_top(name: str) -> None:
    with pytest.raises(ValueError, match="comment"):
        script(steps(), THEIRS, deployment=name)


def test_a_shell_runs_a_hostile_value_as_text(tmp_path: Path) -> None:
    step = next(step for step in steps() if step.key == "database.parameters")
    assert isinstance(step.target, Parameters)
    bad = "'; touch owned; $(touch owned) `touch owned` \"\nstep x y"
    path = tmp_path / "handoff.sh"
    path.write_bytes(script([replace(step, title=bad)], THEIRS, deployment="acme-prod"))

    ran = subprocess.run(["sh", str(path), "--list"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE_S)

    assert ran.returncode == 0
    assert "touch owned" in ran.stdout
    assert not (tmp_path / "owned").exists()


def test_the_same_steps_give_the_same_bytes_and_other_sites_are_not_in_it() -> None:
    assert script(steps(), THEIRS, deployment="acme-prod") == script(steps(), THEIRS, deployment="acme-prod")
    other = script(steps(), Site("333333333333", "us-east-1"), deployment="acme-prod").decode()
    assert "pcx-db" not in other


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_a_posix_shell_reads_it(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    path = tmp_path / "handoff.sh"
    path.write_bytes(script(steps(), THEIRS, deployment="acme-prod"))

    assert subprocess.run([shell, "-n", str(path)], capture_output=True, text=True, timeout=PATIENCE_S).stderr == ""


def test_the_shells_linter_finds_nothing(tmp_path: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not here")
    path = tmp_path / "handoff.sh"
    path.write_bytes(script(steps(), THEIRS, deployment="acme-prod"))

    ran = subprocess.run(["shellcheck", "-s", "sh", str(path)], capture_output=True, text=True, timeout=PATIENCE_S)

    assert ran.stdout == ""


@pytest.mark.parametrize("wrong", [["--what"], ["--only"], ["--route-tables", "rtb-1"], ["--only", "nothing"]])
def test_a_wrong_option_is_said_before_anything_is_called(wrong: list[str], tmp_path: Path) -> None:
    path = tmp_path / "handoff.sh"
    path.write_bytes(script(steps(), THEIRS, deployment="acme-prod"))

    ran = subprocess.run(
        ["sh", str(path), *wrong], capture_output=True, text=True, timeout=PATIENCE_S, env={"PATH": "/usr/bin:/bin"}
    )

    assert ran.returncode == 2
    assert ran.stderr
