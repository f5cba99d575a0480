"""An engine is fetched, verified, and then there whole; or it is not there at all, and the reason is said."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.engine.release_server import VERSION, Server, Signing, packed, published, script, serving, wanted
from wizard.engine.installed import engines_dir, installed
from wizard.engine.locate import find_engine
from wizard.engine.release_fetch import source
from wizard.engine.release_install import Outcome, install, whole
from wizard.errors import EngineError


@pytest.fixture(scope="module")
def signing() -> Signing:
    return Signing()


@pytest.fixture
def server(signing: Signing) -> Iterator[Server]:
    with serving() as found:
        found.files = published(signing, wanted())
        yield found


class Site:
    """Where it is installed, from which server, with which key."""

    def __init__(self, folder: Path, server: Server, signing: Signing) -> None:
        self.engines, self.server = folder / "data" / "engines", server
        folder.mkdir(exist_ok=True)
        self.key: Path | None = signing.public(folder)

    def install(self, **options: object) -> Outcome:
        asked: dict[str, object] = {"place": self.server.url, "key": self.key} | options
        return install(wanted(), self.engines, **asked)  # type: ignore[arg-type]

    def refused(self, **options: object) -> EngineError:
        """Install, be refused, and find nothing of it: no engine, nothing half unpacked."""
        with pytest.raises(EngineError) as refused:
            self.install(**options)
        assert installed(self.engines) == ()
        assert [path for path in self.engines.rglob("*") if path.name in {"tofu", "LICENSE", "release.json"}] == []
        assert refused.value.action
        return refused.value


@pytest.fixture
def site(tmp_path: Path, server: Server, signing: Signing) -> Site:
    return Site(tmp_path, server, signing)


def test_it_is_there_runs_and_says_what_was_verified(site: Site, signing: Signing) -> None:
    outcome = site.install()
    assert (outcome.engine.kind, outcome.engine.version, outcome.fresh) == ("tofu", VERSION, True)
    record = outcome.installed.provenance
    assert record is not None
    assert record.key == signing.fingerprint
    assert record.key_of == "a builder <builder@example.com>"
    assert record.archive_digest == hashlib.sha256(site.server.files[wanted().archive]).hexdigest()
    assert record.binary == hashlib.sha256(outcome.engine.path.read_bytes()).hexdigest()
    assert whole(outcome.installed)
    assert find_engine(search_path="", engines=site.engines) == outcome.engine
    # What would lead out of the folder is not unpacked, and what was fetched does not stay.
    assert sorted(path.name for path in outcome.installed.folder.iterdir()) == ["LICENSE", "release.json", "tofu"]
    assert [path for path in site.engines.rglob("*") if path.name == "out" or path.suffix == ".gz"] == []


def test_the_list_and_its_signature_are_verified_before_the_archive_is_even_asked_for(site: Site) -> None:
    site.server.files[wanted().sums] += b"\n"
    assert "not signed by whom" in site.refused().title
    assert [name for name, _ in site.server.asked] == [wanted().sums, wanted().signature]


def test_an_archive_that_is_another_than_the_one_signed_is_refused(site: Site) -> None:
    site.server.files[wanted().archive] = packed({"tofu": script("OpenTofu v1.12.6 with something more")})
    error = site.refused()
    assert "not the file that was signed" in error.title
    assert hashlib.sha256(site.server.files[wanted().archive]).hexdigest() in error.cause
    assert list((site.engines / ".fetched").iterdir()) == []  # and is not gone on with


def test_a_release_without_a_signature_is_refused(site: Site) -> None:
    del site.server.files[wanted().signature]
    error = site.refused()
    assert error.title.startswith(wanted().signature)
    assert "404" in error.cause


def test_a_build_of_ones_own_needs_its_own_key(site: Site) -> None:
    site.key = None  # OpenTofu's
    assert "--key FILE" in site.refused().action


def test_a_platform_that_the_release_does_not_have_is_told(site: Site, signing: Signing) -> None:
    site.server.files = published(signing, wanted())
    sums = site.server.files[wanted().sums].replace(wanted().archive.encode(), b"tofu_1.12.6_plan9_386.tar.gz")
    site.server.files |= {wanted().sums: sums, wanted().signature: signing.sign(sums)}
    assert f"no {wanted().archive} in this release" in site.refused().title


def test_a_download_that_breaks_off_is_gone_on_with(site: Site) -> None:
    size = len(site.server.files[wanted().archive])
    site.server.cut = {wanted().archive: size // 2}
    error = site.refused()
    assert f"after {size // 2} of {size} bytes" in error.cause
    assert "goes on from there" in error.action
    outcome = site.install()
    assert outcome.resumed
    assert site.server.asked[-1] == (wanted().archive, f"bytes={size // 2}-")
    assert outcome.fresh


def test_a_server_that_knows_no_ranges_sends_all_of_it(site: Site) -> None:
    site.server.cut, site.server.ranges = {wanted().archive: 5000}, False
    site.refused()
    outcome = site.install()
    assert not outcome.resumed
    assert whole(outcome.installed)
    assert [name for name, _ in site.server.asked].count(wanted().archive) == 2, "all of it came with the first answer"


@pytest.mark.parametrize("left", [b"of something else", b"x" * (1 << 20)], ids=["shorter", "longer than the file"])
def test_a_beginning_that_does_not_fit_is_thrown_away_and_fetched_anew(site: Site, left: bytes) -> None:
    site.server.cut = {wanted().archive: 100}
    site.refused()
    (part,) = (site.engines / ".fetched").iterdir()
    part.write_bytes(left)
    assert whole(site.install().installed)


def test_half_a_list_is_told_and_not_read(site: Site) -> None:
    site.server.cut = {wanted().sums: 20}
    assert "bytes early" in site.refused().cause


def test_no_server_is_told_with_the_way_without_one(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    error = site.refused(place=f"http://127.0.0.1:{port}/v{{version}}")
    assert "refused" in error.cause
    assert "--from DIR" in error.action


def test_a_folder_serves_a_site_without_a_network(site: Site, tmp_path: Path) -> None:
    carried = tmp_path / "carried" / VERSION
    carried.mkdir(parents=True)
    for name, data in site.server.files.items():
        (carried / name).write_bytes(data)
    assert whole(site.install(place=str(tmp_path / "carried" / "{version}")).installed)
    assert site.server.asked == []


def test_nothing_else_than_a_url_or_a_folder_is_fetched_from() -> None:
    with pytest.raises(EngineError, match="nothing can be fetched from ftp:"):
        source("ftp://example.com/{version}", VERSION)
    with pytest.raises(EngineError, match="nothing can be fetched from file:"):
        source("file:///etc", VERSION)


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(site: Site) -> None:
    error = site.refused(free=lambda _: 1000)
    assert "not enough room" in error.title
    assert list((site.engines / ".fetched").iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_told(site: Site) -> None:
    site.engines.parent.parent.mkdir(exist_ok=True)
    site.engines.parent.write_text("a file where the folder should be")
    with pytest.raises(EngineError, match="could not be written"):
        site.install()


@pytest.mark.parametrize(
    ("says", "files", "title"),
    [
        ("Terraform v1.12.6", None, "not OpenTofu 1.12.6"),
        ("OpenTofu v1.12.5", None, "not OpenTofu 1.12.6"),
        ("", {"README": b"no engine in it"}, "holds no tofu"),
        ("", {"tofu": b"\x7fELF but not really"}, "cannot be run"),
    ],
)
def test_a_signed_archive_that_is_another_engine_is_refused(
    site: Site, signing: Signing, says: str, files: dict[str, bytes] | None, title: str
) -> None:
    site.server.files = published(signing, wanted(), says=says, files=files)
    assert title in site.refused().title


def test_what_is_there_and_whole_is_left_alone_and_nobody_is_asked(site: Site) -> None:
    first = site.install()
    inode, asked = first.engine.path.stat().st_ino, len(site.server.asked)
    again = site.install()
    assert not again.fresh
    assert again.engine == first.engine
    assert again.engine.path.stat().st_ino == inode
    assert len(site.server.asked) == asked


def test_one_that_was_altered_is_set_aside_while_it_runs_and_never_written_over(site: Site, signing: Signing) -> None:
    held = b'#!/bin/sh\necho "OpenTofu v1.12.6"\n[ "$1" = version ] || read line\n'
    site.server.files = published(signing, wanted(), files={"tofu": held})
    first = site.install()
    with first.engine.path.open("ab") as file:
        file.write(b"# altered\n")
    altered = first.engine.path.stat().st_ino
    assert not whole(first.installed)
    with subprocess.Popen([str(first.engine.path), "apply"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline()  # it runs
        second = site.install()
        assert second.fresh
        assert whole(second.installed)
        assert running.poll() is None
        assert altered in {path.stat().st_ino for path in site.engines.rglob("tofu")}  # its file is still there
        running.communicate(b"\n", timeout=60)
    assert running.returncode == 0


def test_two_installations_at_once_do_not_meet(site: Site) -> None:
    site.engines.mkdir(parents=True)
    with FileLock(site.engines / ".lock"):
        assert "another installation" in site.refused().title


def test_a_killed_installation_leaves_no_engine_and_the_next_one_is_whole(site: Site, tmp_path: Path) -> None:
    program = (
        "import sys, os, signal\nfrom pathlib import Path\nfrom wizard.engine import release_install\n"
        "from tests.engine.release_server import wanted\n"
        "release_install._the_one = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "release_install.install(wanted(), Path(sys.argv[1]), place=sys.argv[2], key=Path(sys.argv[3]))\n"
    )
    done = subprocess.run(
        [os.sys.executable, "-c", program, str(site.engines), site.server.url, str(site.key)],
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL
    assert installed(site.engines) == ()
    assert whole(site.install().installed)


def test_the_newest_of_ours_is_taken_and_only_after_what_is_on_path(site: Site, tmp_path: Path) -> None:
    site.install()
    for version in ("1.9.9", "1.12.10-rc1", "1.12.10", "1.13.0-rc1"):
        folder = site.engines / f"tofu-{version}"
        folder.mkdir()
        (folder / "tofu").write_bytes(script(f"OpenTofu v{version}"))
        (folder / "tofu").chmod(0o755)
    found = [item.version for item in installed(site.engines)]
    assert found == ["1.13.0-rc1", "1.12.10", "1.12.10-rc1", "1.12.6", "1.9.9"]
    (tmp_path / "bin").mkdir()
    path = tmp_path / "bin" / "terraform"
    path.write_bytes(script("Terraform v1.11.4"))
    path.chmod(0o755)
    assert find_engine(search_path=str(path.parent), engines=site.engines).path == path
    assert find_engine(search_path="", engines=site.engines).version == "1.13.0-rc1"


def test_it_lies_in_the_users_data_directory(tmp_path: Path) -> None:
    assert engines_dir({"XDG_DATA_HOME": "/data"}, tmp_path) == Path("/data/planewright/engines")
    assert engines_dir({}, tmp_path) == tmp_path / ".local/share/planewright/engines"
    assert json.dumps(str(engines_dir({"XDG_DATA_HOME": ""}, tmp_path))).endswith('.local/share/planewright/engines"')
