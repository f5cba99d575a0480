"""A local state has its versions and backups in files; its lock ends with whoever held it, whatever a file still says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bounded import bounded
from tests.deploy.state.test_document import resource, state
from wizard.aws.state_locks import is_lock
from wizard.deploy.state.holding import holding
from wizard.deploy.state.shelf import LocalShelf
from wizard.engine import aftermath, local_lock, locks
from wizard.engine.aftermath import Held
from wizard.engine.processes import me
from wizard.errors import BlockedError, EngineError, StateLockedError

HELD = {"ID": "ab-12", "Operation": "OperationTypeApply", "Who": me(), "Created": "2026-11-21T03:55:01.5Z"}

#: Holds a file as the engine does, says so, and waits until somebody ends it.
HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def shelf(tmp_path: Path) -> LocalShelf:
    shelf = LocalShelf(tmp_path / "stack", tmp_path / "kept")
    shelf.folder.mkdir()
    (shelf.folder / local_lock.STATE).write_bytes(state(resource("now"), serial=5))
    (shelf.folder / "terraform.tfstate.backup").write_bytes(state(serial=4))
    return shelf


def test_a_local_state_has_the_one_before_as_its_version_and_private_files_as_backups(shelf: LocalShelf) -> None:
    before = shelf.read("terraform.tfstate.backup")
    assert before is not None
    assert json.loads(before.content)["serial"] == 4
    assert [version.latest for version in shelf.versions()] == [True, False]

    where = Path(shelf.keep("20261121T035501Z-serial-4-ab12cd34", before.content))
    assert (where.stat().st_mode & 0o777, where.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [backup.id for backup in shelf.backups()] == ["20261121T035501Z-serial-4-ab12cd34"]
    assert shelf.read_backup("../stack/terraform") is None, "an id is a name, and no path"


def test_a_local_state_that_a_process_holds_is_neither_written_nor_unlocked(shelf: LocalShelf) -> None:
    (shelf.folder / ".terraform.tfstate.lock.info").write_text(json.dumps(HELD))
    path = shelf.folder / local_lock.STATE
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        with bounded(holder):
            assert holder.stdout.readline() == "held\n"
        with pytest.raises(BlockedError, match="not held to state restore"), shelf.held("state restore"):
            pass
        with pytest.raises(BlockedError, match="a process on this machine holds"):
            shelf.release("ab-12")
        with bounded(holder):
            holder.communicate()

    with shelf.held("state restore"):
        shelf.overwrite(b"{}")
    assert local_lock.local_lock(shelf.folder) is not None
    shelf.release("ab-12")
    assert local_lock.local_lock(shelf.folder) is None


class Engine:
    """What unlocking asks of an engine."""

    def __init__(self, folder: Path) -> None:
        self.stack_dir = folder
        self.unlocked: list[str] = []
        self.subject = type("Subject", (), {"name": "acme"})

    def force_unlock(self, lock_id: str) -> None:
        self.unlocked.append(lock_id)


def test_the_lock_file_that_a_dead_engine_left_is_removed_here_since_no_engine_can(shelf: LocalShelf) -> None:
    (shelf.folder / ".terraform.tfstate.lock.info").write_text(json.dumps(HELD))
    lock = local_lock.local_lock(shelf.folder)
    assert lock is not None
    engine: Any = Engine(shelf.folder)

    assert "removed lock ab-12" in aftermath.unlock(engine, Held(lock, "our run, dead"))
    assert local_lock.local_lock(shelf.folder) is None
    assert engine.unlocked == []


class Memory:
    """A lock in memory."""

    url = "s3://states/key"

    def __init__(self) -> None:
        self.content: str | None = None

    def lock(self, content: str) -> bool:
        if self.content is not None:
            return False
        self.content = content
        return True

    def read_lock(self) -> bytes | None:
        return None if self.content is None else self.content.encode()

    def unlock(self, lock_id: str) -> None:
        if is_lock(self.read_lock(), lock_id):
            self.content = None


def test_a_command_that_holds_a_state_is_known_for_alive_and_lets_nobody_else_have_it() -> None:
    memory = Memory()
    with holding(memory, "state restore", name="acme"):
        lock = locks.from_json(memory.content or "")
        assert lock is not None
        assert (lock.who, lock.doing, lock.path) == (me(), "state restore", "states/key")
        held = aftermath.whose(lock, ())
        assert (held.owner, held.alive) == ("our command, alive", True)
        with pytest.raises(EngineError, match="its command is alive"):
            aftermath.require_dead(held, "acme", sure=True)
        with pytest.raises(StateLockedError, match="somebody holds"), holding(memory, "state restore", name="acme"):
            pass
    assert memory.content is None


def test_a_state_is_given_back_however_its_command_ends() -> None:
    memory = Memory()
    with pytest.raises(KeyboardInterrupt), holding(memory, "state restore", name="acme"):
        raise KeyboardInterrupt
    assert memory.content is None


def test_the_lock_of_a_command_that_has_died_is_known_for_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as gone:
        pass
    lock = locks.from_json(json.dumps({**HELD, "Info": f"planewright process {gone.pid} started boot/123"}))
    assert lock is not None

    assert aftermath.whose(lock, ()).owner == "our command, dead"


def test_a_lock_that_somebody_else_has_taken_since_is_left() -> None:
    memory = Memory()
    memory.content = json.dumps(HELD)

    memory.unlock("another")
    assert memory.content is not None
    memory.unlock("ab-12")
    assert memory.content is None


def test_a_try_that_was_made_twice_finds_its_own_lock() -> None:
    class Twice(Memory):
        def lock(self, content: str) -> bool:
            super().lock(content)
            return super().lock(content)

    memory = Twice()
    with holding(memory, "state restore", name="acme"):
        assert memory.content is not None
    assert memory.content is None
