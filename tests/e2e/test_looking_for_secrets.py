"""What looks for secrets finds them: one is planted in each kind of thing that the journey writes, and in a process."""

from __future__ import annotations

import base64
import gzip
import io
import subprocess
import sys
import tarfile
import time
import urllib.parse
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.canaries import fresh
from tests.e2e.conftest import Arguments
from tests.e2e.secrets import found_in

SECRET = fresh()


def zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", data)
    return packed.getvalue()


def tarred(data: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("support/journal.jsonl")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("answers.yaml", lambda secret: b"database:\n  password: " + secret),
        ("runs/1/engine.jsonl", lambda secret: b'{"@message":"connecting with ' + secret + b'"}\n'),
        ("runs/1/plan.bin", zipped),
        ("runs/1/plan-with-a-state.bin", lambda secret: zipped(zipped(secret))),
        ("handoff/handoff.html", lambda secret: b"<code>postgresql://a:" + urllib.parse.quote(secret).encode()),
        ("reports/report.md", lambda secret: b"> " + secret),
        ("support.tar.gz", tarred),
        ("facts.json.gz", gzip.compress),
        ("world.log", lambda secret: b"\xff\xfe" + secret + b"\x00"),
        *(
            (f"user-data-{shift}", lambda secret, shift=shift: base64.b64encode(b"x" * shift + secret))
            for shift in range(3)
        ),
    ],
)
def test_a_secret_is_found_in_whatever_is_written(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack(fresh().encode()))
    assert found_in(tmp_path, [SECRET]) == []

    path.write_bytes(pack(SECRET.encode()))

    assert found_in(tmp_path, [SECRET]) == [name]


def test_a_secret_is_seen_among_the_arguments_of_a_process_of_a_process() -> None:
    watcher = Arguments()
    watcher.start()
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()', '{SECRET}'])"
    process = subprocess.Popen([sys.executable, "-c", inner], stdin=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not any(seen.endswith(f"input() {SECRET}") for seen in watcher.seen) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.communicate(b"\n")
    watcher.end()

    assert any(seen.endswith(f"input() {SECRET}") for seen in watcher.seen)
