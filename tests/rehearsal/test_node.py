"""Programs of a rehearsed node: getent and psql see the network as the node does, and never the machine's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.rehearsal import node

PROGRAMS = Path(node.__file__).parent
NAMES = {"db.acme.example.com": ["10.20.1.10"], "two.example.com": ["10.64.0.1", "10.64.0.2"]}
ADDRESSES = {"10.20.1.10": "127.30.1.1", "10.64.0.1": "127.30.1.2", "10.64.0.2": "127.30.1.3"}


@pytest.fixture
def view(tmp_path: Path) -> Path:
    path = tmp_path / "view.json"
    path.write_text(json.dumps({"names": NAMES, "addresses": ADDRESSES}))
    return path


def getent(view: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(PROGRAMS / "getent.py"), str(view), *words]
    return subprocess.run(command, capture_output=True, text=True)


def psql(view: Path, *words: str, **variables: str) -> tuple[int, list[str], str]:
    """Run it with a psql that tells what it was called with."""
    program = view.parent / "psql"
    program.write_text('#!/bin/sh\necho "$PGHOSTADDR"\nfor word in "$@"; do echo "$word"; done\n')
    program.chmod(0o755)
    command = [sys.executable, "-I", "-S", str(PROGRAMS / "psql.py"), str(view), str(program), *words]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"], **variables})
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_getent_answers_with_the_nodes_loopback_addresses(view: Path) -> None:
    assert getent(view, "hosts", "DB.acme.example.com").stdout.split() == ["127.30.1.1", "DB.acme.example.com"]
    lines = getent(view, "ahostsv4", "two.example.com").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["127.30.1.2"] * 3 + ["127.30.1.3"] * 3
    assert lines[0].split() == ["127.30.1.2", "STREAM", "two.example.com"]


def test_getent_exchanges_an_address_that_the_node_was_given(view: Path) -> None:
    assert getent(view, "hosts", "10.20.1.10").stdout.split()[0] == "127.30.1.1"


def test_getent_does_not_know_a_name_of_the_machine_or_of_the_internet(view: Path) -> None:
    for name in ("localhost", "example.com", "10.9.9.9"):
        answer = getent(view, "hosts", name)
        assert (answer.returncode, answer.stdout) == (2, "")
    assert getent(view, "ahostsv6", "db.acme.example.com").returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        ("-h", "db.acme.example.com"),
        ("--host=db.acme.example.com",),
        ("host=db.acme.example.com port=5432",),
        ("-d", "host='db.acme.example.com' port=5432"),
        ("postgresql://springtail@db.acme.example.com:5432/postgres",),
    ],
)
def test_psql_resolves_the_host_as_the_node_does(view: Path, words: tuple[str, ...]) -> None:
    assert psql(view, *words) == (0, ["127.30.1.1", *words], "")


def test_psql_keeps_or_exchanges_an_address_that_is_given(view: Path) -> None:
    assert psql(view, "host=x hostaddr=10.20.1.10")[1] == ["", "host=x hostaddr=127.30.1.1"]
    assert psql(view, "host=x hostaddr='127.30.1.1'")[1] == ["", "host=x hostaddr='127.30.1.1'"]
    assert psql(view, "host=x", PGHOSTADDR="10.20.1.10")[1] == ["127.30.1.1", "host=x"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("host=x hostaddr=127.0.0.1",), "Network is unreachable"),
        (("host=x hostaddr=203.0.113.9",), "Network is unreachable"),
        (("-h", "localhost"), "could not translate host name"),
    ],
)
def test_psql_never_leaves_the_nodes_own_network(view: Path, words: tuple[str, ...], says: str) -> None:
    code, called, problem = psql(view, *words)

    assert (code, called) == (2, [])
    assert says in problem


def test_psql_without_a_host_is_left_alone(view: Path) -> None:
    assert psql(view, "--version") == (0, ["", "--version"], "")
