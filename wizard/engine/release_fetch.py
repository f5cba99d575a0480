"""Fetch a release's files: from a server, or from a folder of a site without one. What broke off is gone on with."""

from __future__ import annotations

import contextlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from wizard.errors import EngineError

#: For a connection, and between two pieces of a file.
PATIENCE_S = 30
_PIECE = 1 << 18
_SMALL = 1 << 20  # checksums and signature: a few kilobytes each
_LARGEST = 1 << 30  # an archive has some 30 MB: a server that never ends must not fill the disk
_GONE = 404
_PART = 206
_BEYOND = 416

#: Bytes that are there, bytes in all (None where the server does not say).
Progress = Callable[[int, int | None], None]
#: Raises EngineError when so many more bytes do not fit.
Room = Callable[[int], None]


def silent(_have: int, _whole: int | None) -> None:
    """Say nothing of the progress."""


def anything_fits(_more: int) -> None:
    """Take it that there is room."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a version's files lie: a URL, or a folder on this machine."""

    place: str

    @property
    def folder(self) -> Path | None:
        """The folder, where it is one."""
        return None if "://" in self.place else Path(self.place).expanduser()

    def where(self, name: str) -> str:
        """Where a file lies, for people and for the request."""
        return str(self.folder / name) if self.folder else f"{self.place.rstrip('/')}/{quote(name)}"


def source(place: str, version: str) -> Source:
    """Read what the operator named; `{version}` in it is the version. Raises EngineError for what cannot be fetched from."""
    found = Source(place.replace("{version}", version))
    if found.folder is None and urlsplit(found.place).scheme not in {"https", "http"}:
        raise EngineError(
            f"nothing can be fetched from {found.place}",
            cause="it is neither an https or http URL nor a folder",
            action="--from takes the URL or the folder that holds the release's files",
        )
    return found


def small(source: Source, name: str) -> bytes:
    """Fetch a small file whole. Raises EngineError."""
    if source.folder is not None:
        with _reading(source, name):
            return (source.folder / name).read_bytes()
    with _reading(source, name), _open(source.where(name), {}) as answer:
        data: bytes = answer.read(_SMALL + 1)
        expected = answer.length
    if len(data) > _SMALL:
        raise _failed(source, name, f"it is larger than {_SMALL} bytes, which no such file is")
    if expected:
        raise _failed(source, name, f"the connection ended {expected} bytes early")
    return data


def large(source: Source, name: str, part: Path, *, progress: Progress = silent, room: Room = anything_fits) -> bool:
    """Fetch a file into `part`, from where an earlier attempt broke off. True when it went on from there.

    Whether the bytes are the right ones is the caller's to check. Raises EngineError; what came so far then stays in `part`.
    """
    if source.folder is not None:
        with _reading(source, name), (source.folder / name).open("rb") as file:
            size = (source.folder / name).stat().st_size
            room(size)
            _take(file, part, 0, size, progress)
        return False
    have = part.stat().st_size if part.exists() else 0
    with _reading(source, name), _open(source.where(name), {"Range": f"bytes={have}-"} if have else {}) as answer:
        have = have if answer.status == _PART else 0  # a server may not know how, and sends all of it
        whole = None if answer.length is None else have + answer.length
        room((whole or have) - have)
        taken = _take(answer, part, have, whole, progress)
    if whole is not None and taken < whole:
        raise _failed(
            source,
            name,
            f"the connection ended after {taken} of {whole} bytes",
            action="run the same command again: it goes on from there",
        )
    return have > 0


def _take(stream: Any, part: Path, have: int, whole: int | None, progress: Progress) -> int:
    with part.open("r+b" if have else "wb") as file:
        file.truncate(have)
        file.seek(have)
        while piece := stream.read(_PIECE):
            have += len(piece)
            if have > _LARGEST:
                raise OSError(f"it does not end after {_LARGEST} bytes")
            file.write(piece)
            progress(have, whole)
    return have


def _open(url: str, headers: dict[str, str]) -> Any:
    asked = {"User-Agent": "planewright", "Accept-Encoding": "identity"} | headers
    request = urllib.request.Request(url, headers=asked)  # noqa: S310 - `source` lets http and https in, nothing else
    try:
        return urllib.request.urlopen(request, timeout=PATIENCE_S)  # noqa: S310 - as above
    except urllib.error.HTTPError as error:
        if error.code == _BEYOND and "Range" in headers:
            error.close()
            return _open(url, {})  # what is there is longer than the file: of another release, begin anew
        raise


@contextlib.contextmanager
def _reading(source: Source, name: str) -> Iterator[None]:
    """Turn what the network, the server and the disk say into words."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise _failed(
            source,
            name,
            f"the server answered {error.code} {error.reason}",
            action="there is no such release there: correct --version or --from" if error.code == _GONE else "",
        ) from error
    except urllib.error.URLError as error:
        raise _failed(source, name, str(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise _failed(source, name, str(error) or type(error).__name__) from error


def _failed(source: Source, name: str, cause: str, *, action: str = "") -> EngineError:
    return EngineError(
        f"{name} could not be fetched: nothing was installed",
        cause=f"{source.where(name)}: {cause}",
        action=action
        or "check the network and its proxy (HTTPS_PROXY), or carry the release's files over and name their folder with --from DIR",
    )
