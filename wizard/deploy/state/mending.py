"""What the provider does not read back when it imports, put into the state: without it no plan would ever be clean again.

`aws_ssm_parameter` (provider 5.100) reads a parameter's text into `value`, and into `insecure_value` only where that is set
already. Ours set `insecure_value`; and whatever is planned of it, an apply leaves it unset.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from wizard.aws.session import AwsSession
from wizard.changes.change import Change
from wizard.deploy.state.backing_up import written_down
from wizard.deploy.state.document import StateDocument, read_state, with_serial
from wizard.deploy.state.shelf import shelf_of
from wizard.deploy.target import Target

_TYPE: Final = "aws_ssm_parameter"


def needs_mending(imports: Iterable[Change]) -> bool:
    """Whether something of this kind is among what was imported."""
    return any(change.type == _TYPE for change in imports)


def mend(target: Target, stack: str, session: AwsSession) -> tuple[str, ...]:
    """Mend the state, under its lock; gives the names of the parameters that were mended. Changes nothing in AWS."""
    shelf = shelf_of(target, stack, session)
    with shelf.held("state recover"):
        stored = shelf.read()
        content, names = mended(stored.content) if stored is not None else (b"", ())
        if names:
            shelf.overwrite(content)
            written_down(target, stack, "mend", parameters=", ".join(names))
    return names


def mended(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Give a state with each plain parameter's text where the code sets it, under the next serial; and those parameters' names."""
    known = read_state(content)
    if not isinstance(known, StateDocument) or known.sealed:
        return content, ()
    document = json.loads(content)
    names = []
    for text in _parameters(document):
        if text.get("type") == "String" and text.get("value") and not text.get("insecure_value"):
            text["insecure_value"], text["value"] = text["value"], None
            names.append(str(text.get("name", "")))
    return (
        (with_serial(json.dumps(document, indent=2).encode(), known.serial + 1), tuple(names))
        if names
        else (content, ())
    )


def _parameters(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the attributes of the parameters that a state manages; what is oddly written is passed over."""
    for resource in document.get("resources") or []:
        if resource.get("mode") == "managed" and resource.get("type") == _TYPE:
            for instance in resource.get("instances") or []:
                attributes = instance.get("attributes")
                if isinstance(attributes, dict):
                    yield attributes
