"""What a state says, read from its bytes; and what can still be told of one that cannot be read. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wizard.files import digest

_HEAD = {
    "serial": re.compile(r'"serial":\s*(\d+)\s*,'),
    "lineage": re.compile(r'"lineage":\s*"([^"]*)"'),
    "engine_version": re.compile(r'"terraform_version":\s*"([^"]*)"'),
}
#: What comes after a state's head: what is found behind these says nothing of the state itself.
_BODY = re.compile(r'"(?:outputs|resources|encrypted_data)"\s*:')
_SERIAL = re.compile(r'("serial":\s*)\d+')


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the beginning of a state. `serial` is None, and texts empty, where it cannot be told."""

    serial: int | None = None
    lineage: str = ""
    engine_version: str = ""


@dataclass(frozen=True, slots=True)
class StateDocument:
    """A state that can be read. `addresses` are of its managed resources; `size` is in bytes.

    `sealed`: the engine has encrypted it itself (OpenTofu), and what it holds cannot be told from here.
    """

    serial: int
    lineage: str
    engine_version: str
    addresses: frozenset[str]
    size: int
    digest: str
    sealed: bool = False

    @property
    def brief(self) -> str:
        """The state in a few words."""
        held = "encrypted by the engine" if self.sealed else _resources(len(self.addresses))
        return f"serial {self.serial}, {held}"

    @property
    def knows_nothing(self) -> bool:
        """Whether it is a state of no resource at all."""
        return not self.sealed and not self.addresses


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are no state any more. `why` completes "the state …"; `head` is what its beginning still says."""

    why: str
    head: Head
    size: int
    digest: str


def read_state(content: bytes) -> StateDocument | Unreadable:
    """Read a state."""
    try:
        value = json.loads(content)
    except ValueError as error:
        return _unreadable(content, _why(content, error))
    if not isinstance(value, dict) or not isinstance(value.get("serial"), int) or not value.get("lineage"):
        return _unreadable(content, "is JSON, but no state: it names no serial and lineage")
    sealed = "encrypted_data" in value
    if not sealed and not isinstance(value.get("resources"), list):
        return _unreadable(content, "is no state: it has no list of resources")
    try:
        addresses = frozenset(_addresses(value.get("resources") or []))
    except (AttributeError, KeyError, TypeError):
        return _unreadable(content, "is no state: its list of resources cannot be understood")
    return StateDocument(
        serial=value["serial"],
        lineage=str(value["lineage"]),
        engine_version=str(value.get("terraform_version", "")),
        addresses=addresses,
        size=len(content),
        digest=digest(content),
        sealed=sealed,
    )


def head_of(content: bytes) -> Head:
    """Read what the beginning of a state says, however little there is of it."""
    text = content.decode(errors="replace")
    body = _BODY.search(text)
    text = text[: body.start()] if body else text
    found = {name: pattern.search(text) for name, pattern in _HEAD.items()}
    serial, lineage, version = found["serial"], found["lineage"], found["engine_version"]
    return Head(int(serial[1]) if serial else None, lineage[1] if lineage else "", version[1] if version else "")


def with_serial(content: bytes, serial: int) -> bytes:
    """Give a state under another serial, every other byte as it was."""
    text = content.decode()
    changed = _SERIAL.sub(rf"\g<1>{serial}", text, count=1)
    # The first one is the state's own in every state that an engine wrote; in any other it may be an attribute.
    if json.loads(changed) != {**json.loads(text), "serial": serial}:
        changed = json.dumps({**json.loads(text), "serial": serial}, indent=2)
    return changed.encode()


def outputs_of(content: bytes) -> dict[str, Any]:
    """Give the outputs of a state that can be read, as the engine's `output -json` would."""
    return dict(json.loads(content).get("outputs") or {})


def _addresses(resources: list[dict[str, Any]]) -> Iterator[str]:
    for resource in resources:
        if resource.get("mode") != "managed":
            continue
        module = f"{resource['module']}." if resource.get("module") else ""
        for instance in resource.get("instances") or []:
            if "deposed" in instance:
                continue
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            yield f"{module}{resource['type']}.{resource['name']}{index}"


def _unreadable(content: bytes, why: str) -> Unreadable:
    return Unreadable(why, head_of(content), len(content), digest(content))


def _why(content: bytes, error: ValueError) -> str:
    if not content.strip():
        return "is empty"
    if content.lstrip()[:1] != b"{":
        return "is not JSON"
    end = len(content.decode(errors="replace").rstrip())
    cut = isinstance(error, json.JSONDecodeError) and (error.pos >= end - 1 or error.msg.startswith("Unterminated"))
    return f"breaks off after {len(content)} bytes" if cut else f"is not JSON: {error}"


def _resources(count: int) -> str:
    return f"{count} resource{'' if count == 1 else 's'}"
