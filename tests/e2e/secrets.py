"""Looking for secrets in whatever the journey has written, packed files included."""

from __future__ import annotations

import base64
import gzip
import io
import urllib.parse
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path


def spellings(secret: str) -> tuple[bytes, ...]:
    """The forms in which a secret may hide: as it is, in base64 (of any alignment), in a URL."""
    raw = secret.encode()
    aligned = {base64.b64encode(b"x" * shift + raw)[4 * bool(shift) :].rstrip(b"=")[:-1] for shift in (0, 1, 2)}
    # Base64 mixes in neighbours at both ends: only the middle is certain.
    middles = {piece[2:-2] for piece in aligned if len(piece) > 16}
    return (raw, urllib.parse.quote(secret, safe="").encode(), *sorted(middles))


def contents(data: bytes) -> Iterator[bytes]:
    """A file's bytes and, for an archive such as a saved plan, those of everything inside."""
    yield data
    if data[:2] == b"\x1f\x8b":
        yield from contents(gzip.decompress(data))
    elif data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from contents(archive.read(name))


def found_in(root: Path, secrets: Iterable[str]) -> list[str]:
    """Every file below `root` that holds one of the secrets in some spelling."""
    wanted = [spelling for secret in secrets for spelling in spellings(secret)]
    hits = []
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 50_000_000:  # the provider itself
            continue
        if any(spelling in piece for piece in contents(path.read_bytes()) for spelling in wanted):
            hits.append(str(path.relative_to(root)))
    return hits
