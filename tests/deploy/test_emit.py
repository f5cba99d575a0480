"""Emitting writes what changed, whole, and never over what a person has edited."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from wizard import files as writing
from wizard.deploy import emit as emitting
from wizard.deploy import manifest as manifesting
from wizard.deploy.differences import Compared, Fate, compare, differences, edited_files
from wizard.deploy.emit import emit
from wizard.deploy.manifest import LOCK, MANIFEST, checksum
from wizard.errors import EditedFileError, InputError
from wizard.files import digest

ONE = {"main.tf": b"# one\n", "modules/nodes/main.tf": b"# nodes\n", "watcher.zip": b"PK\x03\x04\xff\xfe"}


def lock(version: str, *, host: str = "registry.opentofu.org", hashes: str = "h1:a") -> bytes:
    return (
        f'provider "{host}/hashicorp/aws" {{\n  version     = "{version}"\n  constraints = "~> 5.100"\n'
        f'  hashes = [\n    "{hashes}",\n  ]\n}}\n'
    ).encode()


def on_disk(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def test_files_are_written_with_a_manifest_of_their_digests(tmp_path: Path) -> None:
    emitted = emit(tmp_path, ONE)
    assert on_disk(tmp_path) == ONE
    assert emitted.written == tuple(sorted(ONE))
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert set(manifest["files"]) == set(ONE)
    assert "pending" not in manifest


def test_emitting_the_same_again_touches_no_file(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    emitted = emit(tmp_path, ONE)
    assert emitted.written == ()
    assert emitted.unchanged == tuple(sorted(ONE))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_only_what_changed_is_written_and_what_is_no_more_is_removed(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    emitted = emit(tmp_path, {"main.tf": b"# two\n", "watcher.zip": ONE["watcher.zip"]})
    assert (emitted.written, emitted.unchanged) == (("main.tf",), ("watcher.zip",))
    assert emitted.removed == ("modules/nodes/main.tf",)
    assert not (tmp_path / "modules").exists(), "a folder that became empty goes too"


def test_files_that_a_person_added_are_left_alone(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    (tmp_path / "modules/nodes/mine.tf").write_text("# mine\n")
    emit(tmp_path, {"main.tf": b"# two\n"})
    assert on_disk(tmp_path) == {"main.tf": b"# two\n", "modules/nodes/mine.tf": b"# mine\n"}


def test_an_edited_file_stops_everything_and_shows_the_difference(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    (tmp_path / "main.tf").write_text("# one\n# by hand\n")
    before = on_disk(tmp_path)
    with pytest.raises(EditedFileError) as caught:
        emit(tmp_path, {**ONE, "main.tf": b"# two\n", "new.tf": b"# new\n"})
    assert on_disk(tmp_path) == before, "nothing at all is written"
    assert set(caught.value.differences) == {"main.tf"}
    assert "-# by hand\n" in caught.value.differences["main.tf"]
    assert "+# two\n" in caught.value.differences["main.tf"]
    assert edited_files(tmp_path) == ("main.tf",)


def test_an_edited_file_that_is_emitted_no_more_is_not_removed_either(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    (tmp_path / "main.tf").write_text("# by hand\n")
    with pytest.raises(EditedFileError):
        emit(tmp_path, {"watcher.zip": ONE["watcher.zip"]})
    assert (tmp_path / "main.tf").read_text() == "# by hand\n"


def test_a_file_that_stands_where_one_is_to_be_emitted_counts_as_edited(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# mine\n")
    with pytest.raises(EditedFileError):
        emit(tmp_path, ONE)
    assert on_disk(tmp_path) == {"main.tf": b"# mine\n"}


def test_an_edit_that_says_what_would_be_emitted_is_none(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    (tmp_path / "main.tf").write_text("# two\n")
    assert emit(tmp_path, {**ONE, "main.tf": b"# two\n"}).written == ()


def test_force_sets_the_person_s_version_aside_each_time(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    for number in (1, 2):
        (tmp_path / "main.tf").write_text(f"# by hand {number}\n")
        assert emit(tmp_path, ONE, force=True).kept == (f"main.tf.edited-{number}",)
    assert (tmp_path / "main.tf").read_bytes() == ONE["main.tf"]
    assert (tmp_path / "main.tf.edited-1").read_text() == "# by hand 1\n"
    assert (tmp_path / "main.tf.edited-2").read_text() == "# by hand 2\n"


def test_a_file_that_was_deleted_is_emitted_again(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    (tmp_path / "main.tf").unlink()
    assert emit(tmp_path, ONE).written == ("main.tf",)


@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("second", range(6))
def test_a_crash_between_two_files_leaves_nothing_that_looks_like_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, second: int
) -> None:
    emit(tmp_path, ONE)
    left = 0

    def crashing(path: Path, content: str | bytes, *, mode: int = 0o644) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        writing.write_atomic(path, content, mode=mode)

    two = {"main.tf": b"# two\n", "added.tf": b"# a\n", "watcher.zip": b"PK2\xff"}
    three = {"main.tf": b"# three\n", "modules/nodes/main.tf": b"# nodes 3\n"}
    for left, attempt in ((first, two), (second, {**two, "main.tf": b"# two and a half\n", "watcher.zip": b"PK3\xff"})):  # noqa: B007 - read by crashing
        for module in (emitting, manifesting):
            monkeypatch.setattr(module, "write_atomic", crashing)
        with contextlib.suppress(KeyboardInterrupt):
            emit(tmp_path, attempt)
        monkeypatch.undo()
    emit(tmp_path, three)
    assert on_disk(tmp_path) == three


def test_the_lock_file_is_the_engine_s_once_it_is_there(tmp_path: Path) -> None:
    emit(tmp_path, {**ONE, LOCK: lock("5.100.0")})
    engine = lock("5.100.0", host="registry.terraform.io", hashes="h1:b")
    (tmp_path / LOCK).write_bytes(engine)
    emitted = emit(tmp_path, {**ONE, LOCK: lock("5.100.0")})
    assert LOCK in emitted.unchanged
    assert (tmp_path / LOCK).read_bytes() == engine
    assert differences(tmp_path, {**ONE, LOCK: lock("5.100.0")}) == {}
    assert edited_files(tmp_path) == ()


def test_the_lock_file_is_written_anew_when_the_pinned_provider_changes(tmp_path: Path) -> None:
    emit(tmp_path, {**ONE, LOCK: lock("5.100.0")})
    (tmp_path / LOCK).write_bytes(lock("5.100.0", hashes="h1:b"))
    assert emit(tmp_path, {**ONE, LOCK: lock("5.101.0")}).written == (LOCK,)
    assert (tmp_path / LOCK).read_bytes() == lock("5.101.0")


def test_differences_show_what_would_change_and_change_nothing(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    before = on_disk(tmp_path)
    shown = differences(tmp_path, {"main.tf": b"# two\n", "new.tf": b"# new\n", "watcher.zip": b"PK\xff"})
    assert set(shown) == {"main.tf", "new.tf", "watcher.zip", "modules/nodes/main.tf"}
    assert "--- /dev/null" in shown["new.tf"]
    assert "+++ /dev/null" in shown["modules/nodes/main.tf"]
    assert "binary" in shown["watcher.zip"]
    assert on_disk(tmp_path) == before


def test_a_manifest_that_cannot_be_read_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    for content in ("{", "[]", '{"files": 3}', '{"files": {"../../etc/passwd": "x"}}'):
        (tmp_path / MANIFEST).write_text(content)
        with pytest.raises(InputError, match=r"manifest\.json"):
            emit(tmp_path, {})
    assert on_disk(tmp_path) == ONE


@pytest.mark.parametrize("name", ["/etc/passwd", "../main.tf", "a/../../b", "./main.tf", MANIFEST])
def test_no_path_leads_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no path inside"):
        emit(tmp_path / "stack", {name: b""})
    assert not (tmp_path / "stack").exists()


def test_three_things_decide_what_becomes_of_a_file(tmp_path: Path) -> None:
    emit(tmp_path, dict.fromkeys(("same", "modified", "removed", "edited", "both", "gone", "deleted"), b"# emitted\n"))
    for name in ("edited", "both", "gone", "stands"):
        (tmp_path / name).write_bytes(b"# by hand\n")
    (tmp_path / "deleted").unlink()
    (tmp_path / "of-mine").write_bytes(b"# my own\n")
    kept = dict.fromkeys(("same", "edited", "deleted"), b"# emitted\n")
    found = compare(tmp_path, {**kept, **dict.fromkeys(("modified", "both", "added", "stands"), b"# now\n")})
    assert {one.name: (one.fate, one.note) for one in found} == {
        "added": (Fate.ADDED, ""),
        "both": (Fate.EDITED, "what would be emitted has changed as well"),
        "deleted": (Fate.ADDED, "it was deleted by hand"),
        "edited": (Fate.EDITED, ""),
        "gone": (Fate.EDITED, "it would be removed"),
        "modified": (Fate.MODIFIED, ""),
        "removed": (Fate.REMOVED, ""),
        "same": (Fate.SAME, ""),
        "stands": (Fate.EDITED, "it was never emitted, and stands where one is to be"),
    }


def test_each_of_the_three_is_known_by_its_digest(tmp_path: Path) -> None:
    emit(tmp_path, {"a": b"1"})
    (tmp_path / "a").write_bytes(b"2")
    assert compare(tmp_path, {"a": b"3"}) == (Compared("a", Fate.EDITED, digest(b"1"), digest(b"2"), digest(b"3")),)


def test_the_checksum_is_of_names_and_contents_and_of_a_folder_where_one_is_named(tmp_path: Path) -> None:
    emit(tmp_path, ONE)
    written = json.loads((tmp_path / MANIFEST).read_text())
    known = {name: digest(data) for name, data in ONE.items()}
    assert written["checksum"] == checksum(known)
    renamed = {**known, "other.tf": known["main.tf"]}
    del renamed["main.tf"]
    assert len({checksum(known), checksum(renamed), checksum({**known, "main.tf": digest(b"2")})}) == 3
    assert checksum(known, under="modules/") == checksum(renamed, under="modules/") != ""
    assert checksum(known, under="nothing/") == ""
