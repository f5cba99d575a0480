"""A file's bytes without secrets: masked by structure where it has one, by the look of the text where it has none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from wizard.deploy.bundle.choosing import Kind
from wizard.files import to_json
from wizard.redact import MASK, Redactor

#: Bytes of a long file that are kept, of its beginning and of its end.
HEAD, TAIL = 1 << 20, 3 << 20
#: Bytes up to which a text is looked through as a whole.
WHOLE = 64 << 20

_BEGIN = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_END = re.compile(r"-----END [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Cleans files. `home` is the home directory, which is written `~`; empty for none."""

    redactor: Redactor
    home: str = ""

    def file(self, path: Path, kind: Kind) -> bytes:
        """Give a file's content, cleaned; of a long one its beginning and its end. Raises OSError."""
        size = path.stat().st_size
        with path.open("rb") as file:
            if size <= HEAD + TAIL:
                return self.data(file.read(), kind).encode()
            if kind is Kind.JSON_LINES:  # each line is by itself: those between need not be read
                head, tail = _ends(file, size)
                return (self.data(head, kind) + _gap(size - len(head) - len(tail)) + self.data(tail, kind)).encode()
            if kind is Kind.JSON or size > WHOLE:
                return f"left out: {size} bytes are too many to be looked through\n".encode()
            cleaned = self.data(file.read(), kind).encode()
        head, tail = _ends(BytesIO(cleaned), len(cleaned)) if len(cleaned) > HEAD + TAIL else (cleaned, b"")
        left = len(cleaned) - len(head) - len(tail)
        return head + (_gap(left).encode() if left else b"") + tail

    def data(self, data: bytes, kind: Kind) -> str:
        """Clean content. What should be JSON and is not is cleaned as text."""
        text = data.decode("utf-8", errors="replace")
        if kind is Kind.JSON:
            try:
                return to_json(self.value(json.loads(text)))
            except ValueError:
                return self.text(text)
        if kind is Kind.JSON_LINES:
            return "".join(f"{line}\n" for line in self._lines(text.splitlines()))
        return self.text(text)

    def text(self, text: str) -> str:
        """Clean text."""
        return self._at_home(self.redactor.text(_without_the_rest_of_a_key(text)))

    def value(self, value: Any) -> Any:
        """Clean JSON: what the engine itself calls sensitive, and the state that it prints when it cannot save it, first."""
        return self._places(self.redactor.value(_without_sensitive(value)))

    def _lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Clean lines of JSON each by itself, and what stands between them as the text that it is: a key has many lines."""
        between: list[str] = []
        inside = False
        for line in lines:
            try:
                value = json.loads(line)
            except ValueError:
                between.append(line)
                continue
            if between:
                text, inside = self._between(between, inside=inside)
                between = []
                yield text
            yield json.dumps(self.value(value), ensure_ascii=False, separators=(",", ":"))
        if between:
            yield self._between(between, inside=inside)[0]

    def _between(self, lines: list[str], *, inside: bool) -> tuple[str, bool]:
        """Clean text that may begin `inside` a key; says whether what follows it does."""
        text = "\n".join(lines)
        if inside:
            end = _END.search(text)
            if end is None:
                return MASK, True
            text = f"{MASK}\n{text[end.start() :]}"
        begins = [match.end() for match in _BEGIN.finditer(text)]
        return self.text(text), bool(begins) and _END.search(text, begins[-1]) is None

    def _places(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._at_home(value)
        if isinstance(value, dict):
            return {key: self._places(item) for key, item in value.items()}
        return [self._places(item) for item in value] if isinstance(value, list) else value

    def _at_home(self, text: str) -> str:
        return text.replace(self.home, "~") if self.home else text


def _ends(file: BinaryIO, size: int) -> tuple[bytes, bytes]:
    """Read the beginning and the end of a long file, whole lines of both."""
    head = file.read(HEAD)
    file.seek(size - TAIL)
    tail = file.read(TAIL)
    # A line without an end within a megabyte is half a line: it is left out with the middle.
    return head[: head.rfind(b"\n") + 1], tail.partition(b"\n")[2]


def _gap(left: int) -> str:
    return f"… {left} bytes are left out here …\n"


def _without_the_rest_of_a_key(text: str) -> str:
    """Mask what stands before the end of a key whose beginning was cut off."""
    end = _END.search(text)
    if end is None or _BEGIN.search(text, 0, end.start()):
        return text
    return MASK + "\n" + text[end.start() :]


def _without_sensitive(value: Any) -> Any:
    if isinstance(value, Mapping):
        dump = value.get("type") == "log" or value.get("@level") is not None
        return {
            key: MASK
            if (key == "value" and value.get("sensitive") is True) or (key == "state" and dump)
            else _without_sensitive(item)
            for key, item in value.items()
        }
    return [_without_sensitive(item) for item in value] if isinstance(value, list) else value
