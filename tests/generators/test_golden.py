"""The emitted root of every example, file by file, as a person would review it.

Regenerate after a change that is meant, and read the difference: `PLANEWRIGHT_UPDATE_GOLDEN=1 pytest tests/generators`.
Modules are copies of assets/modules (test_emitting.py holds that), so only their names are kept here.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.generators.samples import LOCKS, STACKS, STORAGES, stack_files

GOLDEN = Path(__file__).parents[1] / "golden"
LISTING = "FILES"


def _reviewed(files: dict[str, bytes]) -> dict[str, bytes]:
    kept = {name: data for name, data in files.items() if not name.startswith("modules/") and not name.endswith(".zip")}
    return {**kept, LISTING: "".join(f"{name}\n" for name in files).encode()}


def _saved(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("stack", STACKS)
def test_the_emitted_root_is_the_one_that_was_reviewed(stack: str) -> None:
    compare(GOLDEN / stack, _reviewed(stack_files(stack)))


@pytest.mark.parametrize("storage", STORAGES)
def test_another_storage_changes_the_values_that_were_reviewed_and_no_code(storage: str) -> None:
    example, emitted = stack_files("public/instance"), stack_files("public/instance", storage)
    differing = {name: data for name, data in emitted.items() if data != example[name]}
    assert sorted(emitted) == sorted(example)
    assert list(differing) == ["terraform.tfvars.json"]
    compare(GOLDEN / storage / "instance", differing)


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("stack", STACKS)
def test_another_lock_changes_the_backend_that_was_reviewed_and_nothing_else(stack: str, lock: str) -> None:
    example, emitted = stack_files(stack), stack_files(stack, state=LOCKS[lock])
    differing = {name: data for name, data in emitted.items() if data != example[name]}
    assert sorted(emitted) == sorted(example)
    assert list(differing) == ["backend.tf.json"]
    if stack == "shard/shard":
        compare(GOLDEN / lock / "shard", differing)


def compare(folder: Path, emitted: dict[str, bytes]) -> None:
    """Hold emitted files against the saved ones, or save them when told to."""
    if os.environ.get("PLANEWRIGHT_UPDATE_GOLDEN"):
        shutil.rmtree(folder, ignore_errors=True)
        for name, data in emitted.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    saved = _saved(folder)
    assert sorted(emitted) == sorted(saved)
    for name, data in emitted.items():
        assert data.decode() == saved[name].decode(), f"{folder}/{name}"
