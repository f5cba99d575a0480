"""The program as systemd runs it: its marker, its exit code, its size."""

from __future__ import annotations

import ast
import base64
import lzma
import stat
import sys
from pathlib import Path

import pytest

from assets.boot import boot
from tests.boot.conftest import VOLUMES, Machine, config

SOURCE = Path(boot.__file__)
PACKED = SOURCE.with_suffix(".py.xz.b85")


def test_a_finished_boot_leaves_a_marker_that_says_what_was_made(machine: Machine) -> None:
    machine.volumes()
    instance = machine.path("/var/lib/cloud/data/instance-id")
    instance.parent.mkdir(parents=True)
    instance.write_text("i-0123456789abcdef0\n")
    result = machine.run_program()
    assert result.returncode == 0, result.stderr
    marker = machine.marker()
    assert marker["version"] == marker["boot_version"] == boot.BOOT_VERSION
    assert (marker["role"], marker["deployment"]) == ("ingestion", "acme")
    assert marker["instance_id"] == "i-0123456789abcdef0"
    assert marker["simulated"] is False
    assert marker["finished_at"]
    assert "failed" not in marker
    assert list(marker["steps"]) == [
        "aws_cli",
        "configuration",
        "packages",
        "certificate_authority",
        "storage",
        "secrets",
        "package",
    ]
    assert stat.S_IMODE(machine.path(boot.MARKER).stat().st_mode) == 0o644


def test_a_failed_boot_says_where_and_why_and_has_no_version(machine: Machine) -> None:
    changed = config("fdw")
    changed["database"]["ca"]["kind"] = "mystery"
    machine.configure(changed)
    assert machine.boot() == 1
    marker = machine.marker()
    assert marker["failed"] == {
        "step": "certificate_authority",
        "reason": "unknown kind of certificate authority: mystery",
    }
    assert "version" not in marker
    assert marker["finished_at"] is None
    assert "packages" in marker["steps"]


def test_a_boot_that_begins_takes_back_what_the_last_one_said(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.configure(config("fdw"))
    assert machine.boot() == 0

    def die(*_args: object) -> str:
        raise KeyboardInterrupt  # as if the machine went down

    monkeypatch.setattr(boot, "install_packages", die)
    with pytest.raises(KeyboardInterrupt):
        machine.boot()
    marker = machine.marker()
    assert marker["running"] == "packages"
    assert "version" not in marker


def test_after_a_failure_the_next_run_goes_all_the_way(machine: Machine) -> None:
    for volume in VOLUMES[:4]:
        machine.volume(volume)
    assert machine.boot() == 1
    machine.volume(VOLUMES[4])
    assert machine.boot() == 0
    assert "failed" not in machine.marker()


def test_a_file_is_replaced_whole_or_not_at_all(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    path = machine.path("/etc/planewright/some")
    boot.write(path, "old")

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(boot.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        boot.write(path, "new")
    assert path.read_text() == "old"
    assert [file.name for file in path.parent.iterdir()] == ["some"]


def test_a_word_it_does_not_know_is_refused(machine: Machine) -> None:
    assert machine.run_program("format").returncode == 2
    assert not machine.calls()


def test_it_needs_python_3_10_and_nothing_else() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 10))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert names <= sys.stdlib_module_names


def test_it_leaves_room_in_ec2s_16_kib_of_user_data() -> None:
    # The script around the program has some 1,300 bytes.
    assert len(PACKED.read_bytes()) < 16 * 1024 - 1500


def test_what_nodes_unpack_is_the_program_that_is_read_here() -> None:
    # `make boot` packs it anew.
    assert lzma.decompress(base64.b85decode(PACKED.read_bytes())) == SOURCE.read_bytes()


def test_no_line_ends_the_here_document_that_carries_it() -> None:
    assert not [line for line in SOURCE.read_text().splitlines() if line.startswith("PLANEWRIGHT_")]
