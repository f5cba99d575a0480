"""The scripts that go to nodes: what every shell and SSM take, and what comes back from them."""

from __future__ import annotations

import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.verify.scripts import said, script

SCRIPTS = sorted(Path(str(resources.files("assets") / "probes")).glob("*.sh"), key=lambda path: path.name)


def test_these_are_all() -> None:
    assert [path.stem for path in SCRIPTS] == ["marker", "psql", "read", "resolve", "tcp"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_shell_can_read_it(path: Path) -> None:
    assert subprocess.run(["sh", "-n", str(path)], capture_output=True).returncode == 0
    assert "set -eu" in path.read_text()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_ssm_takes_it_as_it_is(path: Path) -> None:
    text = path.read_text()

    assert "{{" not in text, "SSM would take it for a parameter of the document"
    assert text.splitlines() == text.split("\n")[:-1], "it is sent line by line"
    assert text.isascii()


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_no_input_reaches_the_shell_as_anything_but_a_value(value: str) -> None:
    rendered = script("resolve", {"HOST": value})
    assignment = rendered[: -len(script("resolve"))]

    shown = subprocess.run(["sh", "-c", f'{assignment}printf %s "$HOST"'], capture_output=True, timeout=120)

    assert shown.stdout == value.encode()


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ('{"a": 1}', {"a": 1}),
        ('noise\n{"a": 1}\n\n', {"a": 1}),
        ('{"a": 1}\nlast words', None),
        ("[1]", None),
        ("", None),
    ],
)
def test_only_a_json_object_on_the_last_line_counts_as_said(output: str, wanted: Any) -> None:
    assert said(output) == wanted
