"""Just enough reading of HCL for assertions: top-level blocks of files that are `fmt`-clean, comments left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_BLOCK = re.compile(r'^(\w+)((?: "[^"]+")*) \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """`kind "label" "label" { body }`, and the file it stands in."""

    file: str
    kind: str
    labels: tuple[str, ...]
    body: str

    def __str__(self) -> str:
        return f"{self.file}: {self.kind} {'.'.join(self.labels)}"

    def value(self, attribute: str) -> str | None:
        """What an attribute of the block itself is set to, as written."""
        found = re.search(rf"^  {attribute}\s*= (.*)$", self.body, re.MULTILINE)
        return found[1] if found else None

    def nested(self, name: str) -> str | None:
        """The body of a nested block, or None."""
        found = re.search(rf"^  {name} \{{\n(.*?)^  \}}", self.body, re.MULTILINE | re.DOTALL)
        return found[1] if found else None


def code(files: Mapping[str, bytes]) -> dict[str, str]:
    """The `.tf` files, without comments."""
    return {
        name: re.sub(r"^\s*#.*\n", "", data.decode(), flags=re.MULTILINE)
        for name, data in files.items()
        if name.endswith(".tf")
    }


def blocks(files: Mapping[str, bytes], kind: str, label: str | None = None) -> Iterator[Block]:
    """Blocks of a kind, and with this first label if one is given."""
    for name, text in code(files).items():
        for found in _BLOCK.finditer(text):
            labels = tuple(re.findall(r'"([^"]+)"', found[2]))
            if found[1] == kind and (label is None or labels[:1] == (label,)):
                yield Block(name, found[1], labels, found[3])
