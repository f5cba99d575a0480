"""Packing files so that the same files give the same bytes, whoever packs them, when and where."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

from wizard.errors import InputError


def packed(files: Mapping[str, bytes], *, root: str) -> bytes:
    """Give a tar.gz of the files, by name, below one folder `root`. Nobody's name, no time but 1980, no link is in it."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in sorted(files.items()):
            info = tarfile.TarInfo(f"{root}/{name}")
            info.size, info.mode, info.mtime = len(data), 0o644, 315532800
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), compresslevel=6, mtime=0)


def write_new(path: Path, data: bytes) -> None:
    """Write a file for its owner alone. Raises InputError when there is one already, or it cannot be written."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise InputError(f"{path} is there already", action="name another file: --out FILE") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written", cause=error.strerror or str(error), action="--out FILE") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
