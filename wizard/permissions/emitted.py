"""What emitted files declare: each block's type and arguments, read out of the files themselves.

Emitted code is formatted, so that a block's head stands at the first column and its arguments on lines of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

_BLOCK = re.compile(r'^(resource|data) "(aws_[a-z0-9_]+)" "[^"]+" \{(?:\}|\n(.*?)^\})', re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(r"^ +([a-z][a-z0-9_]*)(?: +=[^=]| \{)", re.MULTILINE)
#: Arguments that stand in the code for good and are null where the answers leave them empty.
_OPTIONAL = {"kms_key_id": "kms_key_arn", "permissions_boundary": "permissions_boundary_arn"}


@dataclass(frozen=True, slots=True)
class Block:
    """A resource or a data source, with the names of the arguments and nested blocks that it sets."""

    kind: Literal["resource", "data"]
    type: str
    arguments: frozenset[str]


@dataclass(frozen=True, slots=True)
class Emitted:
    """What one stack declares."""

    stack: str
    blocks: frozenset[Block]


def read_emitted(stack: str, files: Mapping[str, bytes]) -> Emitted:
    """Read a stack's files: its code, and the values of `terraform.tfvars.json` that decide on optional arguments."""
    values = json.loads(files["terraform.tfvars.json"])
    absent = frozenset(argument for argument, variable in _OPTIONAL.items() if not values.get(variable))
    found = {
        Block(block.kind, block.type, block.arguments - absent)
        for path, content in files.items()
        if path.endswith(".tf")
        for block in blocks(content)
    }
    return Emitted(stack, frozenset(found))


@cache
def blocks(content: bytes) -> frozenset[Block]:
    """Give the blocks of one file. The code is the same for every answer, so it is read once."""
    return frozenset(_blocks(content.decode()))


def _blocks(text: str) -> Iterator[Block]:
    for kind, name, body in _BLOCK.findall(text):
        yield Block("data" if kind == "data" else "resource", name, frozenset(_ARGUMENT.findall(body)))
