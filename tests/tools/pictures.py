"""Making a screen's SVG fit to be kept: it fetches nothing, and tells nothing of the machine or of the moment. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: In a terminal's look wherever it is opened: none of them is fetched.
FONTS = '"Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace'
_FACES = re.compile(r"\s*@font-face \{.*?\n    \}", re.DOTALL)
_PREFIX = re.compile(r"terminal-\d+-")
_IDS = re.compile(
    r"\b(acl|eipalloc|eni|i|igw|nat|pcx|rtb|sg|subnet|vol|vpc|vpce|vpce-svc|eipassoc)-([0-9a-f]{8,17})(?![0-9a-f])"
)
_STAMP = re.compile(r"\b20\d\d-\d\d-\d\d(?:(?P<between>[ T]|&#160;)\d\d:\d\d)?")
_CLOCK = re.compile(r"\b\d\d:\d\d(?=(?::\d\d)?(?: |&#160;)UTC)")
_IN_NAME = re.compile(r"\b20\d{6}T\d{6}(?!\d)")
_DATE, _HOUR = "2026-01-15", "09:30"


@dataclass
class Tidy:
    """Tidies the pictures of one rehearsal. `same` gives what stands for a text of this machine, at the same length.

    The same id is the same one in every picture.
    """

    same: Mapping[str, str]
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what would move the columns of a picture."""
        for text, instead in self.same.items():
            if len(text) != len(instead):
                raise ValueError(f"{instead!r} is not as long as {text!r}")

    def __call__(self, svg: str) -> str:
        """Give the picture as it may be kept."""
        svg = _FACES.sub("", svg).replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")
        svg = svg.replace("font-family: arial", "font-family: sans-serif")
        svg = _PREFIX.sub("terminal-", svg)
        for text, instead in self.same.items():
            svg = svg.replace(text, instead)
        svg = _IDS.sub(self._id, svg)
        svg = _IN_NAME.sub("20260115T093000", svg)
        return _CLOCK.sub(_HOUR, _STAMP.sub(_stamp, svg))

    def _id(self, found: re.Match[str]) -> str:
        kind, digits = found.groups()
        if found[0] not in self._ids:
            number = sum(known.startswith(f"{kind}-") for known in self._ids)
            made = hashlib.sha256(f"{kind} {number}".encode()).hexdigest()
            self._ids[found[0]] = f"{kind}-{made[: len(digits)]}"
        return self._ids[found[0]]


def _stamp(found: re.Match[str]) -> str:
    between = found["between"]
    return _DATE + (f"{between}{_HOUR}" if between else "")


def as_long_as(text: str, instead: str) -> str:
    """Give a text of the same length: cut, or filled up with what could be part of a name."""
    return (instead + "-" + "x" * len(text))[: len(text)]
